/**
 * `lsp --stdio`: the language server for editors. Other flags that editors pass are let through.
 *
 * The analysis runs in a thread of its own, which is the same program once more; this one passes messages on.
 */
import { isMainThread } from "node:worker_threads";
import { keepHeapCompact } from "@/server/platform/compact-heap";

export async function run(_args: readonly string[]): Promise<number> {
  if (!isMainThread) {
    (await import("./stdio-thread")).runThread();
    return new Promise(() => {
      // Lives as long as its port.
    });
  }
  keepHeapCompact();
  const { serveStdio } = await import("./stdio-server");
  return serveStdio(process.argv[1]!);
}
