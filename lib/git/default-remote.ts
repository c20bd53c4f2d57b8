/**
 * Which remote a fetch or a push is about when nobody names one.
 *
 * A fetch takes what git takes (what the branch follows, else `origin`) and, where that leaves it open, all: having
 * more than was wanted does no harm. A push is seen by others: among several remotes it never guesses.
 */

/** The remotes of a plain fetch, in the order in which they stand; empty when there is none. */
export function chooseFetchRemotes(followed: string | undefined, names: readonly string[]): readonly string[] {
  const named = [followed, "origin"].find((name) => name !== undefined && names.includes(name));
  return named === undefined ? names : [named];
}

/** What the branch follows, else the fork, else the only remote. */
export function choosePushRemote(followed: string | undefined, names: readonly string[]): string | undefined {
  if (followed !== undefined && names.includes(followed)) return followed;
  if (names.includes("fork")) return "fork";
  return names.length === 1 ? names[0] : undefined;
}
