/** The language service's answers in the protocol's types. */

import {
  type CallHierarchyItem,
  type CodeLens,
  type CompletionItem,
  CompletionItemKind,
  CompletionItemTag,
  type Diagnostic,
  DiagnosticSeverity,
  DiagnosticTag,
  type DocumentSymbol,
  InsertTextFormat,
  type Location,
  MarkupKind,
  SymbolKind,
  type WorkspaceEdit,
} from "vscode-languageserver-protocol";
import type { LineIndex } from "@/lib/base/text-range";
import type {
  CallItem,
  CodeLensAnswer,
  CompletionItem as CompletionAnswer,
  CompletionKind,
  DocumentSymbolAnswer,
  FileEdit,
  LanguageDiagnostic,
  Location as LocationAnswer,
  Severity,
} from "@/lib/language/answers";
import { TOKEN_TYPES, type Token } from "@/lib/language/tokens/token";
import type { PositionConverter, PositionText } from "./positions";

export interface ProtocolContext {
  readonly positions: PositionConverter;
  toUri(path: string): string;
  /** A text to make positions of; an empty one when the file is gone. */
  source(path: string): PositionText & { readonly lineIndex: LineIndex };
  version(path: string): number | null;
}

const SEVERITIES: Record<Severity, DiagnosticSeverity> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

export function toLocation(context: ProtocolContext, location: LocationAnswer): Location {
  return {
    uri: context.toUri(location.path),
    range: context.positions.toRange(context.source(location.path), location.range),
  };
}

export function toDiagnostic(context: ProtocolContext, source: PositionText, found: LanguageDiagnostic): Diagnostic {
  return {
    range: context.positions.toRange(source, found.range),
    severity: SEVERITIES[found.severity],
    code: found.code,
    source: found.source ?? "buildout",
    message: found.message,
    ...(found.href ? { codeDescription: { href: found.href } } : {}),
    ...(found.tags
      ? {
          tags: found.tags.map((tag) => (tag === "unnecessary" ? DiagnosticTag.Unnecessary : DiagnosticTag.Deprecated)),
        }
      : {}),
    ...(found.related
      ? {
          relatedInformation: found.related.map(({ location, message }) => ({
            location: toLocation(context, location),
            message,
          })),
        }
      : {}),
    ...(found.data ? { data: found.data } : {}),
  };
}

const COMPLETION_KINDS: Record<CompletionKind, CompletionItemKind> = {
  section: CompletionItemKind.Class,
  option: CompletionItemKind.Property,
  recipe: CompletionItemKind.Module,
  value: CompletionItemKind.Value,
  file: CompletionItemKind.File,
  folder: CompletionItemKind.Folder,
  version: CompletionItemKind.Constant,
  variable: CompletionItemKind.Variable,
  snippet: CompletionItemKind.Snippet,
};

export function toCompletionItem(
  context: ProtocolContext,
  source: PositionText,
  item: CompletionAnswer,
): CompletionItem {
  return {
    label: item.label,
    kind: COMPLETION_KINDS[item.kind],
    insertTextFormat: InsertTextFormat.PlainText,
    textEdit: { range: context.positions.toRange(source, item.edit.range), newText: item.edit.newText },
    ...(item.detail ? { detail: item.detail } : {}),
    ...(item.documentation ? { documentation: { kind: MarkupKind.Markdown, value: item.documentation } } : {}),
    ...(item.described ? { data: item.described } : {}),
    ...(item.filterText ? { filterText: item.filterText } : {}),
    ...(item.sortText ? { sortText: item.sortText } : {}),
    ...(item.deprecated ? { deprecated: true, tags: [CompletionItemTag.Deprecated] } : {}),
    ...(item.alsoEdits
      ? {
          additionalTextEdits: item.alsoEdits.map(({ range, newText }) => ({
            range: context.positions.toRange(source, range),
            newText,
          })),
        }
      : {}),
    ...(item.triggersNext ? { command: { title: "Complete", command: "editor.action.triggerSuggest" } } : {}),
  };
}

export function toDocumentSymbol(
  context: ProtocolContext,
  source: PositionText,
  symbol: DocumentSymbolAnswer,
): DocumentSymbol {
  return {
    name: symbol.name,
    detail: symbol.detail,
    kind: symbol.kind === "section" ? SymbolKind.Class : SymbolKind.Field,
    range: context.positions.toRange(source, symbol.range),
    selectionRange: context.positions.toRange(source, symbol.selection),
    children: symbol.children.map((child) => toDocumentSymbol(context, source, child)),
  };
}

export function toWorkspaceEdit(context: ProtocolContext, files: readonly FileEdit[]): WorkspaceEdit {
  return {
    documentChanges: files
      .filter((file) => file.edits.length > 0)
      .map((file) => {
        const source = context.source(file.path);
        return {
          textDocument: { uri: context.toUri(file.path), version: context.version(file.path) },
          edits: file.edits.map(({ range, newText }) => ({ range: context.positions.toRange(source, range), newText })),
        };
      }),
  };
}

/** Relative numbers, five a token, as the protocol packs them. */
export function toSemanticTokens(
  context: ProtocolContext,
  source: PositionText,
  tokens: readonly Token[],
): { data: number[] } {
  const data: number[] = [];
  let line = 0;
  let character = 0;
  for (const token of tokens) {
    const start = context.positions.toPosition(source, token.start);
    const end = context.positions.toPosition(source, token.start + token.length);
    if (start.line !== end.line) continue;
    const sameLine = start.line === line;
    data.push(
      start.line - line,
      sameLine ? start.character - character : start.character,
      end.character - start.character,
      TOKEN_TYPES.indexOf(token.type),
      0,
    );
    line = start.line;
    character = start.character;
  }
  return { data };
}

export function toCallItem(context: ProtocolContext, item: CallItem): CallHierarchyItem {
  const source = context.source(item.location.path);
  return {
    name: item.name,
    detail: item.detail,
    kind: SymbolKind.Class,
    uri: context.toUri(item.location.path),
    range: context.positions.toRange(source, item.range),
    selectionRange: context.positions.toRange(source, item.location.range),
    data: item,
  };
}

/** The commands are the client's: VS Code's own names where it has them, our own otherwise. */
export function toCodeLens(context: ProtocolContext, source: PositionText, lens: CodeLensAnswer): CodeLens {
  const range = context.positions.toRange(source, lens.range);
  const { command } = lens;
  switch (command.name) {
    case "references": {
      const at = toLocation(context, command.at);
      const locations = command.locations.map((location) => toLocation(context, location));
      return {
        range,
        command: {
          title: lens.title,
          command: "webrunner.showReferences",
          arguments: [at.uri, at.range.start, locations],
        },
      };
    }
    case "open": {
      const at = toLocation(context, command.location);
      return { range, command: { title: lens.title, command: "webrunner.open", arguments: [at.uri, at.range] } };
    }
    case "run-part":
      return {
        range,
        command: {
          title: lens.title,
          command: "webrunner.runPart",
          arguments: [context.toUri(command.path), command.part],
        },
      };
    case "none":
      return { range, command: { title: lens.title, command: "" } };
  }
}
