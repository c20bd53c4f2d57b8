/** Runs on the real engine, through the API of a real server. */
import { rm } from "node:fs/promises";
import type { EngineStatus, FileText, InstanceInfo, RunInfo, RunRequest } from "@/lib/protocol";
import { endEngineProcesses } from "../engine-processes";
import { createTestServer, makeDataDirectory, TEST_TOKEN, type TestServer } from "../server-harness";
import { until } from "../until";

export interface RealRuns {
  readonly dataDirectory: string;
  /** The one of now. */
  readonly server: TestServer;
  start(request: RunRequest): Promise<RunInfo>;
  /** The refusal's code, hint and message. */
  refuse(request: RunRequest): Promise<{ code: string; title: string; hint?: string; data?: Record<string, unknown> }>;
  get(id: string): Promise<RunInfo>;
  untilEnd(id: string): Promise<RunInfo>;
  run(request: RunRequest): Promise<RunInfo>;
  readLog(id: string): Promise<string>;
  readFile(path: string): Promise<FileText>;
  writeFile(path: string, text: string): Promise<void>;
  getInstance(name: string): Promise<InstanceInfo>;
  /** Another server on the same data. */
  restart(): Promise<void>;
  dispose(): Promise<void>;
}

/** A whole build takes seconds, more when others use the machine. */
const RUN_TIMEOUT_MS = 120_000;

export async function createRealRuns(): Promise<RealRuns> {
  const dataDirectory = await makeDataDirectory();
  let server = await createTestServer({ dataDirectory, engine: true });
  const ask = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const reply = await server.api<T>(method, path, body);
    if (reply.status >= 400) throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body;
  };
  const untilReady = () =>
    until(
      async () => {
        const status = await ask<EngineStatus>("GET", "/engine");
        if (status.phase === "failed") throw new Error(status.message);
        return status.phase === "ready";
      },
      { timeoutMs: RUN_TIMEOUT_MS, everyMs: 100, what: "the engine's environment" },
    );
  await untilReady();

  const runs: RealRuns = {
    dataDirectory,
    get server() {
      return server;
    },
    start: (request) => ask("POST", "/projects/sample/runs", request),
    async refuse(request) {
      const reply = await server.api<never>("POST", "/projects/sample/runs", request);
      if (reply.status < 400) throw new Error("it was not refused");
      return reply.body;
    },
    get: (id) => ask("GET", `/runs/${id}`),
    untilEnd: (id) =>
      until(
        async () => {
          const run = await runs.get(id);
          return run.finishedAt === undefined ? undefined : run;
        },
        { timeoutMs: RUN_TIMEOUT_MS, everyMs: 100, what: `the end of ${id}` },
      ),
    run: async (request) => runs.untilEnd((await runs.start(request)).id),
    async readLog(id) {
      const headers = { authorization: `Bearer ${TEST_TOKEN}` };
      return (await fetch(`${server.url}/api/v1/runs/${id}/log`, { headers })).text();
    },
    readFile: (path) => ask("GET", `/projects/sample/file?path=${encodeURIComponent(path)}`),
    async writeFile(path, text) {
      const query = `path=${encodeURIComponent(path)}`;
      const read = await server.api<FileText>("GET", `/projects/sample/file?${query}`);
      const tag = read.status === 200 ? read.body.tag : null;
      if (tag === null) await ask("POST", "/projects/sample/entries", { path, kind: "file" });
      const current = await runs.readFile(path);
      await ask("PUT", `/projects/sample/file?${query}`, { text, tag: current.tag });
    },
    getInstance: (name) => ask("GET", `/projects/sample/instances/${name}`),
    async restart() {
      await server.close();
      server = await createTestServer({ dataDirectory, engine: true });
      await untilReady();
    },
    async dispose() {
      await server.close();
      await endEngineProcesses(dataDirectory);
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
  return runs;
}
