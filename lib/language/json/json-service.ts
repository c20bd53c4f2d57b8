/** The answers for JSON files, chosen by the file's name. */
import type { TextRange } from "@/lib/base/text-range";
import type { Analysis } from "../analysis/analysis";
import type {
  CodeActionAnswer,
  CompletionItem,
  DocumentLinkAnswer,
  DocumentSymbolAnswer,
  FoldingAnswer,
  HoverAnswer,
  LanguageDiagnostic,
  Location,
} from "../answers";
import { usesOfProperty } from "../parameters/parameter-features";
import { answeredTypes } from "../parameters/release-parameters";
import { completeJson } from "./json-completion";
import { jsonDiagnostics } from "./json-diagnostics";
import { isJsonPath, type JsonDocument } from "./json-documents";
import {
  jsonDefinition,
  jsonFolding,
  jsonHover,
  jsonLinks,
  jsonReferences,
  jsonSelection,
  jsonSymbols,
  unknownTypes,
} from "./json-features";

export interface JsonService {
  handles(path: string): boolean;
  diagnostics(path: string): LanguageDiagnostic[];
  complete(path: string, offset: number): CompletionItem[];
  hover(path: string, offset: number): HoverAnswer | undefined;
  definition(path: string, offset: number): Location[];
  references(path: string, offset: number): Location[];
  links(path: string): DocumentLinkAnswer[];
  symbols(path: string): DocumentSymbolAnswer[];
  folding(path: string): FoldingAnswer[];
  selection(path: string, offset: number): TextRange[];
  codeActions(path: string, range: TextRange): CodeActionAnswer[];
}

export function createJsonService(analysis: Analysis): JsonService {
  const { json: documents, files } = analysis;

  const withDocument = <T>(path: string, otherwise: T, work: (document: JsonDocument) => T): T => {
    const document = documents.document(path);
    return document ? work(document) : otherwise;
  };
  const diagnose = (document: JsonDocument): LanguageDiagnostic[] => [
    ...jsonDiagnostics(documents, document),
    ...(document.kind === "description" ? unknownTypes(document, answeredTypes(analysis, document.path)) : []),
  ];

  return {
    handles: isJsonPath,
    diagnostics: (path) => withDocument(path, [], diagnose),
    complete: (path, offset) => withDocument(path, [], (document) => completeJson(files, documents, document, offset)),
    hover: (path, offset) => withDocument(path, undefined, (document) => jsonHover(documents, document, offset)),
    definition: (path, offset) => withDocument(path, [], (document) => jsonDefinition(documents, document, offset)),
    references: (path, offset) =>
      withDocument(path, [], (document) => [
        ...jsonReferences(files, documents, document, offset),
        ...usesOfProperty(analysis, document, offset),
      ]),
    links: (path) => withDocument(path, [], (document) => jsonLinks(documents, document)),
    symbols: (path) => withDocument(path, [], jsonSymbols),
    folding: (path) => withDocument(path, [], jsonFolding),
    selection: (path, offset) => withDocument(path, [], (document) => jsonSelection(document, offset)),
    codeActions: (path, range) =>
      withDocument(path, [], (document) =>
        diagnose(document)
          .filter((found) => found.range.start <= range.end && range.start <= found.range.end)
          .flatMap((found) => fixOf(document, found)),
      ),
  };
}

/** A name or value like the written one, or what is mechanically right. */
function fixOf(document: JsonDocument, { range, code, data = {} }: LanguageDiagnostic): CodeActionAnswer[] {
  const { near, instead = near, fix } = data;
  if (instead === undefined) return [];
  const isKey = near !== undefined && document.text[range.start] === '"' && !near.startsWith('"');
  const newText = isKey ? JSON.stringify(near) : instead;
  const asked = near === undefined ? undefined : `Did you mean \`${near.replaceAll('"', "")}\`?`;
  return [
    {
      title: fix ?? asked ?? `Write \`${instead}\``,
      kind: "quickfix",
      preferred: true,
      edits: [{ path: document.path, edits: [{ range, newText }] }],
      mends: [code],
    },
  ];
}
