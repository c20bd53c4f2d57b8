/**
 * The old way to develop a recipe: a part that clones the repository, and a `develop` line that names the folder.
 *
 * Seen as it is meant, with its section headers, and as it comes out of a web page, without them. It needs two runs, since
 * buildout develops eggs before it installs the first part; the fix takes it out, for recipe development mode to do it.
 */
import type { TextRange } from "@/lib/base/text-range";
import type { LanguageDiagnostic } from "../answers";

export const RECIPE_HACK = "recipe/clone-hack";

export interface RecipeHack {
  /** All lines of it, to the end of the last. */
  readonly ranges: readonly TextRange[];
  /** The repository that it clones. */
  readonly url: string | undefined;
}

const LOCATION = /^slaposcookbook_recipe_location\s*=.*$/;
const OWN_OPTION =
  /^(?:recipe\s*=\s*plone\.recipe\.command|repository|git_param|git|location|stop-on-error|command|update-command)\b/;

interface Line extends TextRange {
  readonly text: string;
}

function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  let start = 0;
  for (const part of text.split(/(?<=\n)/)) {
    lines.push({ start, end: start + part.length, text: part.replace(/\r?\n$/, "") });
    start += part.length;
  }
  return lines;
}

export function findRecipeHack(text: string): RecipeHack | undefined {
  if (!text.includes("plone.recipe.command") || !/\bgit\b.*\bclone\b|\{:git\} clone/.test(text)) return undefined;
  const lines = linesOf(text);
  const recipe = lines.findIndex(({ text: line }) => /^recipe\s*=\s*plone\.recipe\.command\s*$/.test(line));
  if (recipe < 0) return undefined;
  const taken = new Set<number>();
  // The part: its options around the recipe, with the lines that go on below them, and its header if it has one.
  const isOwn = (index: number): boolean => {
    const line = lines[index]?.text ?? "";
    return OWN_OPTION.test(line) || (/^\s+\S/.test(line) && index > recipe);
  };
  for (let index = recipe; index < lines.length && isOwn(index); index++) taken.add(index);
  for (let index = recipe - 1; index >= 0 && isOwn(index); index--) taken.add(index);
  const body = [...taken].map((index) => lines[index]!.text).join("\n");
  if (!/clone/.test(body)) return undefined;
  const first = Math.min(...taken);
  const header = lines[first - 1];
  const section = header && /^\[([^\]]+)\]\s*$/.exec(header.text)?.[1];
  if (section !== undefined && section !== "buildout") taken.add(first - 1);
  // Its two options of [buildout], wherever they stand before it.
  const names = new Set([section, "slaposcookbook"].filter((name) => name !== undefined));
  for (const [index, { text: line }] of lines.entries()) {
    const develops = /^develop\s*\+?=(.*)$/.exec(line);
    const isIts =
      LOCATION.test(line) ||
      (develops !== null &&
        (develops[1]!.trim() === "" ||
          [...names].some((name) => develops[1]!.includes(name)) ||
          develops[1]!.includes("slaposcookbook_recipe_location")) &&
        !/^\s+\S/.test(lines[index + 1]?.text ?? ""));
    if (isIts) taken.add(index);
  }
  const url = /^repository\s*=\s*(\S+)/m.exec(body)?.[1];
  return { ranges: merge([...taken].sort((a, b) => a - b).map((index) => lines[index]!)), url };
}

function merge(lines: readonly Line[]): TextRange[] {
  const ranges: { start: number; end: number }[] = [];
  for (const { start, end } of lines) {
    const last = ranges.at(-1);
    if (last && last.end === start) last.end = end;
    else ranges.push({ start, end });
  }
  return ranges;
}

export function recipeHackDiagnostics(text: string): LanguageDiagnostic[] {
  const hack = findRecipeHack(text);
  if (!hack) return [];
  const range = hack.ranges.at(-1)!;
  return [
    {
      range,
      severity: "warning",
      code: RECIPE_HACK,
      message:
        "This clones a recipe's sources with a part, which works in the second run only: buildout develops eggs before it installs parts. Recipe development mode works in the first, and leaves the profile as it is.",
      ...(hack.url && { data: { url: hack.url } }),
    },
  ];
}
