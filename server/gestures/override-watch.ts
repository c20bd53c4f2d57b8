/**
 * What the overrides of a project overrode when they were first seen: one whose base changed since is stale, as whoever
 * wrote it may not know of the change.
 *
 * Kept beside the project and not in its profiles. An override that is gone is forgotten.
 */
import { createLineIndex } from "@/lib/base/text-range";
import { listOverrides, type Override } from "@/lib/gestures/overrides";
import type { OverrideInfo } from "@/lib/protocol";
import { toConfinedPath } from "@/server/platform/confined-path";
import { type GestureTexts, toInner, toOuter } from "./gesture-texts";

/** Profile → `section:option` → what it was; null where it was not there. */
export type SeenBases = Readonly<Record<string, Readonly<Record<string, string | null>>>>;

export interface SeenStore {
  read(): SeenBases;
  replace(seen: SeenBases): Promise<void>;
}

const keyOf = ({ section, option }: Pick<Override, "section" | "option">): string => `${section}:${option}`;

export async function watchOverrides(opened: GestureTexts, profile: string, store: SeenStore): Promise<OverrideInfo[]> {
  const path = toConfinedPath(profile);
  const found = listOverrides(opened.options, toInner(path));
  const before = store.read();
  const known = new Map(Object.entries(Object.hasOwn(before, path) ? (before[path] ?? {}) : {}));
  const now = new Map(
    found.map((one) => {
      const key = keyOf(one);
      return [key, known.has(key) ? known.get(key)! : (one.base ?? null)] as const;
    }),
  );
  const isSame = now.size === known.size && [...now].every(([key, base]) => known.get(key) === base && known.has(key));
  if (!isSame) {
    const others = Object.entries(before).filter(([name]) => name !== path);
    await store.replace(Object.fromEntries(now.size === 0 ? others : [...others, [path, Object.fromEntries(now)]]));
  }
  const text = opened.options.source.read(toInner(path));
  const lines = createLineIndex(typeof text === "string" ? text : "");
  return found.map(({ section, option, operator, at, base, definedIn, isCopy }) => {
    const then = now.get(keyOf({ section, option }));
    return {
      section,
      option,
      operator,
      line: lines.toPosition(at).line + 1,
      ...(base !== undefined && { base }),
      ...(definedIn && { definedIn: { path: toOuter(definedIn.path), line: definedIn.line } }),
      isCopy,
      isStale: then !== (base ?? null),
      ...(typeof then === "string" && { baseThen: then }),
    };
  });
}

export async function acceptOverride(
  opened: GestureTexts,
  { path: profile, section, option }: { readonly path: string; readonly section: string; readonly option: string },
  store: SeenStore,
): Promise<void> {
  const path = toConfinedPath(profile);
  const found = listOverrides(opened.options, toInner(path)).find(
    (one) => one.section === section && one.option === option,
  );
  if (!found) return;
  const before = store.read();
  const own = Object.hasOwn(before, path) ? before[path] : {};
  await store.replace({ ...before, [path]: { ...own, [keyOf(found)]: found.base ?? null } });
}
