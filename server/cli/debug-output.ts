/** Sources, previews and diagnoses as text. */
import { diffTexts, formatHunks, toHunks } from "@/lib/git/hunks";
import type { Diagnosis, FileSource, FileStepInfo, LastChange, RenderedFile } from "@/lib/protocol/debugging";
import { EXIT } from "./noun";

const HOW: Readonly<Record<FileStepInfo["kind"], string>> = {
  part: "made by a part",
  copy: "copied by slapgrid",
  output: "printed by a program",
  promise: "slapgrid's note of a promise",
  state: "kept by slapgrid and buildout for themselves",
  written: "written by a program of the instance",
  source: "source",
};

export function formatSource({ steps, origin }: FileSource): string {
  const lines = steps.flatMap(({ root, path, kind, part, recipe, place }) => {
    const how =
      part === undefined
        ? HOW[kind]
        : `${kind === "written" ? `${HOW.written}, below a directory of` : ""} [${part}] ${recipe ?? ""}`.trim();
    const at = place && kind !== "source" ? `  at ${place.path}:${place.line}` : "";
    return [
      `${root === "workspace" ? "" : `${root}: `}${path}${kind === "source" && place ? `:${place.line}` : ""}  (${how})${at}`,
    ];
  });
  return `${lines.map((line, depth) => `${"  ".repeat(depth)}${depth > 0 ? "from " : ""}${line}\n`).join("")}${
    origin ? `open ${origin.path}:${origin.line}\n` : ""
  }`;
}

export function formatDiagnosis(name: string, { health, reasons }: Diagnosis): string {
  const text = reasons.map(({ title, log, source, changes, run }) => {
    const lines = [title];
    for (const line of log?.lines ?? []) lines.push(`  | ${line}`);
    if (run !== undefined) lines.push(`  run ${run}: webrunner run why ${run}`);
    for (const line of source ? formatSource(source).trimEnd().split("\n") : []) lines.push(`  ${line}`);
    lines.push(...changes.map((change) => `  changed: ${formatChange(change)}`));
    return `${lines.join("\n")}\n`;
  });
  return `${name}: ${health}\n${text.join("")}`;
}

function formatChange({ summary, at, author, commit, place }: LastChange): string {
  const where = place ? `${place.path}: ` : "";
  const who = [commit?.slice(0, 8), author, at].filter(Boolean).join(", ");
  return `${where}${summary}${who ? ` (${who})` : ""}`;
}

/** Prints what was rendered and gives the exit code. */
export function tellRendered(
  rendered: RenderedFile,
  { json, diff, print }: { json: boolean; diff: boolean; print(value: unknown, text: string): void },
): number {
  const { text, deployed = "", same, problem, notes, path } = rendered;
  if (!json) for (const note of notes) process.stderr.write(`webrunner: ${note}\n`);
  if (problem || text === undefined) {
    if (json) print(rendered, "");
    const { message = "it could not be rendered", place, doing = [] } = problem ?? {};
    if (!json) {
      const where = place ? ` (${place.path}:${place.line})` : "";
      process.stderr.write(`webrunner: ${path}: ${message}${where}\n${doing.map((line) => `  ${line}\n`).join("")}`);
    }
    return EXIT.failed;
  }
  print(rendered, diff ? formatDiff(path, deployed, text) : text);
  return diff && !same ? EXIT.failed : EXIT.ok;
}

function formatDiff(path: string, before: string, after: string): string {
  const hunks = toHunks(diffTexts(before, after), 3);
  if (hunks.length === 0) return "";
  return `--- ${path} (deployed)\n+++ ${path} (rendered)\n${formatHunks(hunks)}`;
}
