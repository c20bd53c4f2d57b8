"use client";
import type { Diagnostic } from "vscode-languageserver-protocol";
import { createStore } from "zustand/vanilla";
import { useApp, useValue } from "@/components/workbench/app-context";
import type { LanguagePhase } from "@/lib/client/language";

const none = createStore<ReadonlyMap<string, readonly Diagnostic[]>>(() => new Map());

const starting = createStore<{ phase: LanguagePhase }>(() => ({ phase: "starting" }));

export function useLanguagePhase(): LanguagePhase {
  const language = useValue(useApp().language);
  return useValue(language?.state ?? starting, ({ phase }) => phase);
}

/** What the language service says of the open files, by path. */
export function useDiagnostics(): ReadonlyMap<string, readonly Diagnostic[]> {
  const language = useValue(useApp().language);
  return useValue(language?.diagnostics ?? none);
}
