/** Where the cursor stands in a profile's text: the section above it, and the option that the line belongs to. */
export interface ProfilePlaceInText {
  readonly section: string | undefined;
  readonly option: string | undefined;
}

const HEADER = /^\[([^\]:]+)[^\]]*\]/;
const OPTION = /^([^\s=:[\]{}#;][^\s=:[\]{}]*?)\s*[+-]?=/;

/** `line` is one-based. */
export function findProfilePlace(text: string, line: number): ProfilePlaceInText {
  const lines = text.split(/\r\n|\n|\r/).slice(0, line);
  let option: string | undefined;
  for (let index = lines.length - 1; index >= 0; index--) {
    const header = HEADER.exec(lines[index]!);
    if (header) return { section: header[1]!.trim(), option };
    const found = OPTION.exec(lines[index]!);
    if (found && option === undefined && lines.slice(index + 1).every(continues)) option = found[1];
  }
  return { section: undefined, option: undefined };
}

/** Whether the line can belong to the option above it. */
function continues(line: string): boolean {
  return line === "" || /^[\s#;]/.test(line);
}
