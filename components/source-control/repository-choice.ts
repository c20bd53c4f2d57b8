/** Which repository of the project is shown: its root, or one that was cloned into a folder. */
import type { ClientApp } from "@/lib/client/app";
import { closeTab, type EditorGroupsState, type EditorTab } from "@/lib/client/editor-groups";
import { GIT_DIFF_TAB, GIT_VIEW } from "@/lib/client/git";
import { GIT_MERGE_TAB } from "@/lib/client/git-merge";
import { choose } from "./branch-actions";
import { GIT_COMPARE_TAB, GIT_LOG_TAB } from "./commit-actions";

const TABS: ReadonlySet<string> = new Set([GIT_DIFF_TAB, GIT_LOG_TAB, GIT_COMPARE_TAB, GIT_MERGE_TAB]);

export const describeRepository = (repository: string): string =>
  repository === "" ? "The project's root" : repository;

const isOfGit = (tab: EditorTab): boolean => tab.kind === "view" && TABS.has(tab.view);

function closeGitTabs(state: EditorGroupsState): EditorGroupsState {
  const open = state.groups.flatMap(({ id, tabs }) => tabs.filter(isOfGit).map((tab) => [tab.id, id] as const));
  const left = open.reduce((now, [tab, group]) => closeTab(now, tab, group), state);
  return { ...left, closed: left.closed.filter((tab) => !isOfGit(tab)) };
}

/** What tabs show of the former one would be sought in this one: they are closed. */
export async function chooseRepository(app: ClientApp, repository: string): Promise<void> {
  if (repository === app.git.state.getState().repository) return;
  app.editors.change(closeGitTabs);
  app.selectedCommit.setState(undefined, true);
  await app.git.choose(repository);
}

/** With the view in front. */
export async function showRepository(app: ClientApp, repository: string): Promise<void> {
  app.layout.showSideView(GIT_VIEW);
  await chooseRepository(app, repository).catch((error: unknown) => app.showError(error));
}

/** The innermost one that this workspace path lies in. */
export async function chooseRepositoryOf(app: ClientApp, path: string): Promise<void> {
  const owners = app.git.state.getState().repositories.filter((each) => each === "" || path.startsWith(`${each}/`));
  const [owner] = owners.sort((one, other) => other.length - one.length);
  if (owner !== undefined) await chooseRepository(app, owner);
}

export function pickRepository(app: ClientApp): void {
  const { repositories, repository: shown } = app.git.state.getState();
  choose(
    app,
    "Repository to show in Source Control",
    repositories.map((repository) => ({
      title: describeRepository(repository),
      ...(repository === shown && { detail: "shown" }),
      run: () => chooseRepository(app, repository),
    })),
  );
}
