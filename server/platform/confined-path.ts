/**
 * The only door through which a path from outside becomes a `ConfinedPath`.
 *
 * Invariant: a `ConfinedPath` is empty (the workspace) or names joined by single `/`; no name is `.`, `..`, `.git` in
 * any case, or holds NUL. Names are taken as they are: no decoding (a `%2e` is a percent sign), no Unicode
 * normalisation (two forms of é are two names, as on the disk), and a leading dash is an ordinary character,
 * harmless because programs get paths after `--` or behind `./`.
 *
 * What does not pass is told apart from an absent file by nobody: the answer is `file/not-found` too.
 */
import { WebrunnerError } from "@/lib/base/errors";
import type { ConfinedPath } from "@/lib/base/ids";

const NAME_LIMIT_BYTES = 255;

export function toConfinedPath(text: string): ConfinedPath {
  const path = findConfinedPath(text);
  if (path === undefined) throw createNotFound();
  return path;
}

export function findConfinedPath(text: string): ConfinedPath | undefined {
  if (text === "") return "" as ConfinedPath;
  return text.split("/").every(isConfinedName) ? (text as ConfinedPath) : undefined;
}

/** The same for every reason, so that an answer does not tell what lies outside. */
export function createNotFound(cause?: unknown): WebrunnerError {
  return new WebrunnerError("file/not-found", { message: "There is no such file." }, { cause });
}

export function isConfinedName(name: string): boolean {
  if (name === "" || name === "." || name === "..") return false;
  if (name.includes("/") || name.includes("\0") || name.toLowerCase() === ".git") return false;
  const bytes = Buffer.from(name);
  // A lone surrogate has no bytes of its own.
  return bytes.length <= NAME_LIMIT_BYTES && bytes.toString() === name;
}

export function joinConfined(folder: ConfinedPath, name: string): ConfinedPath {
  return toConfinedPath(folder === "" ? name : `${folder}/${name}`);
}

/** Folder and name of a path that is not the workspace itself. */
export function splitConfined(path: ConfinedPath): { folder: ConfinedPath; name: string } {
  const slash = path.lastIndexOf("/");
  return { folder: path.slice(0, Math.max(slash, 0)) as ConfinedPath, name: path.slice(slash + 1) };
}

/** `inner` is `outer` or lies below it. */
export function isBelow(inner: ConfinedPath, outer: ConfinedPath): boolean {
  return outer === "" || inner === outer || inner.startsWith(`${outer}/`);
}
