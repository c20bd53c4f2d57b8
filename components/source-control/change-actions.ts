/** What is done to changes: staging, and discarding with a way back. */

import { count } from "@/lib/base/count";
import type { ClientApp } from "@/lib/client/app";
import { toName } from "@/lib/client/file-tree";
import { type DiffPair, GIT_DIFF_TAB } from "@/lib/client/git";
import type { GitChange, GitSelection, GitStatusEntry } from "@/lib/protocol/git";
import { openPreview } from "./commit-actions";
import { type DiffAddress, toDiffKey } from "./diff-key";
import { toShortId } from "./git-words";

/** In a preview tab, unless it is to be kept. */
export function openChanges(app: ClientApp, pair: DiffPair, path: string, keep = false): void {
  const title = `${toName(path)} (${pair === "staged" ? "staged" : "changes"})`;
  if (keep) app.editors.openView(GIT_DIFF_TAB, `${pair}:${path}`, title);
  else openPreview(app, GIT_DIFF_TAB, `${pair}:${path}`, title);
}

/** One file between two revisions. */
export function openRevisionDiff(app: ClientApp, address: DiffAddress): void {
  const name = (revision: string): string => (/^[0-9a-f]{40}$/.test(revision) ? toShortId(revision) : revision);
  openPreview(app, GIT_DIFF_TAB, toDiffKey(address), `${toName(address.path)} (${name(address.to)})`);
}

export function openCommitChange(
  app: ClientApp,
  commit: { id: string; parents: readonly string[] },
  change: GitChange,
) {
  openRevisionDiff(app, {
    from: commit.parents[0] ?? "",
    to: commit.id,
    path: change.path,
    ...(change.from !== undefined && { oldPath: change.from }),
  });
}

/** Asks, discards, and offers the way back. `what` ends the question: "the changes of a.cfg". */
export async function discard(app: ClientApp, selection: GitSelection, what: string): Promise<void> {
  const answer = await app.dialogs.choose({
    title: `Discard ${what}?`,
    detail: "What is there now stays in the local history, and the message that follows can bring it back.",
    choices: [{ id: "discard", title: "Discard", danger: true }],
  });
  if (!answer) return;
  const discarded = await app.git.discard(selection);
  const files = discarded.filter(({ before }) => before !== "large");
  app.notices.show({
    kind: "info",
    title: discarded.length === 1 ? `Discarded in ${toName(discarded[0]!.path)}` : `Discarded ${what}`,
    actions:
      files.length === 0
        ? []
        : [{ title: "Undo", run: () => app.git.restore(files).catch((error: unknown) => app.showError(error)) }],
  });
}

export function discardFiles(app: ClientApp, entries: readonly GitStatusEntry[]): Promise<void> {
  const [first] = entries;
  if (!first) return Promise.resolve();
  const isNew = entries.every(({ unstaged }) => unstaged === "?");
  const what =
    entries.length === 1
      ? isNew
        ? `the new ${first.path.endsWith("/") ? "folder" : "file"} ${first.path}`
        : `the changes of ${toName(first.path)}`
      : `the changes of ${count(entries.length, "file")}`;
  return discard(app, { paths: entries.map(({ path }) => path) }, what);
}

/** One more line in the `.gitignore` at the root of the repository. */
export async function ignorePath(app: ClientApp, path: string): Promise<void> {
  const { project } = app.project.state.getState();
  if (!project) return;
  const params = { project: project.id };
  const query = { path: app.git.toWorkspacePath(".gitignore") };
  const known = await app.api.readFile({ params, query }).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "file/not-found") return undefined;
    throw error;
  });
  const before = known?.text ?? "";
  const rule = `/${path.replace(/[*?[\]\\!#]/g, "\\$&")}`;
  const text = `${before}${before === "" || before.endsWith("\n") ? "" : "\n"}${rule}\n`;
  await app.api.replaceFile({ params, query, body: { text, tag: known?.tag ?? null } });
  await app.git.reload();
}
