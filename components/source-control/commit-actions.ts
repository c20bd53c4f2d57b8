/** What is done with a commit of the log: look at it, go there, take it over or back, reset to it, compare. */

import { count } from "@/lib/base/count";
import type { ClientApp } from "@/lib/client/app";
import { openTab, toViewTab } from "@/lib/client/editor-groups";
import { toName } from "@/lib/client/file-tree";
import type { GitCommit } from "@/lib/protocol/git";
import { choose, listBranches } from "./branch-actions";
import { describeAge, tellOutcome, toShortId } from "./git-words";

export const GIT_LOG_TAB = "git-log";
export const GIT_COMPARE_TAB = "git-compare";

type Named = Pick<GitCommit, "id" | "subject">;

export const openLog = (app: ClientApp): void => app.editors.openView(GIT_LOG_TAB, "all", "Git log");

export function openFileHistory(app: ClientApp, path: string): void {
  app.editors.openView(GIT_LOG_TAB, `file:${path}`, `${toName(path)} (history)`);
}

export function openBranchLog(app: ClientApp, branch: string): void {
  app.editors.openView(GIT_LOG_TAB, `from:${branch}`, `Log of ${branch}`);
}

/** The log with this commit open in it. */
export function openCommit(app: ClientApp, id: string): void {
  app.selectedCommit.setState(id, true);
  openLog(app);
}

const describeRevision = (revision: string): string => revision.replace(/^[0-9a-f]{40}/, toShortId);

/** `title` says what it is when two revisions do not, as for a stash. */
export function openComparison(app: ClientApp, from: string, to: string, title?: string): void {
  const key = JSON.stringify(title === undefined ? [from, to] : [from, to, title]);
  openPreview(app, GIT_COMPARE_TAB, key, title ?? `${describeRevision(from)} … ${describeRevision(to)}`);
}

/** A tab that the next of its kind takes the place of. */
export function openPreview(app: ClientApp, view: string, key: string, title: string): void {
  app.editors.change((state) => openTab(state, toViewTab(view, key, title), { preview: true }));
}

export async function cherryPick(app: ClientApp, { id, subject }: Named): Promise<void> {
  const outcome = await app.git.change((at) => app.api.pickGit({ ...at, body: { target: id, kind: "cherry-pick" } }));
  tellOutcome(app, outcome, `Took over: ${subject}`);
}

export async function revertCommit(app: ClientApp, { id, subject }: Named): Promise<void> {
  const answer = await app.dialogs.choose({
    title: "Revert this commit?",
    detail: `${toShortId(id)} ${subject}\n\nA new commit takes it back; nothing of the history is changed.`,
    choices: [{ id: "revert", title: "Revert" }],
  });
  if (!answer) return;
  const outcome = await app.git.change((at) => app.api.pickGit({ ...at, body: { target: id, kind: "revert" } }));
  tellOutcome(app, outcome, `Reverted: ${subject}`);
}

type ResetMode = "soft" | "mixed" | "hard";

/** The three ways to reset, said as what becomes of the changes; then a notice with the way back. */
export async function resetTo(app: ClientApp, target: string, title: string): Promise<void> {
  const { status } = app.git.state.getState();
  const changed = status?.entries.filter(({ unstaged, staged }) => unstaged !== "?" || staged !== " ").length ?? 0;
  const mode = await app.dialogs.choose({
    title: `Reset ${status?.branch ?? "HEAD"} to ${title}`,
    detail: [
      "Soft: the commits after it become staged changes.",
      "Mixed: they become changes that are not staged.",
      `Hard: files become as they were there${changed > 0 ? `; your ${count(changed, "changed file")} would be overwritten and stay in the local history only` : ""}.`,
      "",
      `The way back: the message that follows, or Git: Go back in time (now at ${status?.head ? toShortId(status.head) : "no commit"}).`,
    ].join("\n"),
    choices: [
      { id: "mixed", title: "Mixed" },
      { id: "soft", title: "Soft" },
      ...(changed > 0 ? [{ id: "stash", title: "Stash, then hard" }] : []),
      { id: "hard", title: "Hard", danger: true },
    ],
  });
  if (!mode) return;
  if (mode === "stash") {
    await app.git.change((at) => app.api.saveGitStash({ ...at, body: { message: `before the reset to ${title}` } }));
    return reset(app, target, "hard");
  }
  await reset(app, target, mode as ResetMode);
}

export async function reset(app: ClientApp, target: string, mode: ResetMode): Promise<void> {
  const { before, after } = await app.git.change((at) => app.api.resetGit({ ...at, body: { target, mode } }));
  // Back by the same mode: a soft reset is undone by a soft one, so that what is staged now becomes the commits again.
  const undo = () => app.git.change((at) => app.api.resetGit({ ...at, body: { target: before!, mode } }));
  app.notices.show({
    kind: "info",
    title: `Now at ${toShortId(after)}${before ? `, was ${toShortId(before)}` : ""}`,
    actions:
      before && before !== after
        ? [{ title: "Undo reset", run: () => undo().catch((error: unknown) => app.showError(error)) }]
        : [],
  });
}

/** Takes the last commit apart into staged changes and puts its message back into the box. */
export async function undoLastCommit(app: ClientApp): Promise<void> {
  const { commit } = await app.git.ask((at) =>
    app.api.readGitCommit({ ...at, query: { ...at.query, revision: "HEAD" } }),
  );
  const [parent] = commit.parents;
  if (parent === undefined) throw new Error("This is the first commit of the repository: amend it instead.");
  const { status } = app.git.state.getState();
  const isPushed = status?.upstream !== undefined && (status.ahead ?? 0) === 0;
  const answer = await app.dialogs.choose({
    title: "Undo the last commit?",
    detail: `${toShortId(commit.id)} ${commit.subject}\n\nIts changes become staged again, its message goes back into the box.${isPushed ? `\n\nIt is pushed already: ${status.upstream} keeps it.` : ""}`,
    choices: [{ id: "undo", title: "Undo commit" }],
  });
  if (!answer) return;
  await reset(app, parent, "soft");
  app.commitMessage.type(commit.message.trim());
}

/** Every move of HEAD that git wrote down; a chosen one is reset to. */
export async function pickReflog(app: ClientApp): Promise<void> {
  const { moves } = await app.git.ask((at) => app.api.readGitReflog(at));
  choose(
    app,
    "Go back in time: where HEAD was",
    moves
      .filter(({ present }) => present)
      .map(({ position, after, at, message }) => {
        const what = message.replace(/[0-9a-f]{40}/g, toShortId);
        return {
          title: `${toShortId(after)}  ${what}`,
          detail: `HEAD@{${position}}, ${describeAge(at)}`,
          run: () => resetTo(app, after, `${toShortId(after)} (${what})`),
        };
      }),
  );
}

/** Two revisions of branches and tags, one after the other. */
export async function pickComparison(app: ClientApp, from?: string): Promise<void> {
  const [branches, { tags }] = await Promise.all([listBranches(app), app.git.ask((at) => app.api.listGitTags(at))]);
  const names = [
    ...branches.map(({ name, subject }) => ({ name, subject })),
    ...tags.map(({ name }) => ({ name, subject: "tag" })),
  ];
  const second = (first: string) =>
    choose(app, `Compare ${first} with`, [
      { title: "Another revision…", run: () => askSecond(first) },
      ...names
        .filter(({ name }) => name !== first)
        .map(({ name, subject }) => ({ title: name, detail: subject, run: () => openComparison(app, first, name) })),
    ]);
  const askSecond = async (first: string): Promise<void> => {
    const revision = await app.dialogs.askText({
      title: `Compare ${first} with`,
      label: "Branch, tag, commit id, or a revision like HEAD~3",
      value: "",
      confirm: "Compare",
      check: (text) => (text.trim() === "" ? "Say which." : undefined),
    });
    if (revision !== undefined) openComparison(app, first, revision.trim());
  };
  if (from !== undefined) return second(from);
  choose(
    app,
    "Compare: the older side",
    names.map(({ name, subject }) => ({ title: name, detail: subject, run: () => second(name) })),
  );
}
