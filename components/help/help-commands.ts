import type { ClientApp } from "@/lib/client/app";
import type { Command } from "@/lib/client/commands";

export const KEYS_VIEW = "keys";

export function helpCommands(app: ClientApp): readonly Command[] {
  return [
    {
      id: "help.keys",
      category: "Help",
      title: "Keyboard shortcuts",
      run: () => app.editors.openView(KEYS_VIEW, "all", "Keyboard shortcuts"),
    },
  ];
}
