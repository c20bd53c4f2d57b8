/** A fresh clone of one commit that a remote's branch is at, as whoever builds from the remote gets it. */
import { WebrunnerError } from "@/lib/base/errors";
import { readHead } from "./branches";
import { cloneInto, type ExchangeContext } from "./exchange";
import { createEmptyRepository, readUserSettings } from "./open-repository";
import { getAllowedUrl } from "./remotes";
import { createWorkTree } from "./work-tree";

export interface PushedCommit {
  readonly url: string;
  readonly branch: string;
  readonly commit: string;
}

/** `directory` is there and empty; the repository is made in the folder `path` of it. `run/refused` when the branch went on. */
export async function clonePushed(
  context: ExchangeContext,
  home: string,
  directory: string,
  path: string,
  { url, branch, commit }: PushedCommit,
): Promise<void> {
  const repository = createEmptyRepository(directory, path, readUserSettings(home));
  try {
    await cloneInto(repository, createWorkTree(repository), context, { url: getAllowedUrl(url), branch, depth: 1 });
    const { id } = readHead(repository);
    if (id === commit) return;
    throw new WebrunnerError("run/refused", {
      message: `The branch ${branch} there is at ${id?.slice(0, 10)}, not at ${commit.slice(0, 10)} any more.`,
      hint: "Fetch, and verify again.",
    });
  } finally {
    repository.close();
  }
}
