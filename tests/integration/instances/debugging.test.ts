/** Debugging instances on a real node: from a file to its source, previews without a run, why something is red. */

import { readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { homedir } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Diagnosis, FileSource, RenderedFile, RenderTarget, TerminalInfo } from "@/lib/protocol";
import { createNodePtys } from "@/server/platform/pty";
import { TEST_TOKEN } from "../server-harness";
import { until } from "../until";
import { createRealInstances, type RealInstances } from "./real-instances";

const TIMEOUT_MS = 240_000;

let node: RealInstances;
const releases = { debuggable: "", layered: "", tree: "" };

beforeAll(async () => {
  node = await createRealInstances();
  for (const name of ["debuggable", "layered", "tree"] as const) releases[name] = await node.addRelease(name);
  for (const profile of Object.values(releases)) {
    const built = await node.run({ kind: "software", profile });
    if (built.state !== "succeeded") throw new Error(await node.readLog(built.id));
  }
  await node.deploy("hello", { profile: releases.debuggable, parameters: { text: "Hello", count: 2 } });
  await node.deploy("pages", { profile: releases.layered, parameters: { greeting: "Hi é" } });
  // In one run, though it needs what its child publishes.
  const family = await node.deploy("family", { profile: releases.tree, parameters: { colour: "blue" } });
  expect(family.partitions).toMatchObject([
    { id: "slappart2" },
    { id: "slappart3", parent: "slappart2", instance: "backend" },
  ]);
  expect(family.connection).toEqual({ backend: "a blue backend in slappart3" });
}, TIMEOUT_MS);
afterAll(() => node?.dispose());

const trace = (partition: string, path: string, line?: number) =>
  node.ask<FileSource>(
    "GET",
    `/partitions/${partition}/source?path=${encodeURIComponent(path)}${line === undefined ? "" : `&line=${line}`}`,
  );
const render = (body: object) => node.ask<RenderedFile>("POST", "/render", body);
const findFile = async (partition: string, pattern: RegExp): Promise<string> => {
  const { readdir } = await import("node:fs/promises");
  const names = await readdir(node.toDirectory(partition), { recursive: true });
  return names.find((name) => pattern.test(name))!;
};
const lineOf = async (path: string, text: string): Promise<number> =>
  (await node.readFile(path)).text.split("\n").findIndex((line) => line.startsWith(text)) + 1;

describe("from a file to its source", () => {
  it("A8.1: leads through parts and recipes to the template's line", async () => {
    const { steps, origin } = await trace("slappart1", "srv/first.html", 3);
    const layered = "software/layered";
    expect(steps).toMatchObject([
      {
        kind: "part",
        root: "partition",
        part: "page-first",
        recipe: "slapos.recipe.template:jinja2",
        place: {
          path: `${layered}/templates/instance-web.cfg.jinja2`,
          line: await lineOf(`${layered}/templates/instance-web.cfg.jinja2`, "[page-{{"),
        },
      },
      {
        kind: "part",
        root: "software",
        part: "template-page",
        recipe: "slapos.recipe.build:download",
        place: { path: `${layered}/software.cfg`, line: await lineOf(`${layered}/software.cfg`, "[template-page]") },
      },
      { kind: "source", root: "workspace", path: `${layered}/templates/page.html.jinja2` },
    ]);
    expect(origin).toMatchObject({ path: `${layered}/templates/page.html.jinja2`, line: 4 });
  });

  it("knows programs, promises, copies, inline texts, directories, and what is nobody's", async () => {
    const profile = "software/debuggable/instance-default.cfg.in";
    const service = await trace("slappart0", await findFile("slappart0", /^\.slappart0_app.*\.log$/));
    expect(service.steps.map(({ kind, part }) => [kind, part])).toEqual([
      ["output", undefined],
      ["part", "service"],
      ["part", "app"],
      ["source", undefined],
    ]);
    expect(service.steps[1]?.place).toMatchObject({ path: profile, line: await lineOf(profile, "[service]") });
    expect(service.origin?.path).toBe("software/debuggable/app.py.in");

    const promise = await trace("slappart0", ".slapgrid/promise/log/plugin.log");
    expect(promise.steps.map(({ kind, part }) => [kind, part])).toEqual([
      ["promise", undefined],
      ["part", "promise-plugin"],
      ["source", undefined],
    ]);
    expect(promise.origin?.path).toBe("software/debuggable/plugin.py");

    const copy = await trace("slappart1", "buildout.cfg");
    expect(copy.steps.map(({ kind }) => kind)).toEqual(["copy", "part", "source"]);
    const inline = await trace("slappart1", "etc/settings.ini");
    expect(inline.origin).toMatchObject({ path: "software/layered/templates/instance-web.cfg.jinja2" });
    expect((await trace("slappart0", "var/counted")).steps).toMatchObject([{ kind: "written", part: "directory" }]);
    expect((await trace("slappart0", ".installed.cfg")).steps).toMatchObject([{ kind: "state" }]);
    expect((await node.server.api("GET", "/projects/sample/partitions/slappart0/source?path=../x")).status).toBe(404);
  });

  it("and back from a template to what it became", async () => {
    const ask = async (path: string) =>
      (await node.ask<{ targets: RenderTarget[] }>("GET", `/render-targets?path=${encodeURIComponent(path)}`)).targets;
    expect(await ask("software/layered/templates/page.html.jinja2")).toMatchObject([
      { partition: "slappart1", instance: "pages", path: "srv/first.html", part: "page-first" },
      { partition: "slappart1", instance: "pages", path: "srv/second.html", part: "page-second" },
    ]);
    expect((await ask("software/layered/instance.cfg.in")).map(({ partition, path }) => [partition, path])).toEqual([
      [undefined, "instance.cfg"],
      ["slappart1", "buildout.cfg"],
    ]);
    expect(await ask("software/layered/software.cfg")).toEqual([]);
  });
});

describe("a preview", () => {
  it(
    "A8.2: is byte for byte what a run has written",
    async () => {
      const fixtures: readonly object[] = [
        { profile: releases.debuggable, path: "instance.cfg" },
        { profile: releases.debuggable, path: "instance-default.cfg" },
        { profile: releases.layered, path: "instance.cfg" },
        { profile: releases.tree, path: "instance-root.cfg" },
        { partition: "slappart0", path: "etc/app.py" },
        { partition: "slappart0", path: "etc/promise/counted" },
        { partition: "slappart1", path: "buildout.cfg" },
        { partition: "slappart1", path: "instance-web.cfg" },
        { partition: "slappart1", path: "srv/first.html" },
        { partition: "slappart1", path: "etc/settings.ini" },
        // What a requested instance publishes is asked for, not requested.
        { partition: "slappart2", path: "settings.ini" },
        { partition: "slappart3", path: "buildout.cfg" },
      ];
      for (const body of fixtures) {
        const rendered = await render(body);
        expect(rendered.problem, JSON.stringify(body)).toBeUndefined();
        expect(rendered.text?.length, JSON.stringify(body)).toBeGreaterThan(0);
        expect([rendered.same, rendered.text], JSON.stringify(body)).toEqual([true, rendered.deployed]);
      }
    },
    TIMEOUT_MS,
  );

  it("takes chosen parameters, and changes nothing", async () => {
    const look = async () => JSON.stringify(await node.ask("GET", "/instances")).replaceAll(/uptime [\d:]+/g, "");
    const before = await look();
    const rendered = await render({
      partition: "slappart1",
      path: "srv/third.html",
      parameters: { names: ["third"], greeting: "Bye" },
    });
    expect(rendered).toMatchObject({ part: "page-third", same: false });
    expect(rendered.text).toContain("<title>Bye, Third – é</title>");
    expect(rendered.deployed).toBeUndefined();
    expect(await look()).toBe(before);
  });

  it("shows what is typed and not saved, and what a run would say of its hash", async () => {
    const path = "software/layered/templates/page.html.jinja2";
    const { text, tag } = await node.readFile(path);
    const typed = text.replace("<title>", "<title>Draft: ");
    await node.ask("PUT", `/draft?path=${encodeURIComponent(path)}`, { text: typed, baseTag: tag });
    const body = { partition: "slappart1", path: "srv/first.html" };
    const rendered = await render(body);
    expect(rendered.text).toContain("<title>Draft: Hi é, First");
    expect(rendered.notes).toEqual([expect.stringMatching(/md5sum of \[template-page\] is not that of page\.html/)]);
    expect((await render({ ...body, saved: true })).same).toBe(true);
  });

  it("says what is wrong in the template, and where", async () => {
    const path = "software/debuggable/app.py.in";
    const { text } = await node.readFile(path);
    await node.writeFile(path, `${text}\n# {{ parametres }}\n`);
    const rendered = await render({ partition: "slappart0", path: "etc/app.py" });
    expect(rendered.text).toBeUndefined();
    expect(rendered.problem?.message).toBe("UndefinedError: 'parametres' is undefined");
    expect(rendered.problem?.place).toMatchObject({ path, line: text.split("\n").length + 1 });
    await node.writeFile(path, text);
    const unknown = await render({ partition: "slappart0", path: "var/counted" });
    expect(unknown.problem?.message).toContain("No part");
    expect((await node.server.api("POST", "/projects/sample/render", { path: "x" })).status).toBe(400);
  });

  it(
    "runs the recipes' code where it can change nothing",
    async () => {
      const outside = await new Promise<import("node:net").Server>((resolve) => {
        const server = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1", () => resolve(server));
      });
      let connections = 0;
      outside.on("connection", () => connections++);
      const { port } = outside.address() as { port: number };
      const witness = `${node.dataDirectory}/projects/sample/slapos/witness`;
      const path = "software/debuggable/instance-default.cfg.in";
      const { text } = await node.readFile(path);
      const see = async (...lines: readonly string[]): Promise<RenderedFile> => {
        const code = ["init =", ...lines.map((line) => `  ${line}`)].join("\n");
        await node.writeFile(
          path,
          text.replace(/^init =\n/m, () => `${code}\n`),
        );
        return render({ partition: "slappart0", path: await findFile("slappart0", /^etc\/service\/app/) });
      };
      try {
        // It may write, and read what it wrote; nobody else sees it.
        const written = await see(
          `open(${JSON.stringify(witness)}, "w").write("x")`,
          `assert open(${JSON.stringify(witness)}).read() == "x"`,
        );
        expect(written.problem).toBeUndefined();
        await see(`import os; os.remove(options["kept"]); assert not os.path.exists(options["kept"])`);
        expect((await readFile(`${node.toDirectory("slappart0")}/.port`, "utf8")).trim()).toMatch(/^\d+$/);
        const started = await see(
          `import subprocess; subprocess.call(["/bin/sh", "-c", ${JSON.stringify(`echo x > ${witness}`)}])`,
        );
        expect(started.problem?.message ?? "").toMatch(/^$|start a program/);
        const called = await see(`import socket; socket.create_connection(("127.0.0.1", ${port}))`);
        expect(called.problem?.message).toMatch(/connect to|Permission denied/);
        const killed = await see(`import os; os.kill(os.getppid(), 9)`);
        expect(killed.problem?.message).toContain("send a signal");
      } finally {
        await node.writeFile(path, text);
        outside.close();
      }
      await expect(readFile(witness)).rejects.toThrow("ENOENT");
      expect(connections).toBe(0);
    },
    TIMEOUT_MS,
  );
});

describe("why it is red", () => {
  it("names the log's end, the part, the recipe and the last change", async () => {
    const profile = "software/debuggable/instance-default.cfg.in";
    const broken = `${node.toDirectory("slappart0")}/var/broken`;
    expect(await node.ask<Diagnosis>("GET", "/instances/hello/why")).toEqual({ health: "green", reasons: [] });
    await writeFile(broken, "");
    await node.ask("POST", "/partitions/slappart0/promises/run", { name: "counted" });
    const { pid } = (await node.untilProgram("slappart0:app", ({ state }) => state === "RUNNING"))!;
    process.kill(pid!, "SIGKILL");
    const { reasons } = await until(
      async () => {
        const diagnosis = await node.ask<Diagnosis>("GET", "/instances/hello/why");
        return diagnosis.reasons.length === 2 ? diagnosis : undefined;
      },
      { what: "two reasons" },
    );
    expect(reasons).toMatchObject([
      {
        kind: "process",
        title: "app of slappart0 was killed.",
        log: { lines: expect.arrayContaining(["listening"]) },
        source: {
          steps: [
            { part: "service", recipe: "slapos.cookbook:wrapper", place: { path: profile } },
            { part: "app", recipe: "slapos.recipe.template:jinja2" },
            { kind: "source", path: "software/debuggable/app.py.in" },
          ],
        },
      },
      {
        kind: "promise",
        title: "The promise counted fails: it is broken",
        message: expect.stringContaining("it is broken"),
        log: { lines: expect.arrayContaining([expect.stringContaining("it is broken")]) },
        source: { steps: [{ part: "promise-counted", place: { path: profile } }] },
        changes: [{ kind: "uncommitted", place: { path: profile } }],
      },
    ]);

    // Committed, the change has a name; parameters that changed later come first.
    await node.ask("PUT", "/git/identity", { name: "Ann", email: "ann@example.com" });
    await node.ask("POST", "/git/stage", { paths: ["software/debuggable"] });
    await node.ask("POST", "/git/commits", { message: "Ask for a number" });
    await node.ask("PUT", "/instances/hello", { profile: releases.debuggable, parameters: { text: "Other" } });
    const later = await node.ask<Diagnosis>("GET", "/instances/hello/why");
    expect(later.reasons[1]?.changes).toMatchObject([
      { kind: "parameters", summary: "Parameters changed: count, text" },
      { kind: "commit", summary: "Ask for a number", author: "Ann", commit: expect.stringMatching(/^[0-9a-f]{40}$/) },
    ]);
    await rm(broken);
    await node.ask("POST", "/processes/slappart0:*/start");
  });
});

describe("the command line", () => {
  it(
    "traces, renders and explains",
    async () => {
      const source = await node.webrunner("partition", "source", "slappart1", "srv/first.html");
      expect(source).toMatchObject({
        code: 0,
        output: expect.stringContaining("[page-first] slapos.recipe.template:jinja2"),
      });
      expect(source.output).toMatch(/open software\/layered\/templates\/page\.html\.jinja2:\d+\n$/);
      const same = await node.webrunner("partition", "render", "slappart1", "etc/settings.ini", "--diff");
      expect(same).toEqual({ code: 0, output: "" });
      const changed = await node.webrunner(
        "partition",
        "render",
        "slappart1",
        "etc/settings.ini",
        "greeting=New",
        "--diff",
      );
      expect(changed.code).toBe(1);
      expect(changed.output).toContain("-greeting = Hi é\n");
      expect(changed.output).toContain("+greeting = New\n");
      expect((await node.webrunner("release", "render", releases.layered, "instance.cfg")).output).toContain(
        "[switch-softwaretype]",
      );
      await node.ask("POST", "/processes/slappart0:*/stop");
      const why = await node.webrunner("instance", "why", "hello");
      expect(why).toMatchObject({ code: 2, output: expect.stringMatching(/app of slappart0 is stopped\.\n {2}\| /) });
      expect(why.output).toContain("[service] slapos.cookbook:wrapper");
      await node.ask("POST", "/processes/slappart0:*/start");
      expect((await node.webrunner("instance", "why", "pages")).code).toBe(0);
      expect((await node.webrunner("project", "partitions", "1")).output).toContain("in use");
      expect((await node.webrunner("project", "partitions")).output).toMatch(/^10 partitions, 4 in use\n/);
    },
    TIMEOUT_MS,
  );
});

describe("a shell in a release", () => {
  it("has its bin first on the PATH", async () => {
    const body = { profile: releases.layered };
    const terminal = await node.ask<TerminalInfo>("POST", "/release-terminals", body);
    expect(terminal).toMatchObject({ name: "layered", state: "running" });
    const commandLine = await until(async () => {
      const { readdir } = await import("node:fs/promises");
      for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
        const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
        const path = /(?:^|\0)PATH=([^\0]*)/.exec(environment)?.[1];
        if (path?.includes("/soft/")) return path;
      }
      return undefined;
    });
    expect(commandLine).toMatch(/^[^:]*\/soft\/[0-9a-f]{32}\/bin:/);
    await node.server.api("DELETE", `/terminals/${terminal.id}`);
    const refused = await node.server.api("POST", "/projects/sample/release-terminals", {
      profile: "software/none/software.cfg",
    });
    expect(refused.status).toBe(422);
  });

  it("is opened from a terminal's command line, and ends with the shell's exit code", async () => {
    expect(await node.webrunner("release", "shell", releases.layered)).toMatchObject({
      code: 4,
      output: expect.stringContaining("a shell needs a terminal"),
    });
    const ptys = createNodePtys({ uid: -1, gid: -1, name: "", home: homedir(), switched: false });
    const shell = ptys.start({
      argv: [process.execPath, "dist/webrunner.js", "release", "shell", releases.layered],
      directory: process.cwd(),
      environment: { WEBRUNNER_URL: node.server.url, WEBRUNNER_TOKEN: TEST_TOKEN },
      columns: 80,
      rows: 24,
    });
    let shown = "";
    shell.onData((bytes) => {
      shown += Buffer.from(bytes).toString("latin1");
    });
    const ended = new Promise<number>((resolve) => shell.onExit(resolve));
    // The prompt shows that the shell listens.
    await until(() => /[$#] /.test(shown), { what: "the prompt" });
    // More than is under way at once, so that the end overtakes what was printed.
    shell.write('echo "first: ${PATH%%:*}"; seq 50000; exit 7\r');
    expect(await ended).toBe(7);
    expect(shown).toMatch(/first: \S*\/soft\/[0-9a-f]{32}\/bin/);
    expect(shown).toMatch(/\n50000\r+\n(exit\r+\n)?$/);
  });
});

describe("the number of partitions", () => {
  it(
    "is a setting, and the next run makes them",
    async () => {
      expect(await node.ask("GET", "/node")).toEqual({ partitions: 10, used: 4 });
      expect((await node.server.api("PUT", "/projects/sample/node", { partitions: 2 })).status).toBe(400);
      expect(await node.ask("PUT", "/node", { partitions: 12 })).toEqual({ partitions: 12, used: 4 });
      await node.deploy("pages", { profile: releases.layered, parameters: {} });
      const { stat } = await import("node:fs/promises");
      expect((await stat(node.toDirectory("slappart11"))).isDirectory()).toBe(true);
    },
    TIMEOUT_MS,
  );
});
