/** Making the engine: what it says, what it refuses, and that it happens once. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ENGINE, Place, provisionEngine } from "./engine-harness";

const PROVISION = resolve("server/engine/python/provision.py");
const FIND = resolve("server/engine/python/find_python.py");

let place: Place;
let python: string;

beforeAll(() => {
  provisionEngine();
  python = realpathSync(join(ENGINE, "venv/bin/python"));
}, 300_000);
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.remove());

interface Step {
  readonly step: string;
  readonly message: string;
  readonly fraction: number;
  readonly code?: number;
}

function provision(
  args: readonly string[],
  env: Record<string, string> = {},
): { code: number | null; steps: Step[]; error: string } {
  const { status, stdout, stderr } = spawnSync(python, [PROVISION, ...args], {
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
  const steps = stdout.split("\n").filter(Boolean);
  return { code: status, steps: steps.map((line) => JSON.parse(line) as Step), error: stderr.trim() };
}

describe("provision.py", { timeout: 60_000 }, () => {
  it("has nothing to do when the stamp matches", () => {
    expect(provision(["--engine", ENGINE])).toEqual({
      code: 0,
      steps: [{ step: "done", message: "The engine is ready: nothing to do", fraction: 1 }],
      error: "",
    });
  });

  it("wrote the versions into the stamp", () => {
    const stamp = JSON.parse(readFileSync(join(ENGINE, "stamp.json"), "utf8")) as { versions: Record<string, string> };
    expect(Object.keys(stamp.versions).sort()).toEqual([
      "setuptools",
      "slapos.cookbook",
      "slapos.core",
      "supervisor",
      "zc.buildout",
    ]);
  });

  it("says that the index cannot be reached, and leaves no stamp", () => {
    const engine = place.path("engine");
    const { code, steps, error } = provision(["--engine", engine], {
      PIP_INDEX_URL: "http://127.0.0.1:9/simple/",
      PIP_EXTRA_INDEX_URL: "",
      PIP_FIND_LINKS: "",
      PIP_NO_CACHE_DIR: "1",
      PIP_RETRIES: "0",
    });
    expect(error).toMatch(
      /^The package index cannot be reached: check the network, or name a mirror with PIP_INDEX_URL/,
    );
    expect(error.split("\n")).toHaveLength(1);
    expect(steps.at(-1)).toMatchObject({ step: "failed", message: error, code: 23 });
    expect(code).toBe(23);
    expect(() => readFileSync(join(engine, "stamp.json"))).toThrow("ENOENT");
  });

  it("says that it cannot write", () => {
    place.write({ file: "" });
    const { code, error } = provision(["--engine", place.path("file/engine")]);
    expect(error).toContain("cannot be written");
    expect(code).toBe(24);
  });

  it.each([
    [["--frobnicate"], "provision.py: the following arguments are required: --engine"],
    [["--engine", "/tmp/x", "--user", "nobody-of-this-name"], "There is no user nobody-of-this-name"],
  ])("refuses %j", (args, words) => {
    const { code, error } = provision(args);
    expect(error).toContain(words);
    expect(code).toBe(4);
  });

  it("says which mend a missing compiler and a missing venv need", () => {
    const explain = (script: string): string =>
      spawnSync(python, ["-c", `import sys; sys.path.insert(0, ${JSON.stringify(join(PROVISION, ".."))})\n${script}`], {
        encoding: "utf8",
      }).stdout.trim();
    const pip = (line: string): string =>
      explain(`import provision as p; f = p.explain_pip([${JSON.stringify(line)}]); print(f.code, f)`);
    expect(pip("fatal error: Python.h: No such file or directory")).toMatch(/^22 .*apt install gcc python3-dev/);
    expect(pip("error: command 'x86_64-linux-gnu-gcc' failed: No such file or directory")).toMatch(/^22 /);
    expect(pip("OSError: [Errno 28] No space left on device")).toMatch(/^24 The disk is full/);
    expect(
      explain(`import sys, provision as p
sys.modules["ensurepip"] = None
try:
    p.make_venv("/nowhere", lambda *a: None)
except p.ProvisionFailed as f:
    print(f.code, f)`),
    ).toBe("21 Python's module ensurepip is missing: apt install python3-venv");
  });
});

describe("find_python.py", { timeout: 60_000 }, () => {
  function find(path: string, args: readonly string[] = []): { code: number | null; found: string; why: string } {
    const { status, stdout, stderr } = spawnSync(python, [FIND, ...args], {
      encoding: "utf8",
      env: { ...process.env, PATH: path },
    });
    return { code: status, found: stdout.trim(), why: stderr.trim() };
  }

  it("prefers the newest of the names over PATH", () => {
    mkdirSync(place.path("bin"));
    symlinkSync(python, place.path("bin/python3.13"));
    expect(find(`${place.path("bin")}:/usr/bin`)).toMatchObject({ code: 0, found: place.path("bin/python3.13") });
  });

  it("passes over one that is too old or broken, and one that the user cannot reach", () => {
    mkdirSync(place.path("bin"));
    writeFileSync(place.path("bin/python3.13"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
    writeFileSync(place.path("bin/python3.12"), "#!/bin/sh\necho '3 9'; echo /usr; echo /usr/bin/python3.9\n", {
      mode: 0o755,
    });
    mkdirSync(place.path("closed"));
    symlinkSync(python, place.path("closed/python3.11"));
    chmodSync(place.path("closed"), 0o700);
    const { code, found } = find(`${place.path("bin")}:${place.path("closed")}:/usr/bin`, ["--user", "nobody"]);
    expect(code).toBe(0);
    expect(found).not.toContain(place.directory);
  });

  it("says so when the user does not exist", () => {
    expect(find("/usr/bin", ["--user", "nobody-of-this-name"])).toEqual({
      code: 1,
      found: "",
      why: "There is no user nobody-of-this-name",
    });
  });
});
