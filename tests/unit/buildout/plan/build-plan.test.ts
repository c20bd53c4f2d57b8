import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  type BuildPlan,
  createEngineFacts,
  type PartRecord,
  ProfileAnalysis,
  parseInstalledState,
  parsePartRecord,
  planBuild,
} from "@/lib/buildout";

const ENGINE = "e l";
const md5 = (text: string): string => createHash("md5").update(text).digest("hex");

function plan(profile: string, installed: string, record?: PartRecord, isSlapos = false): BuildPlan {
  const facts = createEngineFacts();
  const analysis = new ProfileAnalysis({
    facts,
    source: {
      read: (path) => (path === "/p.cfg" ? profile : { problem: "missing", message: "none" }),
      exists: (path) => path === "/p.cfg",
    },
  });
  return planBuild({
    resolution: analysis.resolve("/p.cfg"),
    facts,
    installed: parseInstalledState("/b/.installed.cfg", installed),
    record,
    engine: ENGINE,
    ...(isSlapos && { md5OfSigned: md5 }),
    directory: "/b",
    files: { exists: () => true, digest: () => undefined, readText: () => undefined, sources: () => ({}) },
  });
}

const PROFILE = "[buildout]\nparts = a\n[a]\nrecipe = r\nx = 1\n";
const INSTALLED =
  "[buildout]\nparts = a\n\n[a]\n__buildout_installed__ = \n__buildout_signature__ = s\nrecipe = r\nx = 1\nset = 2\n";

describe("without a record of the last run", () => {
  it("compares the options alone, and says so", () => {
    const kept = plan(PROFILE, INSTALLED);
    expect(kept.steps).toEqual([{ action: "update", part: "a" }]);
    expect(kept.isExact).toBe(false);
    expect(kept.notes).toHaveLength(1);
  });

  it("sees an option that changed", () => {
    const { parts } = plan(PROFILE.replace("x = 1", "x = 3"), INSTALLED);
    expect(parts[0]).toMatchObject({
      action: "reinstall",
      reasons: [{ kind: "option", section: "a", option: "x", before: "1", after: "3" }],
    });
  });

  it("installs all where nothing is", () => {
    expect(plan(PROFILE, "")).toMatchObject({ steps: [{ action: "install", part: "a" }], isExact: true });
  });

  it("counts the last parts of a file that a run appended to", () => {
    expect(plan(PROFILE, `${INSTALLED}\n[buildout]\nparts = \n`).steps).toEqual([{ action: "install", part: "a" }]);
  });
});

describe("with SlapOS's own buildout", () => {
  const profile = (x: string, hidden = "0"): string =>
    `[buildout]\nparts = a b c d\n[a]\nrecipe = r\nx = ${x}\n[b]\nrecipe = r\ny = \${a:recipe}\n[c]\nrecipe = r\nz = \${b:recipe}\n[d]\nrecipe = r\nw = \${e:v}\n[e]\nv = it's é\nhidden = ${hidden}\n`;
  const sum = md5("x");
  const part = (name: string, options: string, uses = ""): string =>
    `\n[${name}]\n__buildout_installed__ = /b/${name}\n__buildout_signature__ = r-${sum} r.base-1.0-py3.11.egg${uses}\nrecipe = r\n${options}`;
  const ofE = md5(`'hidden'\0'0'\0'v'\0"it's é"\0`);
  const installed = `[buildout]\nparts = a b c d\n${part("a", "x = 1\n")}${part("b", "y = r\n", ` a:${sum}`)}${part("c", "z = r\n", ` b:${sum}`)}${part("d", "w = it's é\n", ` e:${ofE}`)}`;
  const reinstalled = ({ parts }: BuildPlan): string[] =>
    parts.filter(({ action }) => action === "reinstall").map(({ part }) => part);

  it("an edit cascades to all that uses the part, directly or not", () => {
    expect(plan(profile("1"), installed, undefined, true)).toMatchObject({ isExact: true, notes: [] });
    expect(reinstalled(plan(profile("1"), installed, undefined, true))).toEqual([]);
    const edited = plan(profile("2"), installed, undefined, true);
    expect(reinstalled(edited)).toEqual(["a", "b", "c"]);
    expect(edited.parts[2]!.reasons).toMatchObject([
      { kind: "dependency", section: "b", because: [{ kind: "dependency", section: "a", because: [{ option: "x" }] }] },
    ]);
  });

  it("a value that nobody takes has those made again that use its section", () => {
    const edited = plan(profile("1", "1"), installed, undefined, true);
    expect(reinstalled(edited)).toEqual(["d"]);
    expect(edited.parts[3]!.reasons).toMatchObject([{ kind: "dependency", section: "e" }]);
  });

  it("a pin of the recipe's egg has its parts made again", () => {
    const pinned = profile("1").replace("[a]", "[versions]\nr.base = 2.0\n[a]");
    expect(plan(pinned, installed, undefined, true).parts[0]!.reasons).toMatchObject([
      { kind: "recipe-version", egg: "r.base", before: "1.0", after: "2.0" },
    ]);
  });

  it("which the released buildout does not do by itself", () => {
    expect(reinstalled(plan(profile("2", "1"), installed))).toEqual(["a"]);
  });
});

describe("with a record", () => {
  const section = {
    name: "a",
    given: { recipe: "r", x: "1" },
    set: { set: "2" },
    dropped: [],
    uses: {},
    lookedAt: [],
    files: {},
  };
  const record: PartRecord = {
    engine: ENGINE,
    buildout: {},
    sections: { k: section },
    parts: { a: [{ section: "k", signature: "s", eggs: [] }] },
    developed: {},
  };

  it("is exact", () => {
    expect(plan(PROFILE, INSTALLED, record)).toMatchObject({ isExact: true, steps: [{ action: "update", part: "a" }] });
  });

  it("does not believe an entry whose signature is another", () => {
    expect(plan(PROFILE, INSTALLED.replace("= s", "= t"), record).isExact).toBe(false);
  });

  it("has everything made again by another engine", () => {
    expect(plan(PROFILE, INSTALLED, { ...record, engine: "f" }).parts[0]).toMatchObject({
      reasons: [{ kind: "engine" }],
    });
  });

  it("is another build's when it is broken", () => {
    expect(parsePartRecord("{")).toBeUndefined();
    expect(parsePartRecord('{"format":1}')).toBeUndefined();
    expect(
      parsePartRecord(JSON.stringify({ format: 1, ...record, sections: { k: { ...section, uses: 3 } } })),
    ).toBeUndefined();
    expect(parsePartRecord(JSON.stringify({ format: 1, ...record }))).toBeDefined();
  });

  it("ends for sections that use each other", () => {
    const profile = "[buildout]\nparts = a\n[a]\nrecipe = r\nx = ${b:y}\nz = 1\n[b]\ny = 1\nw = ${a:z}\n";
    const cyclic: PartRecord = {
      ...record,
      sections: {
        k: { ...section, given: { recipe: "r", x: "1", z: "1" }, uses: { b: "l" } },
        l: { ...section, name: "b", given: { y: "1", w: "1" }, set: {}, uses: { a: "k" } },
      },
    };
    const installed = INSTALLED.replace("x = 1", "x = 1\nz = 1");
    expect(plan(profile, installed, cyclic).steps).toEqual([{ action: "update", part: "a" }]);
    expect(plan(profile.replace("y = 1", "y = 2"), installed, cyclic).steps[0]!.action).toBe("uninstall");
  });
});
