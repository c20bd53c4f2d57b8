"use client";
import { useApp, useValue } from "@/components/workbench/app-context";
import type { DocumentState } from "@/lib/client/documents";

const noDocuments: ReadonlyMap<string, DocumentState> = new Map();
const emptyStore = {
  getState: () => noDocuments,
  getInitialState: () => noDocuments,
  setState() {},
  subscribe: () => () => {},
};

/** The open documents by path; empty until the project is there. */
export function useDocumentStates(): ReadonlyMap<string, DocumentState> {
  const app = useApp();
  const workspace = useValue(app.workspace);
  return useValue(workspace?.documents.state ?? emptyStore);
}
