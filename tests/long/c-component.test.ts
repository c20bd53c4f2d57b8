/**
 * The first use case of customising, for real: a program of Debian built from its C source by a release of one's own; an
 * option of its `configure` switched on by an override in the sandbox and seen in the program; promoted to the component
 * with the same outcome.
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunPlanInfo } from "@/lib/protocol";
import { runCommandLine } from "../integration/cli/run-command-line";
import { createRealRuns, type RealRuns } from "../integration/runs/real-runs";

const PROFILE = "software/shell/software.cfg";
const TIMEOUT_MS = 300_000;

let runs: RealRuns;
let place: string;

/** `apt-get source` with lists and sources of its own; the machine's stay as they are. */
function fetchSource(name: string): string {
  const parts = join(place, "parts");
  for (const folder of [parts, join(place, "lists/partial"), join(place, "cache/archives/partial")])
    mkdirSync(folder, { recursive: true });
  const known = "/etc/apt/sources.list.d";
  for (const file of readdirSync(known).filter((each) => each.endsWith(".sources"))) {
    const text = readFileSync(join(known, file), "utf8");
    writeFileSync(join(parts, file), text.replace(/^Types:.*$/gm, "Types: deb-src"));
  }
  const list = "/etc/apt/sources.list";
  const lines = execFileSync("sh", ["-c", `cat ${list} 2>/dev/null || true`], { encoding: "utf8" });
  writeFileSync(join(parts, "main.list"), lines.replace(/^deb /gm, "deb-src "));
  const options = [
    "Dir::Etc::SourceList=/dev/null",
    `Dir::Etc::SourceParts=${parts}`,
    `Dir::State::Lists=${join(place, "lists")}`,
    `Dir::Cache=${join(place, "cache")}`,
    "APT::Sandbox::User=root",
  ].flatMap((option) => ["-o", option]);
  execFileSync("apt-get", [...options, "-qq", "update"], { cwd: place, stdio: "pipe" });
  execFileSync("apt-get", [...options, "-qq", "source", "--download-only", name], { cwd: place, stdio: "pipe" });
  const tarball = readdirSync(place).find((file) => file.startsWith(`${name}_`) && file.endsWith(".orig.tar.gz"));
  if (tarball === undefined) throw new Error(`apt-get gave no tarball of ${name}`);
  return join(place, tarball);
}

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), "wr-apt-"));
  const tarball = fetchSource("dash");
  runs = await createRealRuns();
  await runs.writeFile(PROFILE, "[buildout]\nparts =\n\n[versions]\nslapos.recipe.cmmi = 0.23\n");
  copyFileSync(tarball, join(workspace(), "dash.tar.gz"));
}, TIMEOUT_MS);
afterAll(async () => {
  await runs?.dispose();
  rmSync(place, { recursive: true, force: true });
});

const workspace = (): string => join(runs.dataDirectory, "projects/sample/workspace");
const cli = async (...words: string[]): Promise<string> => {
  const { code, stdout, stderr } = await runCommandLine(runs.server.url, words);
  expect({ words, code }, stderr).toEqual({ words, code: 0 });
  return stdout;
};
const readPlan = async (): Promise<RunPlanInfo> =>
  (
    await runs.server.api<RunPlanInfo>(
      "GET",
      `/projects/sample/plan?kind=software&profile=${encodeURIComponent(PROFILE)}`,
    )
  ).body;
const build = async (): Promise<void> => {
  const run = await runs.run({ kind: "software", profile: PROFILE });
  expect(run, await runs.readLog(run.id)).toMatchObject({ state: "succeeded" });
};
const program = (): string =>
  execFileSync("find", [join(runs.dataDirectory, "projects/sample/slapos/soft"), "-path", "*/bin/dash"], {
    encoding: "utf8",
  }).trim();
/** A program that loads no library is linked with everything in it. */
const isStatic = (): boolean => {
  try {
    return execFileSync("ldd", [program()], { encoding: "utf8", stdio: "pipe" }).includes("statically linked");
  } catch (error) {
    return String((error as { stderr?: unknown }).stderr).includes("not a dynamic executable");
  }
};

describe("a component of Debian's dash, built from its C source", { timeout: TIMEOUT_MS }, () => {
  it("is made from the tarball and built by a release", async () => {
    await cli("component", "new", "dash", "dash.tar.gz", "--into", PROFILE, "--", "--disable-test-workaround");
    expect(readFileSync(join(workspace(), "component/dash/buildout.cfg"), "utf8")).toContain("slapos.recipe.cmmi");
    const text = readFileSync(join(workspace(), PROFILE), "utf8");
    if (!/^parts[^[]*dash/m.test(text)) await runs.writeFile(PROFILE, text.replace("parts =\n", "parts =\n  dash\n"));
    await build();
    expect(execFileSync(program(), ["-c", "echo it works"], { encoding: "utf8" })).toBe("it works\n");
    expect(isStatic()).toBe(false);
  });

  it("has another option of its configure by an override, seen in the program that is built", async () => {
    await cli("override", join(workspace(), PROFILE), "dash", "configure-options+=--enable-static");
    expect((await readPlan()).parts.find(({ part }) => part === "dash")).toMatchObject({ action: "reinstall" });
    await build();
    expect(isStatic()).toBe(true);
  });

  it("is the same after the override is promoted: nothing of the part changes, nor the program", async () => {
    const before = readFileSync(program());
    await cli("promote", join(workspace(), PROFILE), "dash");
    expect(readFileSync(join(workspace(), "component/dash/buildout.cfg"), "utf8")).toContain("--enable-static");
    expect(readFileSync(join(workspace(), PROFILE), "utf8")).not.toContain("--enable-static");
    expect((await readPlan()).parts.find(({ part }) => part === "dash")).toMatchObject({ action: "keep" });
    await build();
    expect(isStatic()).toBe(true);
    expect(readFileSync(program()).equals(before)).toBe(true);
    expect(execFileSync(program(), ["-c", "echo it works"], { encoding: "utf8" })).toBe("it works\n");
  });
});
