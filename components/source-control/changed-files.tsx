"use client";
import { useMemo, useState } from "react";
import { classNames } from "@/components/ui/class-names";
import { FileIcon } from "@/components/ui/file-icon";
import { Menu } from "@/components/ui/menu";
import { Tree, type TreeItem } from "@/components/ui/tree";
import { useApp } from "@/components/workbench/app-context";
import { toName, toParent } from "@/lib/client/file-tree";
import type { GitChange } from "@/lib/protocol/git";
import { ChangeMark, toLetter } from "./change-mark";
import { openFileHistory } from "./commit-actions";

type Row = TreeItem & { readonly change: GitChange };

/** Files that differ between two states; a click opens the difference. */
export function ChangedFiles(props: {
  readonly label: string;
  readonly changes: readonly GitChange[];
  readonly onOpen: (change: GitChange) => void;
}) {
  const app = useApp();
  const { changes, onOpen } = props;
  const [selected, setSelected] = useState<string>();
  const [menu, setMenu] = useState<{ change: GitChange; at: { x: number; y: number } }>();
  const rows = useMemo(
    () =>
      changes.map(
        (change): Row => ({
          key: change.path,
          label: toName(change.path),
          depth: 0,
          expanded: undefined,
          change,
        }),
      ),
    [changes],
  );
  const place = ({ path }: GitChange): string => app.git.toWorkspacePath(path);
  return (
    <>
      <Tree
        label={props.label}
        items={rows}
        selected={selected}
        onSelect={({ key }) => setSelected(key)}
        onToggle={() => undefined}
        onOpen={({ change }) => onOpen(change)}
        onMenu={(row, at) => row && setMenu({ change: row.change, at })}
      >
        {({ change }, isSelected) => (
          <div
            title={change.from ? `${change.from} → ${change.path}` : change.path}
            className={classNames(
              "flex h-full items-center gap-1.5 px-3 text-xs",
              isSelected ? "bg-selected" : "hover:bg-hover",
            )}
          >
            <FileIcon path={change.path} />
            <span className={classNames("min-w-0 truncate", change.kind === "deleted" && "line-through")}>
              {toName(change.path)}
            </span>
            <span className="min-w-0 flex-1 truncate text-faint">
              {change.from ? `← ${change.from}` : toParent(change.path)}
            </span>
            <ChangeMark letter={toLetter(change.kind)} />
          </div>
        )}
      </Tree>
      {menu && (
        <Menu
          label={menu.change.path}
          items={[
            { title: "Open the difference", keys: "Enter", run: () => onOpen(menu.change) },
            { title: "Open the file as it is now", run: () => app.editors.openFile({ path: place(menu.change) }) },
            { title: "File history", run: () => openFileHistory(app, menu.change.path) },
            "separator",
            { title: "Copy path", run: () => navigator.clipboard.writeText(place(menu.change)) },
          ]}
          at={menu.at}
          onClose={() => setMenu(undefined)}
        />
      )}
    </>
  );
}
