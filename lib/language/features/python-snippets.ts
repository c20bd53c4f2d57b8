/** The Python sources in a document: the whole of a `.py` file, or the options that a recipe runs as Python. */
import type { Analysis } from "../analysis/analysis";
import type { DocumentOption, ProfileDocument } from "../document/profile-document";
import type { PythonSnippet } from "../service";
import type { EmbeddedLanguage } from "../tokens/document-tokens";

/** What slapos.recipe.build's code finds without importing anything. */
const RECIPE_NAMES = [
  "self",
  "options",
  "location",
  "call",
  "guessworkdir",
  "is_true",
  "buildout",
  "name",
  "env",
  "logger",
];

export function embeddedLanguage(
  analysis: Analysis,
  document: ProfileDocument,
  option: DocumentOption,
): EmbeddedLanguage {
  if (!option.section || option.section.dynamic) return undefined;
  const name = analysis.view(document.path)?.recipe(option.section.name);
  const recipe = name ? analysis.catalogue.find(name) : undefined;
  const type = recipe && Object.hasOwn(recipe.options, option.name) ? recipe.options[option.name]?.type : undefined;
  if (type === "python") return "python";
  return type === "shell" ? "shell" : undefined;
}

export function pythonSnippetsOf(analysis: Analysis, document: ProfileDocument): PythonSnippet[] {
  if (document.path.endsWith(".py")) {
    const { lineIndex } = document;
    const lines = Array.from({ length: lineIndex.lineCount }, (_, line) => ({ offset: lineIndex.lineStart(line) }));
    return [{ source: document.text, lines, path: document.path, builtins: [] }];
  }
  if (document.levels === "text") return [];
  const snippets: PythonSnippet[] = [];
  for (const section of document.sections) {
    for (const option of section.options) {
      if (embeddedLanguage(analysis, document, option) !== "python") continue;
      const snippet = snippetOf(document, option);
      if (snippet) snippets.push(snippet);
    }
  }
  return snippets;
}

function snippetOf(document: ProfileDocument, option: DocumentOption): PythonSnippet | undefined {
  const { node } = option;
  const ranges: [number, number][] = [];
  if (node.firstLine !== "") ranges.push([node.valueStart, node.valueStart + node.firstLine.length]);
  for (let i = 0; i < (node.lines?.length ?? 0); i += 2) ranges.push([node.lines![i]!, node.lines![i + 1]!]);
  const texts = ranges.map(([start, end]) => document.masked.slice(start, end));
  const hidden = node.firstLine === "" ? texts : texts.slice(1);
  const margins = hidden.filter((line) => line.trim() !== "").map((line) => line.length - line.trimStart().length);
  const margin = margins.length > 0 ? Math.min(...margins) : 0;
  const lines: { offset: number }[] = [];
  const source: string[] = [];
  for (const [index, text] of texts.entries()) {
    const cut = index === 0 && node.firstLine !== "" ? 0 : Math.min(margin, text.length);
    source.push(text.slice(cut).replace(/\$\{[^}]*\}|[\ue000\ue001]+/g, (hole) => "0".repeat(hole.length)));
    lines.push({ offset: ranges[index]![0] + cut });
  }
  if (
    source.every((line) => line.trim() === "") ||
    document.masked.slice(option.value.start, option.value.end).includes("\ue000")
  ) {
    return undefined;
  }
  return { source: `${source.join("\n")}\n`, lines, path: document.path, builtins: RECIPE_NAMES };
}
