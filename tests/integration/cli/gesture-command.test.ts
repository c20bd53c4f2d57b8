import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runOverride, runPromote } from "@/server/cli/gestures/gesture-command";

const printed = vi.hoisted(() => ({ text: "" }));
vi.mock("@/server/cli/profile/output", () => ({
  writeOutput: (text: string) => {
    printed.text += text;
  },
}));

const COMPONENT = "[php]\nrecipe = cmmi\noptions =\n  --é\n";
const PROFILE = "[buildout]\nextends = php.cfg\nparts = php\n";

describe("override and promote on the command line", () => {
  let directory: string;
  let profile: string;
  let component: string;

  beforeEach(() => {
    printed.text = "";
    directory = mkdtempSync(join(tmpdir(), "gestures-"));
    profile = join(directory, "software.cfg");
    component = join(directory, "php.cfg");
    writeFileSync(profile, PROFILE);
    writeFileSync(component, COMPONENT);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    rmSync(directory, { recursive: true });
  });

  it("shows and writes nothing with --dry-run", async () => {
    expect(await runOverride([profile, "php", "options+=--with-gmp", "--dry-run", "--json"])).toBe(0);
    expect(JSON.parse(printed.text)).toMatchObject({
      kind: "proposed",
      written: false,
      files: [{ path: profile, diff: expect.stringContaining("+options += --with-gmp") }],
      effects: [{ section: "php", option: "options", before: "--é", after: "--é\n--with-gmp" }],
    });
    expect(readFileSync(profile, "utf8")).toBe(PROFILE);
  });

  it("overrides, then promotes, and keeps a file's mode", async () => {
    chmodSync(component, 0o640);
    expect(await runOverride([profile, "php", "options+=--with-gmp"])).toBe(0);
    expect(readFileSync(profile, "utf8")).toBe(`${PROFILE}\n[php]\noptions += --with-gmp\n`);
    expect(await runPromote([profile, "php:options"])).toBe(0);
    expect(readFileSync(profile, "utf8")).toBe(PROFILE);
    expect(readFileSync(component, "utf8")).toBe(`${COMPONENT}  --with-gmp\n`);
    expect(statSync(component).mode & 0o777).toBe(0o640);
    expect(printed.text).toContain("   --é\n+  --with-gmp\n");
  });

  it("overrides in a sandbox that is made, and takes it away when all of it is promoted", async () => {
    const sandbox = join(directory, "software.sandbox.cfg");
    expect(await runOverride([profile, "php", "options+=--with-gmp", "--sandbox"])).toBe(0);
    expect(readFileSync(profile, "utf8")).toBe(PROFILE);
    expect(readFileSync(sandbox, "utf8")).toBe("[buildout]\nextends = software.cfg\n\n[php]\noptions += --with-gmp\n");
    expect(await runPromote([sandbox, "php"])).toBe(0);
    expect(existsSync(sandbox)).toBe(false);
    expect(readFileSync(component, "utf8")).toBe(`${COMPONENT}  --with-gmp\n`);
  });

  it("names what a missing section would need to be extended, and extends it when told to", async () => {
    const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    mkdirSync(join(directory, "gmp"));
    const gmp = join(directory, "gmp", "buildout.cfg");
    writeFileSync(gmp, "[gmp]\nrecipe = cmmi\nlocation = /gmp\n");
    const change = "options+=--with-gmp=${gmp:location}";
    expect(await runOverride([profile, "php", change])).toBe(1);
    expect(said.mock.lastCall?.[0]).toContain("Section [gmp] does not exist");
    expect(said.mock.lastCall?.[0]).toContain("gmp/buildout.cfg\n");
    expect(await runOverride([profile, "php", change, "--extend", gmp])).toBe(0);
    expect(readFileSync(profile, "utf8")).toContain("extends = php.cfg\n  gmp/buildout.cfg\n");
  });

  it("refuses and tells wrong usage", async () => {
    const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    expect(await runPromote([profile, "php"])).toBe(1);
    expect(said).toHaveBeenLastCalledWith("webrunner: This profile does not override [php].\n");
    expect(await runOverride([profile, "php", "nothing"])).toBe(4);
    expect(await runOverride([profile])).toBe(4);
    expect(readFileSync(profile, "utf8")).toBe(PROFILE);
  });
});
