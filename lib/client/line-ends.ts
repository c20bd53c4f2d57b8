/**
 * Line ends of a file that mixes them.
 *
 * An editor holds one line end for a whole text. Here the lines that were not touched get back the line end
 * that they had, so that saving an edit of one line does not change every other; new lines get the file's most
 * frequent one. A text that does not mix is given back as it is.
 */
const LINE_END = /\r\n|\n|\r/g;

export function hasMixedLineEnds(text: string): boolean {
  const ends = text.match(LINE_END);
  return ends?.some((end) => end !== ends[0]) ?? false;
}

/** `edited` uses one line end throughout; `original` is the text as it was on disk. */
export function restoreLineEnds(original: string, edited: string): string {
  if (!hasMixedLineEnds(original)) return edited;
  const before = splitLines(original);
  const after = edited.split(/\r\n|\n|\r/);
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head]!.text === after[head]) head++;
  let tail = 0;
  while (tail < shorter - head && before[before.length - 1 - tail]!.text === after[after.length - 1 - tail]) tail++;
  const usual = mostFrequentEnd(before);
  return after
    .map((text, index) => {
      if (index === after.length - 1) return text;
      const fromEnd = after.length - 1 - index;
      if (index < head) return text + (before[index]!.end || usual);
      if (fromEnd < tail) return text + (before[before.length - 1 - fromEnd]!.end || usual);
      return text + usual;
    })
    .join("");
}

function splitLines(text: string): { text: string; end: string }[] {
  const lines: { text: string; end: string }[] = [];
  let from = 0;
  for (const match of text.matchAll(LINE_END)) {
    lines.push({ text: text.slice(from, match.index), end: match[0] });
    from = match.index + match[0].length;
  }
  lines.push({ text: text.slice(from), end: "" });
  return lines;
}

function mostFrequentEnd(lines: readonly { end: string }[]): string {
  const counts = new Map<string, number>();
  for (const { end } of lines) if (end) counts.set(end, (counts.get(end) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? "\n";
}
