/** The language server of an editor when its analysis dies: the real program, killed by a text that is too much for it. */
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterEach, expect, test } from "vitest";
import {
  type CompletionList,
  createProtocolConnection,
  type PublishDiagnosticsParams,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver-protocol/node";
import { until } from "../until";

const SERVER = fileURLToPath(new URL("../../../dist/webrunner.js", import.meta.url));
/** Enough for the program and small texts. */
const HEAP_MB = 48;

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

test("typing goes on when a text kills the analysis (FT16)", { timeout: 60_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "stdio-restart-"));
  await writeFile(join(folder, "base.cfg"), "[base]\ndirectory = /srv\n");
  const environment = { ...process.env, WEBRUNNER_LANGUAGE_HEAP_MB: String(HEAP_MB) };
  const server = spawn(process.execPath, [SERVER, "lsp", "--stdio"], {
    env: environment,
    stdio: ["pipe", "pipe", "ignore"],
  });
  const connection = createProtocolConnection(
    new StreamMessageReader(server.stdout),
    new StreamMessageWriter(server.stdin),
  );
  const ended = new Promise((resolve) => server.once("exit", resolve));
  endings.push(async () => {
    connection.dispose();
    server.kill();
    await ended;
    await rm(folder, { recursive: true, force: true });
  });
  const shown: string[] = [];
  const diagnostics = new Map<string, PublishDiagnosticsParams>();
  connection.onNotification("window/showMessage", ({ message }: { message: string }) => void shown.push(message));
  connection.onNotification("textDocument/publishDiagnostics", (params: PublishDiagnosticsParams) => {
    diagnostics.set(params.uri, params);
  });
  connection.listen();

  const uri = pathToFileURL(join(folder, "top.cfg")).href;
  const head = "[buildout]\nextends = base.cfg\n";
  let version = 1;
  const edit = (text: string): void => {
    version += 1;
    void connection.sendNotification("textDocument/didChange", {
      textDocument: { uri, version },
      contentChanges: [{ text }],
    });
  };
  const rootUri = pathToFileURL(folder).href;
  await connection.sendRequest("initialize", { processId: process.pid, rootUri, capabilities: {} });
  await connection.sendNotification("initialized", {});
  await connection.sendNotification("textDocument/didOpen", {
    textDocument: { uri, languageId: "buildout", version, text: `${head}[a]\nx = \${bace:directory}\n` },
  });
  await until(() => diagnostics.get(uri)?.diagnostics.some(({ message }) => String(message).includes("bace")), {
    what: "the first diagnostics",
  });

  const sections = Array.from({ length: 60_000 }, (_, i) => `[s${i}]\nx = \${s${i + 1}:x} \${base:directory}\n`);
  edit(head + sections.join(""));
  await until(() => shown.some((message) => message.includes("the analysis stopped")), {
    what: "the end of the analysis",
    timeoutMs: 30_000,
  });

  edit(`${head}[a]\nx = \${ba\n`);
  const complete = async (): Promise<string[]> => {
    const answer = await connection
      .sendRequest<CompletionList>("textDocument/completion", {
        textDocument: { uri },
        position: { line: 3, character: 8 },
      })
      .catch(() => undefined);
    return answer?.items.map(({ label }) => label) ?? [];
  };
  await until(async () => (await complete()).includes("base"), {
    what: "completion after the restart",
    timeoutMs: 30_000,
  });
  expect(server.exitCode).toBeNull();

  await connection.sendRequest("shutdown");
  await connection.sendNotification("exit");
  expect(await ended).toBe(0);
});
