import type { MenuItem } from "@/components/ui/menu";
import type { ClientApp } from "@/lib/client/app";
import type { Workspace } from "@/lib/client/workspace";

/** The menu of a file, a folder, or the empty place below them. */
export function toExplorerMenu(app: ClientApp, workspace: Workspace, path: string | undefined): readonly MenuItem[] {
  const run = (command: string) => () => app.commands.execute(command, path);
  const entry = path === undefined ? undefined : workspace.files.find(path);
  const isFolder = path === undefined || entry?.kind === "directory";
  const canPaste = app.commands.state.getState().get("explorer.paste")?.isEnabled?.() ?? false;
  const creating: MenuItem[] = [
    { title: "New file…", keys: "Alt+N", run: run("file.new") },
    { title: "New folder…", run: run("explorer.newFolder") },
    { title: "Upload files…", run: run("explorer.upload") },
  ];
  if (path === undefined) {
    return [
      ...creating,
      "separator",
      { title: "Paste", keys: "Ctrl+V", disabled: !canPaste, run: run("explorer.paste") },
    ];
  }
  return [
    ...(isFolder
      ? [...creating, "separator" as const]
      : [
          { title: "Open", keys: "Enter", run: () => app.editors.openFile({ path }) },
          { title: "Open to the side", run: run("explorer.openToSide") },
          "separator" as const,
        ]),
    { title: "Cut", keys: "Ctrl+X", run: run("explorer.cut") },
    { title: "Copy", keys: "Ctrl+C", run: run("explorer.copy") },
    ...(isFolder ? [{ title: "Paste", keys: "Ctrl+V", disabled: !canPaste, run: run("explorer.paste") }] : []),
    { title: "Copy path", run: () => navigator.clipboard.writeText(path) },
    { title: "Download", run: run("explorer.download") },
    "separator",
    { title: "Rename…", keys: "F2", run: run("explorer.rename") },
    { title: "Move…", run: run("explorer.move") },
    { title: "Delete…", keys: "Delete", danger: true, run: run("explorer.remove") },
  ];
}
