/**
 * The sandbox of a release: `software.sandbox.cfg` beside `software.cfg`, which extends it and holds overrides only.
 *
 * The release's own file stays as it is committed; what is tried out is run from the sandbox, and goes away with its
 * last override.
 */
import { baseNameOf, directoryOf, isUrl, joinPath, type Profile } from "@/lib/buildout";
import { type Gesture, type GestureOptions, refuse, withText } from "./gesture";
import { type OverrideIntent, overrideOption } from "./override";

/** `software/hello/software.cfg` → `software/hello/software.sandbox.cfg`; a sandbox is its own. */
export function sandboxOf(profile: string): string {
  if (isSandbox(profile)) return profile;
  return joinPath(directoryOf(profile), `${baseNameOf(profile).replace(/\.cfg$/, "")}.sandbox.cfg`);
}

export function isSandbox(path: string): boolean {
  return path.endsWith(".sandbox.cfg");
}

/** What a sandbox without overrides is. */
export function sandboxText(profile: string): string {
  return `[buildout]\nextends = ${baseNameOf(profile)}\n`;
}

/** The one profile that a sandbox extends, if nothing else is in it. */
export function findBareSandbox(profile: Profile): string | undefined {
  if (!isSandbox(profile.path)) return undefined;
  const [only, ...more] = profile.extends;
  const { nodes, text } = profile.syntax;
  const isBare = nodes.every(
    (node) =>
      (node.kind === "header" && node.name === "buildout") ||
      (node.kind === "option" && node.key === "extends") ||
      (node.kind === "trivia" && text.slice(node.start, node.end).trim() === ""),
  );
  return isBare && only !== undefined && more.length === 0 ? only.path : undefined;
}

/** Overrides one option in the sandbox of the profile, which is made where there is none. */
export function overrideInSandbox(options: GestureOptions, intent: OverrideIntent): Gesture {
  const { profile } = intent;
  const sandbox = sandboxOf(profile);
  if (sandbox === profile) return overrideOption(options, intent);
  if (isUrl(profile)) return refuse("The profile lies on the web; only files can be changed.");
  const text = options.source.read(sandbox);
  if (typeof text === "string") {
    const gesture = overrideOption(options, { ...intent, profile: sandbox });
    return gesture.kind === "proposed" ? { ...gesture, runs: sandbox } : gesture;
  }
  if (text.problem !== "missing") return refuse(text.message);
  const gesture = overrideOption(withText(options, sandbox, sandboxText(profile)), { ...intent, profile: sandbox });
  if (gesture.kind === "refused" || gesture.files.length === 0) return gesture;
  const files = gesture.files.map((file) => {
    if (file.path !== sandbox) return file;
    const edits = [{ range: { start: 0, end: 0 }, newText: file.after }];
    return { ...file, before: "", edits, fate: "created" as const };
  });
  const note = `${baseNameOf(sandbox)} is made. It is a release of its own: its first run builds what is not shared.`;
  return { ...gesture, files, notes: [...gesture.notes, note], runs: sandbox };
}
