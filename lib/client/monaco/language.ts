/** The language service in Monaco: documents, diagnostics, providers, and what their actions do. */
import type * as lsp from "vscode-languageserver-protocol";
import type { Disposable } from "@/lib/base/disposable";
import { fromDocumentUri, type LanguageClient } from "../language";
import { toMarker } from "./language-conversion";
import { createLanguageDocuments } from "./language-documents";
import type { LanguagePage } from "./language-page";
import { ACTION_COMMAND, LENS_COMMAND, registerProviders } from "./language-providers";
import { runPart } from "./run-part";

const MARKER_OWNER = "language";

export function attachLanguage(page: LanguagePage, client: LanguageClient): Disposable {
  const { monaco, editors, palette } = page;
  const documents = createLanguageDocuments(page, client);

  /** Registered anew with each session: Monaco then asks again for what it was not answered. */
  let providers: Disposable | undefined;
  const provide = (): void => {
    if (client.state.getState().phase !== "ready") return;
    providers?.dispose();
    providers = registerProviders(page, client, documents);
  };
  const unsubscribeState = client.state.subscribe(provide);
  provide();

  const marked = new Set<string>();
  const mark = (): void => {
    const all = client.diagnostics.getState();
    for (const path of new Set([...marked, ...all.keys()])) {
      const model = documents.modelOf(path);
      const found = all.get(path) ?? [];
      if (found.length > 0) marked.add(path);
      else marked.delete(path);
      if (!model) continue;
      const markers = found.map((one) => toMarker(monaco, one, documents.fromServiceUri));
      monaco.editor.setModelMarkers(model, MARKER_OWNER, markers);
    }
  };
  const unsubscribe = client.diagnostics.subscribe(mark);
  mark();

  const openPlace = (uri: string, start: lsp.Position): void => {
    const path = fromDocumentUri(uri);
    if (path !== undefined) editors.openFile({ path, line: start.line + 1, column: start.character + 1 });
  };

  const act = async (action: lsp.CodeAction): Promise<void> => {
    const chosen =
      action.data === undefined
        ? action
        : ((await client.request<lsp.CodeAction>("codeAction/resolve", action)) ?? action);
    if (chosen.edit) await documents.apply(chosen.edit, chosen.title);
    // The lines are gone; what they were for is a setting of the project now.
    const hack = action.diagnostics?.find(({ code }) => code === "recipe/clone-hack");
    if (hack) {
      page.commands.execute("recipe.convert", (hack.data as { url?: unknown } | undefined)?.url);
      return;
    }
    const [target] = chosen.command?.arguments ?? [];
    if (typeof target !== "string") return;
    if (/^https?:/.test(target)) window.open(target, "_blank", "noopener,noreferrer");
    else openPlace(target, { line: 0, character: 0 });
  };

  const follow = ({ command, arguments: args = [], title }: lsp.Command): void => {
    if (command === "webrunner.open") {
      const [uri, range] = args as [string, lsp.Range];
      openPlace(uri, range.start);
    } else if (command === "webrunner.runPart") {
      const [uri, part] = args as [string, string];
      void runPart(page, client, uri, part).catch(page.showError);
    } else if (command === "webrunner.showReferences") {
      const [, , locations] = args as [string, lsp.Position, readonly lsp.Location[]];
      palette.choose(
        title,
        locations.flatMap(({ uri, range }) => {
          const path = fromDocumentUri(uri);
          const run = (): void => openPlace(uri, range.start);
          return path === undefined ? [] : [{ title: path, detail: `line ${range.start.line + 1}`, run }];
        }),
      );
    }
  };

  const commands = [
    monaco.editor.registerCommand(ACTION_COMMAND, (_accessor, action: lsp.CodeAction) => void act(action)),
    monaco.editor.registerCommand(LENS_COMMAND, (_accessor, command: lsp.Command) => follow(command)),
  ];
  const editing = client.onApplyEdit.on(({ edit, label }) => void documents.apply(edit, label ?? "Edit"));

  return {
    dispose() {
      editing.dispose();
      unsubscribe();
      for (const command of commands) command.dispose();
      unsubscribeState();
      providers?.dispose();
      documents.dispose();
    },
  };
}
