/** The state of checked-out submodules, as a status shows them: by their own HEAD and their own status. */

import { findRepository } from "./open-repository";
import type { UserGitSettings } from "./repository";
import type { StatusOptions } from "./status";
import { readStatus } from "./status";
import { createWorkTree } from "./work-tree";

/** Submodules of submodules are looked into this deep; each level is a status of its own. */
const MAX_DEPTH = 4;

export function createSubmoduleReader(
  workspace: string,
  repositoryPath: string,
  user: UserGitSettings,
  depth = 0,
): NonNullable<StatusOptions["submodule"]> {
  return (path) => {
    if (depth >= MAX_DEPTH) return undefined;
    const place = repositoryPath === "" ? path : `${repositoryPath}/${path}`;
    const repository = findRepository(workspace, place, user);
    if (!repository) return undefined;
    try {
      const submodule = createSubmoduleReader(workspace, place, user, depth + 1);
      const entries = readStatus(repository, createWorkTree(repository), { submodule, renames: false });
      return { head: repository.refs.resolve("HEAD"), dirty: entries.length > 0 };
    } finally {
      repository.close();
    }
  };
}
