/**
 * The links in one row of log text: web addresses, and places in files of the workspace.
 *
 * Only `http:` and `https:` addresses are links. A path is one when `findPath` knows it: engines print absolute
 * paths of the machine, the page only knows paths below the workspace, so every suffix of the printed path is asked
 * for. Forms of a place: `path:12`, `path:12:3`, and Python's `File "path", line 12`.
 */
export interface WebLink {
  readonly kind: "web";
  readonly start: number;
  readonly end: number;
  readonly url: string;
}

export interface PlaceLink {
  readonly kind: "place";
  readonly start: number;
  readonly end: number;
  /** Workspace path. */
  readonly path: string;
  /** One-based, as printed. */
  readonly line?: number;
  readonly column?: number;
}

export type LogLink = WebLink | PlaceLink;

/** Gives the workspace path when it is a file there. */
export type FindPath = (path: string) => string | undefined;

const WEB = /https?:\/\/[^\s<>"'`\u0000-\u001f\u2400-\u2421\\^{|}]+/gi;
const QUOTED_PLACE = /File "([^"\n]{1,1024})", line (\d{1,9})/g;
/** A whole run of path characters at once, so that looking stays linear in the row. */
const WORD = /[\w@+~./:-]+/g;
const WORD_MAX_CHARACTERS = 1024;
const PLACE = /^([^:]+)(?::(\d{1,9}))?(?::(\d{1,6}))?:?(?:$|:)/;
/** Rows are at most some thousand characters; beyond this many links a row is a dump and not read by link. */
const LINKS_MAX = 50;

export function findLinks(text: string, findPath: FindPath = () => undefined): LogLink[] {
  const links: LogLink[] = [];
  const isFree = (start: number, end: number): boolean => links.every((link) => end <= link.start || start >= link.end);

  for (const match of text.matchAll(WEB)) {
    const url = withoutTrailingPunctuation(match[0]);
    if (links.length < LINKS_MAX && isWebAddress(url)) {
      links.push({ kind: "web", start: match.index, end: match.index + url.length, url });
    }
  }
  for (const match of text.matchAll(QUOTED_PLACE)) {
    const path = findSuffix(match[1]!, findPath);
    const start = match.index;
    const end = start + match[0].length;
    if (path && links.length < LINKS_MAX && isFree(start, end)) {
      links.push({ kind: "place", start, end, path, line: Number(match[2]) });
    }
  }
  for (const word of text.matchAll(WORD)) {
    if (word[0].length > WORD_MAX_CHARACTERS || links.length >= LINKS_MAX) continue;
    const match = PLACE.exec(withoutTrailingPunctuation(word[0]));
    const path = match && /[./]/.test(match[1]!) ? findSuffix(match[1]!, findPath) : undefined;
    if (!match || !path) continue;
    const start = word.index;
    const end = start + match[0].replace(/:+$/, "").length;
    if (!isFree(start, end)) continue;
    const line = match[2] === undefined ? undefined : Number(match[2]);
    const column = match[3] === undefined ? undefined : Number(match[3]);
    links.push({ kind: "place", start, end, path, line, column });
  }
  return links.sort((a, b) => a.start - b.start);
}

/** Whether a value published by an instance may be made a link. */
export function isWebAddress(value: string): boolean {
  if (!/^https?:\/\//i.test(value)) return false;
  try {
    return new URL(value).hostname !== "";
  } catch {
    // Not an address: `URL` has no other way to say so on every runtime that we support.
    return false;
  }
}

function findSuffix(printed: string, findPath: FindPath): string | undefined {
  let rest = printed.replace(/^(?:\.\.?\/)+/, "").replace(/^\/+/, "");
  for (;;) {
    const found = findPath(rest);
    if (found !== undefined) return found;
    const slash = rest.indexOf("/");
    if (slash < 0) return undefined;
    rest = rest.slice(slash + 1);
    // A bare name, cut from a longer path, is more often some other file of that name.
    if (!rest.includes("/")) return undefined;
  }
}

function withoutTrailingPunctuation(url: string): string {
  let end = url.length;
  for (; end > 0; end--) {
    const last = url[end - 1]!;
    if (".,;:!?".includes(last)) continue;
    if (last === ")" && !url.slice(0, end).includes("(")) continue;
    if (last === "]" && !url.slice(0, end).includes("[")) continue;
    break;
  }
  return url.slice(0, end);
}
