/**
 * The main job on the real engine: build the sample release, run its instance, read the page; change it, and again.
 * One node, one story: the tests follow each other.
 */
import { readdir, readFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PartsInfo, ProjectRemoval } from "@/lib/protocol";
import { listProcesses, readCommandLine } from "@/server/platform/process-table";
import { until } from "../until";
import { createRealRuns, type RealRuns } from "./real-runs";

const PROFILE = "software/hello-web/software.cfg";
const software = { kind: "software" as const, profile: PROFILE };
const instance = { kind: "instance" as const, profile: PROFILE };
const TIMEOUT_MS = 180_000;

let runs: RealRuns;
beforeAll(async () => {
  runs = await createRealRuns();
}, TIMEOUT_MS);
afterAll(() => runs?.dispose());

const refuseRemoval = async (): Promise<ProjectRemoval["refused"]> =>
  (await runs.server.api<ProjectRemoval>("GET", "/projects/sample/removal")).body.refused;
const readPage = async (): Promise<string> => {
  const { connection } = await runs.getInstance("hello-web");
  return (await fetch(String(connection.url))).text();
};

describe("the sample release", () => {
  it("has no instance before its software is built", async () => {
    expect(await runs.refuse(instance)).toMatchObject({ code: "run/refused", hint: "Run software first." });
  });

  it(
    "A2.2: is built, part after part as the Parts view lists them",
    async () => {
      const { id } = await runs.start(software);
      const parts = new Set<string>();
      const end = await until(
        async () => {
          const run = await runs.get(id);
          if (run.part) parts.add(run.part);
          return run.finishedAt ? run : undefined;
        },
        { timeoutMs: TIMEOUT_MS, everyMs: 50 },
      );
      expect(end).toMatchObject({ state: "succeeded", code: 0, engine: "slapos" });
      expect(end.partsDone).toBeGreaterThan(5);
      expect(parts.size).toBeGreaterThan(1);
      const project = await runs.server.api<{ releases: { built: boolean }[] }>("GET", "/projects/sample");
      expect(project.body.releases.map(({ built }) => built)).toEqual([true]);
      const { body } = await runs.server.api<PartsInfo>("GET", `/projects/sample/profile/parts?path=${PROFILE}`);
      const installed = [...(await runs.readLog(id)).matchAll(/ Installing (\S+)\.$/gm)].map(([, part]) => part);
      expect(installed).toEqual(body.parts.map(({ name }) => name));
    },
    TIMEOUT_MS,
  );

  it(
    "has nothing to do when nothing changed",
    async () => {
      const end = await runs.run(software);
      expect(end).toMatchObject({ state: "succeeded", nothingToDo: true });
      expect(await runs.readLog(end.id)).toContain("Nothing to do");
    },
    TIMEOUT_MS,
  );

  it(
    "runs an instance that answers",
    async () => {
      const end = await runs.run(instance);
      expect(end).toMatchObject({ state: "succeeded", code: 0, instance: "hello-web" });
      const deployed = await runs.getInstance("hello-web");
      expect(deployed).toMatchObject({ health: "green", state: "started", profile: PROFILE });
      expect(deployed.partitions[0]!.programs[0]).toMatchObject({ state: "RUNNING", group: "slappart0" });
      expect(deployed.partitions[0]!.promises[0]).toMatchObject({ ok: true });
      expect(await readPage()).toContain("Hello, world");
    },
    TIMEOUT_MS,
  );

  it(
    "is really built again when its greeting changed, and the instance says so",
    async () => {
      const { text } = await runs.readFile(PROFILE);
      await runs.writeFile(PROFILE, text.replace("greeting = Hello", "greeting = Bonjour"));
      const built = await runs.run(software);
      expect(built.state).toBe("succeeded");
      expect(built.nothingToDo).toBeUndefined();
      expect((await runs.run(instance)).state).toBe("succeeded");
      expect(await readPage()).toContain("Bonjour, world");
    },
    TIMEOUT_MS,
  );

  it(
    "takes parameters with the next run of the instance",
    async () => {
      const parameters = { greeting: "Salut" };
      const body = { profile: PROFILE, parameters };
      expect((await runs.server.api("PUT", "/projects/sample/instances/hello-web", body)).status).toBe(200);
      expect((await runs.run(instance)).state).toBe("succeeded");
      expect(await readPage()).toContain("Salut, world");
      expect((await runs.getInstance("hello-web")).parameters).toEqual(parameters);
    },
    TIMEOUT_MS,
  );

  it(
    "is stopped in mid-run whole, without the instances' supervisord",
    async () => {
      // A part that waits: the release itself is built before a stop can reach it on a quick machine.
      const slow = "software/slow-part/software.cfg";
      await runs.writeFile(
        slow,
        await readFile(new URL("../../fixtures/releases/slow-part/software.cfg", import.meta.url), "utf8"),
      );
      const { id } = await runs.start({ kind: "software", profile: slow });
      await until(async () => (await runs.get(id)).part === "slow", { timeoutMs: TIMEOUT_MS });
      await runs.server.api("POST", `/runs/${id}/stop`);
      expect(await runs.untilEnd(id)).toMatchObject({ state: "cancelled" });
      for (const { pid } of await listProcesses()) {
        expect((await readCommandLine(pid)).join(" ")).not.toContain(`runs/${id}/`);
      }
      expect(await readPage()).toContain("Salut");
      expect((await runs.run(software)).state).toBe("succeeded");
    },
    TIMEOUT_MS,
  );

  it(
    "starts the proxy again when it was killed",
    async () => {
      const findProxies = async (): Promise<number[]> => {
        const found: number[] = [];
        for (const { pid } of await listProcesses()) {
          const words = await readCommandLine(pid);
          if (words.includes("proxy") && words.join(" ").includes(runs.dataDirectory)) found.push(pid);
        }
        return found;
      };
      const before = await findProxies();
      expect(before.length).toBeGreaterThan(0);
      for (const pid of before) process.kill(pid, "SIGKILL");
      await until(async () => (await findProxies()).some((pid) => !before.includes(pid)), { timeoutMs: 30_000 });
      expect((await runs.run(instance)).state).toBe("succeeded");
    },
    TIMEOUT_MS,
  );

  it("keeps its project from being removed while it runs", async () => {
    await runs.server.api("POST", "/projects", { name: "Other" });
    expect(await refuseRemoval()).toEqual({
      message: "The instance hello-web is running.",
      hint: "Stop or destroy it first, by a run.",
    });
  });

  it(
    "fails with code 2 when only its promise fails",
    async () => {
      const occupied = createServer().listen(0, "127.0.0.1");
      await until(() => occupied.listening);
      try {
        const { port } = occupied.address() as AddressInfo;
        const body = { profile: PROFILE, parameters: { port } };
        await runs.server.api("PUT", "/projects/sample/instances/hello-web", body);
        const end = await runs.run(instance);
        expect(end, await runs.readLog(end.id)).toMatchObject({ state: "failed", code: 2 });
        expect(end.error).toContain("page-answers");
        const deployed = await runs.getInstance("hello-web");
        expect(deployed.health).toBe("red");
        expect(deployed.partitions[0]!.promises[0]).toMatchObject({ ok: false });
      } finally {
        occupied.close();
      }
    },
    TIMEOUT_MS,
  );

  it(
    "is stopped and destroyed only when asked",
    async () => {
      const ask = (state: string) =>
        runs.server.api("PUT", "/projects/sample/instances/hello-web", { profile: PROFILE, state });
      const { url } = (await runs.getInstance("hello-web")).connection;
      await ask("stopped");
      const { id } = await runs.start(instance);
      expect(await refuseRemoval()).toMatchObject({ message: "A run is going on." });
      expect((await runs.untilEnd(id)).state).toBe("succeeded");
      expect((await runs.getInstance("hello-web")).health).toBe("stopped");
      expect(await refuseRemoval()).toBeUndefined();
      await expect(fetch(String(url))).rejects.toThrow();
      await ask("destroyed");
      expect((await runs.run(instance)).state).toBe("succeeded");
      expect((await runs.server.api("GET", "/projects/sample/instances")).body).toEqual({ instances: [] });
    },
    TIMEOUT_MS,
  );

  it(
    "is removed with its project, whose proxy and supervisord end",
    async () => {
      const listOwn = async (): Promise<string[]> => {
        const all = await Promise.all(
          (await listProcesses()).map(async ({ pid }) => (await readCommandLine(pid)).join(" ")),
        );
        return all.filter((words) => words.includes(`${runs.dataDirectory}/projects/sample/`));
      };
      expect((await listOwn()).length).toBeGreaterThan(1);
      expect((await runs.server.api("DELETE", "/projects/sample?name=Sample&force=true")).status).toBe(204);
      await until(async () => (await listOwn()).length === 0, { timeoutMs: 30_000 });
      const folders = join(runs.dataDirectory, "projects");
      await until(async () => (await readdir(folders)).join() === "other", { timeoutMs: 30_000 });
    },
    TIMEOUT_MS,
  );
});
