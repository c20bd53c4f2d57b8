/** What a difference tab shows, as the key of the tab: it survives a reload. */

/** `worktree`, `index`, `head` or a revision; an empty `from` is before the first commit. */
export interface DiffAddress {
  readonly from: string;
  readonly to: string;
  readonly path: string;
  /** Its name on the old side, when it was renamed. */
  readonly oldPath?: string;
}

const PAIRS = { worktree: ["index", "worktree"], staged: ["head", "index"] } as const;

export const toDiffKey = (address: DiffAddress): string => `between:${JSON.stringify(address)}`;

export function fromDiffKey(key: string): DiffAddress {
  const colon = key.indexOf(":");
  const kind = key.slice(0, colon);
  const rest = key.slice(colon + 1);
  if (kind === "worktree" || kind === "staged") return { from: PAIRS[kind][0], to: PAIRS[kind][1], path: rest };
  try {
    return JSON.parse(rest) as DiffAddress;
  } catch {
    return { from: "index", to: "worktree", path: rest };
  }
}
