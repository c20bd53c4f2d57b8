/** A run keeper on real processes whose engine is a shell: the profile *is* the script. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import type { RunInfo } from "@/lib/protocol";
import { createDurableProcesses } from "@/server/platform/durable-processes";
import { createNodeFiles } from "@/server/platform/node-files";
import { createRunKeeper, type RunKeeper } from "@/server/runs/run-keeper";
import type { RunPlan } from "@/server/runs/run-launcher";
import { until } from "../until";

export interface ShellRuns {
  readonly root: string;
  readonly keeper: RunKeeper;
  /** What was told, in order. */
  readonly told: RunInfo[];
  readLog(id: string): string;
  untilEnd(id: string, timeoutMs?: number): Promise<RunInfo>;
  /** The server is gone, as far as the runs can tell. */
  forget(): void;
  dispose(): Promise<void>;
}

export const isEnd = ({ state }: RunInfo): boolean => state !== "queued" && state !== "running";

export function createShellRuns(
  options: { root?: string; plan?: Partial<RunPlan>; refuse?: () => Error | undefined } = {},
): ShellRuns {
  const root = options.root ?? mkdtempSync(join(tmpdir(), "webrunner-runs-"));
  const user = userInfo();
  const identity = { uid: user.uid, gid: user.gid, name: user.username, home: root, switched: false };
  const told: RunInfo[] = [];
  const complaints: string[] = [];
  const processes = createDurableProcesses(identity);
  const keeper = createRunKeeper({
    files: createNodeFiles(),
    processes,
    builder: identity,
    runsDirectory: (project) => join(root, project, "runs"),
    now: () => new Date(),
    onChanged: (run) => told.push(run),
    log: {
      warn: (facts, message) => complaints.push(`${message} ${JSON.stringify(facts)}`),
      error: (facts, message) => complaints.push(`${message} ${JSON.stringify(facts)}`),
    },
    launcher: {
      async plan(_project, request) {
        const refusal = options.refuse?.();
        if (refusal) throw refusal;
        return {
          engine: "buildout",
          profile: request.profile,
          instance: request.instance,
          workingDirectory: root,
          spec: { profile: request.profile },
          toArgv: () => ["sh", "-c", request.profile],
          roots: [root],
          ...options.plan,
        };
      },
      isSpared: (commandLine) => commandLine.includes("spared"),
    },
  });
  return {
    root,
    keeper,
    told,
    readLog: (id) => readFileSync(join(root, keeper.get(id).project, "runs", id, "log"), "utf8"),
    untilEnd: (id, timeoutMs = 15_000) =>
      until(() => (isEnd(keeper.get(id)) ? keeper.get(id) : undefined), {
        timeoutMs,
        what: `the end of the run (${complaints.join("; ")})`,
      }),
    forget: () => keeper.dispose(),
    async dispose() {
      for (const run of keeper.list("sample")) {
        await processes.stop({ id: run.id, directory: join(root, run.project, "runs", run.id) }, { graceMs: 0 });
      }
      keeper.dispose();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
