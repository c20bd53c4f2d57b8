/** What a test's engine leaves running on purpose (slapproxy, supervisord, services) ends with the test. */
import { listProcesses, readCommandLine } from "@/server/platform/process-table";
import { until } from "./until";

export async function endEngineProcesses(dataDirectory: string): Promise<void> {
  await until(
    async () => {
      let found = false;
      for (const { pid } of await listProcesses()) {
        if (pid === process.pid || !(await readCommandLine(pid)).some((word) => word.includes(`${dataDirectory}/`))) {
          continue;
        }
        found = true;
        try {
          process.kill(pid, "SIGKILL");
        } catch {
          // It ended by itself in the meantime.
        }
      }
      return !found;
    },
    { what: "the end of the engine's processes" },
  );
}
