/** A10.3: one recipe alone, with the options that its section comes to; the release as it was. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EngineNode, provisionEngine, SAMPLE } from "../integration/engine-python/engine-harness";

let engine: EngineNode;
let profile: string;
let software: string;

const listing = (directory: string): string =>
  execFileSync("find", [directory, "-printf", "%p %s %T@\n"], { encoding: "utf8" }).split("\n").sort().join("\n");

beforeAll(async () => {
  provisionEngine();
  engine = new EngineNode();
  profile = join(engine.place.copy(SAMPLE, "ws"), "software/hello-web/software.cfg");
  await engine.start();
  const built = await engine.driver("software", { profile });
  if (built.code !== 0) throw new Error(built.output);
  software = execFileSync("find", [engine.place.path("e/soft"), "-mindepth", "1", "-maxdepth", "1"], {
    encoding: "utf8",
  }).trim();
}, 300_000);
afterAll(() => engine.close());

const test = (section: string, more: object = {}) =>
  engine.driver("recipe", { profile, section, directory: engine.place.path("scratch"), installed: software, ...more });

describe("testing a recipe alone", { timeout: 60_000 }, () => {
  it("A10.3: tells the files that it made, its output and its end, and leaves the release untouched", async () => {
    const recipe = engine.place.path("ws/slapos/recipe/greeting_card.py");
    writeFileSync(
      recipe,
      readFileSync(recipe, "utf8").replace(
        "def install(self):\n",
        'def install(self):\n        print("the card is being drawn")\n',
      ),
    );
    const before = listing(software);
    const { code, output } = await test("greeting-card");
    expect(output).toContain("the card is being drawn");
    expect(output).toMatch(/^webrunner: The recipe made parts\/greeting-card\/card.txt \(\d+ bytes\)$/m);
    expect(output).toContain(
      `webrunner: The recipe set output = ${engine.place.path("scratch/parts/greeting-card/card.txt")}`,
    );
    expect(code).toBe(0);
    expect(readFileSync(engine.place.path("scratch/parts/greeting-card/card.txt"), "utf8")).toContain(
      "* Hello, world *",
    );
    expect(listing(software)).toBe(before);
  });

  it("gives a recipe what other parts of the release are, without building them", async () => {
    const { code, output } = await test("instance-profile");
    expect(output).not.toContain("Installing greeter.");
    expect(code).toBe(0);
    expect(readFileSync(engine.place.path("scratch/instance.cfg"), "utf8")).toContain(`${software}/parts/greeter`);
  });

  it("ends red with the traceback of a recipe that fails", async () => {
    const recipe = engine.place.path("ws/slapos/recipe/greeting_card.py");
    const text = readFileSync(recipe, "utf8");
    writeFileSync(recipe, text.replace("def install(self):\n", "def install(self):\n        undefined_name\n"));
    const { code, output } = await test("greeting-card");
    writeFileSync(recipe, text);
    expect(code).toBe(1);
    expect(output).toMatch(/greeting_card\.py", line \d+, in install/);
    expect(output).toContain(
      "webrunner: Error: The recipe of [greeting-card] failed: name 'undefined_name' is not defined",
    );
  });

  it("refuses a recipe that would write into the release", async () => {
    const recipe = engine.place.path("ws/slapos/recipe/greeting_card.py");
    const text = readFileSync(recipe, "utf8");
    writeFileSync(
      recipe,
      text.replace("def install(self):\n", `def install(self):\n        open("${software}/mine", "w")\n`),
    );
    const { code, output } = await test("greeting-card");
    writeFileSync(recipe, text);
    expect({ code, said: /failed: .*would change (\S+)/.exec(output)?.[1] }).toEqual({
      code: 1,
      said: `${software}/mine`,
    });
  });

  it("says what is no part, and what is not there", async () => {
    expect((await test("hello")).output).toContain("webrunner: Error: [hello] has no recipe");
    expect((await test("nowhere")).output).toContain("webrunner: Error: The profile has no section [nowhere]");
  });

  it("tests the recipe of an instance with the values of its partition, which stays as it is", async () => {
    expect((await engine.driver("instance", { profile, name: "hello" })).code).toBe(0);
    const partition = engine.place.path("e/inst/slappart0");
    const before = listing(join(partition, "etc"));
    const { code, output } = await test("app.py", {
      profile: join(partition, "buildout.cfg"),
      installed: partition,
      partition: true,
    });
    expect(output).toContain("webrunner: The recipe made etc/app.py");
    expect(code).toBe(0);
    expect(listing(join(partition, "etc"))).toBe(before);
  });
});
