/**
 * Edits of single options, below the level of a gesture: adding lines to a list, taking an option out of a file.
 *
 * Every byte that is not part of the change stays, comments within a list too.
 */
import type { TextEdit } from "@/lib/base/text-range";
import { changeOption, type OptionNode, type OptionOperator, type Profile, type ProfileSyntax } from "@/lib/buildout";

/** The nodes that write the option in this file, as buildout reads them: dropped sections are not among them. */
export function optionNodes(profile: Profile, section: string, option: string): OptionNode[] {
  const options = profile.section(section)?.options;
  return [option, `${option} +`, `${option} -`]
    .flatMap((key) => options?.get(key)?.definition?.nodes ?? [])
    .sort((a, b) => a.start - b.start);
}

/** Below the last line, with the indent of the least indented one. */
export function appendLines({ text }: ProfileSyntax, node: OptionNode, value: string): TextEdit {
  const lineEnd = text.includes("\r\n") ? "\r\n" : "\n";
  let indent: string | undefined;
  for (let i = 0; node.lines !== undefined && i < node.lines.length; i += 2) {
    const found = /^[ \t]+(?=\S)/.exec(text.slice(node.lines[i], node.lines[i + 1]))?.[0];
    if (found !== undefined && (indent === undefined || found.length < indent.length)) indent = found;
  }
  const newText = value
    .replace(/^\n/, "")
    .split("\n")
    .map((line) => (line === "" ? lineEnd : lineEnd + (indent ?? "  ") + line))
    .join("");
  return { range: { start: node.valueEnd, end: node.valueEnd }, newText };
}

/** Sets the option, or writes a new `+=` or `-=` of it. */
export function writeOption(
  syntax: ProfileSyntax,
  section: string,
  option: string,
  operator: OptionOperator,
  value: string,
): TextEdit[] {
  if (operator === "=") return changeOption(syntax, { section, option, value });
  const sign = operator[0]!;
  return changeOption(syntax, { section, option: `${option} ${sign}`, value }).map(({ range, newText }) => ({
    range,
    newText: newText.replace(`${option} ${sign} =`, () => `${option} ${operator}`),
  }));
}

/**
 * Takes options out; a header goes with the last of its options, unless a comment stands below it. Comments stay.
 */
export function removeNodes({ text, nodes }: ProfileSyntax, removed: ReadonlySet<OptionNode>): TextEdit[] {
  const edits: TextEdit[] = [];
  for (let at = 0; at < nodes.length; ) {
    let end = at + 1;
    while (end < nodes.length && nodes[end]!.kind !== "header") end++;
    const group = nodes.slice(at, end);
    const head = group[0]!;
    const gone = group.filter((node): node is OptionNode => node.kind === "option" && removed.has(node));
    const rest = group.filter((node) => node !== head && !gone.some((one) => one === node));
    const isEmpty = rest.every((node) => node.kind === "trivia" && text.slice(node.start, node.end).trim() === "");
    const hasComment = gone.some((node) => commentsIn(text, node) !== "");
    if (head.kind === "header" && gone.length > 0 && isEmpty && !hasComment) {
      let { start } = head;
      // The section above may go too, with that line.
      const from = edits.at(-1)?.range.end ?? 0;
      if (group.at(-1)!.end === text.length) start = Math.max(from, start - blankLineBefore(text, start));
      edits.push({ range: { start, end: group.at(-1)!.end }, newText: "" });
    } else
      for (const node of gone)
        edits.push({ range: { start: node.start, end: node.end }, newText: commentsIn(text, node) });
    at = end;
  }
  return edits;
}

/** Comment lines that stand among those of a value. */
function commentsIn(text: string, node: OptionNode): string {
  return (text.slice(node.start, node.end).match(/^[#;].*(?:\r?\n|$)/gm) ?? []).join("");
}

/** Length of the blank line that separates a section from the one before it. */
function blankLineBefore(text: string, end: number): number {
  return /\n(\r?\n)$/.exec(text.slice(Math.max(0, end - 4), end))?.[1]?.length ?? 0;
}
