/** A real node with a release of `tests/fixtures/releases` in its workspace, and short ways to its instances. */
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { InstanceInfo, InstanceRequestBody, ProcessList, ProgramInfo } from "@/lib/protocol";
import { createRealRuns, type RealRuns } from "../runs/real-runs";
import { TEST_TOKEN } from "../server-harness";
import { until } from "../until";

export interface RealInstances extends RealRuns {
  ask<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** Copies a fixture release to `software/NAME`. */
  addRelease(name: string): Promise<string>;
  /** Requests and runs. */
  deploy(name: string, body: InstanceRequestBody): Promise<InstanceInfo>;
  findProgram(id: string): Promise<ProgramInfo | undefined>;
  untilProgram(id: string, isSo: (program: ProgramInfo) => boolean): Promise<ProgramInfo>;
  /** The command line against this server, to its end. */
  webrunner(...words: string[]): Promise<{ readonly code: number; readonly output: string }>;
  /** Directory of a partition. */
  toDirectory(partition: string): string;
}

/** A release of the fixtures, by its paths in a workspace: `software/NAME/…`. */
export function listReleaseFiles(name: string): { readonly path: string; readonly text: string }[] {
  const source = `tests/fixtures/releases/${name}`;
  return readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return { path: `software/${name}/${path.slice(source.length + 1)}`, text: readFileSync(path, "utf8") };
    });
}

export async function createRealInstances(): Promise<RealInstances> {
  const runs = await createRealRuns();
  const ask = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const reply = await runs.server.api<T>(method, `/projects/sample${path}`, body);
    if (reply.status >= 400) throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body;
  };
  const findProgram = async (id: string): Promise<ProgramInfo | undefined> => {
    const { processes } = await ask<ProcessList>("GET", "/processes");
    return processes.find(({ group, name }) => `${group}:${name}`.startsWith(id));
  };
  return {
    ...runs,
    ask,
    findProgram,
    webrunner: (...words) =>
      new Promise((resolve) => {
        const env = { ...process.env, WEBRUNNER_URL: runs.server.url, WEBRUNNER_TOKEN: TEST_TOKEN };
        execFile(process.execPath, ["dist/webrunner.js", ...words], { env }, (error, stdout, stderr) => {
          resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr });
        });
      }),
    async addRelease(name) {
      for (const { path, text } of listReleaseFiles(name))
        await ask("PUT", `/file?path=${encodeURIComponent(path)}`, { text, tag: null });
      return `software/${name}/software.cfg`;
    },
    async deploy(name, body) {
      await ask("PUT", `/instances/${name}`, body);
      const end = await runs.run({ kind: "instance", profile: body.profile, instance: name });
      if (end.code !== 0 && end.code !== 2) throw new Error(`${end.state}: ${await runs.readLog(end.id)}`);
      return ask("GET", `/instances/${name}`);
    },
    untilProgram: (id, isSo) =>
      until(
        async () => {
          const program = await findProgram(id);
          return program && isSo(program) ? program : undefined;
        },
        { what: `the state of ${id}`, timeoutMs: 20_000 },
      ),
    toDirectory: (partition) => join(runs.dataDirectory, "projects/sample/slapos/inst", partition),
  };
}
