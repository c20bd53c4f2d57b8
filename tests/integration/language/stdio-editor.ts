/** An editor that starts the real language server, for tests: `dist/webrunner.js lsp --stdio` in a folder of its own. */
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  createProtocolConnection,
  type Diagnostic,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver-protocol/node";

const SERVER = fileURLToPath(new URL("../../../dist/webrunner.js", import.meta.url));

export interface StdioEditor {
  readonly connection: ProtocolConnection;
  /** What `window/showMessage` said. */
  readonly shown: readonly string[];
  uri(name: string): string;
  open(name: string, text: string): void;
  /** Replaces the whole text. */
  edit(name: string, text: string): void;
  diagnostics(name: string): readonly Diagnostic[];
  isRunning(): boolean;
  /** Says `shutdown` and `exit`; gives the exit code. */
  leave(): Promise<number>;
  /** Ends what is left. */
  dispose(): Promise<void>;
}

export async function startStdioEditor(
  files: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>> = {},
  initializationOptions: object = {},
): Promise<StdioEditor> {
  const folder = await mkdtemp(join(tmpdir(), "stdio-editor-"));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const server = spawn(process.execPath, [SERVER, "lsp", "--stdio"], {
    env: { ...process.env, ...environment },
    stdio: ["pipe", "pipe", "ignore"],
  });
  const ended = new Promise<number>((resolve) => server.once("exit", (code) => resolve(code ?? -1)));
  const connection = createProtocolConnection(
    new StreamMessageReader(server.stdout),
    new StreamMessageWriter(server.stdin),
  );
  const shown: string[] = [];
  const published = new Map<string, PublishDiagnosticsParams>();
  const versions = new Map<string, number>();
  connection.onNotification("window/showMessage", ({ message }: { message: string }) => void shown.push(message));
  connection.onNotification("textDocument/publishDiagnostics", (params: PublishDiagnosticsParams) => {
    published.set(params.uri, params);
  });
  connection.listen();
  const uri = (name: string): string => pathToFileURL(join(folder, name)).href;
  const rootUri = pathToFileURL(folder).href;
  await connection.sendRequest("initialize", {
    processId: process.pid,
    rootUri,
    capabilities: {},
    initializationOptions,
  });
  await connection.sendNotification("initialized", {});
  return {
    connection,
    shown,
    uri,
    open(name, text) {
      versions.set(name, 1);
      void connection.sendNotification("textDocument/didOpen", {
        textDocument: { uri: uri(name), languageId: "buildout", version: 1, text },
      });
    },
    edit(name, text) {
      const version = (versions.get(name) ?? 1) + 1;
      versions.set(name, version);
      void connection.sendNotification("textDocument/didChange", {
        textDocument: { uri: uri(name), version },
        contentChanges: [{ text }],
      });
    },
    diagnostics: (name) => published.get(uri(name))?.diagnostics ?? [],
    isRunning: () => server.exitCode === null,
    async leave() {
      await connection.sendRequest("shutdown");
      await connection.sendNotification("exit");
      return ended;
    },
    async dispose() {
      connection.dispose();
      server.kill();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
