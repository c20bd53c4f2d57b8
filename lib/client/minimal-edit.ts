import type { TextEdit } from "@/lib/base/text-range";

/** The one replacement that makes `after` of `before`: what they share at both ends stays, and cursors with it. */
export function toMinimalEdit(before: string, after: string): TextEdit | undefined {
  if (before === after) return undefined;
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  let tail = 0;
  while (
    tail < shorter - start &&
    before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)
  ) {
    tail++;
  }
  return { range: { start, end: before.length - tail }, newText: after.slice(start, after.length - tail) };
}
