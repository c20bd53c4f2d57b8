/**
 * Positions and ranges in a text.
 *
 * A range is `start` (inclusive) to `end` (exclusive) in UTF-16 code units, as JavaScript strings count.
 * Lines and columns, where a person or a protocol sees them, are made from offsets by a `LineIndex`.
 */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** Zero-based line and zero-based UTF-16 column. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/** One replacement of a range by a text; a list of them is applied as if all at once. */
export interface TextEdit {
  readonly range: TextRange;
  readonly newText: string;
}

/** The line starts of one text. Line ends are `\n`, `\r\n` and a lone `\r`, as editors count them. */
export interface LineIndex {
  readonly lineCount: number;
  lineStart(line: number): number;
  toPosition(offset: number): TextPosition;
  /** Clamped: a column past the end of the line gives the line's end, without its line break. */
  toOffset(position: TextPosition): number;
}

export function createLineIndex(text: string): LineIndex {
  const starts: number[] = [0];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 10) starts.push(i + 1);
    else if (code === 13 && text.charCodeAt(i + 1) !== 10) starts.push(i + 1);
  }

  const lineStart = (line: number): number => starts[Math.min(Math.max(line, 0), starts.length - 1)]!;

  const toPosition = (offset: number): TextPosition => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low, column: offset - starts[low]! };
  };

  const toOffset = ({ line, column }: TextPosition): number => {
    if (line >= starts.length) return text.length;
    const start = lineStart(line);
    let end = line + 1 < starts.length ? starts[line + 1]! : text.length;
    while (end > start && (text.charCodeAt(end - 1) === 10 || text.charCodeAt(end - 1) === 13)) end--;
    return Math.min(start + Math.max(column, 0), end);
  };

  return { lineCount: starts.length, lineStart, toPosition, toOffset };
}

/** Applies edits that do not overlap; their order does not matter, except that inserts at one offset keep it. */
export function applyTextEdits(text: string, edits: readonly TextEdit[]): string {
  const ordered = edits.map((edit, order) => ({ edit, order }));
  ordered.sort((a, b) => a.edit.range.start - b.edit.range.start || a.order - b.order);
  let result = "";
  let from = 0;
  for (const { edit } of ordered) {
    if (edit.range.start < from) throw new RangeError("Text edits overlap");
    result += text.slice(from, edit.range.start) + edit.newText;
    from = edit.range.end;
  }
  return result + text.slice(from);
}
