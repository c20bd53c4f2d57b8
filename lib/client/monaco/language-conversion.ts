/** The Language Server Protocol's shapes in Monaco's: lines and columns from one, other numbers for the same kinds. */
import type * as lsp from "vscode-languageserver-protocol";
import type { Monaco } from "./setup";

type Position = import("monaco-editor/editor").IPosition;
type Range = import("monaco-editor/editor").IRange;
type Marker = import("monaco-editor/editor").editor.IMarkerData;
type Completion = import("monaco-editor/editor").languages.CompletionItem;
type SymbolNode = import("monaco-editor/editor").languages.DocumentSymbol;

export const toLspPosition = ({ lineNumber, column }: Position): lsp.Position => ({
  line: lineNumber - 1,
  character: column - 1,
});

export const toLspRange = (range: Range): lsp.Range => ({
  start: { line: range.startLineNumber - 1, character: range.startColumn - 1 },
  end: { line: range.endLineNumber - 1, character: range.endColumn - 1 },
});

export const toMonacoPosition = ({ line, character }: lsp.Position): Position => ({
  lineNumber: line + 1,
  column: character + 1,
});

export const toMonacoRange = ({ start, end }: lsp.Range): Range => ({
  startLineNumber: start.line + 1,
  startColumn: start.character + 1,
  endLineNumber: end.line + 1,
  endColumn: end.character + 1,
});

/** Whether two ranges have a place in common; touching counts. */
export function rangesMeet(one: lsp.Range, other: lsp.Range): boolean {
  const isBefore = (a: lsp.Position, b: lsp.Position): boolean =>
    a.line < b.line || (a.line === b.line && a.character < b.character);
  return !isBefore(one.end, other.start) && !isBefore(other.end, one.start);
}

export function toMarker(monaco: Monaco, found: lsp.Diagnostic, toUri: (uri: string) => unknown): Marker {
  const { MarkerSeverity, MarkerTag } = monaco;
  const severities = [MarkerSeverity.Error, MarkerSeverity.Warning, MarkerSeverity.Info, MarkerSeverity.Hint];
  const code = found.code === undefined ? undefined : String(found.code);
  return {
    ...toMonacoRange(found.range),
    message: String(found.message),
    severity: severities[(found.severity ?? 1) - 1] ?? MarkerSeverity.Error,
    source: found.source,
    ...(code === undefined
      ? {}
      : { code: found.codeDescription ? { value: code, target: monaco.Uri.parse(found.codeDescription.href) } : code }),
    tags: found.tags?.map((tag) => (tag === 1 ? MarkerTag.Unnecessary : MarkerTag.Deprecated)),
    relatedInformation: found.relatedInformation?.map(({ location, message }) => ({
      ...toMonacoRange(location.range),
      message,
      resource: toUri(location.uri) as never,
    })),
  };
}

/** By the protocol's number; the rest is plain text. */
function toCompletionKind(monaco: Monaco, kind: number | undefined): Completion["kind"] {
  const { CompletionItemKind: Kind } = monaco.languages;
  const kinds: Record<number, Completion["kind"]> = {
    6: Kind.Variable,
    7: Kind.Class,
    9: Kind.Module,
    10: Kind.Property,
    12: Kind.Value,
    15: Kind.Snippet,
    17: Kind.File,
    19: Kind.Folder,
    21: Kind.Constant,
  };
  return kinds[kind ?? 0] ?? Kind.Text;
}

export function toCompletion(monaco: Monaco, item: lsp.CompletionItem, fallback: Range): Completion {
  const edit = item.textEdit;
  const range = edit && "range" in edit ? toMonacoRange(edit.range) : fallback;
  return {
    label: item.label,
    kind: toCompletionKind(monaco, item.kind),
    insertText: edit?.newText ?? item.insertText ?? item.label,
    range,
    detail: item.detail,
    documentation: toDocumentation(item),
    filterText: item.filterText,
    sortText: item.sortText,
    tags: item.deprecated ? [monaco.languages.CompletionItemTag.Deprecated] : undefined,
    additionalTextEdits: item.additionalTextEdits?.map((also) => ({
      range: toMonacoRange(also.range),
      text: also.newText,
    })),
    command: item.command && { id: item.command.command, title: item.command.title },
  };
}

export function toDocumentation({ documentation }: lsp.CompletionItem): Completion["documentation"] {
  return documentation === undefined || typeof documentation === "string"
    ? documentation
    : { value: toPageLinks(documentation.value) };
}

/** The service's addresses of files are below its own root; the page's are not. */
export function toPageLinks(markdown: string): string {
  return markdown.replaceAll("file:///workspace/", "file:///");
}

export function toSymbol(symbol: lsp.DocumentSymbol): SymbolNode {
  return {
    name: symbol.name,
    detail: symbol.detail ?? "",
    kind: symbol.kind - 1,
    tags: [],
    range: toMonacoRange(symbol.range),
    selectionRange: toMonacoRange(symbol.selectionRange),
    children: symbol.children?.map(toSymbol),
  };
}
