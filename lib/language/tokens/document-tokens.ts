/**
 * All tokens of a document: the profile's own, and those of the Python and shell inside its options.
 *
 * Invariant: ordered by offset, none overlaps another.
 */
import { findJinjaBindings } from "../document/jinja-syntax";
import { type DocumentOption, type ProfileDocument, valueWords } from "../document/profile-document";
import { pythonTokens } from "./python-tokens";
import { shellTokens } from "./shell-tokens";
import { pushToken, type Token } from "./token";

export type EmbeddedLanguage = "python" | "shell" | undefined;

export function documentTokens(
  document: ProfileDocument,
  languageOf: (option: DocumentOption) => EmbeddedLanguage,
): Token[] {
  const { text } = document;
  const layers: Token[][] = [jinjaTokens(document), referenceTokens(document)];
  const own: Token[] = [];
  const embedded: Token[] = [];
  if (document.levels !== "text") {
    for (const node of document.syntax.nodes) if (node.kind !== "header") commentTokens(document, node, own);
    for (const section of document.sections) {
      pushToken(own, text, section.nameRange.start, section.nameRange.end, "class");
      if (section.header.expression !== undefined) {
        pushToken(own, text, section.header.expressionStart, section.header.expressionEnd, "macro");
      }
      for (const option of section.options) optionTokens(document, option, own, embedded, languageOf(option));
    }
  }
  layers.push(own, embedded);
  return mergeLayers(layers);
}

function commentTokens(document: ProfileDocument, node: { start: number; end: number }, tokens: Token[]): void {
  const { text, masked } = document;
  for (let start = node.start; start < node.end; ) {
    let end = masked.indexOf("\n", start);
    if (end < 0 || end > node.end) end = node.end;
    const first = masked.charCodeAt(start);
    if (first === 35 || first === 59) pushToken(tokens, text, start, end, "comment");
    start = end + 1;
  }
}

function optionTokens(
  document: ProfileDocument,
  option: DocumentOption,
  own: Token[],
  embedded: Token[],
  language: EmbeddedLanguage,
): void {
  const { text } = document;
  const isMacro = option.name === "<";
  pushToken(own, text, option.key.start, option.key.end, isMacro ? "operator" : "property");
  const { start, end } = option.value;
  if (language === "python") embedded.push(...pythonTokens(text, start, end));
  else if (language === "shell") embedded.push(...shellTokens(text, start, end));
  else if (isMacro || (option.section?.name === "buildout" && option.name === "parts")) {
    for (const word of valueWords(document, option)) pushToken(embedded, text, word.start, word.end, "class");
  } else if (option.name === "recipe") {
    for (const word of valueWords(document, option)) pushToken(embedded, text, word.start, word.end, "type");
  } else if (option.section?.name === "buildout" && option.name === "extends") {
    for (const word of valueWords(document, option)) pushToken(embedded, text, word.start, word.end, "string");
  }
}

function referenceTokens(document: ProfileDocument): Token[] {
  const tokens: Token[] = [];
  for (const reference of document.references) {
    if (!reference.option && !reference.closed) continue;
    pushToken(tokens, document.text, reference.section.start, reference.section.end, "class");
    if (reference.option) pushToken(tokens, document.text, reference.option.start, reference.option.end, "property");
  }
  return tokens;
}

function jinjaTokens(document: ProfileDocument): Token[] {
  const tokens: Token[] = [];
  if (document.jinja.length === 0) return tokens;
  const parameters = new Set(
    findJinjaBindings(document.text, document.jinja, document.jinjaBlocks).map((binding) => binding.name),
  );
  for (const tag of document.jinja) {
    if (tag.kind === "comment") pushToken(tokens, document.text, tag.start, tag.end, "comment");
    else {
      const inner = pythonTokens(document.text, tag.innerStart, tag.innerEnd);
      for (const token of inner) {
        const word = document.text.slice(token.start, token.start + token.length);
        if (token.start === tag.innerStart && token.type === "operator") continue;
        const type =
          tag.kind === "statement" && (word === tag.keyword || word.startsWith("end") || word === "set")
            ? "keyword"
            : token.type === "variable" && parameters.has(word)
              ? "parameter"
              : token.type;
        tokens.push({ ...token, type });
      }
    }
  }
  return tokens;
}

/** Earlier layers win where tokens overlap: later ones are cut around them. */
function mergeLayers(layers: readonly Token[][]): Token[] {
  let result: Token[] = [];
  for (const layer of layers) {
    const sorted = [...layer].sort((a, b) => a.start - b.start);
    const merged: Token[] = [];
    let at = 0;
    for (const token of sorted) {
      let from = token.start;
      const end = token.start + token.length;
      while (at < result.length && result[at]!.start + result[at]!.length <= from) merged.push(result[at++]!);
      while (at < result.length && result[at]!.start < end) {
        const other = result[at]!;
        if (other.start > from) merged.push({ start: from, length: other.start - from, type: token.type });
        merged.push(other);
        from = Math.max(from, other.start + other.length);
        at++;
      }
      if (from < end && from >= (merged.at(-1) ? merged.at(-1)!.start + merged.at(-1)!.length : 0)) {
        merged.push({ start: from, length: end - from, type: token.type });
      }
    }
    while (at < result.length) merged.push(result[at++]!);
    result = merged;
  }
  return result;
}
