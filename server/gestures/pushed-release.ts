/** What a verification builds: which commit of which remote has a release, and what of it is only here. */
import { WebrunnerError } from "@/lib/base/errors";
import type { GestureRepository, WithRepository } from "./gesture-repository";
import { findPushed, type PushedBranch } from "./verification";

export interface PushedRelease extends PushedBranch {
  readonly url: string;
  /** Of the repository in the workspace. */
  readonly repository: string;
}

/** `run/refused` when nothing was pushed. */
export function getPushedRelease(withRepository: WithRepository, profile: string): Promise<PushedRelease> {
  return withRepository(profile, (repository) => {
    const pushed = repository && findPushed(repository);
    const remote = repository?.remotes.find(({ name }) => name === pushed?.remote);
    if (!repository || !pushed || !remote)
      throw new WebrunnerError("run/refused", {
        message: repository ? "The branch was not pushed anywhere yet." : "The profile is in no git repository.",
        hint: "Commit, push to your fork, and verify then.",
      });
    return { ...pushed, url: remote.url, repository: repository.path };
  });
}

/** Of the given workspace paths, those that the commit does not have, or not as they are here. `isFile`: here. */
export function findForgotten(
  withRepository: WithRepository,
  profile: string,
  paths: readonly string[],
  isFile: (path: string) => boolean,
): Promise<readonly string[]> {
  return withRepository(profile, (repository) => {
    const pushed = repository && findPushed(repository);
    if (!repository || !pushed) return [];
    const prefix = repository.path === "" ? "" : `${repository.path}/`;
    const changed = repository.listChanged().map((path) => prefix + path);
    const isChanged = (path: string): boolean =>
      changed.some((one) => one === path || (one.endsWith("/") && path.startsWith(one)));
    const isThere = (path: string): boolean =>
      path.startsWith(prefix) && hasFile(repository, pushed, path.slice(prefix.length));
    return paths.filter((path) => isFile(path) && (isChanged(path) || !isThere(path)));
  });
}

function hasFile(repository: GestureRepository, { remote, branch }: PushedBranch, path: string): boolean {
  return repository.hasFileAt(remote, branch, path) === true;
}
