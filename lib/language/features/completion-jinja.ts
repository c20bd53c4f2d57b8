/** Names inside a template's tags: variables, and the keys of those that stand for a section. */
import type { Analysis } from "../analysis/analysis";
import type { CompletionItem } from "../answers";
import type { Cursor } from "../document/cursor";
import type { ProfileDocument } from "../document/profile-document";
import { completeJinjaParameter } from "../parameters/parameter-features";
import { contextVariables, keysOf, localBindings } from "./jinja-context";

const KEYWORDS = [
  "if",
  "for",
  "set",
  "macro",
  "import",
  "from",
  "include",
  "do",
  "else",
  "elif",
  "endif",
  "endfor",
  "endmacro",
];

export function completeJinja(
  analysis: Analysis,
  document: ProfileDocument,
  offset: number,
  cursor: Extract<Cursor, { kind: "jinja" }>,
): CompletionItem[] {
  const before = document.text.slice(cursor.tag.innerStart, offset);
  const member = /(\w+)(?:\.|\[\s*(["'])|\.(?:get|pop|setdefault)\(\s*(["']))([-\w. ]*)$/.exec(before);
  const context = contextVariables(analysis, document.path);
  if (member) {
    const parameters = completeJinjaParameter(
      analysis,
      document,
      offset,
      member[1]!,
      member[4] ?? "",
      !member[2] && !member[3],
    );
    if (parameters) return parameters;
    const variable = context.find((candidate) => candidate.name === member[1]);
    if (!variable) return [];
    const typed = member[4] ?? "";
    const isAttribute = !member[2] && !member[3];
    const rest = /^[-\w.]*/.exec(document.text.slice(offset))![0].length;
    const range = { start: offset - typed.length, end: offset + rest };
    return keysOf(variable, analysis)
      .filter((key) => !isAttribute || /^\w+$/.test(key))
      .map((key) => ({ label: key, kind: "option", edit: { range, newText: key } }));
  }
  if (/["'][^"']*$/.test(before) && (before.split(/["']/).length - 1) % 2 === 1) return [];
  const items = new Map<string, CompletionItem>();
  const add = (label: string, kind: CompletionItem["kind"], detail: string): void => {
    if (!items.has(label)) items.set(label, { label, kind, detail, edit: { range: cursor.word, newText: label } });
  };
  for (const binding of localBindings(document, offset)) add(binding.name, "variable", binding.kind);
  for (const variable of context) add(variable.name, "variable", `${variable.kind} ${variable.expression}`);
  if (cursor.tag.kind === "statement" && /^[-+]?\s*\w*$/.test(before)) {
    for (const keyword of KEYWORDS) add(keyword, "value", "statement");
  }
  return [...items.values()];
}
