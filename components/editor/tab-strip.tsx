"use client";
import { ChevronDown, Columns2, FileDiff, X } from "lucide-react";
import { type DragEvent, useEffect, useRef, useState } from "react";
import { classNames } from "@/components/ui/class-names";
import { FileIcon } from "@/components/ui/file-icon";
import { IconButton } from "@/components/ui/icon-button";
import { Menu, MenuButton, type MenuItem } from "@/components/ui/menu";
import { useApp } from "@/components/workbench/app-context";
import { editorViews } from "@/components/workbench/contributions";
import type { DocumentState } from "@/lib/client/documents";
import { type EditorGroup, type EditorTab, findGroup, keepTab, moveTab, openTab } from "@/lib/client/editor-groups";
import { toName, toParent } from "@/lib/client/file-tree";
import { describeKeys } from "@/lib/client/keymap";
import { dragTab, readDraggedTab } from "./drag-types";
import { useDocumentStates } from "./use-document-states";

/** The tabs of a group: arrow keys walk, Delete closes, the middle button closes, a double click keeps a preview. */
export function TabStrip({
  group,
  isActive,
  isOnly,
}: {
  readonly group: EditorGroup;
  readonly isActive: boolean;
  readonly isOnly: boolean;
}) {
  const app = useApp();
  const documents = useDocumentStates();
  const strip = useRef<HTMLDivElement>(null);
  const [overflows, setOverflows] = useState(false);
  const [menu, setMenu] = useState<{ at: { x: number; y: number }; tab: EditorTab }>();
  const show = (tab: EditorTab) =>
    app.editors.change((state) => openTab(state, tab, { group: group.id, preview: group.preview === tab.id }));
  const close = (tab: EditorTab) => app.workspace.getState()?.closeTab(tab.id, group.id) ?? Promise.resolve(false);
  const closeMany = async (tabs: readonly EditorTab[]) => {
    for (const tab of tabs) if (!(await close(tab))) return;
  };

  useEffect(() => {
    const element = strip.current;
    if (!element) return;
    const measure = () => setOverflows(element.scrollWidth > element.clientWidth + 1);
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other tabs change what overflows
  useEffect(() => {
    const element = strip.current;
    if (!element) return;
    setOverflows(element.scrollWidth > element.clientWidth + 1);
    if (group.active)
      element.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [group.active, group.tabs]);

  const onKeyDown = (event: React.KeyboardEvent) => {
    const index = group.tabs.findIndex(({ id }) => id === group.active);
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const next = group.tabs[(index + step + group.tabs.length) % group.tabs.length];
    if (step !== 0 && next) {
      event.preventDefault();
      show(next);
      document.getElementById(toTabElementId(group.id, next.id))?.focus();
    } else if (event.key === "Delete" && group.tabs[index]) void close(group.tabs[index]);
  };
  const onDrop = (event: DragEvent, index: number) => {
    const dragged = readDraggedTab(event, true);
    if (!dragged) return;
    event.preventDefault();
    event.stopPropagation();
    app.editors.change((state) => moveTab(state, dragged.tab, dragged.group, group.id, index));
  };
  const menuItems = (tab: EditorTab): readonly MenuItem[] => [
    { title: "Close", keys: describeKeys("editor.closeTab"), run: () => close(tab) },
    { title: "Close others", run: () => closeMany(group.tabs.filter((other) => other !== tab)) },
    { title: "Close all", run: () => closeMany(group.tabs) },
    "separator",
    { title: "Split right", keys: describeKeys("editor.split"), run: () => app.commands.execute("editor.split") },
    ...(tab.kind === "file"
      ? ([
          { title: "Show in Explorer", run: () => app.commands.execute("explorer.reveal", tab.path) },
          { title: "Copy path", run: () => navigator.clipboard.writeText(tab.path) },
        ] as const)
      : []),
  ];

  return (
    <div className="flex h-[35px] shrink-0 items-stretch border-b bg-sunken">
      {/* The buttons that close tabs stand between them, and a list of tabs may hold nothing but tabs. */}
      <div
        role="tablist"
        aria-label={isOnly ? "Open editors" : `Open editors of group ${group.id}`}
        aria-owns={group.tabs.map(({ id }) => toTabElementId(group.id, id)).join(" ")}
      />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the tabs inside are the controls; keys come from them */}
      <div
        ref={strip}
        data-tab-strip
        onKeyDown={onKeyDown}
        onWheel={(event) => {
          if (event.deltaX === 0) event.currentTarget.scrollLeft += event.deltaY;
        }}
        onDragOver={(event) => readDraggedTab(event) && event.preventDefault()}
        onDrop={(event) => onDrop(event, group.tabs.length)}
        className="flex min-w-0 flex-1 items-stretch overflow-x-auto overflow-y-hidden [scrollbar-width:none]"
      >
        {group.tabs.map((tab, index) => (
          <TabButton
            key={tab.id}
            tab={tab}
            title={toTabTitle(tab, group.tabs)}
            elementId={toTabElementId(group.id, tab.id)}
            selected={tab.id === group.active}
            focused={isActive && tab.id === group.active}
            preview={tab.id === group.preview}
            document={tab.kind === "file" ? documents.get(tab.path) : undefined}
            onShow={() => show(tab)}
            onClose={() => void close(tab)}
            onKeep={() => app.editors.change((state) => keepTab(state, tab.id))}
            onMenu={(at) => setMenu({ at, tab })}
            onDragStart={(event) => dragTab(event, tab.id, group.id)}
            onDrop={(event) => onDrop(event, index)}
          />
        ))}
      </div>
      <div className="flex shrink-0 items-center gap-0.5 px-1.5">
        {overflows && (
          <MenuButton
            label="All open editors"
            align="end"
            items={() =>
              group.tabs.map((tab) => ({
                title: tab.kind === "file" ? tab.path : tab.title,
                checked: tab.id === group.active,
                run: () => show(tab),
              }))
            }
          >
            {(button) => (
              <IconButton label="All open editors" {...button}>
                <ChevronDown size={15} />
              </IconButton>
            )}
          </MenuButton>
        )}
        <IconButton
          label="Split editor right"
          keys={describeKeys("editor.split")}
          onClick={() => {
            app.editors.change((state) => ({ ...state, activeGroup: findGroup(state, group.id).id }));
            app.commands.execute("editor.split");
          }}
        >
          <Columns2 size={15} />
        </IconButton>
      </div>
      {menu && <Menu label="Tab" items={menuItems(menu.tab)} at={menu.at} onClose={() => setMenu(undefined)} />}
    </div>
  );
}

function TabButton({
  tab,
  title,
  elementId,
  selected,
  focused,
  preview,
  document,
  onShow,
  onClose,
  onKeep,
  onMenu,
  onDragStart,
  onDrop,
}: {
  readonly tab: EditorTab;
  readonly title: { readonly name: string; readonly detail?: string };
  readonly elementId: string;
  readonly selected: boolean;
  readonly focused: boolean;
  readonly preview: boolean;
  readonly document: DocumentState | undefined;
  readonly onShow: () => void;
  readonly onClose: () => void;
  readonly onKeep: () => void;
  readonly onMenu: (at: { x: number; y: number }) => void;
  readonly onDragStart: (event: DragEvent) => void;
  readonly onDrop: (event: DragEvent) => void;
}) {
  const dirty = document?.dirty ?? false;
  const conflict = document !== undefined && document.disk !== "same";
  const ViewIcon = tab.kind === "view" ? editorViews.find(({ view }) => view === tab.view)?.icon : undefined;
  const state = [dirty && "unsaved changes", conflict && "changed on disk"].filter(Boolean).join(", ");
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the tab inside is the control; this is its drop place
    <div
      className={classNames(
        "group relative flex max-w-56 min-w-0 shrink-0 items-center border-r",
        selected ? "bg-bg" : "bg-sunken hover:bg-raised",
      )}
      draggable
      onDragStart={onDragStart}
      onDragOver={(event) => readDraggedTab(event) && event.preventDefault()}
      onDrop={onDrop}
      onContextMenu={(event) => {
        event.preventDefault();
        onMenu({ x: event.clientX, y: event.clientY });
      }}
    >
      {selected && (
        <span className={classNames("absolute inset-x-0 top-0 h-0.5", focused ? "bg-accent" : "bg-line-strong/60")} />
      )}
      <button
        id={elementId}
        type="button"
        role="tab"
        aria-selected={selected}
        aria-label={state ? `${title.name}, ${state}` : title.name}
        tabIndex={selected ? 0 : -1}
        data-tip={tab.kind === "file" ? tab.path : undefined}
        onClick={onShow}
        onDoubleClick={onKeep}
        onAuxClick={(event) => {
          if (event.button === 1) onClose();
        }}
        className={classNames(
          "flex h-full min-w-0 flex-1 items-center gap-1.5 pl-2.5 text-xs",
          selected ? "text-text" : "text-muted",
          preview && "italic",
        )}
      >
        {tab.kind === "file" ? (
          <FileIcon path={tab.path} />
        ) : ViewIcon ? (
          <ViewIcon size={14} />
        ) : (
          <FileDiff size={14} className="shrink-0 text-faint" />
        )}
        <span className={classNames("truncate", conflict && "text-warn")}>{title.name}</span>
        {title.detail && <span className="truncate text-2xs text-faint">{title.detail}</span>}
      </button>
      <span className="mx-1 grid size-5 shrink-0 place-items-center">
        {dirty && (
          <span
            aria-hidden
            className="col-start-1 row-start-1 size-2 rounded-full bg-current group-focus-within:opacity-0 group-hover:opacity-0"
          />
        )}
        <IconButton
          label={`Close ${title.name}`}
          size={20}
          tabIndex={-1}
          onClick={onClose}
          className={classNames(
            "col-start-1 row-start-1",
            (dirty || !selected) && "opacity-0 group-focus-within:opacity-100 group-hover:opacity-100",
          )}
        >
          <X size={13} />
        </IconButton>
      </span>
    </div>
  );
}

/** Files of one name are told apart by their folder. */
function toTabTitle(tab: EditorTab, tabs: readonly EditorTab[]): { name: string; detail?: string } {
  if (tab.kind !== "file") return { name: tab.title };
  const name = toName(tab.path);
  const hasTwin = tabs.some((other) => other.kind === "file" && other !== tab && toName(other.path) === name);
  return hasTwin ? { name, detail: toParent(tab.path) || "workspace" } : { name };
}

/** The element id of a tab, for `aria-labelledby`. */
export function toTabElementId(group: number, tab: string): string {
  return `tab-${group}-${tab.replace(/[^\w-]/g, "_")}`;
}
