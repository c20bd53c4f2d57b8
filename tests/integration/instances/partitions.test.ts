/** Operating and debugging instances on a real node: slapgrid, supervisord, promises. One node, one story. */

import { appendFile, readdir, readFile, readlink, rm, stat, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { io } from "socket.io-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type {
  DoctorReport,
  InstanceInfo,
  InstanceVersion,
  LogPiece,
  ProcessList,
  PromiseCheckInfo,
  ReleaseParameters,
  TerminalInfo,
} from "@/lib/protocol";
import { listProcesses, readCommandLine } from "@/server/platform/process-table";
import { toBusyLimit } from "../busy-limit";
import { TEST_TOKEN } from "../server-harness";
import { until } from "../until";
import { createRealInstances, type RealInstances } from "./real-instances";

const TIMEOUT_MS = 180_000;
const RELEASE = "debuggable";

let node: RealInstances;
let profile: string;
let hello: InstanceInfo;

beforeAll(async () => {
  node = await createRealInstances();
  profile = await node.addRelease(RELEASE);
  const built = await node.run({ kind: "software", profile });
  if (built.state !== "succeeded") throw new Error(await node.readLog(built.id));
  hello = await node.deploy("hello", { profile, parameters: { text: "Hello", count: 2 } });
}, TIMEOUT_MS);
afterAll(() => node?.dispose());

const readService = async (): Promise<string> => (await fetch(String(hello.connection.url))).text();

/** Hears `instance:changed` as a page does. */
async function watch(): Promise<{ changes(): number; close(): void }> {
  const socket = io(node.server.url, {
    transports: ["websocket"],
    extraHeaders: { authorization: `Bearer ${TEST_TOKEN}` },
  });
  let changes = 0;
  socket.on("instance:changed", () => changes++);
  await socket.emitWithAck("project:watch", { project: "sample" });
  await socket.emitWithAck("process:watch", { project: "sample" });
  return { changes: () => changes, close: () => void socket.close() };
}

describe("processes", () => {
  it("are shown as supervisord has them", async () => {
    expect(hello.problems).toEqual([]);
    expect(hello.health).toBe("green");
    const program = await node.untilProgram("slappart0:app", ({ state }) => state === "RUNNING");
    expect(program).toMatchObject({ pid: expect.any(Number), startedAt: expect.stringMatching(/^\d{4}-/) });
    expect(program.log).toBe(`.slappart0_${program.name.replace("-on-watch", "")}.log`);
    const { programs } = hello.partitions[0]!;
    expect(programs.map(({ name }) => name).sort()).toEqual([program.name, "setup"].sort());
  });

  it("A11.1: that exit with 3 or are killed are red within 3 seconds with the end of their log, and green when they are started again", async () => {
    const page = await watch();
    try {
      const { pid, name, log } = await node.untilProgram("slappart0:app", ({ state }) => state === "RUNNING");
      const isRed = async () => {
        const { health, problems = [] } = await node.getInstance("hello");
        return health === "red" ? problems : undefined;
      };
      await expect(fetch(`${hello.connection.url}exit`)).rejects.toThrow();
      const redAt = Date.now() + toBusyLimit(3_000);
      await until(() => page.changes() > 0, { what: "the news", timeoutMs: redAt - Date.now() });
      const problems = await until(isRed, { timeoutMs: redAt - Date.now(), what: "red" });
      expect(problems).toEqual([
        expect.stringMatching(/^app-\w+ of slappart0 has exited with 3\.$|^app.* exited with 3\.$/),
      ]);
      expect(await node.findProgram("slappart0:app")).toMatchObject({ state: "EXITED" });
      const tail = await node.ask<LogPiece>("GET", `/partitions/slappart0/log?path=${encodeURIComponent(log!)}`);
      expect(tail.text).toContain("listening");
      const after = await node.ask<ProcessList>("POST", `/processes/slappart0:${name}/start`);
      expect(after.processes.find((program) => program.name === name)).toMatchObject({ state: "RUNNING" });
      expect((await node.getInstance("hello")).health).toBe("green");

      const running = await node.untilProgram("slappart0:app", (program) => program.pid !== pid);
      process.kill(running.pid!, "SIGKILL");
      await until(isRed, { timeoutMs: toBusyLimit(3_000), what: "red" });
      expect(await isRed()).toEqual([expect.stringContaining("was killed")]);
      await node.ask("POST", `/processes/slappart0:${name}/restart`);
      expect((await node.getInstance("hello")).health).toBe("green");
    } finally {
      page.close();
    }
  });

  it("are started and stopped one by one and all at once", async () => {
    const { name } = await node.untilProgram("slappart0:app", ({ state }) => state === "RUNNING");
    await node.ask("POST", "/processes/slappart0:*/stop");
    expect(await node.findProgram("slappart0:app")).toMatchObject({ state: "STOPPED" });
    await node.ask("POST", `/processes/slappart0:${name}/stop`);
    await node.ask("POST", "/processes/slappart0:*/restart");
    expect(await node.findProgram("slappart0:app")).toMatchObject({ state: "RUNNING" });
    await until(async () => (await readService().catch(() => "")).includes("Hello"));
  });

  it("take no other name or verb than those that are there (IN14)", async () => {
    const statuses = await Promise.all(
      [
        "slappart0:nothing/start",
        "slappart9:*/stop",
        "watchdog:watchdog/stop",
        "slappart0:app/shutdown",
        "x/start",
      ].map(async (path) => (await node.server.api("POST", `/projects/sample/processes/${path}`)).status),
    );
    expect(statuses).toEqual([404, 404, 400, 400, 400]);
    const names = ["slappart0:a\nb", "slappart0:<b>", "slappart0:../x", "slappart0:a b", "supervisor:*", "slappart0:"];
    for (const name of names) {
      const path = `/projects/sample/processes/${encodeURIComponent(name)}/start`;
      expect((await node.server.api("POST", path)).status).toBe(400);
    }
  });
});

describe("promises", () => {
  const count = async (file: string): Promise<number> =>
    (await readFile(`${node.toDirectory("slappart0")}/var/${file}`, "utf8")).split("\n").length - 1;

  it(
    "A11.2: are run now, and only the one that is asked for; the message is that of their status",
    async () => {
      const path = "/partitions/slappart0/promises";
      const { promises } = await node.ask<{ promises: PromiseCheckInfo[] }>("GET", path);
      expect(promises.map(({ name, ok }) => [name, ok])).toEqual([
        ["counted", true],
        ["plugin", true],
      ]);
      const before = { script: await count("counted"), plugin: await count("plugin-counted") };
      await writeFile(`${node.toDirectory("slappart0")}/var/broken`, "");
      const broken = await node.ask<{ promises: PromiseCheckInfo[] }>("POST", `${path}/run`, { name: "counted" });
      expect(broken.promises).toMatchObject([
        { name: "counted", ok: false, message: expect.stringContaining("it is broken") },
        { name: "plugin", ok: true },
      ]);
      expect(await count("counted")).toBe(before.script + 1);
      expect(await count("plugin-counted")).toBe(before.plugin);
      expect((await node.getInstance("hello")).problems).toEqual(["The promise counted fails: it is broken"]);

      await node.ask("POST", `${path}/run`, { name: "plugin" });
      expect(await count("counted")).toBe(before.script + 1);
      expect(await count("plugin-counted")).toBe(before.plugin + 1);
      const status = JSON.parse(
        await readFile(`${node.toDirectory("slappart0")}/.slapgrid/promise/result/counted.status.json`, "utf8"),
      );
      expect(broken.promises[0]!.message).toBe(status.result.message);
    },
    TIMEOUT_MS,
  );

  it(
    "are all run when none is named",
    async () => {
      await rm(`${node.toDirectory("slappart0")}/var/broken`);
      const before = { script: await count("counted"), plugin: await count("plugin-counted") };
      await node.ask("POST", "/partitions/slappart0/promises/run", {});
      expect([await count("counted"), await count("plugin-counted")]).toEqual([before.script + 1, before.plugin + 1]);
      expect((await node.getInstance("hello")).health).toBe("green");
      const none = await node.server.api("POST", "/projects/sample/partitions/slappart0/promises/run", {
        name: "none",
      });
      expect(none.status).toBe(502);
    },
    TIMEOUT_MS,
  );
});

describe("a program run by hand", () => {
  const read = async (pid: number) => ({
    argv: (await readFile(`/proc/${pid}/cmdline`, "utf8")).split("\0").slice(0, -1),
    environment: (await readFile(`/proc/${pid}/environ`, "utf8")).split("\0").filter(Boolean).sort(),
    directory: await readlink(`/proc/${pid}/cwd`),
    owner: /Uid:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, "utf8"))![1],
  });

  it(
    "A11.3: has the command, environment, directory and user that supervisord gives it",
    async () => {
      const supervised = await node.untilProgram("slappart0:app", ({ state }) => state === "RUNNING");
      const expected = await read(supervised.pid!);
      const path = "/partitions/slappart0/terminals";
      const terminal = await node.ask<TerminalInfo>("POST", path, { program: supervised.name });
      const isStopped = await node.findProgram("slappart0:app");
      expect(isStopped).toMatchObject({ state: "STOPPED", terminal: terminal.id });
      await until(async () => (await readService().catch(() => "")).includes("Hello"), { what: "the service by hand" });
      const pids = (await readdir("/proc")).map(Number).filter((pid) => pid > 0);
      const found: number[] = [];
      for (const pid of pids) {
        const seen = await read(pid).catch(() => undefined);
        if (seen && seen.argv.join(" ") === expected.argv.join(" ")) found.push(pid);
      }
      expect(found).toHaveLength(1);
      expect(await read(found[0]!)).toEqual(expected);
      expect(expected.environment).toContain("DEBUGGABLE=yes, 100%");

      // Leaving it: the offer to start it again stands, until it is started.
      process.kill(found[0]!, "SIGTERM");
      await until(async () => {
        const { terminals } = await node.ask<{ terminals: TerminalInfo[] }>("GET", "/terminals");
        return terminals.some(({ id, state }) => id === terminal.id && state === "ended");
      });
      expect((await node.getInstance("hello")).problems).toEqual([expect.stringContaining("run by hand")]);
      await node.ask("POST", `/processes/slappart0:${supervised.name}/start`);
      expect((await node.findProgram("slappart0:app"))?.terminal).toBeUndefined();
      expect((await node.getInstance("hello")).health).toBe("green");
    },
    TIMEOUT_MS,
  );

  it("is answered for commands in a partition too", async () => {
    const path = "/partitions/slappart0/exec";
    const result = await node.ask("POST", path, { argv: ["sh", "-c", "pwd; echo $PATH; id -un >&2; exit 4"] });
    const directory = node.toDirectory("slappart0");
    expect(result).toMatchObject({ code: 4, stdout: expect.stringContaining(`${directory}\n${directory}/bin:`) });
    const none = await node.server.api("POST", `/projects/sample/partitions/slappart99/exec`, { argv: ["true"] });
    expect(none.status).toBe(404);
  });
});

describe("the service", () => {
  it("answers behind our address, for who is signed in", async () => {
    const at = `${node.server.url}/service/hello/some?q=1`;
    expect((await fetch(at, { redirect: "manual" })).status).toBe(401);
    const headers = { authorization: `Bearer ${TEST_TOKEN}` };
    const direct = await fetch(at, { headers });
    expect(await direct.text()).toContain('"path": "/some?q=1"');
    expect(direct.headers.get("content-security-policy")).toContain("sandbox");
    expect(direct.headers.get("set-cookie")).toBe("mine=1; Path=/service/hello/");
    const cookie = await node.server.signIn();
    const page = await fetch(at, { headers: { cookie, accept: "text/html" }, redirect: "manual" });
    const location = page.headers.get("location")!;
    expect([page.status, location]).toEqual([302, expect.stringMatching(/^\/service\/hello\/@[\w-]+\/some\?q=1$/)]);
    expect((await fetch(`${node.server.url}${location}`)).status).toBe(200);
    expect((await node.getInstance("hello")).service).toBe("/service/hello/");
    // Signed out, the address is worth nothing, at once.
    await fetch(`${node.server.url}/api/v1/session`, {
      method: "DELETE",
      headers: { cookie, origin: node.server.url },
    });
    expect((await fetch(`${node.server.url}${location}`, { redirect: "manual" })).status).toBe(401);
  });

  it("is not opened while nobody of the instance listens there", async () => {
    const headers = { authorization: `Bearer ${TEST_TOKEN}` };
    const { port } = new URL(String(hello.connection.url));
    await node.ask("POST", "/processes/slappart0:*/stop");
    const stranger = createServer((_, response) => response.end("stranger"));
    try {
      await new Promise<void>((resolve) => stranger.listen(Number(port), "127.0.0.1", resolve));
      const reply = await until(async () => {
        const each = await fetch(`${node.server.url}/service/hello/`, { headers });
        return each.status === 200 ? undefined : each;
      });
      expect(reply.status).toBe(502);
    } finally {
      stranger.close();
      stranger.closeAllConnections();
      await node.ask("POST", "/processes/slappart0:*/start");
    }
  });
});

describe("parameters", () => {
  it("that do not fit the schema are refused with their pointer, before anything changes", async () => {
    const path = "/projects/sample/instances/hello";
    const wrong = { text: "x", colour: "pink", count: 11, other: 1 };
    const reply = await node.server.api<{ code: string; data: { problems: { pointer: string }[] } }>("PUT", path, {
      profile,
      parameters: wrong,
    });
    expect([reply.status, reply.body.code]).toEqual([422, "instance/parameters-invalid"]);
    expect(reply.body.data.problems.map(({ pointer }) => pointer).sort()).toEqual(["/colour", "/count", "/other"]);
    expect((await node.getInstance("hello")).parameters).toEqual({ text: "Hello", count: 2 });
    expect((await node.server.api("PUT", path, { profile, parameters: wrong, unchecked: true })).status).toBe(200);
  });

  it(
    "of before are taken again, and applied by the next run",
    async () => {
      const { versions } = await node.ask<{ versions: InstanceVersion[] }>("GET", "/instances/hello/versions");
      expect(versions.map(({ parameters }) => parameters)).toMatchObject([
        { colour: "pink" },
        { text: "Hello", count: 2 },
      ]);
      const instance = await node.getInstance("hello");
      expect(instance.applied).toEqual({ text: "Hello", count: 2 });
      hello = await node.deploy("hello", { profile, parameters: { text: "Changed", colour: "blue" } });
      expect(await readService()).toContain("Changed");
      hello = await node.deploy("hello", { profile, parameters: versions[1]!.parameters });
      expect(hello).toMatchObject({ parameters: { text: "Hello", count: 2 }, applied: { text: "Hello", count: 2 } });
      await until(async () => (await readService().catch(() => "")).includes("Hello"));
    },
    TIMEOUT_MS,
  );

  it("have schemas for every type of the release, each one whole", async () => {
    const query = `profile=${encodeURIComponent(profile)}`;
    const { types, problems } = await node.ask<ReleaseParameters>("GET", `/release-parameters?${query}`);
    expect(problems).toEqual([]);
    expect(types.map(({ id, softwareType, shared, problems: own }) => [id, softwareType, shared, own])).toEqual([
      ["default", "default", false, []],
      ["default-slave", "default", true, []],
      ["chatty", "chatty", false, []],
    ]);
    expect(JSON.stringify(types[0]!.schema)).not.toContain("definitions.json#");
    const check = (body: object) => node.ask<{ problems: unknown[] }>("POST", "/release-parameters/check", body);
    const chatty = { profile, softwareType: "chatty" };
    expect((await check({ ...chatty, parameters: { pause: 0 } })).problems).toMatchObject([{ pointer: "/pause" }]);
    expect((await check({ ...chatty, parameters: { pause: 1 } })).problems).toEqual([]);
  });

  it("and schemas that would never end are cut off (IN11)", async () => {
    const slow = "software/slow/software.cfg";
    await node.writeFile(slow, "[buildout]\nparts =\n");
    await node.writeFile(`${slow}.json`, JSON.stringify({ "software-type": { default: { request: "input.json" } } }));
    const pattern = "^(a+)+$";
    await node.writeFile(
      "software/slow/input.json",
      JSON.stringify({
        properties: {
          x: { type: "string", pattern },
          n: { type: "integer" },
          y: { $ref: "https://example.com/never" },
        },
      }),
    );
    // Without a word on it the parameters are XML, where a number is a text.
    const checkNumber = (n: string) =>
      node.ask<{ problems: unknown[] }>("POST", "/release-parameters/check", { profile: slow, parameters: { n } });
    expect((await checkNumber("3")).problems).toEqual([]);
    expect((await checkNumber("three")).problems).toMatchObject([{ pointer: "/n" }]);
    const limitMs = toBusyLimit(10_000);
    const startedAt = Date.now();
    const body = { profile: slow, parameters: { x: `${"a".repeat(40)}!` } };
    const { problems } = await node.ask<{ problems: { message: string }[] }>("POST", "/release-parameters/check", body);
    expect(problems).toMatchObject([{ message: expect.stringContaining("too long") }]);
    expect(Date.now() - startedAt).toBeLessThan(limitMs);
    const read = await node.ask<ReleaseParameters>("GET", `/release-parameters?profile=${encodeURIComponent(slow)}`);
    expect(JSON.stringify(read.types[0]!.schema)).not.toContain("pattern");
    expect(read.types[0]!.problems).toEqual([expect.stringContaining("not read")]);
    const deep = JSON.parse(`{"parameters": {"a": ${"[".repeat(1_000)}${"]".repeat(1_000)}}}`) as object;
    expect((await node.server.api("PUT", "/projects/sample/instances/deep", { profile: slow, ...deep })).status).toBe(
      400,
    );
  });
});

describe("a shared instance", () => {
  it(
    "is served by another, and goes without it",
    async () => {
      const guest = await node.deploy("guest", { profile, shared: true, parameters: { name: "Guest" } });
      expect(guest).toMatchObject({ shared: true, partitions: [], applied: { name: "Guest" }, health: "green" });
      await until(async () => (await readService().catch(() => "")).includes("Guest"));
      await node.ask("PUT", "/instances/guest", { profile, state: "destroyed" });
      const end = await node.run({ kind: "instance", profile, instance: "guest" });
      expect(end.state, await node.readLog(end.id)).toBe("succeeded");
      const { instances } = await node.ask<{ instances: InstanceInfo[] }>("GET", "/instances");
      expect(instances.some(({ name }) => name === "guest")).toBe(false);
      await until(async () => !(await readService().catch(() => "Guest")).includes("Guest"));
      expect((await node.getInstance("hello")).health).toBe("green");
    },
    TIMEOUT_MS,
  );
});

describe("logs", () => {
  const log = (query: string) => node.ask<LogPiece>("GET", `/partitions/slappart1/log?${query}`);

  it(
    "of a service that prints much are followed through rotation, without gap or repetition (FT10)",
    async () => {
      await node.deploy("chatty", { profile, softwareType: "chatty", parameters: {} });
      const program = await node.untilProgram("slappart1:chatty", ({ state }) => state === "RUNNING");
      const path = encodeURIComponent(program.log!);
      const inode = async () => stat(`${node.toDirectory("slappart1")}/${program.log}`);
      const first = await log(`path=${path}`);
      let { end } = first;
      let text = first.text;
      const inodes = new Set<number>();
      await until(
        async () => {
          // Between two names it has none.
          const seen = await inode().catch(() => undefined);
          if (seen) inodes.add(seen.ino);
          const piece = await log(`path=${path}&after=${end}&limit=1048576`);
          expect(piece.gap).toBe(false);
          text += piece.text;
          end = piece.end ?? end;
          return inodes.size >= 4;
        },
        { timeoutMs: 60_000, everyMs: 5, what: "three rotations" },
      );
      const numbers = [...text.matchAll(/^line (\d+) of/gm)].map((match) => Number(match[1]));
      expect(numbers.length).toBeGreaterThan(2_000);
      expect(numbers.every((number, index) => index === 0 || number === numbers[index - 1]! + 1)).toBe(true);
      await node.ask("POST", "/processes/slappart1:*/stop");

      // Back to the oldest line that is still there, through the rotated file.
      const { logs } = await node.ask<{ logs: { path: string; rotated: number }[] }>(
        "GET",
        "/partitions/slappart1/logs",
      );
      expect(logs.find((each) => each.path === program.log)).toMatchObject({ rotated: 1 });
      let back = await log(`path=${path}`);
      let all = back.text;
      while (back.more) {
        back = await log(`path=${path}&before=${back.start}`);
        all = back.text + all;
      }
      const directory = node.toDirectory("slappart1");
      const files = await Promise.all(
        [`${program.log}.1`, program.log!].map((name) => readFile(`${directory}/${name}`, "utf8")),
      );
      expect(all).toBe(files.join(""));

      // Cut, and deleted: said, and gone on with.
      await appendFile(`${directory}/${program.log}`, "something to lose\n");
      const place = (await log(`path=${path}`)).end;
      await writeFile(`${directory}/${program.log}`, "new\n");
      expect(await log(`path=${path}&after=${place}`)).toMatchObject({ gap: true, text: "new\n" });
      const fs = await import("node:fs/promises");
      await fs.rm(`${directory}/${program.log}`);
      await fs.rm(`${directory}/${program.log}.1`);
      expect(await log(`path=${path}&after=${place}`)).toMatchObject({ gap: true, text: "" });
    },
    TIMEOUT_MS,
  );

  it("do not lead out of the partition", async () => {
    await symlink("/etc/passwd", `${node.toDirectory("slappart1")}/evil.log`);
    for (const path of ["evil.log", "../slappart0/var/counted", "/etc/passwd"]) {
      const reply = await node.server.api<LogPiece>(
        "GET",
        `/projects/sample/partitions/slappart1/log?path=${encodeURIComponent(path)}`,
      );
      expect(reply.status === 404 || reply.body.text === "" || reply.status === 400).toBe(true);
      const file = `/projects/sample/partitions/slappart1/file?path=${encodeURIComponent(path)}`;
      expect((await node.server.api("GET", file)).status).toBeGreaterThanOrEqual(400);
    }
  });
});

describe("A11.4: the command line, from any machine with a token", () => {
  it(
    "lists, stops and starts processes by their short names, and shows their logs",
    async () => {
      expect((await node.webrunner("process", "list")).output).toMatch(/^slappart0:app +RUNNING /m);
      expect((await node.webrunner("process", "stop", "app")).output).toMatch(/^slappart0:app +STOPPED /m);
      expect((await node.webrunner("process", "start", "slappart0:app")).output).toMatch(/^slappart0:app +RUNNING /m);
      expect((await node.webrunner("process", "tail", "app")).output).toContain("listening");
      expect(await node.webrunner("process", "start", "nothing")).toMatchObject({
        code: 1,
        output: expect.stringContaining("slappart0:app"),
      });
    },
    TIMEOUT_MS,
  );

  it(
    "checks promises, with their verdict as exit code",
    async () => {
      expect(await node.webrunner("promise", "list", "hello")).toMatchObject({ code: 0 });
      const one = await node.webrunner("promise", "run", "hello", "counted");
      expect(one).toMatchObject({ code: 0, output: expect.stringMatching(/^slappart0:counted +ok .*it works\n$/) });
      await writeFile(`${node.toDirectory("slappart0")}/var/broken`, "");
      expect(await node.webrunner("promise", "run", "hello", "counted")).toMatchObject({ code: 2 });
      await rm(`${node.toDirectory("slappart0")}/var/broken`);
      expect(await node.webrunner("promise", "run", "hello")).toMatchObject({ code: 0 });
      expect(await node.webrunner("promise", "run", "hello", "none")).toMatchObject({ code: 1 });
    },
    TIMEOUT_MS,
  );

  it(
    "runs commands in a partition, and keeps what was asked for",
    async () => {
      const done = await node.webrunner("partition", "exec", "slappart0", "--", "sh", "-c", "pwd; exit 7");
      expect(done).toEqual({ code: 7, output: `${node.toDirectory("slappart0")}\n` });
      expect(await node.webrunner("partition", "shell", "slappart0")).toMatchObject({ code: 4 });
      const wrong = await node.webrunner("instance", "parameters", "hello", "count=3");
      expect(wrong).toMatchObject({ code: 1, output: expect.stringContaining("/count") });
      expect(await node.webrunner("instance", "parameters", "hello", "count:=3")).toMatchObject({ code: 0 });
      expect((await node.webrunner("instance", "history", "hello")).output).toMatch(/^0 .*"count":3/);
      expect(await node.webrunner("instance", "parameters", "hello", "--version", "1")).toMatchObject({ code: 0 });
      expect((await node.getInstance("hello")).parameters).toEqual({ text: "Hello", count: 2 });
      expect(await node.webrunner("instance", "destroy", "hello", "--name", "other")).toMatchObject({ code: 4 });
    },
    TIMEOUT_MS,
  );
});

describe("what is killed (FT15)", () => {
  it("slapproxy is missed within five seconds and started again, and both are told (A1.2)", async () => {
    const proxy = async () => {
      for (const { pid } of await listProcesses()) {
        const words = await readCommandLine(pid);
        if (words.includes("proxy") && words.some((word) => word.startsWith(`${node.dataDirectory}/`))) return pid;
      }
      return undefined;
    };
    const port = Number(await readFile(`${node.dataDirectory}/projects/sample/slapos/etc/proxy-port`, "utf8"));
    const answers = () =>
      fetch(`http://127.0.0.1:${port}/`).then(
        () => true,
        () => false,
      );
    const first = (await proxy())!;
    expect(await answers()).toBe(true);
    const findEngine = async (ok: boolean) =>
      (await node.ask<DoctorReport>("GET", "/doctor")).checks.find((check) => check.id === "engine" && check.ok === ok);
    const limitMs = toBusyLimit(5_000);
    process.kill(first, "SIGKILL");
    const red = await until(() => findEngine(false), { timeoutMs: limitMs, what: "a red engine" });
    expect(red.detail).toMatch(/^The SlapOS proxy (?:does not answer|has ended)/);
    await until(async () => (await proxy()) !== first && (await answers()), { timeoutMs: 20_000, what: "slapproxy" });
    // It is told once it is known that the proxy answers, which may be a moment after it does.
    const green = await until(
      async () => {
        const engine = await findEngine(true);
        return (engine?.events?.length ?? 0) > 1 ? engine : undefined;
      },
      { what: "a green engine that tells of both" },
    );
    expect(green.events?.map(({ text }) => text)).toEqual([
      "The SlapOS proxy had ended.",
      "The SlapOS proxy was started again.",
    ]);
    expect((await node.webrunner("doctor")).output).toMatch(/^ {4}\S+Z The SlapOS proxy was started again\.$/m);
  });

  it("supervisord is missed within five seconds", async () => {
    const pid = Number(await readFile(`${node.toDirectory("slappart0")}/../var/run/supervisord.pid`, "utf8"));
    const limitMs = toBusyLimit(5_000);
    process.kill(pid, "SIGKILL");
    await until(async () => (await node.getInstance("hello")).health === "red", { timeoutMs: limitMs });
    expect((await node.getInstance("hello")).problems).toEqual([
      expect.stringContaining("supervisord does not answer"),
    ]);
    expect((await node.server.api("POST", "/projects/sample/processes/slappart0:*/start")).status).toBe(503);
  });
});
