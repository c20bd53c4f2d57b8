/**
 * The syntax tree of one profile.
 *
 * A profile is read line by line; the first character of a line nearly decides what it is. The tree is the flat list
 * of its nodes, each a range of the text. It knows nothing of conditions, dialects or other files. Parsing takes one
 * pass, linear in the text, and cannot fail: a line that buildout would refuse is a `stray` node.
 *
 * Invariant: the nodes tile the text, so their texts, concatenated, are the file.
 */
import { createLineIndex, type LineIndex, type TextPosition } from "@/lib/base/text-range";
import { isPythonSpace, stripEnd, stripStart } from "./python-text";

export type OptionOperator = "=" | "+=" | "-=";

/** `[name]` or `[name: expression]`, with the comment that may follow. */
export interface HeaderNode {
  readonly kind: "header";
  readonly start: number;
  readonly end: number;
  readonly name: string;
  readonly nameStart: number;
  readonly nameEnd: number;
  /** The text between the colon and the closing bracket. */
  readonly expression: string | undefined;
  readonly expressionStart: number;
  readonly expressionEnd: number;
  /** The closing bracket and what follows it on the line. */
  readonly tail: string;
}

/** `name = value`, with its continuation lines and the comments between them. */
export interface OptionNode {
  readonly kind: "option";
  readonly start: number;
  end: number;
  /** As buildout stores it: with the operator's sign, and the spaces before it, if there is one: `name +`. */
  readonly key: string;
  readonly keyStart: number;
  /** The name without its operator is `text.slice(keyStart, keyEnd)`; of `=>` it is the arrow. */
  readonly keyEnd: number;
  readonly name: string;
  readonly operator: OptionOperator;
  /** What follows the `=` on its line, without the white space around it. */
  readonly firstLine: string;
  readonly valueStart: number;
  /** End of the last line that has text of the value. */
  valueEnd: number;
  /** Starts and ends of the continuation lines without their line ends, blank ones too, comments not. */
  lines: number[] | undefined;
}

/** Comments and blank lines. */
export interface TriviaNode {
  readonly kind: "trivia";
  readonly start: number;
  end: number;
}

/** A line that is none of the others, or indented text with no option to belong to. */
export interface StrayNode {
  readonly kind: "stray";
  readonly start: number;
  readonly end: number;
  readonly indented: boolean;
}

export type SyntaxNode = HeaderNode | OptionNode | TriviaNode | StrayNode;

export interface ProfileSyntax {
  readonly text: string;
  readonly nodes: readonly SyntaxNode[];
  /** Made when first asked for. */
  readonly lineIndex: LineIndex;
  toPosition(offset: number): TextPosition;
}

const HASH = 35;
const SEMICOLON = 59;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const COLON = 58;
const EQUALS = 61;
const PLUS = 43;
const MINUS = 45;
const GREATER = 62;

function endsOptionName(code: number): boolean {
  return (
    code === EQUALS ||
    code === COLON ||
    code === OPEN_BRACKET ||
    code === CLOSE_BRACKET ||
    code === 123 ||
    code === 125 ||
    isPythonSpace(code)
  );
}

function endsSectionName(code: number): boolean {
  return endsOptionName(code) ? code !== EQUALS : code === HASH || code === SEMICOLON;
}

function parseHeader(text: string, start: number, lineEnd: number, end: number): HeaderNode | undefined {
  const nameStart = stripStart(text, start + 1, lineEnd);
  let nameEnd = nameStart;
  while (nameEnd < lineEnd && !endsSectionName(text.charCodeAt(nameEnd))) nameEnd++;
  if (nameEnd === nameStart) return undefined;
  let at = stripStart(text, nameEnd, lineEnd);
  let expressionStart = -1;
  let expressionEnd = -1;
  if (text.charCodeAt(at) === COLON && at < lineEnd) {
    expressionStart = at + 1;
    let comment = expressionStart;
    while (comment < lineEnd && text.charCodeAt(comment) !== HASH && text.charCodeAt(comment) !== SEMICOLON) comment++;
    at = stripEnd(text, expressionStart, comment) - 1;
    if (at < expressionStart) return undefined;
    expressionEnd = at;
  }
  if (at >= lineEnd || text.charCodeAt(at) !== CLOSE_BRACKET) return undefined;
  const after = stripStart(text, at + 1, lineEnd);
  if (after < lineEnd && text.charCodeAt(after) !== HASH && text.charCodeAt(after) !== SEMICOLON) return undefined;
  return {
    kind: "header",
    start,
    end,
    name: text.slice(nameStart, nameEnd),
    nameStart,
    nameEnd,
    expression: expressionStart < 0 ? undefined : text.slice(expressionStart, expressionEnd),
    expressionStart,
    expressionEnd,
    tail: text.slice(at, lineEnd),
  };
}

function operatorOf(key: string): OptionOperator {
  const sign = key.charCodeAt(key.length - 1);
  return sign === PLUS ? "+=" : sign === MINUS ? "-=" : "=";
}

function parseOption(text: string, start: number, lineEnd: number, end: number): OptionNode | undefined {
  let key: string;
  let keyEnd: number;
  let equals: number;
  let name: string;
  let operator: OptionOperator = "=";
  if (text.charCodeAt(start) === EQUALS) {
    if (text.charCodeAt(start + 1) !== GREATER || start + 1 >= lineEnd) return undefined;
    key = "<part-dependencies>";
    name = key;
    keyEnd = start + 2;
    equals = start + 1;
  } else {
    let nameEnd = start;
    while (nameEnd < lineEnd && !endsOptionName(text.charCodeAt(nameEnd))) nameEnd++;
    if (nameEnd === start) return undefined;
    equals = nameEnd;
    if (text.charCodeAt(equals) !== EQUALS || equals >= lineEnd) {
      equals = stripStart(text, nameEnd, lineEnd);
      if (equals < lineEnd && (text.charCodeAt(equals) === PLUS || text.charCodeAt(equals) === MINUS)) equals++;
      if (equals >= lineEnd || text.charCodeAt(equals) !== EQUALS) return undefined;
    }
    key = text.slice(start, stripEnd(text, start, equals));
    operator = operatorOf(key);
    keyEnd = operator === "=" ? start + key.length : stripEnd(text, start, start + key.length - 1);
    name = operator === "=" ? key : text.slice(start, keyEnd);
  }
  const valueStart = stripStart(text, equals + 1, lineEnd);
  const valueEnd = stripEnd(text, valueStart, lineEnd);
  return {
    kind: "option",
    start,
    end,
    key,
    keyStart: start,
    keyEnd,
    name,
    operator,
    firstLine: text.slice(valueStart, valueEnd),
    valueStart: Math.min(valueStart, valueEnd),
    valueEnd,
    lines: undefined,
  };
}

/** Ends of lines are `\n`, `\r\n` and a lone `\r`, as Python's text files have them. */
export function parseSyntax(text: string): ProfileSyntax {
  const nodes: SyntaxNode[] = [];
  parseLines(text, 0, text.length, nodes);
  return createSyntax(text, nodes);
}

/** Adds the nodes of the lines from `from`, where a line begins that continues none, to `length`, where one ends. */
export function parseLines(text: string, from: number, length: number, nodes: SyntaxNode[]): void {
  const hasReturns = text.includes("\r");
  let option: OptionNode | undefined;
  let trivia: TriviaNode | undefined;
  let tiled = from;

  const closeOption = (at: number): void => {
    if (option !== undefined) {
      tiled = option.end;
      option = undefined;
    }
    if (at > tiled) {
      if (trivia !== undefined) trivia.end = at;
      else {
        trivia = { kind: "trivia", start: tiled, end: at };
        nodes.push(trivia);
      }
      tiled = at;
    }
  };

  for (let start = from; start < length; ) {
    let lineEnd: number;
    let next: number;
    if (hasReturns) {
      lineEnd = start;
      while (lineEnd < length && text.charCodeAt(lineEnd) !== 10 && text.charCodeAt(lineEnd) !== 13) lineEnd++;
      next = lineEnd + 1;
      if (text.charCodeAt(lineEnd) === 13 && text.charCodeAt(next) === 10) next++;
    } else {
      lineEnd = text.indexOf("\n", start);
      if (lineEnd < 0 || lineEnd > length) lineEnd = length;
      next = lineEnd + 1;
    }
    if (next > length) next = length;

    const first = text.charCodeAt(start);
    if (first === HASH || first === SEMICOLON) {
      // A comment does not end the option around it.
    } else if (start === lineEnd || isPythonSpace(first)) {
      const content = stripStart(text, start, lineEnd);
      if (option !== undefined) {
        option.lines ??= [];
        option.lines.push(start, lineEnd);
        if (content < lineEnd) {
          option.end = next;
          option.valueEnd = stripEnd(text, start, lineEnd);
        }
      } else if (content < lineEnd) {
        closeOption(start);
        nodes.push({ kind: "stray", start, end: next, indented: true });
        trivia = undefined;
        tiled = next;
      }
    } else {
      closeOption(start);
      const node: SyntaxNode = (first === OPEN_BRACKET
        ? parseHeader(text, start, lineEnd, next)
        : parseOption(text, start, lineEnd, next)) ?? { kind: "stray", start, end: next, indented: false };
      nodes.push(node);
      trivia = undefined;
      tiled = next;
      if (node.kind === "option") option = node;
    }
    start = next;
  }
  closeOption(length);
}

/** `nodes` tile the text. */
export function createSyntax(text: string, nodes: readonly SyntaxNode[]): ProfileSyntax {
  let lineIndex: LineIndex | undefined;
  return {
    text,
    nodes,
    get lineIndex() {
      lineIndex ??= createLineIndex(text);
      return lineIndex;
    },
    toPosition: (offset) => {
      lineIndex ??= createLineIndex(text);
      return lineIndex.toPosition(offset);
    },
  };
}

/** The inverse of `parseSyntax`. */
export function printSyntax(syntax: ProfileSyntax): string {
  return syntax.nodes.map((node) => syntax.text.slice(node.start, node.end)).join("");
}
