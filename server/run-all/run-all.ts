/**
 * Run all: the seven things that a change needs until it is seen, one after the other, stopping at the first red.
 *
 * Promises: each step has one end; a failing promise ends with code 2 and is named, everything else that fails with 1;
 * the runs are ordinary ones, with their logs. What it has come to is on the disk after every step: a server that starts
 * again goes on where the last one was.
 */
import { setTimeout as wait } from "node:timers/promises";
import { WebrunnerError } from "@/lib/base/errors";
import {
  RUN_ALL_STEPS,
  type RunAllInfo,
  type RunAllRequest,
  type RunAllStep,
  type RunInfo,
  type RunRequest,
  runAllSchema,
} from "@/lib/protocol";
import type { DataLayout } from "@/server/platform/data-layout";
import type { Files } from "@/server/platform/files";
import { readJson, type StateLog } from "@/server/platform/json-state";

/** Between two looks at a run; a person does not see the difference to at once. */
const LOOK_MS = 200;
const PROMISE_FAILED = 2;

type StepId = RunAllStep["id"];
type Problem = RunAllStep["problems"][number];

/** How a step ended. */
export interface StepEnd {
  readonly state: "done" | "skipped" | "failed";
  readonly summary: string;
  readonly problems?: readonly Problem[];
  /** Of a failed one; default 1. */
  readonly code?: number;
}

export interface RunAllPorts {
  /** Whether the profile is a release of the SlapOS engine or for plain buildout; `run/refused` when there is none. */
  readonly engineOf: (project: string, profile: string) => Promise<"slapos" | "buildout">;
  readonly checkPython: (project: string) => Promise<StepEnd>;
  readonly commit: (project: string, message: string) => Promise<StepEnd>;
  readonly startRun: (project: string, request: RunRequest) => Promise<RunInfo>;
  readonly getRun: (id: string) => RunInfo;
  readonly stopRun: (id: string) => Promise<unknown>;
  /** Checks all promises now. */
  readonly checkPromises: (project: string, instance: string) => Promise<StepEnd>;
  readonly findService: (
    project: string,
    instance: string,
  ) => Promise<{ readonly url?: string; readonly service?: string }>;
}

export interface RunAllKeeper {
  /** `run/busy` while one goes on. */
  start(project: string, request: RunAllRequest): Promise<RunAllInfo>;
  find(project: string): Promise<RunAllInfo | undefined>;
  /** `run/finished` when none goes on. */
  stop(project: string): Promise<RunAllInfo>;
  /** Goes on with what an earlier server left; after the runs are taken up. */
  resume(projects: readonly string[]): Promise<void>;
  dispose(): void;
}

export interface RunAllOptions extends RunAllPorts {
  readonly files: Files;
  readonly layout: DataLayout;
  readonly onChanged: (runAll: RunAllInfo) => void;
  readonly log: StateLog & { error(facts: object, message: string): void };
  readonly now: () => Date;
}

interface Entry {
  info: RunAllInfo;
  stopped: boolean;
}

export function createRunAllKeeper(options: RunAllOptions): RunAllKeeper {
  const { files, layout, onChanged, log, now } = options;
  const entries = new Map<string, Entry>();
  let disposed = false;

  const toPath = (project: string): string => layout.project(project).runAll;

  const write = async (entry: Entry): Promise<void> => {
    onChanged(entry.info);
    try {
      await files.replace(toPath(entry.info.project), `${JSON.stringify(entry.info)}\n`);
    } catch (error) {
      // It goes on in memory; only a restart would not know of it.
      log.warn({ project: entry.info.project, error: String(error) }, "Run all could not be written down");
    }
  };

  const read = async (project: string): Promise<Entry | undefined> => {
    const known = entries.get(project);
    if (known) return known;
    const info = await readJson({
      files,
      path: toPath(project),
      schema: runAllSchema,
      log,
      now: () => now().getTime(),
    });
    if (!info) return undefined;
    const entry = { info, stopped: false };
    entries.set(project, entry);
    return entry;
  };

  const changeStep = async (entry: Entry, id: StepId, changes: Partial<RunAllStep>): Promise<void> => {
    const steps = entry.info.steps.map((step) => (step.id === id ? { ...step, ...changes } : step));
    entry.info = { ...entry.info, steps };
    await write(entry);
  };

  const getStep = (entry: Entry, id: StepId): RunAllStep => entry.info.steps.find((step) => step.id === id)!;

  /** Starts the run of a step, or follows the one that an earlier server started. */
  const runStep = async (entry: Entry, id: StepId, request: RunRequest): Promise<RunInfo> => {
    const { project } = entry.info;
    let run = getStep(entry, id).run;
    if (run === undefined) {
      run = (await options.startRun(project, request)).id;
      await changeStep(entry, id, { run });
    }
    for (;;) {
      const info = options.getRun(run);
      if (info.finishedAt !== undefined || disposed) return info;
      if (entry.stopped) await options.stopRun(run).catch(() => undefined); // It has ended meanwhile: seen next.
      await wait(LOOK_MS);
    }
  };

  const describeRun = (run: RunInfo, done: string): StepEnd => {
    if (run.state === "succeeded") return { state: "done", summary: run.nothingToDo ? "Nothing to do." : done };
    const text = run.error ?? run.reason ?? `It ended ${run.state}.`;
    return {
      state: "failed",
      summary: text,
      problems: [{ text }],
      code: run.code === PROMISE_FAILED ? PROMISE_FAILED : 1,
    };
  };

  const perform = async (entry: Entry, id: StepId): Promise<StepEnd> => {
    const { project, request } = entry.info;
    const { profile } = request;
    const isPlain = (await options.engineOf(project, profile)) === "buildout";
    if (isPlain && (id === "instance" || id === "promises" || id === "open"))
      return { state: "skipped", summary: "A plain buildout has no instance." };
    switch (id) {
      case "check":
        return options.checkPython(project);
      case "commit":
        return request.commit
          ? options.commit(project, request.commit.message)
          : { state: "skipped", summary: "Not asked for." };
      case "software":
        return describeRun(
          await runStep(entry, id, { kind: isPlain ? "buildout" : "software", profile }),
          "The software is built.",
        );
      case "instance": {
        const run = await runStep(entry, id, { kind: "instance", profile, instance: request.instance });
        entry.info = { ...entry.info, instance: run.instance ?? request.instance };
        // The instance is up; which promise is not kept is told by the next step.
        if (run.code === PROMISE_FAILED && run.state === "failed")
          return { state: "done", summary: `${run.instance ?? "The instance"} runs, but a promise is not kept.` };
        return describeRun(run, `${run.instance ?? "The instance"} runs.`);
      }
      case "promises":
        return options.checkPromises(project, entry.info.instance!);
      case "open": {
        const found = await options.findService(project, entry.info.instance!);
        if (!found.url) return { state: "skipped", summary: "The instance publishes no web address." };
        entry.info = { ...entry.info, ...found };
        return { state: "done", summary: found.url };
      }
    }
  };

  const finish = async (entry: Entry, state: RunAllInfo["state"], code: number): Promise<void> => {
    entry.info = { ...entry.info, state, code, finishedAt: now().toISOString() };
    await write(entry);
  };

  const describeError = (error: unknown): StepEnd => {
    if (!(error instanceof WebrunnerError)) log.error({ error: String(error) }, "A step of Run all failed");
    const text =
      error instanceof WebrunnerError
        ? [error.data.message ?? error.code, error.data.hint].filter(Boolean).join(" ")
        : "It could not be done; the server's log says why.";
    return { state: "failed", summary: text, problems: [{ text }] };
  };

  const goOn = async (entry: Entry): Promise<void> => {
    for (const { id, state, startedAt } of entry.info.steps) {
      if (state !== "pending" && state !== "running") continue;
      await changeStep(entry, id, { state: "running", startedAt: startedAt ?? now().toISOString() });
      const end = await perform(entry, id).catch(describeError);
      if (disposed) return;
      const finishedAt = now().toISOString();
      if (entry.stopped) {
        await changeStep(entry, id, { state: "cancelled", summary: "Stopped.", finishedAt });
        return finish(entry, "cancelled", 1);
      }
      const { summary } = end;
      await changeStep(entry, id, { state: end.state, summary, problems: [...(end.problems ?? [])], finishedAt });
      if (end.state === "failed") return finish(entry, "failed", end.code ?? 1);
    }
    await finish(entry, "succeeded", 0);
  };

  const begin = (entry: Entry): void => {
    goOn(entry).catch((error) => log.error({ error: String(error) }, "Run all ended without an end"));
  };

  return {
    async start(project, request) {
      const going = await read(project);
      if (going?.info.state === "running") {
        throw new WebrunnerError("run/busy", {
          message: `Run all of ${going.info.request.profile} is going on.`,
          hint: "Wait for its end, or stop it.",
        });
      }
      await options.engineOf(project, request.profile);
      const entry: Entry = {
        stopped: false,
        info: {
          project,
          request,
          state: "running",
          steps: RUN_ALL_STEPS.map((id) => ({ id, state: "pending", problems: [] })),
          startedAt: now().toISOString(),
        },
      };
      entries.set(project, entry);
      await files.ensureDirectory(toPath(project).replace(/\/[^/]*$/, ""));
      await write(entry);
      begin(entry);
      return entry.info;
    },
    find: async (project) => (await read(project))?.info,
    async stop(project) {
      const entry = await read(project);
      if (entry?.info.state !== "running")
        throw new WebrunnerError("run/finished", { message: "Run all has ended already." });
      entry.stopped = true;
      return entry.info;
    },
    async resume(projects) {
      for (const project of projects) {
        const entry = await read(project);
        if (entry?.info.state === "running") begin(entry);
      }
    },
    dispose() {
      disposed = true;
    },
  };
}
