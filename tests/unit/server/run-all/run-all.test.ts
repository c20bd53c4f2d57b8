import { describe, expect, it } from "vitest";
import { WebrunnerError } from "@/lib/base/errors";
import type { RunInfo, RunRequest } from "@/lib/protocol";
import { createDataLayout } from "@/server/platform/data-layout";
import type { Files } from "@/server/platform/files";
import { createMemoryFiles } from "@/server/platform/memory-files";
import { createRunAllKeeper, type RunAllPorts } from "@/server/run-all/run-all";
import { until } from "../../../integration/until";

const PROFILE = "software/hello/software.cfg";

function createKeeper(ports: Partial<RunAllPorts> = {}, files: Files = createMemoryFiles()) {
  const started: RunRequest[] = [];
  const runs = new Map<string, RunInfo>();
  const toRun = (request: RunRequest): RunInfo => {
    const id = `20260101-000000-00000${runs.size + 1}`;
    const at = "2026-01-01T00:00:00.000Z";
    return {
      ...request,
      id,
      project: "p",
      engine: "slapos",
      state: "succeeded",
      code: 0,
      createdAt: at,
      finishedAt: at,
      logSizeBytes: 0,
      ...(request.kind === "instance" && { instance: request.instance ?? "hello" }),
    };
  };
  const keeper = createRunAllKeeper({
    files,
    layout: createDataLayout("/data"),
    engineOf: async () => "slapos",
    checkPython: async () => ({ state: "done", summary: "fine" }),
    commit: async () => ({ state: "done", summary: "committed" }),
    async startRun(_project, request) {
      started.push(request);
      const run = toRun(request);
      runs.set(run.id, run);
      return run;
    },
    getRun: (id) => runs.get(id) ?? toRun({ kind: "software", profile: PROFILE }),
    stopRun: async () => undefined,
    checkPromises: async () => ({ state: "done", summary: "kept" }),
    findService: async () => ({ url: "http://127.0.0.1:1/" }),
    onChanged: () => undefined,
    log: { warn: () => undefined, error: () => undefined },
    now: () => new Date(0),
    ...ports,
  });
  const untilEnd = () =>
    until(async () => {
      const info = await keeper.find("p");
      return info && info.state !== "running" ? info : undefined;
    });
  return { keeper, started, files, untilEnd };
}

describe("Run all", () => {
  it("does all steps in their order, and tells the address", async () => {
    const { keeper, started, untilEnd } = createKeeper();
    await keeper.start("p", { profile: PROFILE, commit: { message: "all" } });
    const end = await untilEnd();
    expect(end.steps.map(({ id, state }) => `${id} ${state}`)).toEqual([
      "check done",
      "commit done",
      "software done",
      "instance done",
      "promises done",
      "open done",
    ]);
    expect(started.map(({ kind }) => kind)).toEqual(["software", "instance"]);
    expect(end).toMatchObject({ state: "succeeded", code: 0, url: "http://127.0.0.1:1/", instance: "hello" });
  });

  it("stops at the first red, and leaves the rest undone", async () => {
    const { keeper, started, untilEnd } = createKeeper({
      checkPython: async () => ({ state: "failed", summary: "undefined name", problems: [{ text: "undefined name" }] }),
    });
    await keeper.start("p", { profile: PROFILE });
    expect(await untilEnd()).toMatchObject({ state: "failed", code: 1 });
    expect(started).toEqual([]);
  });

  it("A10.4: ends with 2 when only a promise is not kept, and names it", async () => {
    const { keeper, untilEnd } = createKeeper({
      checkPromises: async () => ({ state: "failed", summary: "A promise is not kept: page", code: 2 }),
    });
    await keeper.start("p", { profile: PROFILE });
    const end = await untilEnd();
    expect(end).toMatchObject({ state: "failed", code: 2 });
    expect(end.steps[4]).toMatchObject({ id: "promises", state: "failed", summary: "A promise is not kept: page" });
  });

  it("says what the world refused, and refuses a second one meanwhile", async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { keeper, untilEnd } = createKeeper({
      async startRun() {
        await held;
        throw new WebrunnerError("run/busy", { message: "Another run goes on.", hint: "Wait." });
      },
    });
    await keeper.start("p", { profile: PROFILE });
    await expect(keeper.start("p", { profile: PROFILE })).rejects.toMatchObject({ code: "run/busy" });
    release();
    expect((await untilEnd()).steps[2]).toMatchObject({ state: "failed", summary: "Another run goes on. Wait." });
  });

  it("goes on after a restart with the run that the last server began", async () => {
    const first = createKeeper({ getRun: () => ({ id: "x" }) as RunInfo });
    await first.keeper.start("p", { profile: PROFILE });
    await until(() => first.started.length === 1);
    await until(async () => (await first.keeper.find("p"))?.steps[2]?.run !== undefined);
    first.keeper.dispose();
    const second = createKeeper({}, first.files);
    await second.keeper.resume(["p"]);
    expect(await second.untilEnd()).toMatchObject({ state: "succeeded" });
    // The software run was followed, not begun anew.
    expect(second.started.map(({ kind }) => kind)).toEqual(["instance"]);
  });
});
