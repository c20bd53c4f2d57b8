/** Everything that Source Control does, by name: for the palette, for keys, and for the menu of the view. */
import type { MenuItem } from "@/components/ui/menu";
import type { ClientApp } from "@/lib/client/app";
import type { Command } from "@/lib/client/commands";
import { findActiveTab } from "@/lib/client/editor-groups";
import { GIT_DIFF_TAB, GIT_VIEW, groupEntries } from "@/lib/client/git";
import type { GitStatusEntry } from "@/lib/protocol/git";
import * as branches from "./branch-actions";
import { discardFiles, openChanges } from "./change-actions";
import * as commits from "./commit-actions";
import { fromDiffKey } from "./diff-key";
import { pickRepository } from "./repository-choice";
import * as stashes from "./stash-actions";
import * as tags from "./tag-actions";

const category = "Git";

export function gitCommands(app: ClientApp): readonly Command[] {
  const { git } = app;
  const status = () => git.state.getState().status;
  const groups = () => groupEntries(status()?.entries ?? []);
  const hasRepository = (): boolean => status() !== undefined;
  const hasHead = (): boolean => status()?.head !== undefined;
  const isIdle = (): boolean => git.state.getState().task?.state !== "running";
  const hasRemote = (): boolean => hasHead() && git.state.getState().remotes.length > 0 && isIdle();
  const pathsOf = (entries: readonly GitStatusEntry[]) => ({ paths: entries.map(({ path }) => path) });
  const active = (): string | undefined => {
    const tab = findActiveTab(app.editors.state.getState());
    if (tab?.kind === "file") return git.findRepositoryPath(tab.path);
    return tab?.kind === "view" && tab.view === GIT_DIFF_TAB ? fromDiffKey(tab.key).path : undefined;
  };
  const pathOf = (argument: unknown): string | undefined => (typeof argument === "string" ? argument : active());
  const find = (list: readonly GitStatusEntry[], path = active()) => list.find((entry) => entry.path === path);
  const inEditor = (): boolean =>
    findActiveTab(app.editors.state.getState())?.kind === "file" && active() !== undefined && hasRepository();
  const askRevision = async (title: string): Promise<string | undefined> => {
    const text = await app.dialogs.askText({
      title,
      label: "Commit id, branch, tag, or a revision like HEAD~3",
      value: "",
      confirm: "Next",
      check: (typed) => (typed.trim() === "" ? "Say which." : undefined),
    });
    return text?.trim();
  };
  const withCommit = (title: string, run: (commit: { id: string; subject: string }) => unknown) => async () => {
    const revision = await askRevision(title);
    if (revision === undefined) return;
    const { commit } = await git.ask((at) => app.api.readGitCommit({ ...at, query: { ...at.query, revision } }));
    await run(commit);
  };
  return [
    {
      id: `view.${GIT_VIEW}`,
      category: "View",
      title: "Show Source Control",
      run: () => app.layout.showSideView(GIT_VIEW),
    },
    {
      id: "git.commit",
      category,
      title: "Commit: write the message",
      isEnabled: hasRepository,
      run: () => {
        app.layout.showSideView(GIT_VIEW);
        app.commitMessage.askFocus();
      },
    },
    {
      id: "git.undoCommit",
      category,
      title: "Undo last commit…",
      isEnabled: hasHead,
      run: () => commits.undoLastCommit(app),
    },
    {
      id: "git.stageAll",
      category,
      title: "Stage all changes",
      isEnabled: () => groups().changes.length > 0,
      run: () => git.stage(pathsOf(groups().changes)),
    },
    {
      id: "git.unstageAll",
      category,
      title: "Unstage all changes",
      isEnabled: () => groups().staged.length > 0,
      run: () => git.unstage(pathsOf(groups().staged)),
    },
    {
      id: "git.discardAll",
      category,
      title: "Discard all changes…",
      isEnabled: () => groups().changes.length > 0,
      run: () => discardFiles(app, groups().changes),
    },
    {
      id: "git.stageFile",
      category,
      title: "Stage this file",
      isEnabled: () => find(groups().changes) !== undefined,
      run: () => {
        const entry = find(groups().changes);
        return entry && git.stage({ paths: [entry.path] });
      },
    },
    {
      id: "git.unstageFile",
      category,
      title: "Unstage this file",
      isEnabled: () => find(groups().staged) !== undefined,
      run: () => {
        const entry = find(groups().staged);
        return entry && git.unstage({ paths: [entry.path] });
      },
    },
    {
      id: "git.discardFile",
      category,
      title: "Discard the changes of this file…",
      isEnabled: () => find(groups().changes) !== undefined,
      run: () => {
        const entry = find(groups().changes);
        return entry && discardFiles(app, [entry]);
      },
    },
    {
      id: "git.openChanges",
      category,
      title: "Open the changes of this file",
      isEnabled: () => find(status()?.entries ?? []) !== undefined,
      run: (argument) => {
        const path = pathOf(argument);
        if (path !== undefined) openChanges(app, find(groups().changes, path) ? "worktree" : "staged", path);
      },
    },
    {
      id: "git.fileHistory",
      category,
      title: "History of this file",
      isEnabled: () => active() !== undefined && hasHead(),
      run: (argument) => {
        const path = pathOf(argument);
        if (path !== undefined) commits.openFileHistory(app, path);
      },
    },
    {
      id: "git.toggleBlame",
      category,
      title: "Toggle blame beside the lines",
      isEnabled: hasHead,
      run: () => app.settings.setState(({ blame }) => ({ blame: !blame })),
    },
    ...(
      [
        ["git.nextChange", "Go to next change in the file", "next-change"],
        ["git.previousChange", "Go to previous change in the file", "previous-change"],
        ["git.stageSelection", "Stage selected lines", "stage-selection"],
        ["git.unstageSelection", "Unstage selected lines", "unstage-selection"],
        ["git.revertSelection", "Revert selected lines", "revert-selection"],
      ] as const
    ).map(([id, title, request]) => ({
      id,
      category,
      title,
      isEnabled: inEditor,
      run: () => app.gitEditor.emit(request),
    })),
    {
      id: "git.switch",
      category,
      title: "Switch to branch, tag or commit…",
      isEnabled: hasHead,
      run: () => branches.pickSwitch(app),
    },
    {
      id: "git.createBranch",
      category,
      title: "Create branch…",
      isEnabled: hasHead,
      run: () => branches.createBranch(app),
    },
    {
      id: "git.renameBranch",
      category,
      title: "Rename this branch…",
      isEnabled: () => hasHead() && status()?.branch !== undefined,
      run: () => branches.renameBranch(app, status()!.branch!),
    },
    {
      id: "git.deleteBranch",
      category,
      title: "Delete branch…",
      isEnabled: hasHead,
      run: () =>
        branches.pickBranch(
          app,
          "Branch to delete",
          ({ remote, current }) => !remote && !current,
          (name) => branches.deleteBranch(app, name),
        ),
    },
    {
      id: "git.setTracking",
      category,
      title: "Set the remote branch that this one follows…",
      isEnabled: () => hasHead() && status()?.branch !== undefined,
      run: () => branches.pickTracking(app, status()!.branch!),
    },
    {
      id: "git.merge",
      category,
      title: "Merge a branch into this one…",
      isEnabled: hasHead,
      run: () =>
        branches.pickBranch(
          app,
          "Branch to merge",
          ({ current }) => !current,
          (name) => branches.mergeInto(app, name),
        ),
    },
    {
      id: "git.rebase",
      category,
      title: "Rebase this branch…",
      isEnabled: hasHead,
      run: () =>
        branches.pickBranch(
          app,
          "Branch to rebase onto",
          ({ current }) => !current,
          (name) => branches.rebaseOnto(app, name),
        ),
    },
    { id: "git.log", category, title: "Show the log", isEnabled: hasHead, run: () => commits.openLog(app) },
    {
      id: "git.compare",
      category,
      title: "Compare two revisions…",
      isEnabled: hasHead,
      run: () => commits.pickComparison(app),
    },
    {
      id: "git.cherryPick",
      category,
      title: "Cherry-pick a commit…",
      isEnabled: hasHead,
      run: withCommit("Cherry-pick", (commit) => commits.cherryPick(app, commit)),
    },
    {
      id: "git.revert",
      category,
      title: "Revert a commit…",
      isEnabled: hasHead,
      run: withCommit("Revert", (commit) => commits.revertCommit(app, commit)),
    },
    {
      id: "git.reset",
      category,
      title: "Reset to a commit…",
      isEnabled: hasHead,
      run: withCommit("Reset to", ({ id, subject }) => commits.resetTo(app, id, `${id.slice(0, 8)} ${subject}`)),
    },
    {
      id: "git.reflog",
      category,
      title: "Go back in time (reflog)…",
      isEnabled: hasHead,
      run: () => commits.pickReflog(app),
    },
    {
      id: "git.stash",
      category,
      title: "Stash changes…",
      isEnabled: () => hasHead() && (status()?.entries.length ?? 0) > 0,
      run: () => stashes.saveStash(app, false),
    },
    {
      id: "git.stashUntracked",
      category,
      title: "Stash changes and new files…",
      isEnabled: () => hasHead() && (status()?.entries.length ?? 0) > 0,
      run: () => stashes.saveStash(app, true),
    },
    ...(
      [
        ["git.stashPop", "Pop a stash…", "Stash to pop", (stash) => stashes.applyStash(app, stash, true)],
        ["git.stashApply", "Apply a stash…", "Stash to apply", (stash) => stashes.applyStash(app, stash, false)],
        ["git.stashShow", "Show a stash…", "Stash to show", (stash) => stashes.showStash(app, stash)],
        ["git.stashDrop", "Drop a stash…", "Stash to drop", (stash) => stashes.dropStash(app, stash)],
      ] as const satisfies readonly (readonly [string, string, string, Parameters<typeof stashes.pickStash>[2]])[]
    ).map(([id, title, question, run]) => ({
      id,
      category,
      title,
      isEnabled: hasHead,
      run: () => stashes.pickStash(app, question, run),
    })),
    { id: "git.createTag", category, title: "Create tag…", isEnabled: hasHead, run: () => tags.createTag(app) },
    {
      id: "git.deleteTag",
      category,
      title: "Delete tag…",
      isEnabled: hasHead,
      run: () => tags.pickTag(app, "Tag to delete", (tag) => tags.deleteTag(app, tag)),
    },
    {
      id: "git.pushTag",
      category,
      title: "Push tag…",
      isEnabled: hasRemote,
      run: () => tags.pickTag(app, "Tag to push", (tag) => tags.pushTag(app, tag)),
    },
    { id: "git.reload", category, title: "Read the repository again", run: () => git.refresh() },
    {
      id: "git.chooseRepository",
      category,
      title: "Choose repository…",
      isEnabled: () => git.state.getState().repositories.length > 1,
      run: () => pickRepository(app),
    },
  ];
}

/** The menu of the view: commands in groups; what makes no sense now is grey. */
const MENU: readonly (readonly string[])[] = [
  ["git.stageAll", "git.unstageAll", "git.discardAll"],
  ["git.undoCommit", "git.reflog"],
  ["git.switch", "git.createBranch", "git.merge", "git.rebase"],
  ["git.stash", "git.stashUntracked", "git.stashPop"],
  ["git.createTag", "git.compare", "git.log"],
];

export function toSourceControlMenu(app: ClientApp): readonly MenuItem[] {
  const all = app.commands.state.getState();
  return MENU.flatMap((ids, at): MenuItem[] => [
    ...(at === 0 ? [] : (["separator"] as const)),
    ...ids.flatMap((id) => {
      const command = all.get(id);
      if (!command) return [];
      return [
        {
          title: command.title,
          disabled: command.isEnabled?.() === false,
          run: () => app.commands.execute(id),
        },
      ];
    }),
  ]);
}
