/**
 * Between offsets (UTF-16 units of a text) and the protocol's positions, in the encoding agreed with the client.
 *
 * Positions outside the text are clamped, never refused: a client may be one edit ahead of us.
 */

import type { Position, Range } from "vscode-languageserver-protocol";
import type { LineIndex, TextRange } from "@/lib/base/text-range";

export type PositionEncoding = "utf-16" | "utf-8" | "utf-32";

export interface PositionText {
  readonly text: string;
  readonly lineIndex: LineIndex;
}

/** UTF-16 if the client knows it, as every client must: it costs nothing here. */
export function choosePositionEncoding(offered: readonly string[] | undefined): PositionEncoding {
  if (!offered || offered.length === 0 || offered.includes("utf-16")) return "utf-16";
  if (offered.includes("utf-32")) return "utf-32";
  return offered.includes("utf-8") ? "utf-8" : "utf-16";
}

function codePointWidth(codePoint: number, encoding: PositionEncoding): number {
  if (encoding === "utf-32") return 1;
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}

function toUnits(line: string, column: number, encoding: PositionEncoding): number {
  let units = 0;
  for (let at = 0; at < column && at < line.length; ) {
    const codePoint = line.codePointAt(at)!;
    units += codePointWidth(codePoint, encoding);
    at += codePoint > 0xffff ? 2 : 1;
  }
  return units;
}

function fromUnits(line: string, units: number, encoding: PositionEncoding): number {
  let at = 0;
  for (let seen = 0; seen < units && at < line.length; ) {
    const codePoint = line.codePointAt(at)!;
    seen += codePointWidth(codePoint, encoding);
    at += codePoint > 0xffff ? 2 : 1;
  }
  return at;
}

export interface PositionConverter {
  readonly encoding: PositionEncoding;
  toPosition(source: PositionText, offset: number): Position;
  toOffset(source: PositionText, position: Position): number;
  toRange(source: PositionText, range: TextRange): Range;
  toTextRange(source: PositionText, range: Range): TextRange;
}

export function createPositionConverter(encoding: PositionEncoding): PositionConverter {
  const lineOf = ({ text, lineIndex }: PositionText, line: number): { start: number; text: string } => {
    const start = lineIndex.lineStart(line);
    const end = line + 1 < lineIndex.lineCount ? lineIndex.lineStart(line + 1) : text.length;
    return { start, text: text.slice(start, end) };
  };
  const toPosition = (source: PositionText, offset: number): Position => {
    const { line, column } = source.lineIndex.toPosition(Math.min(Math.max(offset, 0), source.text.length));
    if (encoding === "utf-16") return { line, character: column };
    return { line, character: toUnits(lineOf(source, line).text, column, encoding) };
  };
  const toOffset = (source: PositionText, { line, character }: Position): number => {
    if (encoding === "utf-16") return source.lineIndex.toOffset({ line, column: character });
    if (line >= source.lineIndex.lineCount) return source.text.length;
    const column = fromUnits(lineOf(source, line).text, character, encoding);
    return source.lineIndex.toOffset({ line, column });
  };
  return {
    encoding,
    toPosition,
    toOffset,
    toRange: (source, range) => ({ start: toPosition(source, range.start), end: toPosition(source, range.end) }),
    toTextRange: (source, range) => ({ start: toOffset(source, range.start), end: toOffset(source, range.end) }),
  };
}
