/**
 * JSON with the place of every value, for an editor: reading never fails, what is wrong is a problem beside the tree.
 *
 * After an error reading goes on where a value, a comma or a closing bracket can follow, so that one slip does not hide
 * the rest of the file.
 */
import type { TextRange } from "@/lib/base/text-range";

export interface JsonMember {
  readonly name: string;
  /** With its quotes. */
  readonly key: TextRange;
  readonly value: JsonNode | undefined;
}

export type JsonNode = TextRange &
  (
    | { readonly kind: "object"; readonly members: readonly JsonMember[] }
    | { readonly kind: "array"; readonly items: readonly JsonNode[] }
    | { readonly kind: "string"; readonly value: string }
    | { readonly kind: "number"; readonly value: number }
    | { readonly kind: "boolean"; readonly value: boolean }
    | { readonly kind: "null" }
  );

export interface JsonProblem {
  readonly range: TextRange;
  readonly message: string;
  /** What makes JSON of it, where only one thing can be meant: this text in the range's place. */
  readonly mend?: { readonly title: string; readonly newText: string };
}

export interface JsonTree {
  readonly root: JsonNode | undefined;
  readonly problems: readonly JsonProblem[];
}

/** Deeper ones are cut: no person writes them. */
const MAX_DEPTH = 200;
const MAX_PROBLEMS = 20;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|[A-Za-z_]\w*/y;
const STRING = /"(?:[^"\\\n\r]|\\[^\n\r])*("?)/y;
const JUNK = /[^\s,[\]{}":]+|[\s\S]/y;

/** As they are written in Python and JavaScript. */
const PYTHON_CONSTANTS: ReadonlyMap<string, string> = new Map([
  ["True", "true"],
  ["False", "false"],
  ["None", "null"],
]);

const NO_COMMA = { title: "Take the comma out", newText: "" };

function writing(newText: string | undefined): JsonProblem["mend"] {
  return newText === undefined ? undefined : { title: `Write \`${newText}\``, newText };
}

/** Of a word or a string in single quotes. */
function asString(written: string): JsonProblem["mend"] {
  const word = /^'([^'"\\]*)'$/.exec(written)?.[1] ?? /^[A-Za-z_]\w*$/.exec(written)?.[0];
  return writing(word === undefined ? undefined : JSON.stringify(word));
}

export function parseJson(text: string): JsonTree {
  const problems: JsonProblem[] = [];
  let at = 0;

  const report = (start: number, end: number, message: string, mend?: JsonProblem["mend"]): void => {
    if (problems.length >= MAX_PROBLEMS) return;
    problems.push({ range: { start, end: Math.max(end, start) }, message, ...(mend && { mend }) });
  };
  const skipSpace = (): void => {
    while (at < text.length && /\s|\ufeff/.test(text[at]!)) at++;
  };
  /** The end of the text before the white space at hand: where something is missing. */
  const here = (): { start: number; end: number } => {
    let end = at;
    while (end > 0 && /\s/.test(text[end - 1]!)) end--;
    return { start: Math.max(end - 1, 0), end };
  };
  const missing = (message: string, sign?: string): void => {
    const { start, end } = here();
    const mend = sign && { title: `Insert \`${sign}\``, newText: text.slice(start, end) + sign };
    report(start, end, message, mend || undefined);
  };

  const readString = (): JsonNode & { kind: "string" } => {
    const start = at;
    STRING.lastIndex = at;
    const match = STRING.exec(text)!;
    at = STRING.lastIndex;
    const written = match[0];
    if (match[1] !== '"') {
      report(start, at, "This string is not closed.");
      return { kind: "string", value: written.slice(1), start, end: at };
    }
    try {
      return { kind: "string", value: JSON.parse(written) as string, start, end: at };
    } catch {
      // The only strings that do not parse have a wrong escape or a control character.
      report(start, at, "This string has an escape or a character that JSON does not have.");
      return { kind: "string", value: written.slice(1, -1), start, end: at };
    }
  };

  const readScalar = (): JsonNode | undefined => {
    const start = at;
    SCALAR.lastIndex = at;
    const word = SCALAR.exec(text)?.[0];
    if (word === undefined || /[\w.]/.test(text[SCALAR.lastIndex] ?? "")) {
      JUNK.lastIndex = at;
      const junk = JUNK.exec(text)?.[0] ?? "";
      at += Math.max(junk.length, 1);
      report(start, at, `${junk} is not a value of JSON.`, asString(junk));
      return undefined;
    }
    at = SCALAR.lastIndex;
    if (word === "true" || word === "false") return { kind: "boolean", value: word === "true", start, end: at };
    if (word === "null") return { kind: "null", start, end: at };
    if (/^[-\d]/.test(word)) return { kind: "number", value: Number(word), start, end: at };
    report(
      start,
      at,
      `${word} is not a value of JSON: strings have double quotes, constants are true, false and null.`,
      writing(PYTHON_CONSTANTS.get(word)),
    );
    return undefined;
  };

  const readArray = (depth: number): JsonNode => {
    const start = at++;
    const items: JsonNode[] = [];
    let comma: number | undefined;
    for (skipSpace(); at < text.length && text[at] !== "]"; skipSpace()) {
      if (text[at] === "}") {
        break;
      }
      if (text[at] === ",") {
        report(at, at + 1, "A value is missing before this comma.", NO_COMMA);
        at++;
        continue;
      }
      if (items.length > 0 && comma === undefined) missing("A comma is missing here.", ",");
      const item = readValue(depth + 1);
      if (item) items.push(item);
      skipSpace();
      comma = text[at] === "," ? at++ : undefined;
    }
    if (comma !== undefined) report(comma, comma + 1, "JSON has no comma after the last value.", NO_COMMA);
    if (text[at] === "]") at++;
    else report(start, start + 1, "This bracket is not closed.");
    return { kind: "array", items, start, end: at };
  };

  const readObject = (depth: number): JsonNode => {
    const start = at++;
    const members: JsonMember[] = [];
    let comma: number | undefined;
    for (skipSpace(); at < text.length && text[at] !== "}"; skipSpace()) {
      if (text[at] === "]") break;
      if (text[at] === ",") {
        report(at, at + 1, "A name is missing before this comma.", NO_COMMA);
        at++;
        continue;
      }
      if (text[at] !== '"') {
        JUNK.lastIndex = at;
        const junk = JUNK.exec(text)?.[0] ?? text[at]!;
        report(at, at + junk.length, `${junk} is not a name: names are strings in double quotes.`, asString(junk));
        at += junk.length;
        continue;
      }
      if (members.length > 0 && comma === undefined) missing("A comma is missing here.", ",");
      const key = readString();
      skipSpace();
      let value: JsonNode | undefined;
      if (text[at] === ":") {
        at++;
        skipSpace();
        if (at >= text.length || /[,}\]]/.test(text[at]!)) missing("A value is missing here.");
        else value = readValue(depth + 1);
      } else missing("A colon is missing after this name.", /["\w[{-]/.test(text[at] ?? "") ? ":" : undefined);
      members.push({ name: key.value, key: { start: key.start, end: key.end }, value });
      skipSpace();
      comma = text[at] === "," ? at++ : undefined;
    }
    if (comma !== undefined) report(comma, comma + 1, "JSON has no comma after the last value.", NO_COMMA);
    if (text[at] === "}") at++;
    else report(start, start + 1, "This brace is not closed.");
    return { kind: "object", members, start, end: at };
  };

  const readValue = (depth: number): JsonNode | undefined => {
    if (depth > MAX_DEPTH) {
      report(at, text.length, "This is nested too deeply.");
      at = text.length;
      return undefined;
    }
    if (text[at] === "{") return readObject(depth);
    if (text[at] === "[") return readArray(depth);
    return text[at] === '"' ? readString() : readScalar();
  };

  skipSpace();
  if (at >= text.length)
    return { root: undefined, problems: [{ range: { start: 0, end: 0 }, message: "There is no JSON here." }] };
  const root = readValue(0);
  skipSpace();
  if (at < text.length) report(at, text.length, "Nothing may follow the value.");
  return { root, problems };
}

export function findMember(node: JsonNode | undefined, name: string): JsonMember | undefined {
  return node?.kind === "object" ? node.members.findLast((member) => member.name === name) : undefined;
}

export function stringOf(node: JsonNode | undefined): string | undefined {
  return node?.kind === "string" ? node.value : undefined;
}

/** The node that a JSON pointer (`/properties/name`) leads to; the member that holds it, where one does. */
export function followPointer(
  root: JsonNode | undefined,
  pointer: string,
): { readonly node: JsonNode; readonly member: JsonMember | undefined } | undefined {
  let node = root;
  let member: JsonMember | undefined;
  for (const part of pointer.split("/").slice(1)) {
    const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (node?.kind === "array") {
      member = undefined;
      node = node.items[Number(name)];
    } else {
      member = findMember(node, name);
      node = member?.value;
    }
    if (!node) return undefined;
  }
  return node && { node, member };
}

/** As JSON.parse gives it; a member without a value is null. */
export function toValue(node: JsonNode): unknown {
  switch (node.kind) {
    case "object":
      return Object.fromEntries(node.members.map(({ name, value }) => [name, value ? toValue(value) : null]));
    case "array":
      return node.items.map(toValue);
    case "null":
      return null;
    default:
      return node.value;
  }
}

export interface JsonPlace {
  /** From the root to what is at the offset. */
  readonly nodes: readonly JsonNode[];
  /** The members on the way, as many as there are objects around the offset or one fewer. */
  readonly members: readonly JsonMember[];
  /** The offset is in the name of the last member, not in its value. */
  readonly onKey: boolean;
}

export function placeAt(root: JsonNode | undefined, offset: number): JsonPlace {
  const nodes: JsonNode[] = [];
  const members: JsonMember[] = [];
  let onKey = false;
  for (let node = root; node && node.start <= offset && offset <= node.end; ) {
    nodes.push(node);
    if (node.kind === "array") node = node.items.find((item) => item.start <= offset && offset <= item.end);
    else if (node.kind === "object") {
      const member = node.members.find(
        ({ key, value }) => key.start <= offset && offset <= Math.max(key.end, value?.end ?? 0),
      );
      if (!member) break;
      members.push(member);
      onKey = offset <= member.key.end;
      if (onKey) break;
      node = member.value;
    } else break;
  }
  return { nodes, members, onKey };
}
