import { describe, expect, it } from "vitest";
import { instanceSchema, type ProgramInfo, type RunInfo } from "@/lib/protocol";
import { createInstanceKeeper, type InstanceNode } from "@/server/instance/instance-keeper";
import { createMemoryFiles } from "@/server/platform/memory-files";

const WEB: ProgramInfo = { group: "slappart0", name: "web-on-watch", state: "RUNNING", pid: 7, description: "pid 7" };
const HELLO = "software/hello-web/software.cfg";

function deployed(name: string, changes: Partial<InstanceNode["instances"][number]> = {}): InstanceNode {
  return {
    instances: [
      {
        name,
        profile: `/workspace/${HELLO}`,
        state: "started",
        partition: "slappart0",
        parameters: {},
        connectionParameters: { url: "http://127.0.0.1:1/" },
        ...changes,
      },
    ],
    partitions: [
      {
        id: "slappart0",
        instance: name,
        state: "started",
        promises: [{ name: "http", state: "ok", message: "fine" }],
      },
      { id: "slappart1", instance: "child", requestedBy: name, state: "started", promises: [] },
      { id: "slappart2", state: "free", promises: [] },
    ],
  };
}

function open(node: InstanceNode = { instances: [], partitions: [] }) {
  const state: { node: InstanceNode; run?: Pick<RunInfo, "state" | "code">; programs?: readonly ProgramInfo[] } = {
    node,
    programs: [WEB],
  };
  const files = createMemoryFiles();
  const create = () =>
    createInstanceKeeper({
      files,
      storePath: () => "/data/instances/requests.json",
      workspaceRoot: async () => "/workspace",
      describeNode: async () => state.node,
      listPrograms: async () => state.programs,
      findLastRun: () => state.run && { id: "1", ...state.run },
      onChanged: () => {},
      log: { warn: () => {} },
      now: () => 0,
    });
  return { state, keeper: create(), reopen: create };
}

describe("instances", () => {
  it("are asked for with the name of the release when there is none", async () => {
    const { keeper } = open();
    expect(await keeper.resolve("p", HELLO, undefined)).toEqual({
      name: "hello-web",
      parameters: {},
      softwareType: undefined,
      state: "started",
    });
    expect(await keeper.list("p")).toMatchObject([{ name: "hello-web", health: "new", profile: HELLO }]);
  });

  it("keep what they were asked for over a restart", async () => {
    const { keeper, reopen } = open();
    await keeper.request("p", "blue", { profile: HELLO, parameters: { greeting: "Hi" } });
    await keeper.request("p", "blue", { profile: HELLO, state: "stopped" });
    const again = reopen();
    expect(await again.resolve("p", HELLO, undefined)).toMatchObject({
      name: "blue",
      parameters: { greeting: "Hi" },
      state: "stopped",
    });
  });

  it("show what the node tells, with the partitions that they asked for themselves", async () => {
    const { keeper } = open(deployed("hello-web"));
    const instance = await keeper.get("p", "hello-web");
    expect(instanceSchema.parse(instance)).toEqual(instance);
    expect(instance).toMatchObject({ health: "green", profile: HELLO, connection: { url: "http://127.0.0.1:1/" } });
    expect(instance.partitions.map(({ id }) => id)).toEqual(["slappart0", "slappart1"]);
    expect(instance.partitions[0]!.programs).toMatchObject([{ name: "web-on-watch", state: "RUNNING", pid: 7 }]);
  });

  it("are red after a failed run or with a failing promise, and running while a run goes on", async () => {
    const { keeper, state } = open(deployed("hello-web"));
    const health = async () => (await keeper.get("p", "hello-web")).health;
    state.run = { state: "failed" };
    expect(await health()).toBe("red");
    state.run = { state: "running" };
    expect(await health()).toBe("running");
    state.run = { state: "succeeded" };
    expect(await health()).toBe("green");
    const [first, ...others] = state.node.partitions;
    const promises = [{ name: "http", state: "failed", message: "no answer" }];
    state.node = { ...state.node, partitions: [{ ...first!, promises }, ...others] };
    expect(await health()).toBe("red");
  });

  it("say in words why they are not green", async () => {
    const { keeper, state } = open(deployed("hello-web"));
    const problems = async () => (await keeper.get("p", "hello-web")).problems;
    expect(await problems()).toEqual([]);
    state.programs = [{ ...WEB, state: "EXITED", exitStatus: -1 }];
    expect(await problems()).toEqual(["web of slappart0 was killed."]);
    state.programs = [{ ...WEB, state: "EXITED", exitStatus: 0 }];
    expect(await problems()).toEqual(["web of slappart0 has ended."]);
    // What ends by itself may end well.
    state.programs = [{ ...WEB, name: "setup", state: "EXITED", exitStatus: 0 }];
    expect(await problems()).toEqual([]);
    state.programs = [{ ...WEB, state: "STOPPED", terminal: "abc" }];
    expect(await problems()).toEqual(["web of slappart0 is run by hand, not by supervisord."]);
    state.programs = undefined;
    expect(await problems()).toEqual([expect.stringContaining("supervisord does not answer")]);
    state.programs = [WEB];
    state.run = { state: "failed", code: 2 };
    expect((await keeper.get("p", "hello-web")).health).toBe("green");
    state.run = { state: "failed", code: 1 };
    expect(await problems()).toEqual(["The last run of the instance failed."]);
  });

  it("remember what was asked for, and take it again", async () => {
    const { keeper } = open();
    await keeper.request("p", "blue", { profile: HELLO, parameters: { greeting: "Hi" } });
    await keeper.request("p", "blue", { profile: HELLO, parameters: { greeting: "Hi" } });
    await keeper.request("p", "blue", { profile: HELLO, parameters: { greeting: "Ho" }, state: "stopped" });
    const history = await keeper.history("p", "blue");
    expect(history).toMatchObject([
      { parameters: { greeting: "Ho" }, state: "stopped" },
      { parameters: { greeting: "Hi" }, state: "started" },
    ]);
    const { parameters, state } = history[1]!;
    await keeper.request("p", "blue", { profile: HELLO, parameters, state });
    expect(await keeper.get("p", "blue")).toMatchObject({ parameters: { greeting: "Hi" }, state: "started" });
    expect(await keeper.history("p", "blue")).toHaveLength(3);
    await expect(keeper.history("p", "none")).rejects.toMatchObject({ code: "instance/not-found" });
  });

  it("must be named when a release has several", async () => {
    const { keeper } = open();
    await keeper.request("p", "blue", { profile: HELLO });
    await keeper.request("p", "green", { profile: HELLO });
    await expect(keeper.resolve("p", HELLO, undefined)).rejects.toMatchObject({
      code: "run/refused",
      data: { hint: expect.stringContaining("blue, green") },
    });
    expect((await keeper.resolve("p", HELLO, "green")).name).toBe("green");
  });

  it("are not taken over by another release", async () => {
    const { keeper } = open();
    await keeper.request("p", "blue", { profile: HELLO });
    await expect(keeper.resolve("p", "software/other/software.cfg", "blue")).rejects.toMatchObject({
      code: "run/refused",
    });
  });

  it("stay until they were destroyed as asked", async () => {
    const { keeper, state } = open(deployed("hello-web"));
    await keeper.request("p", "hello-web", { profile: HELLO, state: "destroyed" });
    expect(await keeper.list("p")).toMatchObject([{ name: "hello-web", state: "destroyed" }]);
    expect((await keeper.resolve("p", HELLO, "hello-web")).state).toBe("destroyed");
    state.node = { instances: [], partitions: [] };
    expect(await keeper.list("p")).toEqual([]);
  });

  it("that were never deployed are forgotten at once", async () => {
    const { keeper } = open();
    await keeper.request("p", "blue", { profile: HELLO });
    expect(await keeper.request("p", "blue", { profile: HELLO, state: "destroyed" })).toMatchObject({
      state: "destroyed",
    });
    expect(await keeper.list("p")).toEqual([]);
    await expect(keeper.get("p", "blue")).rejects.toMatchObject({ code: "instance/not-found" });
  });

  it("may be called like what every object has", async () => {
    const { keeper } = open();
    expect((await keeper.resolve("p", "software/constructor/software.cfg", undefined)).name).toBe("constructor");
  });
});
