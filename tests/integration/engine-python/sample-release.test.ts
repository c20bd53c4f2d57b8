/** The sample release on the real engine, from nothing to the changed greeting in the page that it serves. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EngineNode, PYTHON, provisionEngine, runAsUser, SAMPLE } from "./engine-harness";

const PROFILE = "software/hello-web/software.cfg";

let engine: EngineNode;
let profile: string;

beforeAll(async () => {
  provisionEngine();
  engine = new EngineNode();
  profile = join(engine.place.copy(SAMPLE, "ws"), PROFILE);
  await engine.start();
}, 300_000);

afterAll(() => engine.close());

async function textAt(name: string, path = ""): Promise<string> {
  const status = await engine.status();
  const url = status.instances.find((instance) => instance.name === name)?.connectionParameters.url;
  if (!url) throw new Error(`${name} publishes no url: ${JSON.stringify(status)}`);
  return (await globalThis.fetch(url + path)).text();
}

function edit(name: string, change: (text: string) => string): void {
  const path = engine.place.path("ws", name);
  writeFileSync(path, change(readFileSync(path, "utf8")));
}

describe("the sample release", { timeout: 240_000 }, () => {
  it("refuses to run an instance of a software that was not built", async () => {
    const { code, output } = await engine.driver("instance", { profile, name: "hello" });
    expect({ code, output }).toEqual({
      code: 1,
      output: "webrunner: Error: The software is not built: run the software first\n",
    });
  });

  it("is built, with its C component, its egg from the index and its own recipe", async () => {
    const { code, output } = await engine.driver("software", { profile });
    expect(output).toContain("webrunner: Building because this release was never built here");
    for (const part of ["greeter", "waitress", "greeting-card", "instance-profile"]) {
      expect(output).toContain(`Installing ${part}.`);
    }
    expect({ code, last: output.trim().split("\n").at(-1) }).toEqual({
      code: 0,
      last: "webrunner: The software is built",
    });
  });

  it("has nothing to do when nothing changed", async () => {
    expect(await engine.driver("software", { profile })).toEqual({
      code: 0,
      output: "webrunner: Nothing to do: the software is complete, and nothing that it is made from has changed\n",
    });
  });

  it("answers over http once the instance runs", async () => {
    const { code, output } = await engine.driver("instance", { profile, name: "hello" });
    expect(output).toContain("webrunner: The instance hello is started");
    expect(code).toBe(0);
    expect(await textAt("hello")).toBe("Hello, world!\n");
    const partition = (await engine.status()).partitions[0];
    expect(partition?.promises).toMatchObject([{ name: "page-answers", state: "ok" }]);
    expect(partition?.processes).toMatchObject([{ state: "RUNNING" }]);
  });

  it("answers with the changed greeting after software and instance ran again", async () => {
    edit(PROFILE, (text) => text.replace("greeting = Hello", "greeting = Grüß Gott"));
    const software = await engine.driver("software", { profile });
    expect(software.output).toContain("webrunner: Building because software.cfg changed");
    expect(software.output).not.toContain("Installing greeter.");
    expect(software.code).toBe(0);
    expect((await engine.driver("instance", { profile, name: "hello" })).code).toBe(0);
    expect(await textAt("hello")).toBe("Grüß Gott, world!\n");
    expect(await textAt("hello", "card")).toContain("* Grüß Gott, world *");
  });

  it("takes parameters, and gives a second instance its own port", async () => {
    const parameters = { greeting: "Salut", name: "toi" };
    expect((await engine.driver("instance", { profile, name: "second", parameters })).code).toBe(0);
    expect(await textAt("second")).toBe("Salut, toi!\n");
    expect(await textAt("hello")).toBe("Grüß Gott, world!\n");
  });

  it("says which parameter breaks the schema", async () => {
    const { code, output } = await engine.driver("instance", {
      profile,
      name: "second",
      parameters: { port: "eighty" },
    });
    expect(output).toContain("$.port");
    expect(code).toBe(1);
  });

  it("does not lose the edit of a template whose md5sum was forgotten", async () => {
    edit("software/hello-web/app.py.in", (text) => `${text}# edited\n`);
    const { code, output } = await engine.driver("software", { profile });
    expect(output).toContain("Error: MD5 checksum mismatch for local resource");
    expect(output).toContain("webrunner: Error: The software was not built (exit code 1)");
    expect(code).toBe(1);
    edit("software/hello-web/app.py.in", (text) => text.replace("# edited\n", ""));
    expect((await engine.driver("software", { profile })).code).toBe(0);
  });

  it("is stopped, started and destroyed", async () => {
    expect((await engine.driver("instance", { profile, name: "hello", state: "stopped" })).code).toBe(0);
    const stopped = (await engine.status()).partitions[0];
    expect(stopped?.processes.filter((each) => each.state === "RUNNING")).toEqual([]);
    expect((await engine.driver("instance", { profile, name: "hello" })).code).toBe(0);
    expect(await textAt("hello")).toBe("Grüß Gott, world!\n");
    expect((await engine.driver("destroy", { name: "hello" })).code).toBe(0);
    const status = await engine.status();
    expect(status.instances.map(({ name }) => name)).toEqual(["second"]);
    expect(status.partitions[0]?.state).toBe("free");
  });

  it("is also built by plain buildout", async () => {
    const directory = engine.place.path("plain");
    const { code, output } = await engine.driver("buildout", { directory, profile, parts: ["greeting-card"] });
    expect(output).toContain("webrunner: Bootstrapping");
    expect(code).toBe(0);
    expect(readFileSync(join(directory, "parts/greeting-card/card.txt"), "utf8")).toContain("Grüß Gott, world");
  });
});

describe("the drivers", { timeout: 60_000 }, () => {
  it.each([
    ["a node that is too deep", { node: { root: `/tmp/${"x".repeat(90)}` } }, "too long for unix sockets"],
    ["a node without a root", { node: {} }, "lacks root"],
    ["a profile that is no path", { profile: "software.cfg" }, "profile must be an absolute path"],
    [
      "a path with a space",
      { profile: "/tmp/my project/software.cfg" },
      "cannot use a path with ' ' in it, rename the folder",
    ],
    ["a profile that is not there", { profile: "/nowhere/software.cfg" }, "does not exist: /nowhere/software.cfg"],
  ])("refuse %s in one line", async (_what, spec, words) => {
    const { code, output } = await engine.driver("software", spec);
    expect(output).toMatch(/^webrunner: Error: .*\n$/);
    expect(output).toContain(words);
    expect(code).toBe(/exist|rename/.test(words) ? 1 : 4);
  });

  it("refuse an unknown verb", async () => {
    const { code, output } = await runAsUser(PYTHON, ["-m", "webrunner_engine", "frobnicate", "--spec", "/x"]);
    expect(output).toMatch(/^webrunner: Error: .*frobnicate.*\n$/);
    expect(code).toBe(4);
  });
});
