/** Tokens of shell commands within `start` and `end` of a text. Buildout references are left out. */
import { pushToken, type Token } from "./token";

const KEYWORDS = new Set(
  "if then else elif fi case esac for while until do done in function select time return exit export local readonly unset set shift break continue trap".split(
    " ",
  ),
);
const PIECE =
  /(?<![\w$])#[^\n]*|\$\{[^}\n]*\}?|\$[A-Za-z_]\w*|\$[0-9@#?*!$-]|'[^'\n]*'?|"(?:\\.|[^"\\\n])*"?|&&|\|\||;;|[|;&<>]+|[^\s'"$|;&<>#()]+|#|[()]/g;

export function shellTokens(text: string, start: number, end: number): Token[] {
  const tokens: Token[] = [];
  const source = text.slice(start, end);
  let commandPosition = true;
  for (const match of source.matchAll(PIECE)) {
    const piece = match[0];
    const from = start + match.index;
    const to = from + piece.length;
    const newLine = /(^|[^\\])\n\s*$/.test(source.slice(Math.max(0, match.index - 80), match.index));
    if (newLine) commandPosition = true;
    if (piece.startsWith("#")) {
      pushToken(tokens, text, from, to, "comment");
      continue;
    }
    if (piece.startsWith("${")) {
      commandPosition = false;
      continue;
    }
    if (piece.startsWith("$")) pushToken(tokens, text, from, to, "variable");
    else if (piece.startsWith("'") || piece.startsWith('"')) pushQuoted(tokens, text, from, to);
    else if (/^[|;&<>()]/.test(piece)) {
      pushToken(tokens, text, from, to, "operator");
      commandPosition = /[|;&(]$/.test(piece);
      continue;
    } else if (KEYWORDS.has(piece) && commandPosition) {
      pushToken(tokens, text, from, to, "keyword");
      continue;
    } else if (/^[A-Za-z_]\w*=/.test(piece) && commandPosition) {
      pushToken(tokens, text, from, from + piece.indexOf("="), "variable");
      pushToken(tokens, text, from + piece.indexOf("="), from + piece.indexOf("=") + 1, "operator");
      continue;
    } else if (commandPosition) pushToken(tokens, text, from, to, "function");
    else if (/^-{1,2}\w/.test(piece)) pushToken(tokens, text, from, to, "parameter");
    else if (/^\d+$/.test(piece)) pushToken(tokens, text, from, to, "number");
    commandPosition = false;
  }
  return tokens;
}

/** A string, without the references in it. */
function pushQuoted(tokens: Token[], text: string, from: number, to: number): void {
  let at = from;
  for (const match of text.slice(from, to).matchAll(/\$\{[^}\n]*\}/g)) {
    pushToken(tokens, text, at, from + match.index, "string");
    at = from + match.index + match[0].length;
  }
  pushToken(tokens, text, at, to, "string");
}
