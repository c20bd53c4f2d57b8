"use client";
import { useEffect, useState } from "react";
import type { DocumentSymbol, SymbolInformation } from "vscode-languageserver-protocol";
import type { ClientApp } from "@/lib/client/app";
import { findActiveTab } from "@/lib/client/editor-groups";
import { fromDocumentUri, toDocumentUri } from "@/lib/client/language";
import type { PaletteChoice } from "@/lib/client/palette";

/** Sections of the open file after `@`, of the workspace after `#`; undefined while they are asked for. */
export function useSections(app: ClientApp, query: string): readonly PaletteChoice[] | undefined {
  const [found, setFound] = useState<readonly PaletteChoice[]>();
  const isHere = query.startsWith("@");
  const wanted = isHere ? "@" : query.startsWith("#") ? query : undefined;
  useEffect(() => {
    if (wanted === undefined) return;
    const abort = new AbortController();
    const ask = isHere ? listOfFile(app, abort.signal) : listOfWorkspace(app, wanted, abort.signal);
    void ask.then((choices) => {
      if (!abort.signal.aborted) setFound(choices);
    });
    return () => abort.abort();
  }, [app, isHere, wanted]);
  return found;
}

async function listOfFile(app: ClientApp, signal: AbortSignal): Promise<readonly PaletteChoice[]> {
  const tab = findActiveTab(app.editors.state.getState());
  if (tab?.kind !== "file") return [];
  const { path } = tab;
  const symbols = await app.language
    .getState()
    ?.request<DocumentSymbol[]>("textDocument/documentSymbol", { textDocument: { uri: toDocumentUri(path) } }, signal);
  return (symbols ?? []).map(({ name, detail, selectionRange: { start } }) => ({
    title: name,
    detail,
    run: () => app.editors.openFile({ path, line: start.line + 1, column: start.character + 1 }),
  }));
}

async function listOfWorkspace(app: ClientApp, query: string, signal: AbortSignal): Promise<readonly PaletteChoice[]> {
  const symbols = await app.language.getState()?.request<SymbolInformation[]>("workspace/symbol", { query }, signal);
  return (symbols ?? []).flatMap(({ name, containerName, location: { uri, range } }) => {
    const path = fromDocumentUri(uri);
    if (path === undefined) return [];
    const { line, character } = range.start;
    const run = (): void => app.editors.openFile({ path, line: line + 1, column: character + 1 });
    return [{ title: name, detail: containerName, run }];
  });
}
