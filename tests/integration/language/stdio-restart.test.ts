/** The language server of an editor when its analysis dies: the real program, killed by a text that is too much for it. */
import { afterEach, expect, test } from "vitest";
import type { CompletionList } from "vscode-languageserver-protocol/node";
import { until } from "../until";
import { type StdioEditor, startStdioEditor } from "./stdio-editor";

/** Enough for the program and small texts. */
const HEAP_MB = 48;

let editor: StdioEditor | undefined;
afterEach(() => editor?.dispose());

test("typing goes on when a text kills the analysis (FT16)", { timeout: 60_000 }, async () => {
  editor = await startStdioEditor(
    { "base.cfg": "[base]\ndirectory = /srv\n" },
    { WEBRUNNER_LANGUAGE_HEAP_MB: String(HEAP_MB) },
  );
  const { connection, shown, diagnostics, uri } = editor;
  const head = "[buildout]\nextends = base.cfg\n";
  editor.open("top.cfg", `${head}[a]\nx = \${bace:directory}\n`);
  await until(() => diagnostics("top.cfg").some(({ message }) => String(message).includes("bace")), {
    what: "the first diagnostics",
  });

  const sections = Array.from({ length: 60_000 }, (_, i) => `[s${i}]\nx = \${s${i + 1}:x} \${base:directory}\n`);
  editor.edit("top.cfg", head + sections.join(""));
  await until(() => shown.some((message) => message.includes("the analysis stopped")), {
    what: "the end of the analysis",
    timeoutMs: 30_000,
  });

  editor.edit("top.cfg", `${head}[a]\nx = \${ba\n`);
  const complete = async (): Promise<string[]> => {
    const at = { textDocument: { uri: uri("top.cfg") }, position: { line: 3, character: 8 } };
    // Refused while the next analysis begins.
    const answer = await connection.sendRequest<CompletionList>("textDocument/completion", at).catch(() => undefined);
    return answer?.items.map(({ label }) => label) ?? [];
  };
  await until(async () => (await complete()).includes("base"), {
    what: "completion after the restart",
    timeoutMs: 30_000,
  });
  expect(editor.isRunning()).toBe(true);
  expect(await editor.leave()).toBe(0);
});
