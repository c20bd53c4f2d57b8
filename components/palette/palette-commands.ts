import type { ClientApp } from "@/lib/client/app";
import type { Command } from "@/lib/client/commands";

export function paletteCommands(app: ClientApp): readonly Command[] {
  return [
    { id: "palette.show", title: "Show all commands", isHidden: true, run: () => app.palette.show(">") },
    { id: "palette.openFile", category: "File", title: "Open file…", run: () => app.palette.show("") },
    { id: "palette.goToLine", category: "Editor", title: "Go to line…", run: () => app.palette.show(":") },
  ];
}
