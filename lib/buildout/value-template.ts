/**
 * The `${section:option}` references inside one option value.
 *
 * Buildout splits a value at `$$`, then each piece at `[$]{[^}]*}`, and only then looks inside the braces; so do we.
 * Scanning is linear and never fails: what a reference is not allowed to be is its `problem`.
 */
export interface OptionReference {
  /** As written, braces and all. */
  readonly text: string;
  /** Empty means the section that the value is in. */
  readonly section: string;
  readonly option: string;
  readonly problem: string | undefined;
  /** Offset in the value. */
  readonly start: number;
}

export interface ValueTemplate {
  /** One more than there are references: the text before, between and after them. */
  readonly literals: readonly string[];
  readonly references: readonly OptionReference[];
}

const PLAIN: ValueTemplate = { literals: [], references: [] };

const VALID = /^\$\{([-a-zA-Z0-9 ._]*):([-a-zA-Z0-9 ._]+)\}$/;
/** Python's `$` also stands before a line end at the end of the text. */
const SIMPLE = /^[-a-zA-Z0-9 ._]+\n?$/;

function parseReference(text: string, start: number): OptionReference {
  const valid = VALID.exec(text);
  if (valid !== null) return { text, section: valid[1]!, option: valid[2]!, problem: undefined, start };
  const [section = "", option = "", ...rest] = text.slice(2, -1).split(":");
  let problem: string | undefined;
  if (!text.includes(":")) problem = `The substitution ${text} has no colon.`;
  else if (rest.length > 0) problem = `The substitution ${text} has too many colons.`;
  else if (!SIMPLE.test(section)) problem = `The section name in the substitution ${text} has invalid characters.`;
  else if (!SIMPLE.test(option)) problem = `The option name in the substitution ${text} has invalid characters.`;
  return { text, section, option, problem, start };
}

/** A value without `${` shares one empty template. */
export function parseTemplate(value: string): ValueTemplate {
  if (!value.includes("${")) return PLAIN;
  const literals: string[] = [];
  const references: OptionReference[] = [];
  let literalStart = 0;
  let pieceEnd = value.indexOf("$$");
  if (pieceEnd < 0) pieceEnd = value.length;
  let close = -1;
  for (let at = 0; ; ) {
    const open = value.indexOf("${", at);
    if (open < 0) break;
    while (pieceEnd < value.length && open >= pieceEnd + 2) {
      const next = value.indexOf("$$", pieceEnd + 2);
      pieceEnd = next < 0 ? value.length : next;
    }
    if (open + 2 > pieceEnd && pieceEnd < value.length) {
      at = pieceEnd + 2;
      continue;
    }
    if (close < open) close = value.indexOf("}", open);
    if (close < 0) break;
    if (close >= pieceEnd) {
      // The brace belongs to the next piece: in this one the reference never ends.
      at = pieceEnd + 2;
      continue;
    }
    literals.push(value.slice(literalStart, open));
    references.push(parseReference(value.slice(open, close + 1), open));
    literalStart = close + 1;
    at = literalStart;
  }
  literals.push(value.slice(literalStart));
  return { literals, references };
}
