/** A clone that is waited for: what other features need when a repository must be there before they go on. */
import { WebrunnerError } from "@/lib/base/errors";
import type { CredentialStore } from "./credentials";
import type { GitService } from "./git-service";
import { getAllowedUrl } from "./remotes";

const WAIT_MS = 30_000;

export interface WaitingCloneRequest {
  readonly project: string;
  readonly account: string;
  /** Workspace path. */
  readonly folder: string;
  readonly url: string;
  readonly branch: string | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
}

/** Its task is told and cancelled like any other; rejects with the task's error. */
export function createWaitingClone(
  git: Pick<GitService, "clone" | "waitForTask">,
  credentials: Pick<CredentialStore, "save">,
): (request: WaitingCloneRequest) => Promise<void> {
  return async ({ project, account, folder, url: address, branch, user, password: given }) => {
    const url = getAllowedUrl(address);
    const password = given ?? url.password;
    if (password !== undefined) await credentials.save(account, url.url, { user: user ?? url.user ?? "git", password });
    let task = await git.clone(project, folder, account, { url, branch });
    while (task.state === "running") {
      task = await git.waitForTask(project, task.id, WAIT_MS, new AbortController().signal);
    }
    if (task.state === "succeeded") return;
    throw new WebrunnerError("git/remote-failed", {
      message: task.error?.message ?? "The clone was cancelled.",
      ...(task.error?.hint && { hint: task.error.hint }),
    });
  };
}
