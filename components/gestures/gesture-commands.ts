import type { ClientApp } from "@/lib/client/app";
import type { Command } from "@/lib/client/commands";
import { findActiveTab } from "@/lib/client/editor-groups";
import { toLanguage } from "@/lib/client/monaco/language-of-path";
import { findProfilePlace } from "@/lib/client/profile-place";

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
  return [
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
