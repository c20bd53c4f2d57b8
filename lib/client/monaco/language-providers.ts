/**
 * Monaco's questions, asked of the language service and answered in Monaco's shapes.
 *
 * Thin on purpose: nothing here knows what a profile is. A question that the service does not answer is answered with
 * nothing, so that the editor goes on without it.
 */
import type * as lsp from "vscode-languageserver-protocol";
import type { Disposable } from "@/lib/base/disposable";
import { fromDocumentUri, type LanguageClient, LanguageRefusal, toDocumentUri } from "../language";
import {
  rangesMeet,
  toCompletion,
  toDocumentation,
  toLspPosition,
  toLspRange,
  toMonacoPosition,
  toMonacoRange,
  toPageLinks,
  toSymbol,
} from "./language-conversion";
import type { LanguageDocuments } from "./language-documents";
import type { LanguagePage } from "./language-page";
import type { EditorModel } from "./text-buffers";

type Token = import("monaco-editor/editor").CancellationToken;
type Position = import("monaco-editor/editor").Position;
type Location = import("monaco-editor/editor").languages.Location;
type Listener = import("monaco-editor/editor").IEvent<never>;

/** References in templates, scripts and JSON are the service's too. */
const ANY = [{ scheme: "file" }];
const PROFILES = "buildout";

export const ACTION_COMMAND = "webrunner.languageAction";
export const LENS_COMMAND = "webrunner.languageLens";

export function registerProviders(
  page: LanguagePage,
  client: LanguageClient,
  documents: LanguageDocuments,
): Disposable {
  const { monaco } = page;
  const { languages } = monaco;

  const ask = async <T>(method: string, model: EditorModel, params: object, token?: Token): Promise<T | undefined> => {
    const path = documents.pathOf(model);
    if (path === undefined) return undefined;
    const abort = new AbortController();
    const cancelling = token?.onCancellationRequested(() => abort.abort());
    try {
      return await client.request<T>(method, { textDocument: { uri: toDocumentUri(path) }, ...params }, abort.signal);
    } finally {
      cancelling?.dispose();
    }
  };
  const at = (position: Position): { position: lsp.Position } => ({ position: toLspPosition(position) });
  const toLocations = async (found: readonly lsp.Location[] | undefined): Promise<Location[]> => {
    const inWorkspace = (found ?? []).filter(({ uri }) => fromDocumentUri(uri) !== undefined);
    await documents.ensureModels(inWorkspace.map(({ uri }) => fromDocumentUri(uri)!));
    return inWorkspace.map(({ uri, range }) => ({
      uri: documents.fromServiceUri(uri),
      range: toMonacoRange(range),
    }));
  };

  /** What depends on other files is asked for again when a text has changed and the service had time to read it. */
  const staleness = new monaco.Emitter<never>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const unsubscribe = client.revision.subscribe(() => {
    clearTimeout(timer);
    timer = setTimeout(() => staleness.fire(undefined as never), STALE_MS);
  });
  const onStale = staleness.event as Listener;
  const legend = () => {
    const provider = client.state.getState().capabilities?.semanticTokensProvider;
    return provider?.legend ?? { tokenTypes: [], tokenModifiers: [] };
  };

  /** Suggestions whose documentation the service has when it is asked for. */
  const undescribed = new WeakMap<object, lsp.CompletionItem>();

  const registrations = [
    languages.registerCompletionItemProvider(ANY, {
      triggerCharacters: ["{", ":", "=", "/", "<", "."],
      async provideCompletionItems(model, position, _context, token) {
        const found = await ask<lsp.CompletionList>("textDocument/completion", model, at(position), token);
        const word = model.getWordUntilPosition(position);
        const fallback = {
          startLineNumber: position.lineNumber,
          endLineNumber: position.lineNumber,
          startColumn: word.startColumn,
          endColumn: position.column,
        };
        return {
          suggestions: (found?.items ?? []).map((item) => {
            const suggestion = toCompletion(monaco, item, fallback);
            if (item.data !== undefined) undescribed.set(suggestion, item);
            return suggestion;
          }),
        };
      },
      async resolveCompletionItem(suggestion) {
        const item = undescribed.get(suggestion);
        const found = item && (await client.request<lsp.CompletionItem>("completionItem/resolve", item));
        return found ? { ...suggestion, documentation: toDocumentation(found) } : suggestion;
      },
    }),
    languages.registerHoverProvider(ANY, {
      async provideHover(model, position, token) {
        const found = await ask<lsp.Hover>("textDocument/hover", model, at(position), token);
        if (!found || typeof found.contents !== "object" || !("kind" in found.contents)) return undefined;
        return {
          contents: [{ value: toPageLinks(found.contents.value) }],
          ...(found.range ? { range: toMonacoRange(found.range) } : {}),
        };
      },
    }),
    languages.registerDefinitionProvider(ANY, {
      provideDefinition: async (model, position, token) =>
        toLocations(await ask<lsp.Location[]>("textDocument/definition", model, at(position), token)),
    }),
    languages.registerReferenceProvider(ANY, {
      provideReferences: async (model, position, context, token) =>
        toLocations(await ask<lsp.Location[]>("textDocument/references", model, { ...at(position), context }, token)),
    }),
    languages.registerDocumentHighlightProvider(ANY, {
      async provideDocumentHighlights(model, position, token) {
        const found = await ask<lsp.DocumentHighlight[]>("textDocument/documentHighlight", model, at(position), token);
        return found?.map(({ range }) => ({ range: toMonacoRange(range) }));
      },
    }),
    languages.registerRenameProvider(ANY, {
      async resolveRenameLocation(model, position, token) {
        const found = await ask<{ range: lsp.Range; placeholder: string }>(
          "textDocument/prepareRename",
          model,
          at(position),
          token,
        );
        if (found) return { range: toMonacoRange(found.range), text: found.placeholder };
        const { lineNumber, column } = position;
        const range = {
          startLineNumber: lineNumber,
          endLineNumber: lineNumber,
          startColumn: column,
          endColumn: column,
        };
        return { range, text: "", rejectReason: "This cannot be renamed." };
      },
      async provideRenameEdits(model, position, newName) {
        const path = documents.pathOf(model);
        if (path === undefined) return { edits: [] };
        try {
          const edit = await client.requestOrRefuse<lsp.WorkspaceEdit>("textDocument/rename", {
            textDocument: { uri: toDocumentUri(path) },
            ...at(position),
            newName,
          });
          // Monaco would refuse files that have no model, so the page makes the edit.
          if (edit) await documents.apply(edit, `Rename to ${newName}`);
          return { edits: [] };
        } catch (error) {
          if (!(error instanceof LanguageRefusal)) throw error;
          return { edits: [], rejectReason: error.message };
        }
      },
    }),
    languages.registerCodeActionProvider(ANY, {
      async provideCodeActions(model, range, context, token) {
        const path = documents.pathOf(model);
        const asked = toLspRange(range);
        const known = (path === undefined ? undefined : client.diagnostics.getState().get(path)) ?? [];
        const diagnostics = known.filter((found) => rangesMeet(found.range, asked));
        const found = await ask<lsp.CodeAction[]>(
          "textDocument/codeAction",
          model,
          { range: asked, context: { diagnostics, ...(context.only ? { only: [context.only] } : {}) } },
          token,
        );
        const actions = (found ?? []).map((action) => ({
          title: action.title,
          kind: action.kind,
          isPreferred: action.isPreferred,
          diagnostics: context.markers.filter((marker) =>
            action.diagnostics?.some(
              (one) => rangesMeet(one.range, toLspRange(marker)) && one.message === marker.message,
            ),
          ),
          command: { id: ACTION_COMMAND, title: action.title, arguments: [action] },
        }));
        return { actions, dispose: () => undefined };
      },
    }),
    languages.registerLinkProvider(ANY, {
      async provideLinks(model, token) {
        const found = await ask<lsp.DocumentLink[]>("textDocument/documentLink", model, {}, token);
        const links = (found ?? []).map(({ range, target, tooltip }) => ({
          range: toMonacoRange(range),
          ...(target ? { url: documents.fromServiceUri(target) } : {}),
          tooltip,
        }));
        return { links };
      },
    }),
    languages.registerDocumentSymbolProvider(PROFILES, {
      displayName: "Sections",
      async provideDocumentSymbols(model, token) {
        const found = await ask<lsp.DocumentSymbol[]>("textDocument/documentSymbol", model, {}, token);
        return found?.map(toSymbol);
      },
    }),
    languages.registerDocumentSemanticTokensProvider(PROFILES, {
      getLegend: legend,
      async provideDocumentSemanticTokens(model, _last, token) {
        const found = await ask<lsp.SemanticTokens>("textDocument/semanticTokens/full", model, {}, token);
        return found && { data: Uint32Array.from(found.data) };
      },
      releaseDocumentSemanticTokens: () => undefined,
    }),
    languages.registerInlayHintsProvider(PROFILES, {
      onDidChangeInlayHints: onStale,
      async provideInlayHints(model, range, token) {
        const found = await ask<lsp.InlayHint[]>("textDocument/inlayHint", model, { range: toLspRange(range) }, token);
        const hints = (found ?? []).map(({ position, label, tooltip }) => ({
          position: toMonacoPosition(position),
          label: typeof label === "string" ? label : label.map(({ value }) => value).join(""),
          tooltip: typeof tooltip === "string" ? tooltip : undefined,
          kind: languages.InlayHintKind.Type,
          paddingLeft: true,
        }));
        return { hints, dispose: () => undefined };
      },
    }),
    languages.registerCodeLensProvider(PROFILES, {
      onDidChange: onStale,
      async provideCodeLenses(model, token) {
        const found = await ask<lsp.CodeLens[]>("textDocument/codeLens", model, {}, token);
        const lenses = (found ?? [])
          .filter(({ command }) => command)
          .map((lens) => ({
            range: toMonacoRange(lens.range),
            command: { id: LENS_COMMAND, title: lens.command!.title, arguments: [lens.command] },
          }));
        return { lenses, dispose: () => undefined };
      },
    }),
    languages.registerSelectionRangeProvider(PROFILES, {
      async provideSelectionRanges(model, positions, token) {
        const asked = { positions: positions.map(toLspPosition) };
        const found = await ask<lsp.SelectionRange[]>("textDocument/selectionRange", model, asked, token);
        return found?.map((chain) => {
          const ranges: { range: ReturnType<typeof toMonacoRange> }[] = [];
          for (let step: lsp.SelectionRange | undefined = chain; step; step = step.parent)
            ranges.push({ range: toMonacoRange(step.range) });
          return ranges;
        });
      },
    }),
    languages.registerDocumentFormattingEditProvider(PROFILES, {
      async provideDocumentFormattingEdits(model, options, token) {
        const found = await ask<lsp.TextEdit[]>("textDocument/formatting", model, { options }, token);
        return found?.map(({ range, newText }) => ({ range: toMonacoRange(range), text: newText }));
      },
    }),
    languages.registerDocumentRangeFormattingEditProvider(PROFILES, {
      async provideDocumentRangeFormattingEdits(model, range, options, token) {
        const asked = { range: toLspRange(range), options };
        const found = await ask<lsp.TextEdit[]>("textDocument/rangeFormatting", model, asked, token);
        return found?.map(({ range: where, newText }) => ({ range: toMonacoRange(where), text: newText }));
      },
    }),
  ];
  return {
    dispose() {
      unsubscribe();
      clearTimeout(timer);
      staleness.dispose();
      for (const registration of registrations) registration.dispose();
    },
  };
}

/** After the last key, so that lenses do not dance while one types. */
const STALE_MS = 400;
