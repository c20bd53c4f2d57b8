/**
 * The tokens of a Python expression, as far as conditions of sections use them.
 *
 * Scanning is linear and never throws: what cannot be a token ends the list with an `invalid` one.
 */
export type PythonToken =
  | { readonly kind: "name" | "operator"; readonly text: string; readonly start: number }
  | { readonly kind: "number"; readonly value: bigint | number; readonly start: number }
  | { readonly kind: "string"; readonly value: string; readonly start: number }
  | { readonly kind: "invalid" | "end"; readonly text: string; readonly start: number };

const NUMBER =
  /0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:[0-9](?:_?[0-9])*)?\.[0-9](?:_?[0-9])*(?:[eE][-+]?[0-9]+)?|[0-9](?:_?[0-9])*(?:\.(?:[eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)?/y;
const ASCII_NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
/** Slow to compile, so it is only used where an ASCII name does not end the matter. */
const UNICODE_NAME = /[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*/uy;
const OPERATOR = /\*\*|\/\/|<<|>>|<=|>=|==|!=|:=|\.\.\.|[-+*/%@&|^~<>()[\]{},:.=]/y;
const STRING_START = /([rRuUbBfF]{0,2})("""|'''|"|')/y;

const SIMPLE_ESCAPES: Record<string, string> = {
  "\\": "\\",
  "'": "'",
  '"': '"',
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** The value of the inside of a string literal; undefined where Python would refuse it. */
export function unescapePythonString(body: string): string | undefined {
  let result = "";
  for (let i = 0; i < body.length; i++) {
    const character = body[i]!;
    if (character !== "\\") {
      result += character;
      continue;
    }
    const next = body[++i];
    if (next === undefined) return undefined;
    const simple = SIMPLE_ESCAPES[next];
    if (simple !== undefined) {
      result += simple;
      continue;
    }
    const width = next === "x" ? 2 : next === "u" ? 4 : next === "U" ? 8 : 0;
    if (width > 0) {
      const digits = body.slice(i + 1, i + 1 + width);
      if (digits.length < width || !/^[0-9a-fA-F]+$/.test(digits)) return undefined;
      const code = Number.parseInt(digits, 16);
      if (code > 0x10ffff) return undefined;
      result += String.fromCodePoint(code);
      i += width;
    } else if (next >= "0" && next <= "7") {
      const digits = /^[0-7]{1,3}/.exec(body.slice(i, i + 3))![0];
      result += String.fromCharCode(Number.parseInt(digits, 8));
      i += digits.length - 1;
    } else if (next === "N") return undefined;
    else if (next !== "\n") result += `\\${next}`;
  }
  return result;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

export function scanPythonTokens(text: string): PythonToken[] {
  const tokens: PythonToken[] = [];
  let at = 0;
  const fail = (): PythonToken[] => {
    tokens.push({ kind: "invalid", text: text.slice(at, at + 1), start: at });
    return tokens;
  };
  while (at < text.length) {
    const character = text[at]!;
    if (character === " " || character === "\t" || character === "\f") {
      at++;
      continue;
    }
    if (character === "#") break;
    const start = at;
    const quote = matchAt(STRING_START, text, at);
    if (quote) {
      const prefix = quote[1]!.toLowerCase();
      const mark = quote[2]!;
      const bodyStart = at + quote[0].length;
      let end = bodyStart;
      while (end < text.length && !text.startsWith(mark, end)) end += text[end] === "\\" ? 2 : 1;
      if (end >= text.length || prefix.includes("b") || prefix.includes("f")) return fail();
      const body = text.slice(bodyStart, end);
      const value = prefix.includes("r") ? body : unescapePythonString(body);
      if (value === undefined) return fail();
      tokens.push({ kind: "string", value, start });
      at = end + mark.length;
      continue;
    }
    const number = matchAt(NUMBER, text, at);
    if (number && number[0] !== "") {
      const digits = number[0].replaceAll("_", "");
      at += number[0].length;
      const radix = /^0[xXoObB]/.test(digits);
      if (!radix && /[.eE]/.test(digits)) tokens.push({ kind: "number", value: Number(digits), start });
      else if (/^0+[1-9]/.test(digits)) return fail();
      else tokens.push({ kind: "number", value: BigInt(digits), start });
      continue;
    }
    let name = matchAt(ASCII_NAME, text, at);
    if (text.charCodeAt(at + (name?.[0].length ?? 0)) > 127) name = matchAt(UNICODE_NAME, text, at);
    if (name) {
      tokens.push({ kind: "name", text: name[0].normalize("NFKC"), start });
      at += name[0].length;
      continue;
    }
    const operator = matchAt(OPERATOR, text, at);
    if (!operator) return fail();
    tokens.push({ kind: "operator", text: operator[0], start });
    at += operator[0].length;
  }
  tokens.push({ kind: "end", text: "", start: text.length });
  return tokens;
}
