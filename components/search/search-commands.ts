import type { ClientApp } from "@/lib/client/app";
import type { Command } from "@/lib/client/commands";
import { SEARCH_VIEW } from "@/lib/client/file-search";

/** Finding and replacing in all files, with what is selected in the editor. */
export function searchCommands(app: ClientApp): readonly Command[] {
  const show = (replaces: boolean): void => {
    app.layout.showSideView(SEARCH_VIEW);
    if (replaces) app.fileSearch.showReplace(true);
    app.fileSearch.askFocus(app.editors.cursor.getState()?.selectedText);
  };
  return [
    { id: "view.search", category: "Search", title: "Find in files", run: () => show(false) },
    { id: "search.replace", category: "Search", title: "Replace in files", run: () => show(true) },
  ];
}
