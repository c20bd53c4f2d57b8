/** What a repository knows of where its files are elsewhere: remotes, their branches, tags, and what was not pushed. */
export interface SourceFacts {
  readonly branch: string | undefined;
  readonly head: string | undefined;
  readonly remotes: readonly { readonly name: string; readonly url: string }[];
  /** As they were when last fetched. */
  readonly branches: readonly { readonly remote: string; readonly name: string }[];
  readonly tags: readonly string[];
  /** Undefined where the ref is not known here. */
  hasFileAt(remote: string, ref: string, path: string): boolean | undefined;
  /** The text there; undefined where there is none. */
  readFileAt(remote: string, ref: string, path: string): string | undefined;
  /** Id of the commit that a branch of a remote, or a tag, is known to be at. */
  findCommitAt(remote: string, ref: string): string | undefined;
  /** Commits of HEAD that the remote's branch has not; undefined where the branch is not known. */
  countUnpushed(remote: string, branch: string): number | undefined;
  /** Paths that differ from HEAD; an untracked folder ends in `/`. */
  listChanged(): string[];
}
