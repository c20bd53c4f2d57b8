/**
 * Git's glob patterns, as `.gitignore` and `.gitattributes` use them.
 *
 * Matching is two nested greedy scans (stars inside a segment, `**` over segments), so its time is bounded by
 * pattern × path; a regular expression made from a hostile pattern would not be.
 */
import { encodePath, toByteString } from "./path-bytes";

type SegmentMatcher = (segment: string) => boolean;
type Token =
  | { kind: "literal"; character: string }
  | { kind: "any" }
  | { kind: "star" }
  | { kind: "set"; test: SegmentMatcher };

export type PathMatcher = (path: string) => boolean;

/** Git matches bytes: `?` is one byte. */
function toBytes(text: string): string {
  return /^[\x00-\x7f]*$/.test(text) ? text : toByteString(encodePath(text));
}

const CLASSES: Record<string, RegExp> = {
  alnum: /[A-Za-z0-9]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  cntrl: /[\x00-\x1f\x7f]/,
  digit: /[0-9]/,
  graph: /[\x21-\x7e]/,
  lower: /[a-z]/,
  print: /[\x20-\x7e]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[ \t\n\v\f\r]/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/,
};

/** Tokens of one segment, or undefined when a bracket never closes (such a pattern matches nothing). */
function parseSegment(pattern: string): Token[] | undefined {
  const tokens: Token[] = [];
  let at = 0;
  while (at < pattern.length) {
    const character = pattern[at]!;
    if (character === "\\") {
      if (at + 1 >= pattern.length) return undefined;
      tokens.push({ kind: "literal", character: pattern[at + 1]! });
      at += 2;
    } else if (character === "*") {
      if (tokens.at(-1)?.kind !== "star") tokens.push({ kind: "star" });
      at++;
    } else if (character === "?") {
      tokens.push({ kind: "any" });
      at++;
    } else if (character === "[") {
      const set = parseSet(pattern, at + 1);
      if (!set) return undefined;
      tokens.push({ kind: "set", test: set.test });
      at = set.end;
    } else {
      tokens.push({ kind: "literal", character });
      at++;
    }
  }
  return tokens;
}

function parseSet(pattern: string, start: number): { test: SegmentMatcher; end: number } | undefined {
  let at = start;
  const negated = pattern[at] === "!" || pattern[at] === "^";
  if (negated) at++;
  const ranges: [number, number][] = [];
  const classes: RegExp[] = [];
  for (let first = true; ; first = false) {
    let character = pattern[at];
    if (character === undefined) return undefined;
    if (character === "]" && !first) break;
    if (character === "[" && pattern[at + 1] === ":") {
      const end = pattern.indexOf(":]", at + 2);
      const named = end < 0 ? undefined : CLASSES[pattern.slice(at + 2, end)];
      if (end >= 0) {
        if (!named) return undefined;
        classes.push(named);
        at = end + 2;
        continue;
      }
    }
    if (character === "\\") {
      character = pattern[++at];
      if (character === undefined) return undefined;
    }
    const low = character.charCodeAt(0);
    at++;
    if (pattern[at] === "-" && pattern[at + 1] !== undefined && pattern[at + 1] !== "]") {
      at++;
      if (pattern[at] === "\\") at++;
      const high = pattern.charCodeAt(at);
      if (Number.isNaN(high)) return undefined;
      ranges.push([low, high]);
      at++;
    } else {
      ranges.push([low, low]);
    }
  }
  const test = (character: string): boolean => {
    const code = character.charCodeAt(0);
    const inside =
      ranges.some(([low, high]) => code >= low && code <= high) || classes.some((each) => each.test(character));
    return inside !== negated;
  };
  return { test, end: at + 1 };
}

function compileSegment(pattern: string): SegmentMatcher {
  if (!/[*?[\\]/.test(pattern)) return (segment) => segment === pattern;
  if (/^\*+$/.test(pattern)) return () => true;
  const suffix = /^\*([^*?[\\]+)$/.exec(pattern)?.[1];
  if (suffix !== undefined) return (segment) => segment.endsWith(suffix);
  const tokens = parseSegment(pattern);
  if (!tokens) return () => false;
  return (segment) => {
    let token = 0;
    let at = 0;
    let starToken = -1;
    let starAt = 0;
    while (at < segment.length) {
      const current = tokens[token];
      if (current?.kind === "star") {
        starToken = token++;
        starAt = at;
        continue;
      }
      const matches =
        current !== undefined &&
        (current.kind === "any" ||
          (current.kind === "literal" ? current.character === segment[at] : current.test(segment[at]!)));
      if (matches) {
        token++;
        at++;
      } else if (starToken >= 0) {
        token = starToken + 1;
        at = ++starAt;
      } else {
        return false;
      }
    }
    while (tokens[token]?.kind === "star") token++;
    return token === tokens.length;
  };
}

/** A pattern without `/`, against the last name of a path. */
export function compileNamePattern(pattern: string): PathMatcher {
  const match = compileSegment(toBytes(pattern));
  return (name) => match(toBytes(name));
}

/** A pattern with `/`, against a whole path; `**` between slashes stands for any number of folders. */
export function compilePathPattern(pattern: string): PathMatcher {
  if (!/[*?[\\]/.test(pattern)) return (path) => path === pattern;
  const segments = toBytes(pattern)
    .split("/")
    .map((segment) => (segment === "**" ? "**" : compileSegment(segment)));
  const last = segments.length - 1;
  return (path) => {
    const names = toBytes(path).split("/");
    let at = 0;
    let name = 0;
    let starAt = -1;
    let starName = 0;
    while (name < names.length) {
      const segment = segments[at];
      // A trailing `/**` is everything inside, therefore at least one name.
      if (segment === "**") {
        if (at === last) return true;
        starAt = at++;
        starName = name;
      } else if (segment?.(names[name]!) === true) {
        at++;
        name++;
      } else if (starAt >= 0) {
        at = starAt + 1;
        name = ++starName;
      } else {
        return false;
      }
    }
    return at === segments.length;
  };
}
