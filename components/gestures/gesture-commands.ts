import type { ClientApp } from "@/lib/client/app";
import type { Command } from "@/lib/client/commands";
import { findActiveTab } from "@/lib/client/editor-groups";
import { toName } from "@/lib/client/file-tree";
import { toLanguage } from "@/lib/client/monaco/language-of-path";
import { findProfilePlace } from "@/lib/client/profile-place";
import { getProjectId } from "@/lib/client/project-store";
import { CHECK_VIEW, EXTENDS_SOURCES_VIEW } from "./gesture-views";

interface Place {
  readonly path: string;
  readonly section?: string;
  readonly option?: string;
}

/** A place that a button or a menu of its own gives, instead of the cursor's. */
function isPlace(argument: unknown): argument is Place {
  return typeof argument === "object" && argument !== null && "path" in argument;
}

/** Changes of the profile that is open, by what they mean. */
export function gestureCommands(app: ClientApp): readonly Command[] {
  const activeProfile = (): string | undefined => {
    const tab = findActiveTab(app.editors.state.getState());
    const path = tab?.kind === "file" ? tab.path : undefined;
    return path !== undefined && toLanguage(path) === "buildout" ? path : undefined;
  };
  const isEnabled = (): boolean => activeProfile() !== undefined;
  const placeOf = (argument: unknown): Place | undefined => {
    if (isPlace(argument)) return argument;
    const path = activeProfile();
    if (path === undefined) return undefined;
    const text = app.workspace.getState()?.documents.buffer(path)?.getText() ?? "";
    return { path, ...findProfilePlace(text, app.editors.cursor.getState()?.line ?? 1) };
  };
  /** The profile that is open, else the release that is run. */
  const releaseOf = (argument: unknown): string | undefined =>
    isPlace(argument) ? argument.path : (activeProfile() ?? app.runControl.findRelease()?.profile);
  const hasRelease = (): boolean => releaseOf(undefined) !== undefined;
  return [
    {
      id: "gesture.customise",
      category: "Profile",
      title: "Customise component…",
      isEnabled,
      run(argument) {
        const place = placeOf(argument);
        if (place) app.gestures.show({ kind: "customise", ...place });
      },
    },
    {
      id: "gesture.newComponent",
      category: "Profile",
      title: "New component…",
      run: (argument) =>
        app.gestures.show({ kind: "new-component", ...(isPlace(argument) && { path: argument.path }) }),
    },
    {
      id: "extends.sources",
      category: "Profile",
      title: "Show sources of extends",
      isEnabled: hasRelease,
      run(argument) {
        const path = releaseOf(argument);
        if (path !== undefined) app.editors.openView(EXTENDS_SOURCES_VIEW, path, `Sources of ${toName(path)}`);
      },
    },
    {
      id: "extends.switch",
      category: "Profile",
      title: "Switch source of extends…",
      isEnabled: hasRelease,
      run(argument) {
        const path = releaseOf(argument);
        if (path !== undefined) app.gestures.show({ kind: "switch-extends", path });
      },
    },
    {
      id: "gesture.check",
      category: "Profile",
      title: "Check before merging",
      isEnabled: hasRelease,
      run(argument) {
        const path = isPlace(argument) ? argument.path : (app.runControl.findRelease()?.profile ?? activeProfile());
        if (path !== undefined) app.editors.openView(CHECK_VIEW, path, `Check of ${toName(path)}`);
      },
    },
    {
      id: "gesture.verify",
      category: "Profile",
      title: "Verify what was pushed…",
      isEnabled: () => app.runControl.findRelease() !== undefined,
      run(argument) {
        const path = isPlace(argument) ? argument.path : app.runControl.findRelease()?.profile;
        if (path !== undefined) app.gestures.show({ kind: "verify", path });
      },
    },
    {
      id: "gesture.showOverridden",
      category: "Profile",
      title: "Go to what this section overrides",
      isEnabled,
      async run(argument) {
        const place = placeOf(argument);
        if (!place) return;
        const params = { project: getProjectId(app.project) };
        const { overrides } = await app.api.listOverrides({ params, query: { path: place.path } });
        const own = overrides.find(({ section, definedIn }) => definedIn && section === place.section);
        if (own?.definedIn) app.editors.openFile(own.definedIn);
        else app.notices.show({ kind: "info", title: "This section overrides nothing" });
      },
    },
    {
      id: "gesture.reduce",
      category: "Profile",
      title: "Reduce this section to what it changes",
      isEnabled,
      async run(argument) {
        const place = placeOf(argument);
        if (place?.section === undefined) return;
        const { path, section } = place;
        const answer = await app.gestures.propose({ gesture: "reduce", profile: path, section });
        if (answer.kind === "proposed") await app.gestures.make(answer, answer.summary);
        else app.notices.show({ kind: "info", title: "Nothing was reduced", detail: answer.reason });
      },
    },
    {
      id: "gesture.override",
      category: "Profile",
      title: "Override in sandbox…",
      isEnabled,
      run(argument) {
        const place = placeOf(argument);
        if (place) app.gestures.show({ kind: "override", ...place });
      },
    },
    {
      id: "gesture.promote",
      category: "Profile",
      title: "Promote to component…",
      isEnabled,
      run(argument) {
        const place = placeOf(argument);
        if (place?.section !== undefined) app.gestures.show({ kind: "promote", ...place, section: place.section });
        else app.notices.show({ kind: "info", title: "Put the cursor into the section whose override is to go" });
      },
    },
  ];
}
