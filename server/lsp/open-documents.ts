/**
 * The texts that the client has open, kept in step with its edits.
 *
 * Invariant: after a change the text is the client's, whatever was edited; a change to an unknown document is ignored.
 */

import type { TextDocumentContentChangeEvent } from "vscode-languageserver-protocol";
import { createLineIndex, type LineIndex } from "@/lib/base/text-range";
import type { PositionConverter } from "./positions";

export interface OpenDocument {
  readonly path: string;
  readonly uri: string;
  version: number;
  text: string;
  readonly lineIndex: LineIndex;
}

export interface OpenDocuments {
  open(path: string, uri: string, version: number, text: string): void;
  change(path: string, version: number, changes: readonly TextDocumentContentChangeEvent[]): OpenDocument | undefined;
  close(path: string): void;
  find(path: string): OpenDocument | undefined;
  all(): Iterable<OpenDocument>;
}

function createOpenDocument(path: string, uri: string, version: number, text: string): OpenDocument {
  let index: LineIndex | undefined;
  let current = text;
  return {
    path,
    uri,
    version,
    get text() {
      return current;
    },
    set text(next) {
      current = next;
      index = undefined;
    },
    get lineIndex() {
      index ??= createLineIndex(current);
      return index;
    },
  };
}

export function createOpenDocuments(positions: () => PositionConverter): OpenDocuments {
  const documents = new Map<string, OpenDocument>();
  return {
    open(path, uri, version, text) {
      documents.set(path, createOpenDocument(path, uri, version, text));
    },
    change(path, version, changes) {
      const document = documents.get(path);
      if (!document) return undefined;
      for (const change of changes) {
        if ("range" in change) {
          const { start, end } = positions().toTextRange(document, change.range);
          const text = document.text;
          document.text = text.slice(0, start) + change.text + text.slice(Math.max(start, end));
        } else document.text = change.text;
      }
      document.version = version;
      return document;
    },
    close(path) {
      documents.delete(path);
    },
    find: (path) => documents.get(path),
    all: () => documents.values(),
  };
}
