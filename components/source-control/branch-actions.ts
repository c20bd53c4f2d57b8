/** Branches: to another one, new, renamed, deleted, tracking, merged. Each asks what it needs to know. */

import { count } from "@/lib/base/count";
import { WebrunnerError } from "@/lib/base/errors";
import type { ClientApp } from "@/lib/client/app";
import type { PaletteChoice } from "@/lib/client/palette";
import type { GitBranch } from "@/lib/protocol/git";
import { tellOutcome, toShortId } from "./git-words";

export const listBranches = async (app: ClientApp): Promise<GitBranch[]> =>
  (await app.git.ask((at) => app.api.listGitBranches(at))).branches;

/** A list to choose from; what was chosen goes on by itself and tells its own errors. */
export function choose(app: ClientApp, title: string, choices: readonly PaletteChoice[]): void {
  const run = (work: () => unknown) => async (): Promise<void> => {
    try {
      await work();
    } catch (error) {
      app.showError(error);
    }
  };
  app.palette.choose(
    title,
    choices.map((choice) => ({ ...choice, run: run(choice.run) })),
  );
}

const isBusyName = (text: string): string | undefined => {
  if (text.trim() === "") return "A branch needs a name.";
  if (/\s|[~^:?*[\\]|\.\.|^[-/]|[/.]$|@\{|\/\/|\.lock$/.test(text)) return "Git allows no such name.";
  return undefined;
};

export async function switchTo(app: ClientApp, target: string, title = target): Promise<void> {
  const go = () => app.git.change((at) => app.api.switchGit({ ...at, body: { target } }));
  try {
    await go();
  } catch (error) {
    if (!(error instanceof WebrunnerError) || error.code !== "git/would-overwrite") throw error;
    const paths = (error.data.paths as readonly string[] | undefined) ?? [];
    const answer = await app.dialogs.choose({
      title: `Changes are in the way of ${title}`,
      detail: `These are not committed and would be overwritten:\n${paths.slice(0, 8).join("\n")}${paths.length > 8 ? "\n…" : ""}\n\nA stash puts them aside; Pop stash brings them back.`,
      choices: [{ id: "stash", title: "Stash and switch" }],
    });
    if (!answer) return;
    const body = { message: `before switching to ${title}`, includeUntracked: true };
    await app.git.change((at) => app.api.saveGitStash({ ...at, body }));
    await go();
    app.notices.show({ kind: "info", title: `On ${title}; the changes are in a stash` });
  }
}

/** Local branches, remote ones, tags; and what else there is to go to. */
export async function pickSwitch(app: ClientApp): Promise<void> {
  const [branches, { tags }] = await Promise.all([listBranches(app), app.git.ask((at) => app.api.listGitTags(at))]);
  const known = new Set(branches.filter(({ remote }) => !remote).map(({ name }) => name));
  const toChoice = (branch: GitBranch): PaletteChoice => ({
    title: branch.name,
    detail: `${branch.current ? "current, " : ""}${describeTracking(branch)}${branch.subject}`,
    run: () => switchTo(app, branch.remote ? toLocalName(branch.name, known) : branch.name),
  });
  choose(app, "Branch, tag or commit to go to", [
    { title: "Create branch…", detail: "from here", run: () => createBranch(app) },
    { title: "Create branch from…", detail: "another branch, tag or commit", run: () => pickBranchStart(app) },
    { title: "Go to a commit (detached)…", run: () => askRevision(app) },
    ...branches.filter(({ remote, current }) => !remote && !current).map(toChoice),
    ...branches.filter(({ remote }) => remote).map(toChoice),
    ...tags.map(({ name }) => ({
      title: name,
      detail: "tag, detached",
      run: () => checkoutDetached(app, `refs/tags/${name}`, name),
    })),
  ]);
}

/** A remote branch is switched to by its own name, which makes a local one that follows it. */
function toLocalName(remoteName: string, known: ReadonlySet<string>): string {
  const local = remoteName.slice(remoteName.indexOf("/") + 1);
  return known.has(local) ? remoteName : local;
}

export function describeTracking({ upstream, upstreamGone, ahead = 0, behind = 0 }: GitBranch): string {
  if (upstream === undefined) return "";
  if (upstreamGone) return `${upstream} is gone  `;
  return `${[ahead > 0 && `↑${ahead}`, behind > 0 && `↓${behind}`].filter(Boolean).join(" ")} ${upstream}  `.trimStart();
}

/** Says what detached means before it happens. */
export async function checkoutDetached(app: ClientApp, target: string, title: string): Promise<void> {
  const { status } = app.git.state.getState();
  const answer = await app.dialogs.choose({
    title: `Go to ${title}?`,
    detail: `HEAD will be detached: you look at this commit and are on no branch. Commits made there belong to no branch until you create one.\n\nThe way back: Back to ${status?.branch ?? "a branch"} in Source Control, or the branch in the status bar.`,
    choices: [{ id: "go", title: "Go there, detached" }],
  });
  if (answer) await switchTo(app, target, title);
}

async function askRevision(app: ClientApp): Promise<void> {
  const target = await app.dialogs.askText({
    title: "Go to a commit",
    label: "Commit id, tag, or a revision like HEAD~3",
    value: "",
    confirm: "Next",
    check: (text) => (text.trim() === "" ? "Say which." : undefined),
  });
  if (target !== undefined) await checkoutDetached(app, target.trim(), target.trim());
}

export async function createBranch(app: ClientApp, from?: string, fromTitle?: string): Promise<void> {
  const name = await app.dialogs.askText({
    title: "Create branch",
    label: fromTitle === undefined ? "Name; it begins where you are" : `Name; it begins at ${fromTitle}`,
    value: "",
    confirm: "Create and switch",
    check: isBusyName,
  });
  if (name === undefined) return;
  await app.git.change((at) =>
    app.api.createGitBranch({ ...at, body: { name: name.trim(), ...(from !== undefined && { from }) } }),
  );
  await switchTo(app, name.trim());
}

async function pickBranchStart(app: ClientApp): Promise<void> {
  const branches = await listBranches(app);
  choose(
    app,
    "Where the new branch begins",
    branches.map(({ name, subject }) => ({ title: name, detail: subject, run: () => createBranch(app, name, name) })),
  );
}

export async function renameBranch(app: ClientApp, name: string): Promise<void> {
  const next = await app.dialogs.askText({
    title: `Rename branch ${name}`,
    label: "New name",
    value: name,
    confirm: "Rename",
    check: (text) => isBusyName(text) ?? (text === name ? "It is called that." : undefined),
  });
  if (next === undefined) return;
  await app.git.change((at) =>
    app.api.changeGitBranch({ ...at, query: { ...at.query, name }, body: { name: next.trim() } }),
  );
}

/** A branch with commits that are nowhere else is asked about once more; either way a notice can bring it back. */
export async function deleteBranch(app: ClientApp, name: string): Promise<void> {
  const answer = await app.dialogs.choose({
    title: `Delete branch ${name}?`,
    detail: "Only the name goes. The message that follows can bring it back, and so can Git: Go back in time.",
    choices: [{ id: "delete", title: "Delete", danger: true }],
  });
  if (!answer) return;
  const remove = (force: boolean) =>
    app.git.change((at) =>
      app.api.removeGitBranch({ ...at, query: { ...at.query, name, ...(force && { force: "true" as const }) } }),
    );
  let removed: { id: string };
  try {
    removed = await remove(false);
  } catch (error) {
    if (!(error instanceof WebrunnerError) || error.code !== "git/would-overwrite") throw error;
    const anyway = await app.dialogs.choose({
      title: `${name} has commits that are nowhere else`,
      detail: `No other branch that it was compared with has them: ${error.message}`,
      choices: [{ id: "delete", title: "Delete all the same", danger: true }],
    });
    if (!anyway) return;
    removed = await remove(true);
  }
  const bringBack = () => app.git.change((at) => app.api.createGitBranch({ ...at, body: { name, from: removed.id } }));
  app.notices.show({
    kind: "info",
    title: `Deleted branch ${name} (was ${toShortId(removed.id)})`,
    actions: [{ title: "Undo", run: () => bringBack().catch((error: unknown) => app.showError(error)) }],
  });
}

export async function deleteRemoteBranch(app: ClientApp, name: string): Promise<void> {
  const slash = name.indexOf("/");
  const [remote, branch] = [name.slice(0, slash), name.slice(slash + 1)];
  const answer = await app.dialogs.choose({
    title: `Delete ${branch} at ${remote}?`,
    detail: "The branch goes from the server, for everybody. Pushing it again brings it back while somebody has it.",
    choices: [{ id: "delete", title: "Delete there", danger: true }],
  });
  if (!answer) return;
  const body = { remote, branch, remoteBranch: branch, removeRemoteBranch: true };
  await app.git.transfer((at) => app.api.pushGit({ ...at, body }));
}

export async function pickTracking(app: ClientApp, name: string): Promise<void> {
  const branches = await listBranches(app);
  const follow = (upstream: { remote: string; branch: string } | null) => () =>
    app.git.change((at) => app.api.changeGitBranch({ ...at, query: { ...at.query, name }, body: { upstream } }));
  const remotes = branches.filter(({ remote }) => remote);
  const current = branches.find((branch) => branch.name === name)?.upstream;
  choose(app, `Remote branch that ${name} follows`, [
    ...remotes.map((branch) => {
      const slash = branch.name.indexOf("/");
      const upstream = { remote: branch.name.slice(0, slash), branch: branch.name.slice(slash + 1) };
      const detail = branch.name === current ? "followed" : branch.subject;
      return { title: branch.name, detail, run: follow(upstream) };
    }),
    ...(current === undefined ? [] : [{ title: "None", detail: "follow no remote branch", run: follow(null) }]),
  ]);
}

export async function mergeInto(app: ClientApp, target: string): Promise<void> {
  const outcome = await app.git.change((at) => app.api.mergeGit({ ...at, body: { target } }));
  tellOutcome(app, outcome, `Merged ${target}`);
}

export async function rebaseOnto(app: ClientApp, target: string): Promise<void> {
  const { status } = app.git.state.getState();
  const before = status?.head;
  const answer = await app.dialogs.choose({
    title: `Rebase ${status?.branch ?? "HEAD"} onto ${target}?`,
    detail: `Your ${count(status?.ahead ?? 0, "commit")} beyond it are made anew on top of ${target}. The way back: reset to ${before ? toShortId(before) : "the commit of before"} (Git: Go back in time).`,
    choices: [{ id: "rebase", title: "Rebase" }],
  });
  if (!answer) return;
  const outcome = await app.git.change((at) => app.api.rebaseGit({ ...at, body: { target } }));
  tellOutcome(app, outcome, `Rebased onto ${target}`);
}

/** Which branch, for a command that was not given one. */
export async function pickBranch(
  app: ClientApp,
  title: string,
  keep: (branch: GitBranch) => boolean,
  run: (name: string) => unknown,
): Promise<void> {
  const branches = (await listBranches(app)).filter(keep);
  choose(
    app,
    title,
    branches.map((branch) => ({
      title: branch.name,
      detail: `${branch.current ? "current, " : ""}${branch.subject}`,
      run: () => run(branch.name),
    })),
  );
}
