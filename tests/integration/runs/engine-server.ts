/** The built server in a process of its own, with the engine ready. */
import type { EngineStatus } from "@/lib/protocol";
import { callApi, type ServerProcess, startServerProcess, TEST_ENGINE } from "../server-harness";
import { until } from "../until";

export async function startEngineServer(
  dataDirectory: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const server = await startServerProcess(dataDirectory, { WEBRUNNER_ENGINE: TEST_ENGINE, ...environment });
  await until(
    async () => {
      const { body } = await callApi<EngineStatus>(server.url, "GET", "/engine");
      if (body.phase === "failed") throw new Error(body.message);
      return body.phase === "ready";
    },
    { timeoutMs: 120_000, everyMs: 100, what: "the engine's environment" },
  );
  return server;
}
