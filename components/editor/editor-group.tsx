"use client";
import type { DragEvent } from "react";
import { useState } from "react";
import { classNames } from "@/components/ui/class-names";
import { EmptyState } from "@/components/ui/empty-state";
import { Welcome } from "@/components/welcome/welcome";
import { useApp } from "@/components/workbench/app-context";
import { editorViews } from "@/components/workbench/contributions";
import { type EditorGroup, findGroup, focusGroup, moveTab } from "@/lib/client/editor-groups";
import { DiffEditorView } from "./diff-editor-view";
import { readDraggedPath, readDraggedTab } from "./drag-types";
import { FileEditor } from "./file-editor";
import { TabStrip, toTabElementId } from "./tab-strip";

/** One group: its tabs and the editor of the active one. The text editor stays and only changes its document. */
export function EditorGroupView({
  group,
  isActive,
  isOnly,
}: {
  readonly group: EditorGroup;
  readonly isActive: boolean;
  readonly isOnly: boolean;
}) {
  const { editors } = useApp();
  const [isDropTarget, setIsDropTarget] = useState(false);
  const tab = group.tabs.find(({ id }) => id === group.active);
  const View = tab?.kind === "view" ? editorViews.find(({ view }) => view === tab.view)?.component : undefined;
  const accepts = (event: DragEvent) => readDraggedTab(event) !== undefined || readDraggedPath(event) !== undefined;
  const onDrop = (event: DragEvent) => {
    setIsDropTarget(false);
    const dragged = readDraggedTab(event, true);
    const path = readDraggedPath(event, true);
    if (dragged) {
      editors.change((state) =>
        moveTab(state, dragged.tab, dragged.group, group.id, findGroup(state, group.id).tabs.length),
      );
    } else if (path) {
      editors.change((state) => focusGroup(state, group.id));
      editors.openFile({ path });
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: focus anywhere inside makes the group the active one
    <div
      className="relative flex min-w-0 flex-1 flex-col"
      onFocusCapture={() =>
        editors.change((state) => (state.activeGroup === group.id ? state : focusGroup(state, group.id)))
      }
      onDragOver={(event) => {
        if (!accepts(event)) return;
        event.preventDefault();
        setIsDropTarget(true);
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setIsDropTarget(false);
      }}
      onDrop={onDrop}
    >
      {group.tabs.length > 0 && <TabStrip group={group} isActive={isActive} isOnly={isOnly} />}
      <div
        className="relative min-h-0 flex-1"
        {...(tab ? { role: "tabpanel", "aria-labelledby": toTabElementId(group.id, tab.id) } : {})}
      >
        <FileEditor group={group.id} path={tab?.kind === "file" ? tab.path : undefined} />
        {tab?.kind === "diff" && <DiffEditorView key={tab.id} original={tab.original} modified={tab.modified} />}
        {tab?.kind === "view" &&
          (View ? (
            <div className="absolute inset-0 overflow-auto bg-bg">
              <View key={tab.id} viewKey={tab.key} />
            </div>
          ) : (
            <EmptyState title="This view does not exist any more">Close the tab to go on.</EmptyState>
          ))}
        {!tab && <Welcome />}
      </div>
      <div
        aria-hidden
        className={classNames(
          "pointer-events-none absolute inset-0 z-30 border-2 border-accent bg-accent/10",
          !isDropTarget && "hidden",
        )}
      />
    </div>
  );
}
