/**
 * How much one listing of trees may come to. Trees that name each other again and again stand in a few hundred bytes for
 * more files than any disk has, and one chain of them for a path that no system opens.
 */
import { WebrunnerError } from "@/lib/base/errors";

/** Files and folders; the largest repositories that people work in have half of it. */
const ENTRY_LIMIT = 1_000_000;
/** A path has at most 4,096 bytes. */
const DEPTH_LIMIT = 2_048;

export interface TreeBudget {
  /** Of one tree, so many folders deep; `git/too-large` when it is used up. */
  spend(entries: number, depth: number): void;
}

export function createTreeBudget(): TreeBudget {
  let left = ENTRY_LIMIT;
  return {
    spend(entries, depth) {
      // An empty tree costs too: nothing else ends a listing of nothing but those.
      left -= entries + 1;
      if (left >= 0 && depth <= DEPTH_LIMIT) return;
      const what = left < 0 ? `over ${ENTRY_LIMIT.toLocaleString("en")} files` : `folders ${DEPTH_LIMIT} deep`;
      throw new WebrunnerError("git/too-large", {
        message: `The files of this commit cannot be listed: its trees stand for ${what}.`,
        hint: "Nothing of it was written. If the repository is one that you trust, clone it with git itself.",
      });
    },
  };
}
