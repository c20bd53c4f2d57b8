/** Sections of the whole workspace by name: those that define a part before those that only add to it. */
import { baseNameOf } from "@/lib/buildout";
import type { Analysis } from "../analysis/analysis";
import { isProfileName } from "../analysis/levels";
import type { WorkspaceSymbolAnswer } from "../answers";
import { shortPath } from "./section-summary";

const MAX_ANSWERS = 500;

interface Ranked {
  readonly answer: WorkspaceSymbolAnswer;
  readonly rank: number;
}

function isSubsequence(needle: string, text: string): boolean {
  let at = 0;
  for (const char of text) if (char === needle[at]) at++;
  return at === needle.length;
}

/** `#name` asks for sections only; otherwise files are found too. */
export function findWorkspaceSymbols(analysis: Analysis, query: string): WorkspaceSymbolAnswer[] {
  const wanted = query.replace(/^[#[]/, "").replace(/\]$/, "").toLowerCase();
  const found: Ranked[] = [];
  for (const path of analysis.files.all()) {
    if (!isProfileName(path)) continue;
    const text = analysis.files.read(path);
    if (text === undefined || (wanted !== "" && !mayHold(text, wanted))) continue;
    const document = analysis.document(path);
    for (const section of document?.sections ?? []) {
      const name = section.dynamic
        ? document!.text.slice(section.nameRange.start, section.nameRange.end)
        : section.name;
      const lower = name.toLowerCase();
      if (!isSubsequence(wanted, lower)) continue;
      const recipe = section.options.find((option) => option.name === "recipe");
      const closeness = lower === wanted ? 0 : lower.startsWith(wanted) ? 2 : lower.includes(wanted) ? 4 : 6;
      found.push({
        rank: closeness + (recipe ? 0 : 1),
        answer: {
          name,
          kind: recipe ? "part" : "section",
          container: shortPath(analysis, path),
          location: { path, range: section.nameRange },
        },
      });
    }
    if (!query.startsWith("#") && wanted !== "" && baseNameOf(path).toLowerCase().includes(wanted)) {
      found.push({
        rank: 8,
        answer: {
          name: baseNameOf(path),
          kind: "file",
          container: shortPath(analysis, path),
          location: { path, range: { start: 0, end: 0 } },
        },
      });
    }
  }
  return found
    .sort((a, b) => a.rank - b.rank || a.answer.name.length - b.answer.name.length)
    .slice(0, MAX_ANSWERS)
    .map(({ answer }) => answer);
}

/** A quick refusal: not one of the letters asked for, one after the other, stands in any header. */
function mayHold(text: string, wanted: string): boolean {
  return wanted.length < 3 || text.toLowerCase().includes(wanted.slice(0, 1));
}
