import type { ClientApp } from "@/lib/client/app";
import type { Command } from "@/lib/client/commands";
import { findActiveTab, findGroup, focusGroup, openTab, reopenTab, splitGroup } from "@/lib/client/editor-groups";

/** Saving, tabs and groups. */
export function editorCommands(app: ClientApp): readonly Command[] {
  const { editors } = app;
  const activePath = (): string | undefined => {
    const tab = findActiveTab(editors.state.getState());
    if (tab?.kind === "file") return tab.path;
    return tab?.kind === "diff" && tab.modified.kind === "file" ? tab.modified.path : undefined;
  };
  const hasTab = (): boolean => findActiveTab(editors.state.getState()) !== undefined;
  const step = (by: 1 | -1): void =>
    editors.change((state) => {
      const group = findGroup(state);
      const index = group.tabs.findIndex(({ id }) => id === group.active);
      const next = group.tabs[(index + by + group.tabs.length) % group.tabs.length];
      return next ? openTab(state, next, { preview: group.preview === next.id }) : state;
    });
  const toGroup = (number: number): Command => ({
    id: `editor.focusGroup${number}`,
    category: "Editor",
    title: `Go to group ${number}`,
    isEnabled: () => editors.state.getState().groups.length >= number,
    run() {
      const group = editors.state.getState().groups[number - 1];
      if (!group) return;
      editors.change((state) => focusGroup(state, group.id));
      document
        .querySelector<HTMLElement>(
          `[data-editor-group="${group.id}"] .native-edit-context, [data-editor-group="${group.id}"] textarea`,
        )
        ?.focus();
    },
  });
  return [
    {
      id: "editor.save",
      category: "File",
      title: "Save",
      // The key belongs to the page even without a file: the browser's own saves the page.
      run: async () => {
        const path = activePath();
        if (path !== undefined) await app.workspace.getState()?.documents.save(path);
      },
    },
    {
      id: "editor.saveAll",
      category: "File",
      title: "Save all",
      run: () => app.workspace.getState()?.documents.saveAll(),
    },
    {
      id: "editor.revert",
      category: "File",
      title: "Discard changes: take the file on disk",
      isEnabled: () => activePath() !== undefined,
      run: async () => {
        const path = activePath();
        if (path !== undefined) await app.workspace.getState()?.documents.revert(path);
      },
    },
    {
      id: "editor.closeTab",
      category: "Editor",
      title: "Close tab",
      isEnabled: hasTab,
      run: async () => {
        const state = editors.state.getState();
        const tab = findActiveTab(state);
        if (tab) await app.workspace.getState()?.closeTab(tab.id, state.activeGroup);
      },
    },
    {
      id: "editor.reopenTab",
      category: "Editor",
      title: "Reopen closed tab",
      isEnabled: () => editors.state.getState().closed.length > 0,
      run: () => editors.change(reopenTab),
    },
    { id: "editor.nextTab", category: "Editor", title: "Next tab", isEnabled: hasTab, run: () => step(1) },
    { id: "editor.previousTab", category: "Editor", title: "Previous tab", isEnabled: hasTab, run: () => step(-1) },
    {
      id: "editor.split",
      category: "Editor",
      title: "Split right",
      isEnabled: hasTab,
      run: () => editors.change(splitGroup),
    },
    toGroup(1),
    toGroup(2),
    toGroup(3),
  ];
}
