/**
 * How well a few typed letters fit a path or a title, and which letters of it they are.
 *
 * All letters must occur in order. Counted for: the start of a word or of the file name, letters in a row, an
 * exact part; against: length. Words separated by blanks may occur in any order.
 */
export interface FuzzyMatch {
  readonly score: number;
  /** Indices of the matched letters, ascending. */
  readonly letters: readonly number[];
}

export function findFuzzyMatch(pattern: string, text: string): FuzzyMatch | undefined {
  const words = pattern.toLowerCase().split(/\s+/).filter(Boolean);
  const lower = text.toLowerCase();
  const letters = new Set<number>();
  let score = -text.length / 100 + scoreAsTyped(words, lower);
  for (const word of words) {
    const match = matchWord(word, lower, text);
    if (!match) return undefined;
    score += match.score;
    for (const letter of match.letters) letters.add(letter);
  }
  return { score, letters: [...letters].sort((a, b) => a - b) };
}

/** Several words that stand there just as they were typed are meant rather than the same words elsewhere. */
function scoreAsTyped(words: readonly string[], lower: string): number {
  const typed = words.join(" ");
  if (words.length < 2 || !lower.includes(typed)) return 0;
  return lower === typed ? 60 : 30;
}

function matchWord(word: string, lower: string, text: string): FuzzyMatch | undefined {
  const nameStart = lower.lastIndexOf("/") + 1;
  const inName = lower.indexOf(word, nameStart);
  const whole = inName >= 0 ? inName : lower.indexOf(word);
  if (whole >= 0) {
    const letters = Array.from(word, (_, index) => whole + index);
    const atStart = isWordStart(text, whole) ? 12 : 0;
    const atName = whole === nameStart ? 10 : 0;
    const exact = whole === nameStart && lower.length - nameStart === word.length ? 20 : 0;
    return { score: word.length * 4 + atStart + atName + exact + (inName >= 0 ? 8 : 0), letters };
  }
  return matchScattered(word, lower, text, nameStart) ?? matchScattered(word, lower, text, 0);
}

function matchScattered(word: string, lower: string, text: string, from: number): FuzzyMatch | undefined {
  const letters: number[] = [];
  let score = from > 0 ? 6 : 0;
  let at = from;
  for (const letter of word) {
    const next = lower.indexOf(letter, at);
    if (next < 0) return undefined;
    const inRow = letters.length > 0 && next === letters[letters.length - 1]! + 1;
    score += inRow ? 3 : isWordStart(text, next) ? 2.5 : 0.5;
    letters.push(next);
    at = next + 1;
  }
  return { score, letters };
}

function isWordStart(text: string, index: number): boolean {
  if (index === 0) return true;
  const before = text[index - 1]!;
  return /[/\-_. ]/.test(before) || (/[a-z]/.test(before) && /[A-Z]/.test(text[index]!));
}

/** The best `limit` of many, best first. */
export function findBestMatches<Item>(
  pattern: string,
  items: readonly Item[],
  toText: (item: Item) => string,
  limit: number,
): readonly { readonly item: Item; readonly match: FuzzyMatch }[] {
  const found: { item: Item; match: FuzzyMatch }[] = [];
  for (const item of items) {
    const match = findFuzzyMatch(pattern, toText(item));
    if (match) found.push({ item, match });
  }
  return found.sort((a, b) => b.match.score - a.match.score).slice(0, limit);
}
