"use client";
import { ChevronRight, CopyMinus, FilePlus, Folder, FolderOpen, FolderPlus, RefreshCw, Upload } from "lucide-react";
import { type DragEvent, useEffect, useMemo, useRef, useState } from "react";
import { dragPath, hasDraggedFiles, readDraggedPath } from "@/components/editor/drag-types";
import { useDocumentStates } from "@/components/editor/use-document-states";
import { FileProblems } from "@/components/problems/problem-counts";
import { CHANGE_WORDS, ChangeMark, toMarkColour } from "@/components/source-control/change-mark";
import { Button } from "@/components/ui/button";
import { classNames } from "@/components/ui/class-names";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { FileIcon } from "@/components/ui/file-icon";
import { IconButton } from "@/components/ui/icon-button";
import { Menu } from "@/components/ui/menu";
import { TREE_ROW_HEIGHT, Tree, type TreeItem } from "@/components/ui/tree";
import { useApp, useValue } from "@/components/workbench/app-context";
import { describeError } from "@/lib/client/describe-error";
import type { DocumentState } from "@/lib/client/documents";
import { findActiveTab } from "@/lib/client/editor-groups";
import { isAtOrBelow, joinPath, type TreeRow, toName, toParent, toTreeRows } from "@/lib/client/file-tree";
import { type FileMarkLetter, type FileMarks, toFileMarks } from "@/lib/client/git-file-marks";
import type { Workspace } from "@/lib/client/workspace";
import { collectDroppedFiles } from "./dropped-files";
import { toExplorerMenu } from "./explorer-menu";
import { RepositoryRoots } from "./repository-roots";
import { uploadFiles } from "./upload-files";

interface Row extends TreeItem {
  readonly row: TreeRow;
  readonly path: string;
  /** What git says of the file or the new folder, and what it says of files in the folder. */
  readonly mark?: FileMarkLetter | undefined;
  readonly inside?: FileMarkLetter | undefined;
}

const toItem = (row: TreeRow, marks: FileMarks): Row => {
  if (row.kind === "entry") {
    const { path, name } = row.entry;
    const mark = marks.markOf(path);
    const inside = row.expanded === undefined ? undefined : marks.insideOf(path);
    const description = mark ? CHANGE_WORDS[mark] : inside ? "changes inside" : undefined;
    return { row, path, key: path, label: name, description, depth: row.depth, expanded: row.expanded, mark, inside };
  }
  const label = row.kind === "loading" ? "Loading…" : row.kind === "empty" ? "Empty folder" : "Cannot be read";
  return {
    row,
    path: row.folder,
    key: `${row.kind}:${row.folder}`,
    label,
    depth: row.depth,
    expanded: undefined,
    isNote: true,
  };
};

/** The workspace's files. */
export function Explorer() {
  const app = useApp();
  const workspace = useValue(app.workspace);
  const error = useValue(app.project.state, ({ error }) => error);
  if (!workspace && error !== undefined) return <ErrorState error={error} onRetry={() => app.start()} />;
  if (!workspace) return <TreeSkeleton />;
  return <WorkspaceTree workspace={workspace} />;
}

function WorkspaceTree({ workspace }: { readonly workspace: Workspace }) {
  const app = useApp();
  const { files } = workspace;
  const tree = useValue(files.tree);
  const upload = useValue(files.uploads);
  const documents = useDocumentStates();
  const changes = useValue(app.git.state, ({ status }) => status?.entries);
  const marks = useMemo(() => toFileMarks(changes ?? [], app.git.toWorkspacePath), [changes, app]);
  const activeTab = useValue(app.editors.state, findActiveTab);
  const activePath = activeTab?.kind === "file" ? activeTab.path : undefined;
  const [menu, setMenu] = useState<{ path: string | undefined; at: { x: number; y: number } }>();
  const [dropFolder, setDropFolder] = useState<string>();
  const expandTimer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const items = useMemo(() => toTreeRows(tree).map((row) => toItem(row, marks)), [tree, marks]);
  const root = tree.folders.get("");

  useEffect(() => {
    if (!files.tree.getState().folders.has("")) void files.loadFolder("");
  }, [files]);

  useEffect(() => {
    if (activePath !== undefined) void files.reveal(activePath);
  }, [files, activePath]);

  const failed = (error: unknown) => app.showError(error);
  const folderOf = (path: string): string => {
    const item = items.find(({ key }) => key === path);
    if (!item) return "";
    return item.expanded !== undefined || item.isNote ? item.path : toParent(item.path);
  };
  const onDragOver = (event: DragEvent) => {
    if (readDraggedPath(event) === undefined && !hasDraggedFiles(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = hasDraggedFiles(event) || event.ctrlKey ? "copy" : "move";
    const key =
      event.target instanceof Element ? event.target.closest<HTMLElement>("[data-key]")?.dataset.key : undefined;
    const folder = key === undefined ? "" : folderOf(key);
    if (folder === dropFolder) return;
    setDropFolder(folder);
    clearTimeout(expandTimer.current);
    expandTimer.current = setTimeout(() => {
      if (folder !== "" && !files.tree.getState().expanded.has(folder)) files.expand(folder);
    }, 700);
  };
  const endDrag = () => {
    clearTimeout(expandTimer.current);
    setDropFolder(undefined);
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    const folder = dropFolder ?? "";
    endDrag();
    const path = readDraggedPath(event, true);
    if (path === undefined) {
      void collectDroppedFiles(event.dataTransfer)
        .then((dropped) => uploadFiles(app, workspace, folder, dropped))
        .catch(failed);
    } else if (event.ctrlKey) void files.copy(path, folder).catch(failed);
    else if (toParent(path) !== folder && !isAtOrBelow(folder, path)) {
      void files.move(path, joinPath(folder, toName(path))).catch(failed);
    }
  };

  if (root?.phase === "failed" && root.entries.length === 0) {
    return <ErrorState error={root.error} onRetry={() => files.loadFolder("")} />;
  }
  if (!root || (root.phase === "loading" && root.entries.length === 0)) return <TreeSkeleton />;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a place to drop files; the menu uploads without a mouse
    <div
      className={classNames("flex h-full flex-col", dropFolder === "" && "bg-selected/40")}
      onDragOver={onDragOver}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) endDrag();
      }}
      onDrop={onDrop}
    >
      <RepositoryRoots workspace={workspace} />
      {root.entries.length === 0 ? (
        <EmptyState
          title="The workspace is empty"
          action={
            <>
              <Button size="small" onClick={() => app.commands.execute("file.new")}>
                New file
              </Button>
              <Button size="small" onClick={() => app.commands.execute("explorer.upload")}>
                Upload
              </Button>
            </>
          }
        >
          Make a file, or drop some here.
        </EmptyState>
      ) : (
        <div className="min-h-0 flex-1">
          <Tree
            label="Files"
            items={items}
            selected={tree.selected}
            onSelect={({ path }) => files.select(path)}
            onToggle={({ path }) => files.toggle(path)}
            onOpen={(item, { keep }) => {
              if (item.expanded !== undefined) files.toggle(item.path);
              else app.editors.openFile({ path: item.path }, { preview: !keep, focus: keep });
            }}
            onMenu={(item, at) => setMenu({ path: item?.path, at })}
            onKey={(event, item) => {
              const command = item && toExplorerCommand(event);
              if (command && app.commands.execute(command, item.path)) event.preventDefault();
            }}
          >
            {(item, isSelected) => (
              <RowView
                item={item}
                isSelected={isSelected}
                isActive={item.path === activePath && !item.isNote}
                isDropTarget={dropFolder !== undefined && dropFolder !== "" && isAtOrBelow(item.path, dropFolder)}
                document={documents.get(item.path)}
                hasDirtyInside={
                  item.expanded === false &&
                  [...documents.values()].some(({ dirty, path }) => dirty && isAtOrBelow(path, item.path))
                }
              />
            )}
          </Tree>
        </div>
      )}
      {upload && (
        <div role="status" className="shrink-0 border-t px-3 py-1.5 text-xs text-muted">
          <p className="truncate">
            Uploading {upload.name} ({upload.done + 1} of {upload.total})
          </p>
          <div className="mt-1 h-1 overflow-hidden rounded-full bg-pressed">
            <div className="h-full bg-accent" style={{ width: `${(upload.done / upload.total) * 100}%` }} />
          </div>
        </div>
      )}
      {menu && (
        <Menu
          label={menu.path === undefined ? "Workspace" : toName(menu.path)}
          items={toExplorerMenu(app, workspace, menu.path)}
          at={menu.at}
          onClose={() => setMenu(undefined)}
        />
      )}
    </div>
  );
}

function toExplorerCommand(event: { key: string; ctrlKey: boolean; metaKey: boolean }): string | undefined {
  const ctrl = event.ctrlKey || event.metaKey;
  if (event.key === "F2") return "explorer.rename";
  if (event.key === "Delete") return "explorer.remove";
  if (ctrl && event.key === "c") return "explorer.copy";
  if (ctrl && event.key === "x") return "explorer.cut";
  if (ctrl && event.key === "v") return "explorer.paste";
  return undefined;
}

function RowView({
  item,
  isSelected,
  isActive,
  isDropTarget,
  document,
  hasDirtyInside,
}: {
  readonly item: Row;
  readonly isSelected: boolean;
  readonly isActive: boolean;
  readonly isDropTarget: boolean;
  readonly document: DocumentState | undefined;
  readonly hasDirtyInside: boolean;
}) {
  const { row, mark, inside } = item;
  const indent = 8 + item.depth * 12;
  if (row.kind !== "entry") {
    return (
      <div
        className="flex h-full items-center gap-2 truncate text-xs text-faint italic"
        style={{ paddingLeft: indent + 22 }}
        title={row.kind === "failed" ? describeError(row.error).title : undefined}
      >
        {row.kind === "failed" ? describeError(row.error).title : item.label}
      </div>
    );
  }
  const isFolder = row.expanded !== undefined;
  const conflict = document && document.disk !== "same";
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dragging has its keys: cut and paste
    <div
      draggable
      onDragStart={(event) => dragPath(event, item.path)}
      className={classNames(
        "relative flex h-full items-center gap-1.5 pr-2 select-none",
        isDropTarget ? "bg-selected" : isSelected ? "bg-pressed group-focus/tree:bg-selected" : "hover:bg-hover",
        isSelected &&
          "group-focus-visible/tree:outline-1 group-focus-visible/tree:-outline-offset-1 group-focus-visible/tree:outline-accent",
      )}
      style={{ paddingLeft: indent }}
    >
      {Array.from({ length: item.depth }, (_, level) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: a guide is its level
          key={level}
          aria-hidden
          className="absolute inset-y-0 w-px bg-line"
          style={{ left: 15 + level * 12 }}
        />
      ))}
      <ChevronRight
        size={14}
        aria-hidden
        className={classNames("shrink-0 text-faint", row.expanded && "rotate-90", !isFolder && "invisible")}
      />
      {isFolder ? (
        row.expanded ? (
          <FolderOpen size={14} className="shrink-0 text-muted" aria-hidden />
        ) : (
          <Folder size={14} className="shrink-0 text-muted" aria-hidden />
        )
      ) : (
        <FileIcon path={item.path} isLink={row.entry.kind === "link"} />
      )}
      <span
        className={classNames(
          "min-w-0 flex-1 truncate",
          isActive && "font-medium",
          conflict ? "text-warn" : toMarkColour(mark ?? inside),
        )}
      >
        {row.entry.name}
      </span>
      {!isFolder && <FileProblems path={item.path} />}
      {mark && (
        <span aria-hidden>
          <ChangeMark letter={mark} />
        </span>
      )}
      {(document?.dirty || hasDirtyInside) && (
        <span
          className="shrink-0 text-2xs text-warn"
          data-tip={hasDirtyInside ? "Unsaved changes inside" : "Unsaved changes"}
        >
          <span aria-hidden>●</span>
          <span className="sr-only">unsaved</span>
        </span>
      )}
      {conflict && (
        <span
          className="shrink-0 text-2xs text-warn"
          data-tip={`${document.disk === "removed" ? "Removed" : "Changed"} on disk`}
        >
          !
        </span>
      )}
    </div>
  );
}

/** The buttons of the explorer's header. */
export function ExplorerActions() {
  const app = useApp();
  const workspace = useValue(app.workspace);
  const run = (command: string) => () => app.commands.execute(command);
  return (
    <>
      <IconButton label="New file" keys="Alt+N" onClick={run("file.new")}>
        <FilePlus size={15} />
      </IconButton>
      <IconButton label="New folder" onClick={run("explorer.newFolder")}>
        <FolderPlus size={15} />
      </IconButton>
      <IconButton label="Upload files" onClick={run("explorer.upload")}>
        <Upload size={15} />
      </IconButton>
      <IconButton label="Read again" onClick={() => void workspace?.files.refreshAll()}>
        <RefreshCw size={14} />
      </IconButton>
      <IconButton label="Close all folders" onClick={() => workspace?.files.collapseAll()}>
        <CopyMinus size={15} />
      </IconButton>
    </>
  );
}

const WIDTHS = [46, 62, 38, 55, 70, 42, 50];

function TreeSkeleton() {
  return (
    <div role="status" aria-label="Loading the files" className="px-4 pt-1">
      {WIDTHS.map((width, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are decoration and never change
        <div key={index} className="flex items-center" style={{ height: TREE_ROW_HEIGHT }}>
          <div className="skeleton h-2.5" style={{ width: `${width}%` }} />
        </div>
      ))}
    </div>
  );
}
