/** When a document is checked: not at each key, but after the last. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Connection } from "vscode-languageserver";
import type { LanguageService, PythonSnippet } from "@/lib/language/service";
import type { LintedSource } from "@/server/language/python-lint";
import { createDiagnosticsPublisher } from "@/server/lsp/diagnostics-publisher";
import { createOpenDocuments } from "@/server/lsp/open-documents";
import { createPositionConverter } from "@/server/lsp/positions";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const PATH = "/w/recipe.py";

test("nine keys lead to one check by pyflakes, a quarter of a second after the last, of the last text", async () => {
  const positions = createPositionConverter("utf-16");
  const documents = createOpenDocuments(() => positions);
  const uri = `file://${PATH}`;
  documents.open(PATH, uri, 1, "");
  const checked: string[] = [];
  const sent: number[] = [];
  const text = () => documents.find(PATH)!.text;
  const snippet = (): PythonSnippet => ({ path: PATH, source: text(), builtins: [], lines: [{ offset: 0 }] });
  const publisher = createDiagnosticsPublisher({
    connection: {
      sendDiagnostics: async ({ diagnostics }: { diagnostics: unknown[] }) => void sent.push(diagnostics.length),
      console: { error: (message: string) => expect.fail(message) },
    } as unknown as Connection,
    service: {
      diagnostics: () => [],
      versionDiagnostics: async () => [],
      pythonSnippets: () => [snippet()],
      dependsOn: () => false,
    } as unknown as LanguageService,
    context: { positions, toUri: () => uri, source: () => documents.find(PATH)!, version: () => 1 },
    documents,
    async lint(sources: readonly LintedSource[]) {
      checked.push(...sources.map(({ source }) => source));
      return [{ snippet: 0, line: 1, column: 0, message: "undefined name", isError: true }];
    },
  });
  const typed = "undefined";
  for (let length = 1; length <= typed.length; length++) {
    documents.change(PATH, length + 1, [{ text: typed.slice(0, length) }]);
    publisher.changed(PATH);
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(checked).toEqual([]);
  await vi.advanceTimersByTimeAsync(149);
  expect(checked).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(checked).toEqual([typed]);
  expect(sent.at(-1)).toBe(1);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(checked).toEqual([typed]);
});
