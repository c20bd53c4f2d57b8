/**
 * The white space and line rules of Python's `str`, which decide how buildout reads a profile.
 *
 * JavaScript's `\s` and `trim` differ from Python's in both directions (`\x1c` to `\x1f` and `\x85` are space only in
 * Python, the byte order mark only in JavaScript), so nothing in this folder may use them on profile text.
 */
export function isPythonSpace(code: number): boolean {
  if (code === 32 || (code >= 9 && code <= 13)) return true;
  if (code < 128) return code >= 28 && code <= 31;
  if (code === 0x85 || code === 0xa0) return true;
  if (code < 0x1680) return false;
  return (
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x1680 ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  );
}

/** Where the text between `start` and `end` begins and ends without the white space around it. */
export function stripStart(text: string, start: number, end: number): number {
  while (start < end && isPythonSpace(text.charCodeAt(start))) start++;
  return start;
}

export function stripEnd(text: string, start: number, end: number): number {
  while (end > start && isPythonSpace(text.charCodeAt(end - 1))) end--;
  return end;
}

export function pythonStrip(text: string): string {
  const start = stripStart(text, 0, text.length);
  return text.slice(start, stripEnd(text, start, text.length));
}

export function pythonRightStrip(text: string): string {
  return text.slice(0, stripEnd(text, 0, text.length));
}

/** `str.rstrip(characters)`. */
export function rightStripCharacters(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text[end - 1]!)) end--;
  return text.slice(0, end);
}

/** `str.split()`: the words between white space. */
export function pythonWords(text: string): string[] {
  const words: string[] = [];
  for (let at = 0; at < text.length; ) {
    const start = stripStart(text, at, text.length);
    let end = start;
    while (end < text.length && !isPythonSpace(text.charCodeAt(end))) end++;
    if (end > start) words.push(text.slice(start, end));
    at = end;
  }
  return words;
}

const SURROGATE = /[\ud800-\udfff]/;

/** Python orders strings by code point, JavaScript by UTF-16 unit; they differ beyond the basic plane. */
export function sortAsPython(names: string[]): string[] {
  if (!names.some((name) => SURROGATE.test(name))) return names.sort();
  return names.sort((left, right) => {
    const a = [...left];
    const b = [...right];
    for (let i = 0; i < a.length && i < b.length; i++) {
      const difference = a[i]!.codePointAt(0)! - b[i]!.codePointAt(0)!;
      if (difference !== 0) return difference;
    }
    return a.length - b.length;
  });
}

function lineMargin(line: string): number {
  let width = 0;
  while (width < line.length && (line[width] === " " || line[width] === "\t")) width++;
  return width;
}

/** `textwrap.dedent`: the longest indent that all lines share goes; lines of blanks and tabs alone become empty. */
function dedent(lines: string[]): string {
  let margin: string | undefined;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    const width = lineMargin(line);
    if (width === line.length) {
      lines[i] = "";
      continue;
    }
    if (margin === undefined) {
      margin = line.slice(0, width);
      continue;
    }
    let shared = 0;
    while (shared < margin.length && shared < width && margin[shared] === line[shared]) shared++;
    if (shared < margin.length) margin = margin.slice(0, shared);
  }
  if (margin) for (let i = 0; i < lines.length; i++) if (lines[i] !== "") lines[i] = lines[i]!.slice(margin.length);
  return lines.join("\n");
}

/**
 * What buildout makes of a value whose first line is empty: trailing white space, the shared indent and leading blank
 * lines go.
 */
export function normaliseBlockValue(value: string): string {
  const dedented = dedent(pythonRightStrip(value).split("\n"));
  const content = stripStart(dedented, 0, dedented.length);
  const lineStart = dedented.lastIndexOf("\n", content - 1) + 1;
  return dedented.slice(content === dedented.length && lineStart === 0 ? 0 : lineStart);
}
