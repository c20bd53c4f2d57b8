/** `lsp --stdio`: the language server for editors. Other flags that editors pass are let through. */
import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import { createNodeEnvironment } from "@/server/language/node-environment";
import { keepHeapCompact } from "@/server/platform/compact-heap";
import { serveLanguage } from "./language-connection";

export function run(_args: readonly string[]): Promise<number> {
  keepHeapCompact();
  const connection = createConnection(ProposedFeatures.all, process.stdin, process.stdout);
  serveLanguage(connection, createNodeEnvironment(process.env, Date.now));
  connection.listen();
  return new Promise(() => {
    // Ends with the connection: the protocol's `exit` or the end of standard input.
  });
}
