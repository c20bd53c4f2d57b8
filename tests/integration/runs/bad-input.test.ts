/** What is wrong in a profile is told by the run, in the engine's own line. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRealRuns, type RealRuns } from "./real-runs";

const TIMEOUT_MS = 180_000;
let runs: RealRuns;
beforeAll(async () => {
  runs = await createRealRuns();
}, TIMEOUT_MS);
afterAll(() => runs?.dispose());

const write = async (path: string, text: string): Promise<void> => {
  const file = join(runs.dataDirectory, "projects/sample/workspace", path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
};

async function check(name: string, profile: string, error: RegExp): Promise<void> {
  const path = `software/${name}/software.cfg`;
  await write(path, profile);
  for (const kind of ["software", "buildout"] as const) {
    const end = await runs.run({ kind, profile: path });
    expect(end).toMatchObject({ state: "failed", code: 1 });
    expect(end.error).toMatch(error);
    expect(end.error).not.toContain(runs.dataDirectory);
  }
}

describe("the error of a failed run", () => {
  it(
    "names the lines of a syntax error",
    () => check("syntax", "[buildout]\nparts =\n  a\n[a\nrecipe zc\n", /software\/syntax\/software\.cfg.*line +4/),
    TIMEOUT_MS,
  );

  it(
    "names the file that is extended and not there",
    () => check("extends", "[buildout]\nextends = nothere.cfg\nparts =\n", /nothere\.cfg/),
    TIMEOUT_MS,
  );

  it(
    "names the recipe that does not exist",
    () =>
      check(
        "recipe",
        "[buildout]\nparts = a\n[a]\nrecipe = webrunner.recipe.that-does-not-exist\n",
        /webrunner\.recipe\.that-does-not-exist/,
      ),
    TIMEOUT_MS,
  );

  it(
    "names the section that is missing",
    () => check("section", "[buildout]\nparts = nowhere\n", /'?nowhere'?/),
    TIMEOUT_MS,
  );

  it(
    "names the option that is missing",
    () => check("option", "[buildout]\nparts =\nx = ${buildout:nooption}\n[a]\n", /nooption/),
    TIMEOUT_MS,
  );
});

describe("before anything starts", () => {
  it("refuses a path that buildout cannot work with", async () => {
    for (const path of ["software/with space/software.cfg", "software/été/software.cfg"]) {
      await write(path, "[buildout]\nparts =\n");
      const refusal = await runs.refuse({ kind: "software", profile: path });
      expect(refusal.code).toBe("run/refused");
      expect(refusal.title).toContain(path);
      expect(refusal.hint).toContain("Rename");
    }
  });

  it("refuses a profile that is not there, is a folder, or lies outside", async () => {
    for (const profile of ["software/none/software.cfg", "software", "../../x.cfg", "", "/etc/passwd", ".git/config"]) {
      expect((await runs.refuse({ kind: "software", profile })).code).toBe("run/refused");
    }
  });

  it("has no run of what was refused", async () => {
    const { body } = await runs.server.api<{ runs: { profile: string }[] }>("GET", "/projects/sample/runs");
    expect(body.runs.some(({ profile }) => profile.includes("none"))).toBe(false);
  });
});
