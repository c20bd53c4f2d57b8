/** A coloured piece of text, within one line. */
export type TokenType =
  | "namespace"
  | "class"
  | "property"
  | "variable"
  | "parameter"
  | "function"
  | "keyword"
  | "comment"
  | "string"
  | "number"
  | "operator"
  | "decorator"
  | "macro"
  | "type";

export const TOKEN_TYPES: readonly TokenType[] = [
  "namespace",
  "class",
  "property",
  "variable",
  "parameter",
  "function",
  "keyword",
  "comment",
  "string",
  "number",
  "operator",
  "decorator",
  "macro",
  "type",
];

export interface Token {
  readonly start: number;
  readonly length: number;
  readonly type: TokenType;
}

/** Cuts a range at line ends and adds a token for each line's part. */
export function pushToken(tokens: Token[], text: string, start: number, end: number, type: TokenType): void {
  let from = start;
  while (from < end) {
    let to = text.indexOf("\n", from);
    if (to < 0 || to > end) to = end;
    const stop = text.charCodeAt(to - 1) === 13 && to > from ? to - 1 : to;
    if (stop > from) tokens.push({ start: from, length: stop - from, type });
    from = to + 1;
  }
}
