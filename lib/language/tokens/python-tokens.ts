/** Tokens of Python source within `start` and `end` of a text; wrong source gives fewer tokens, never an error. */
import { pushToken, type Token } from "./token";

const KEYWORDS = new Set(
  "False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass print raise return try while with yield exec".split(
    " ",
  ),
);
const BUILTINS = new Set(
  "abs all any bool bytes callable dict dir enumerate filter float format frozenset getattr hasattr hash hex id input int isinstance issubclass iter len list map max min next object open ord pow range repr reversed round set setattr slice sorted staticmethod str sum super tuple type unicode vars xrange zip __import__".split(
    " ",
  ),
);
const BUILTIN_TYPES = new Set(
  "bool bytes dict float frozenset int list object set slice str tuple type unicode".split(" "),
);
const PIECE =
  /#[^\n]*|(?:[rRbBuUfF]{0,2})(?:"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?)|@[A-Za-z_][\w.]*|\d[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?\d+)?\w*|[A-Za-z_]\w*|->|\*\*|\/\/|[-+*/%=<>!&|^~]=?/g;

function isCall(source: string, at: number): boolean {
  return /^\s*\(/.test(source.slice(at, at + 8));
}

export function pythonTokens(text: string, start: number, end: number): Token[] {
  const tokens: Token[] = [];
  const source = text.slice(start, end);
  let previous = "";
  let importing = false;
  let importLine = -1;
  for (const match of source.matchAll(PIECE)) {
    const piece = match[0];
    const from = start + match.index;
    const to = from + piece.length;
    const first = piece[0]!;
    const line = source.lastIndexOf("\n", match.index);
    if (importing && line !== importLine && !/[(,\\]\s*$/.test(source.slice(0, match.index))) importing = false;
    if (first === "#") pushToken(tokens, text, from, to, "comment");
    else if (/["']$|^[rRbBuUfF]{0,2}["']/.test(piece)) pushToken(tokens, text, from, to, "string");
    else if (first === "@" && /^\s*$/.test(source.slice(line + 1, match.index))) {
      pushToken(tokens, text, from, to, "decorator");
    } else if (first >= "0" && first <= "9") pushToken(tokens, text, from, to, "number");
    else if (/[A-Za-z_]/.test(first)) {
      if (KEYWORDS.has(piece)) {
        pushToken(tokens, text, from, to, "keyword");
        if (piece === "import" || (piece === "from" && /^\s*$/.test(source.slice(line + 1, match.index)))) {
          importing = true;
          importLine = line;
        }
      } else if (previous === "def") pushToken(tokens, text, from, to, "function");
      else if (previous === "class") pushToken(tokens, text, from, to, "class");
      else if (importing) pushToken(tokens, text, from, to, "namespace");
      else if (
        BUILTIN_TYPES.has(piece) &&
        !/[.\w]/.test(source[match.index - 1] ?? "") &&
        !isCall(source, match.index + piece.length)
      ) {
        pushToken(tokens, text, from, to, "type");
      } else if (BUILTINS.has(piece) && source[match.index - 1] !== ".") pushToken(tokens, text, from, to, "function");
      else if (/^\s*\(/.test(source.slice(match.index + piece.length, match.index + piece.length + 8))) {
        pushToken(tokens, text, from, to, "function");
      } else if (source[match.index - 1] === ".") pushToken(tokens, text, from, to, "property");
      else pushToken(tokens, text, from, to, "variable");
    } else if (first === "@") {
      pushToken(tokens, text, from, from + 1, "operator");
      pushToken(tokens, text, from + 1, to, "variable");
    } else pushToken(tokens, text, from, to, "operator");
    previous = piece;
  }
  return tokens;
}
