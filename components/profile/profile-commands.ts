import type { ClientApp } from "@/lib/client/app";
import type { Command } from "@/lib/client/commands";
import { findActiveTab } from "@/lib/client/editor-groups";
import { toName } from "@/lib/client/file-tree";
import { toLanguage } from "@/lib/client/monaco/language-of-path";
import { PROBLEMS_VIEW } from "@/lib/client/problems";
import {
  EFFECTIVE_VIEW,
  EXTENDS_VIEW,
  fromProfileKey,
  PARTS_VIEW,
  toProfileKey,
  WEB_PROFILE_VIEW,
} from "./profile-key";

/** The views of the profile that is open, and lists of sections. */
export function profileCommands(app: ClientApp): readonly Command[] {
  const { editors } = app;
  /** The profile in the active editor, or the one that the active view is of. */
  const activeProfile = (): string | undefined => {
    const tab = findActiveTab(editors.state.getState());
    if (tab?.kind === "file") return toLanguage(tab.path) === "buildout" ? tab.path : undefined;
    const isOurs = tab?.kind === "view" && [EFFECTIVE_VIEW, EXTENDS_VIEW, PARTS_VIEW].includes(tab.view);
    return isOurs ? fromProfileKey(tab.key).path : undefined;
  };
  const isEnabled = (): boolean => activeProfile() !== undefined;
  const show = (view: string, title: (path: string) => string) => (): void => {
    const path = activeProfile();
    if (path !== undefined) editors.openView(view, toProfileKey(path), title(path));
  };
  return [
    {
      id: "profile.effective",
      category: "Profile",
      title: "Show effective values of this section",
      isEnabled,
      run() {
        const path = activeProfile();
        if (path === undefined) return;
        const section = findSectionAtCursor(app, path) ?? "buildout";
        editors.openView(EFFECTIVE_VIEW, toProfileKey(path, section), `[${section}]`);
      },
    },
    {
      id: "profile.extends",
      category: "Profile",
      title: "Show what this profile extends",
      isEnabled,
      run: show(EXTENDS_VIEW, (path) => `Extends of ${toName(path)}`),
    },
    {
      id: "profile.parts",
      category: "Profile",
      title: "Show parts in build order",
      isEnabled,
      run: show(PARTS_VIEW, (path) => `Parts of ${toName(path)}`),
    },
    {
      id: "profile.openAddress",
      category: "Profile",
      title: "Open a profile by its address…",
      async run() {
        const url = await app.dialogs.askText({
          title: "Open a profile by its address",
          label: "Address of a release or another profile on the web",
          value: "https://",
          confirm: "Open",
          check: (text) => (/^https?:\/\/[^/]+\/./.test(text.trim()) ? undefined : "Give the whole address of a file."),
        });
        if (url !== undefined) openWebProfile(app, url.trim());
      },
    },
    {
      id: "profile.sectionOfFile",
      category: "Profile",
      title: "Go to section in file…",
      isEnabled,
      run: () => app.palette.show("@"),
    },
    {
      id: "profile.section",
      category: "Profile",
      title: "Go to section in workspace…",
      run: () => app.palette.show("#"),
    },
    {
      id: "view.problems",
      category: "View",
      title: "Show problems",
      run: () => app.layout.showPanelView(PROBLEMS_VIEW),
    },
  ];
}

export function openWebProfile({ editors }: Pick<ClientApp, "editors">, url: string): void {
  editors.openView(WEB_PROFILE_VIEW, url, toName(url));
}

/** The section whose header is the last one up to the cursor. */
function findSectionAtCursor(app: ClientApp, path: string): string | undefined {
  const text = app.workspace.getState()?.documents.buffer(path)?.getText();
  const line = app.editors.cursor.getState()?.line;
  if (text === undefined || line === undefined) return undefined;
  const lines = text.split(/\r\n|\n|\r/).slice(0, line);
  return lines.map((one) => /^\[([^\]:]+)[^\]]*\]/.exec(one)?.[1]?.trim()).findLast((name) => name !== undefined);
}
