import type { ClientApp } from "@/lib/client/app";
import type { Command } from "@/lib/client/commands";
import { splitGroup } from "@/lib/client/editor-groups";
import { checkName, isAtOrBelow, joinPath, toName, toParent } from "@/lib/client/file-tree";
import type { Workspace } from "@/lib/client/workspace";
import { chooseFiles, uploadFiles } from "./upload-files";

interface Clipboard {
  readonly path: string;
  readonly cut: boolean;
}

/** What can be done to files. Each acts on the path it is given, or on the one that is selected. */
export function explorerCommands(app: ClientApp): readonly Command[] {
  let clipboard: Clipboard | undefined;
  const workspace = (): Workspace | undefined => app.workspace.getState();
  const onPath = (run: (path: string, workspace: Workspace) => unknown) => async (argument: unknown) => {
    const here = workspace();
    const path = typeof argument === "string" ? argument : here?.files.tree.getState().selected;
    if (here && path) await run(path, here);
  };
  /** The folder that new things go to. */
  const toFolder = (argument: unknown): string => {
    const files = workspace()?.files;
    const path = typeof argument === "string" ? argument : (files?.tree.getState().selected ?? "");
    return files?.find(path)?.kind === "directory" ? path : toParent(path);
  };
  const create = async (kind: "file" | "directory", argument: unknown): Promise<void> => {
    const here = workspace();
    if (!here) return;
    const folder = toFolder(argument);
    const name = await app.dialogs.askText({
      title: kind === "file" ? "New file" : "New folder",
      label: folder === "" ? "Name; a / makes folders on the way" : `Name in ${folder}; a / makes folders on the way`,
      value: "",
      confirm: "Create",
      check: (text) => checkName(text, { allowFolders: true }),
    });
    if (name === undefined) return;
    const path = joinPath(folder, name);
    await here.files.create(path, kind);
    if (kind === "file") app.editors.openFile({ path });
  };

  return [
    { id: "file.new", category: "File", title: "New file…", run: (argument) => create("file", argument) },
    {
      id: "explorer.newFolder",
      category: "File",
      title: "New folder…",
      run: (argument) => create("directory", argument),
    },
    {
      id: "explorer.upload",
      category: "File",
      title: "Upload files…",
      run: async (argument) => {
        const here = workspace();
        if (here) await uploadFiles(app, here, toFolder(argument), await chooseFiles());
      },
    },
    {
      id: "explorer.rename",
      category: "File",
      title: "Rename…",
      run: onPath(async (path, { files }) => {
        const name = toName(path);
        const next = await app.dialogs.askText({
          title: `Rename ${name}`,
          label: "New name",
          value: name,
          selectTo: Math.max(name.indexOf(".", 1), 0) || name.length,
          confirm: "Rename",
          check: (text) => checkName(text, { allowFolders: false }),
        });
        if (next !== undefined) await files.move(path, joinPath(toParent(path), next));
      }),
    },
    {
      id: "explorer.move",
      category: "File",
      title: "Move…",
      run: onPath(async (path, { files }) => {
        const next = await app.dialogs.askText({
          title: `Move ${toName(path)}`,
          label: "New path in the workspace",
          value: path,
          selectTo: toParent(path).length,
          confirm: "Move",
          check: (text) =>
            checkName(text, { allowFolders: true }) ??
            (text !== path && isAtOrBelow(text, path) ? "A folder cannot go into itself." : undefined),
        });
        if (next !== undefined) await files.move(path, next);
      }),
    },
    {
      id: "explorer.remove",
      category: "File",
      title: "Delete…",
      run: onPath(async (path, { files }) => {
        const isFolder = files.find(path)?.kind === "directory";
        const answer = await app.dialogs.choose({
          title: `Delete ${toName(path)}?`,
          detail: `${isFolder ? "The folder and everything in it" : "The file"} is removed from the workspace. What was there stays in the local history.`,
          choices: [{ id: "delete", title: "Delete", danger: true }],
        });
        if (answer === "delete") await files.remove(path);
      }),
    },
    {
      id: "explorer.download",
      category: "File",
      title: "Download",
      run: onPath((path, { files }) => {
        const link = document.createElement("a");
        link.href = files.downloadUrl(path);
        link.download = "";
        link.click();
      }),
    },
    { id: "explorer.copy", title: "Copy file", isHidden: true, run: onPath((path) => remember({ path, cut: false })) },
    { id: "explorer.cut", title: "Cut file", isHidden: true, run: onPath((path) => remember({ path, cut: true })) },
    {
      id: "explorer.paste",
      title: "Paste file",
      isHidden: true,
      isEnabled: () => clipboard !== undefined,
      run: async (argument) => {
        const here = workspace();
        if (!here || !clipboard) return;
        const folder = toFolder(argument);
        const { path, cut } = clipboard;
        if (!cut) return void (await here.files.copy(path, folder));
        clipboard = undefined;
        if (toParent(path) !== folder) await here.files.move(path, joinPath(folder, toName(path)));
      },
    },
    {
      id: "explorer.openToSide",
      title: "Open to the side",
      isHidden: true,
      run: onPath((path) => {
        app.editors.change(splitGroup);
        app.editors.openFile({ path });
      }),
    },
    {
      id: "explorer.reveal",
      category: "File",
      title: "Show the open file in the explorer",
      run: async (argument) => {
        const tab = app.editors.state
          .getState()
          .groups.flatMap(({ tabs, active }) => tabs.filter(({ id }) => id === active))[0];
        const path = typeof argument === "string" ? argument : tab?.kind === "file" ? tab.path : undefined;
        if (path === undefined) return;
        app.layout.showSideView("explorer");
        await workspace()?.files.reveal(path);
        if (workspace()?.files.find(path)?.kind === "directory") workspace()?.files.expand(path);
      },
    },
  ];

  function remember(next: Clipboard): void {
    clipboard = next;
  }
}
