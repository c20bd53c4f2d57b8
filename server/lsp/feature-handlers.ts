/** Requests of the protocol, each answered by one question to the language service. */

import type { Connection } from "vscode-languageserver";
import {
  type CodeAction,
  type CodeActionKind,
  ErrorCodes,
  FoldingRangeKind,
  InlayHintKind,
  MarkupKind,
  type Position,
  ResponseError,
  type SelectionRange,
  SymbolKind,
} from "vscode-languageserver-protocol";
import type { CallItem, CodeActionAnswer, DescribedName, FileEdit } from "@/lib/language/answers";
import type { LanguageSession } from "./language-connection";
import {
  toCallItem,
  toCodeLens,
  toCompletionItem,
  toDocumentSymbol,
  toLocation,
  toSemanticTokens,
  toWorkspaceEdit,
} from "./to-protocol";

/** How long an answer waits for profiles from the web. */
const WEB_WAIT_MS = 1_500;

export function registerFeatures(connection: Connection, session: LanguageSession): void {
  const { service, context } = session;
  const { positions } = context;

  interface At {
    readonly textDocument: { readonly uri: string };
    readonly position: Position;
  }
  const locate = ({ textDocument, position }: At): [path: string, offset: number] => {
    const path = session.toPath(textDocument.uri);
    return [path, positions.toOffset(context.source(path), position)];
  };
  const whenReady = async (path: string): Promise<void> => {
    if (service.missingUrls(path).length === 0) return;
    await Promise.race([session.ready(path), new Promise((resolve) => setTimeout(resolve, WEB_WAIT_MS).unref())]);
  };

  connection.onCompletion(async (params) => {
    const [path, offset] = locate(params);
    await whenReady(path);
    await service.prepareCompletion(path, offset);
    const source = context.source(path);
    const items = service.complete(path, offset).map((item) => toCompletionItem(context, source, item));
    return { isIncomplete: false, items };
  });
  connection.onCompletionResolve((item) => {
    const described = item.data as DescribedName | undefined;
    const markdown = item.documentation === undefined && described ? service.describe(described) : undefined;
    return markdown ? { ...item, documentation: { kind: MarkupKind.Markdown, value: markdown } } : item;
  });
  connection.onHover(async (params) => {
    const [path, offset] = locate(params);
    await whenReady(path);
    const hover = service.hover(path, offset);
    return hover
      ? {
          contents: { kind: MarkupKind.Markdown, value: hover.markdown },
          range: positions.toRange(context.source(path), hover.range),
        }
      : null;
  });
  connection.onDefinition(async (params) => {
    const [path, offset] = locate(params);
    await whenReady(path);
    return service.definition(path, offset).map((location) => toLocation(context, location));
  });
  connection.onReferences((params) =>
    service
      .references(...locate(params), params.context.includeDeclaration)
      .map((location) => toLocation(context, location)),
  );
  connection.onDocumentHighlight((params) => {
    const [path, offset] = locate(params);
    const source = context.source(path);
    return service.highlights(path, offset).map((range) => ({ range: positions.toRange(source, range) }));
  });
  connection.onDocumentSymbol(({ textDocument }) => {
    const path = session.toPath(textDocument.uri);
    const source = context.source(path);
    return service.symbols(path).map((symbol) => toDocumentSymbol(context, source, symbol));
  });
  const kinds = { part: SymbolKind.Class, section: SymbolKind.Namespace, file: SymbolKind.File };
  connection.onWorkspaceSymbol(({ query }) =>
    service.workspaceSymbols(query).map((symbol) => ({
      name: symbol.name,
      kind: kinds[symbol.kind],
      containerName: symbol.container,
      location: toLocation(context, symbol.location),
    })),
  );
  connection.onDocumentLinks(({ textDocument }) => {
    const path = session.toPath(textDocument.uri);
    const source = context.source(path);
    return service.links(path).map((link) => ({
      range: positions.toRange(source, link.range),
      target: context.toUri(link.target),
      ...(link.tooltip ? { tooltip: link.tooltip } : {}),
    }));
  });
  connection.onPrepareRename((params) => {
    const [path, offset] = locate(params);
    const found = service.prepareRename(path, offset);
    return found ? { range: positions.toRange(context.source(path), found.range), placeholder: found.name } : null;
  });
  connection.onRenameRequest((params) => {
    const answer = service.rename(...locate(params), params.newName);
    if (answer.refused !== undefined) return new ResponseError(ErrorCodes.InvalidRequest, answer.refused) as never;
    return toWorkspaceEdit(context, answer.edits);
  });
  registerActions(connection, session);
  connection.languages.semanticTokens.on(({ textDocument }) => {
    const path = session.toPath(textDocument.uri);
    return toSemanticTokens(context, context.source(path), service.tokens(path));
  });
  connection.languages.inlayHint.on(({ textDocument, range }) => {
    const path = session.toPath(textDocument.uri);
    const source = context.source(path);
    return service.inlayHints(path, positions.toTextRange(source, range)).map((hint) => ({
      position: positions.toPosition(source, hint.offset),
      label: hint.label,
      kind: InlayHintKind.Type,
      paddingLeft: true,
      ...(hint.tooltip ? { tooltip: hint.tooltip } : {}),
    }));
  });
  connection.onCodeLens(({ textDocument }) => {
    const path = session.toPath(textDocument.uri);
    const source = context.source(path);
    return service.lenses(path).map((lens) => toCodeLens(context, source, lens));
  });
  connection.onFoldingRanges(({ textDocument }) =>
    service.folding(session.toPath(textDocument.uri)).map(({ startLine, endLine, kind }) => ({
      startLine,
      endLine,
      ...(kind ? { kind: kind === "comment" ? FoldingRangeKind.Comment : FoldingRangeKind.Region } : {}),
    })),
  );
  connection.onSelectionRanges(({ textDocument, positions: asked }) => {
    const path = session.toPath(textDocument.uri);
    const source = context.source(path);
    return asked.map((position): SelectionRange => {
      const ranges = service.selection(path, positions.toOffset(source, position));
      let chain: SelectionRange | undefined;
      for (const range of ranges.toReversed())
        chain = { range: positions.toRange(source, range), ...(chain ? { parent: chain } : {}) };
      return chain ?? { range: { start: position, end: position } };
    });
  });
  connection.onDocumentFormatting(({ textDocument }) => {
    const path = session.toPath(textDocument.uri);
    const source = context.source(path);
    return service.format(path).map(({ range, newText }) => ({ range: positions.toRange(source, range), newText }));
  });
  connection.onDocumentRangeFormatting(({ textDocument, range: asked }) => {
    const path = session.toPath(textDocument.uri);
    const source = context.source(path);
    return service
      .format(path, positions.toTextRange(source, asked))
      .map(({ range, newText }) => ({ range: positions.toRange(source, range), newText }));
  });
  registerCalls(connection, session);
}

function registerCalls(connection: Connection, session: LanguageSession): void {
  const { service, context } = session;
  const { positions } = context;
  connection.languages.callHierarchy.onPrepare((params) => {
    const path = session.toPath(params.textDocument.uri);
    const offset = positions.toOffset(context.source(path), params.position);
    return service.prepareCalls(path, offset).map((item) => toCallItem(context, item));
  });
  connection.languages.callHierarchy.onOutgoingCalls(({ item }) => {
    const asked = item.data as CallItem;
    const source = context.source(asked.location.path);
    return service.needs(asked).map(({ item: needed, from }) => ({
      to: toCallItem(context, needed),
      fromRanges: from.map((range) => positions.toRange(source, range)),
    }));
  });
  connection.languages.callHierarchy.onIncomingCalls(({ item }) =>
    service.neededBy(item.data as CallItem).map(({ item: needing, from }) => ({
      from: toCallItem(context, needing),
      fromRanges: from.map((range) => positions.toRange(context.source(needing.location.path), range)),
    })),
  );
}

function registerActions(connection: Connection, session: LanguageSession): void {
  const { service, context } = session;
  const { positions } = context;

  const toAction = (path: string, action: CodeActionAnswer, mended: CodeAction["diagnostics"]): CodeAction => ({
    title: action.title,
    kind: action.kind,
    ...(action.preferred ? { isPreferred: true } : {}),
    ...(mended && mended.length > 0 ? { diagnostics: mended } : {}),
    ...(action.edits ? { edit: toWorkspaceEdit(context, action.edits) } : {}),
    ...(action.show
      ? { command: { title: action.title, command: "webrunner.showDocument", arguments: [action.show] } }
      : {}),
    ...(action.later ? { data: { path, later: action.later } } : {}),
  });

  connection.onCodeAction(({ textDocument, range, context: asked }) => {
    const path = session.toPath(textDocument.uri);
    const wanted = (kind: CodeActionKind): boolean =>
      !asked.only || asked.only.some((only) => kind === only || kind.startsWith(`${only}.`));
    return service
      .codeActions(path, positions.toTextRange(context.source(path), range))
      .filter((action) => wanted(action.kind))
      .map((action) =>
        toAction(
          path,
          action,
          asked.diagnostics.filter((found) => action.mends?.includes(String(found.code))),
        ),
      );
  });
  connection.onCodeActionResolve(async (action) => {
    const data = action.data as { later?: Record<string, string> } | undefined;
    if (!data?.later) return action;
    const edits: FileEdit[] = await service.laterEdits(data.later);
    return { ...action, edit: toWorkspaceEdit(context, edits) };
  });
  connection.onExecuteCommand(async ({ command, arguments: args = [] }) => {
    if (command === "webrunner.showDocument") {
      const [uri] = args as [string];
      await connection.window.showDocument({ uri, external: /^https?:/.test(uri) });
    } else if (command === "webrunner.open" || command === "webrunner.showReferences") {
      const [uri, at] = args as [string, Position | { start: Position; end: Position }];
      const selection = "start" in at ? at : { start: at, end: at };
      await connection.window.showDocument({ uri, selection, takeFocus: true });
    } else if (command === "webrunner.updateHashes") {
      const [uri] = args as [string];
      const edits = service.updateHashes(session.toPath(uri));
      if (edits.length > 0)
        await connection.workspace.applyEdit({ label: "Update md5sum", edit: toWorkspaceEdit(context, edits) });
      return edits.length;
    }
    return null;
  });
}
