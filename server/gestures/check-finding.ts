/**
 * One finding of the pre-merge check, with what mends it: a change that can be made for the user, or an action of the
 * page together with the words that say what to write.
 *
 * Promises of a mend that it makes: what was found is not there afterwards and nothing new is, and md5sums that name a
 * changed file are those of its new text.
 */
import { createHash } from "node:crypto";
import { applyTextEdits, createLineIndex } from "@/lib/base/text-range";
import { compareResolutions, ProfileAnalysis } from "@/lib/buildout";
import { type FileChange, type Gesture, refuse, resolveChanged } from "@/lib/gestures/gesture";
import type { CodeActionAnswer, FileEdit, LanguageDiagnostic } from "@/lib/language/answers";
import { createLanguageService } from "@/lib/language/create-language-service";
import type { LanguageService, PackageIndex } from "@/lib/language/service";
import type { CheckFinding, CheckFix } from "@/lib/protocol";
import { LANGUAGE_ROOT } from "@/lib/protocol/language-root";
import { type GestureTexts, toOuter } from "./gesture-texts";

export interface Finding extends CheckFinding {
  readonly mend?: () => Gesture | Promise<Gesture>;
}

export type Fix = Pick<Finding, "fix" | "mend">;

/** What is looked at, for all kinds of findings alike. */
export interface CheckedRelease {
  readonly opened: GestureTexts;
  /** Of the language service. */
  readonly path: string;
  readonly service: LanguageService;
  readonly packages: PackageIndex;
  /** Files of the release's folder. */
  readonly beside: readonly string[];
}

interface Found {
  readonly kind: CheckFinding["kind"];
  readonly severity: CheckFinding["severity"];
  readonly message: string;
  readonly path: string;
  /** Offset in the file. */
  readonly at: number;
  /** What of its kind it is: the id is made of it. */
  readonly subject: string;
}

export function toFinding({ options }: GestureTexts, found: Found, { fix, mend }: Fix): Finding {
  const text = options.source.read(found.path);
  const place =
    typeof text === "string" ? createLineIndex(text).toPosition(Math.max(found.at, 0)) : { line: 0, column: 0 };
  return {
    id: [found.kind, toOuter(found.path), found.subject].join(" "),
    kind: found.kind,
    severity: found.severity,
    message: found.message.replaceAll(`${LANGUAGE_ROOT}/`, ""),
    path: toOuter(found.path),
    line: place.line + 1,
    column: place.column + 1,
    fix,
    ...(mend && { mend }),
  };
}

/** For the user to write, at the place. */
export function openThere(advice: string): { readonly fix: CheckFix } {
  return { fix: { title: "Open", how: "open", advice } };
}

/** The quick fix of the language service that one would take without looking for another. */
export function findQuickFix(
  service: LanguageService,
  path: string,
  found: Pick<LanguageDiagnostic, "range" | "code">,
): CodeActionAnswer | undefined {
  return service
    .codeActions(path, found.range)
    .find(
      ({ kind, preferred, edits, mends }) => kind === "quickfix" && preferred && edits && mends?.includes(found.code),
    );
}

/** `changed` are texts that stand for those of the files. */
export function openService(
  { options, texts }: GestureTexts,
  packages: PackageIndex,
  changed: ReadonlyMap<string, string> = new Map(),
): LanguageService {
  const read = (path: string): string | undefined => {
    const text = changed.get(path) ?? options.source.read(path);
    return typeof text === "string" ? text : undefined;
  };
  const digest = (path: string): string | undefined => {
    const text = changed.get(path);
    return text === undefined ? texts.digest(path) : createHash("md5").update(text).digest("hex");
  };
  return createLanguageService({
    files: { read, kindOf: texts.kindOf, list: texts.list, all: texts.all, roots: [LANGUAGE_ROOT] },
    digest,
    packages,
    remote: { text: read, digest: async () => undefined },
  });
}

/** The edits as a gesture on the release, together with the md5sums of what they change. */
export function toMend(release: CheckedRelease, summary: string, edits: readonly FileEdit[]): Gesture {
  const { opened, path, packages } = release;
  const { options } = opened;
  const texts = new Map<string, string>();
  const change = (all: readonly FileEdit[]): void => {
    for (const file of all) {
      const before = texts.get(file.path) ?? options.source.read(file.path);
      if (typeof before === "string") texts.set(file.path, applyTextEdits(before, file.edits));
    }
  };
  change(edits);
  const service = openService(opened, packages, texts);
  for (const file of [...texts.keys()]) change(service.updateHashes(file).filter((hashes) => hashes.path !== file));
  const files = [...texts].flatMap(([file, after]): FileChange[] => {
    const before = options.source.read(file);
    if (typeof before !== "string" || before === after) return [];
    return [{ path: file, before, after, edits: [{ range: { start: 0, end: before.length }, newText: after }] }];
  });
  if (files.length === 0) return refuse("There is nothing to change any more.");
  const effects = compareResolutions(new ProfileAnalysis(options).resolve(path), resolveChanged(options, path, files));
  return { kind: "proposed", summary, notes: [], files, effects };
}

/** The same, unless what the language service says of the file would not become less by it. */
export function toProvenMend(
  release: CheckedRelease,
  file: string,
  found: Pick<LanguageDiagnostic, "code">,
  { title, edits = [] }: Pick<CodeActionAnswer, "title" | "edits">,
): Gesture {
  const gesture = toMend(release, title, edits);
  if (gesture.kind === "refused") return gesture;
  const changed = new Map(gesture.files.map(({ path, after }) => [path, after]));
  const before = release.service.diagnostics(file).filter(isInTheWay);
  const after = openService(release.opened, release.packages, changed).diagnostics(file).filter(isInTheWay);
  const count = (all: readonly LanguageDiagnostic[]): number => all.filter(({ code }) => code === found.code).length;
  return count(after) < count(before) && after.length <= before.length
    ? gesture
    : refuse("The quick fix would leave something else in the way: look at the place.");
}

function isInTheWay({ severity }: LanguageDiagnostic): boolean {
  return severity === "error" || severity === "warning";
}
