/** Conflicts as the page resolves them: both sides of a file, computed hashes, and what comes next. */

import type { GitConflict, GitHashes } from "@/lib/protocol/git";
import type { ClientApp } from "./app";
import { toName } from "./file-tree";
import { groupEntries } from "./git";

export const GIT_MERGE_TAB = "git-merge";

type App = Pick<ClientApp, "api" | "git" | "editors" | "notices" | "showError">;

export function openMerge(app: App, path: string): void {
  app.editors.openView(GIT_MERGE_TAB, path, `${toName(path)} (merge)`);
}

export function readConflict(app: App, path: string): Promise<GitConflict> {
  return app.git.ask(({ params, query }) => app.api.readGitConflict({ params, query: { ...query, path } }));
}

/** Begins anew: both texts between markers. */
export async function restartConflict(app: App, path: string): Promise<void> {
  await app.git.ask((at) => app.api.takeGitSide({ ...at, body: { path, side: "markers" } }));
}

/** Tells what was resolved, and what stays and why. */
export async function resolveHashes(app: App, paths?: readonly string[]): Promise<GitHashes> {
  const body = { ...(paths && { paths: [...paths] }) };
  const reply = await app.git.change((at) => app.api.resolveGitHashes({ ...at, body }));
  if (reply.left.length > 0) {
    app.notices.show({
      kind: "warning",
      title: "Some hashes could not be computed",
      detail: reply.left.map(({ path, reason }) => `${path}: ${reason}`).join("\n"),
    });
  } else if (reply.resolved.length > 0) {
    app.notices.show({
      kind: "info",
      title:
        reply.resolved.length === 1
          ? "The hashes are computed"
          : `The hashes of ${reply.resolved.length} files are computed`,
      detail: reply.resolved.join("\n"),
    });
  }
  return reply;
}

/** Offers to compute the hashes, once for each set of such conflicts that comes up. */
export function offerHashes(app: App): void {
  let offered = "";
  let notice: number | undefined;
  app.git.state.subscribe(({ status }) => {
    const paths = groupEntries(status?.entries ?? []).conflicts.flatMap(({ path, hashes }) => (hashes ? [path] : []));
    const key = paths.join("\n");
    if (key === offered) return;
    offered = key;
    if (notice !== undefined) app.notices.dismiss(notice);
    notice = undefined;
    if (paths.length === 0) return;
    notice = app.notices.show({
      kind: "info",
      title:
        paths.length === 1
          ? `${toName(paths[0]!)} conflicts over md5sums`
          : `${paths.length} files conflict over md5sums`,
      detail: "They can be computed from the files, once those have no conflict themselves.",
      actions: [
        { title: "Compute the hashes", run: () => resolveHashes(app).catch((error: unknown) => app.showError(error)) },
      ],
    });
  });
}
