/**
 * What folds in a profile: a section up to the next header, and inside it an option whose value goes on below.
 * Lines are one-based. The same ranges give the editor its sticky headers.
 */
export interface FoldedLines {
  readonly start: number;
  readonly end: number;
}

const HEADER = /^\[[^\]]*\]/;
/** Starts an option, a macro reference or a Jinja line: something of its own in the first column. */
const OPTION = /^[^\s#;[{]/;

export function findFoldedLines(lines: readonly string[]): readonly FoldedLines[] {
  const ranges: FoldedLines[] = [];
  let section: number | undefined;
  let option: number | undefined;
  let lastText = 0;
  const end = (start: number | undefined): void => {
    if (start !== undefined && lastText > start) ranges.push({ start, end: lastText });
  };
  for (const [index, text] of lines.entries()) {
    const line = index + 1;
    const isHeader = HEADER.test(text);
    if (isHeader || OPTION.test(text)) {
      end(option);
      option = undefined;
      if (isHeader) {
        end(section);
        section = line;
      } else option = line;
    }
    // A comment above a header belongs to what follows it, so a section does not end with one.
    if (text.trim() !== "" && !/^[#;]/.test(text)) lastText = line;
  }
  end(option);
  end(section);
  return ranges.sort((a, b) => a.start - b.start);
}
