/** Fixes that the engine's own words already name: the version that it picked, the checksum that a file has. */
import { createLineIndex } from "@/lib/base/text-range";
import type { FailureRecord, QuickFix } from "@/lib/protocol";

export interface StatedFixInput {
  readonly record: Pick<FailureRecord, "kind" | "message" | "place" | "placeText">;
  /** Workspace path and text of the profile that was run. */
  readonly profile: { readonly path: string; readonly text: string };
  /** The section that `buildout:versions` names. */
  readonly versionsSection: string;
}

const PICKED = /Picked: (\S+) = (\S+)$/;
const CHECKSUMS = /the file has ([0-9a-f]{32}), the profile says ([0-9a-fA-F]{32})$/;

export function findStatedFix({ record, profile, versionsSection }: StatedFixInput): QuickFix | undefined {
  const picked = record.kind === "unpinned" ? PICKED.exec(record.message) : null;
  if (picked) {
    const [, egg, version] = picked;
    const edit = toPinEdit(profile.text, versionsSection || "versions", `${egg} = ${version}`);
    return { title: `Pin \`${egg} = ${version}\``, path: profile.path, edits: [edit] };
  }
  const sums = record.kind === "md5-mismatch" ? CHECKSUMS.exec(record.message) : null;
  const at = sums && record.placeText ? record.placeText.indexOf(sums[2]!) : -1;
  if (!sums || at < 0 || !record.place || record.placeText!.slice(0, at).includes("\n")) return undefined;
  const { path, line, column } = record.place;
  const edit = { line, column: column + at, endLine: line, endColumn: column + at + sums[2]!.length, text: sums[1]! };
  return { title: `Set md5sum to \`${sums[1]}\`, which the file has now`, path, edits: [edit] };
}

/** As the last option of the section, where the profile has it; else a section of its own at the end. */
function toPinEdit(text: string, section: string, pin: string): QuickFix["edits"][number] {
  const lines = text.split("\n");
  const header = lines.findIndex((line) => line.replace(/\s*[#;].*$/, "").trim() === `[${section}]`);
  if (header >= 0) {
    let last = header;
    for (let index = header + 1; index < lines.length && !lines[index]!.startsWith("["); index++)
      if (lines[index]!.trim() !== "") last = index;
    const column = lines[last]!.replace(/\r$/, "").length + 1;
    return { line: last + 1, column, endLine: last + 1, endColumn: column, text: `\n${pin}` };
  }
  const end = createLineIndex(text).toPosition(text.length);
  const gap = text === "" ? "" : text.endsWith("\n") ? "\n" : "\n\n";
  const place = { line: end.line + 1, column: end.column + 1 };
  return { ...place, endLine: place.line, endColumn: place.column, text: `${gap}[${section}]\n${pin}\n` };
}
