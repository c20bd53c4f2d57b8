/** Reads where else the files of a repository are: out of its refs and objects, as they are now. */
import type { SourceFacts } from "@/lib/git/source-facts";
import { readHead } from "./branches";
import type { OpenedRepository } from "./git-service";
import { listRemotes } from "./remotes";
import { countAheadBehind, peelToCommit } from "./revisions";
import { readStatus } from "./status";
import { findInTree } from "./tree-files";

export function readSourceFacts({ repository, tree, submodule }: OpenedRepository): SourceFacts {
  const { refs, objects } = repository;
  const head = readHead(repository);
  const commitAt = (remote: string, ref: string) => {
    const id = [`refs/remotes/${remote}/${ref}`, `refs/tags/${ref}`].map((name) => refs.resolve(name)).find(Boolean);
    return id && peelToCommit(repository, id);
  };
  const entryAt = (remote: string, ref: string, path: string) => {
    const commit = commitAt(remote, ref);
    return commit && { entry: findInTree(objects, objects.readCommit(commit).tree, path) };
  };
  return {
    branch: head.branch,
    head: head.id,
    remotes: listRemotes(repository).map(({ name, url }) => ({ name, url })),
    branches: refs.list("refs/remotes/").flatMap(({ name }) => {
      const [remote = "", ...rest] = name.slice("refs/remotes/".length).split("/");
      const branch = rest.join("/");
      return branch === "" || branch === "HEAD" ? [] : [{ remote, name: branch }];
    }),
    tags: refs.list("refs/tags/").map(({ name }) => name.slice("refs/tags/".length)),
    hasFileAt(remote, ref, path) {
      const found = entryAt(remote, ref, path);
      return found && found.entry !== undefined;
    },
    readFileAt(remote, ref, path) {
      const entry = entryAt(remote, ref, path)?.entry;
      return entry && (entry.mode === 0o100644 || entry.mode === 0o100755)
        ? Buffer.from(objects.readBlob(entry.id)).toString("utf8")
        : undefined;
    },
    findCommitAt: commitAt,
    countUnpushed(remote, branch) {
      const there = refs.resolve(`refs/remotes/${remote}/${branch}`);
      if (!there || !head.id) return undefined;
      return countAheadBehind(repository, head.id, there).ahead;
    },
    listChanged: () => readStatus(repository, tree, { submodule }).map(({ path }) => path),
  };
}
