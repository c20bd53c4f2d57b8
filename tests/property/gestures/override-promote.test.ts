import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AnalysisOptions, compareResolutions, ProfileAnalysis } from "@/lib/buildout";
import { findCheckoutPath, switchExtends } from "@/lib/gestures/extends-source";
import { overrideOption } from "@/lib/gestures/override";
import { promoteOverride } from "@/lib/gestures/promote";
import { overrideInSandbox, sandboxOf } from "@/lib/gestures/sandbox";
import { profileSet } from "../buildout/profile-sets";

const TOP = "/top.cfg";

function optionsOf(texts: ReadonlyMap<string, string>): AnalysisOptions {
  return {
    source: {
      read: (path) => texts.get(path) ?? { problem: "missing", message: `There is no ${path}.` },
      exists: (path) => texts.has(path),
    },
  };
}

function linesOf(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line.trim() !== "");
}

/** Whether the first list is the second with lines left out. */
function isWithin(part: readonly string[], whole: readonly string[]): boolean {
  let at = 0;
  for (const line of whole) if (line === part[at]) at++;
  return at === part.length;
}

/** A profile that extends the generated set and overrides nothing yet. */
const sandbox = profileSet.map(
  (set) =>
    new Map([
      [TOP, "[buildout]\nextends = base.cfg\n"],
      ...Object.entries(set).map(([name, text]) => [name === "top.cfg" ? "/base.cfg" : `/${name}`, text] as const),
    ]),
);
const intent = fc.record({
  section: fc.constantFrom("a", "b", "c", "versions"),
  option: fc.constantFrom("x", "y", "zz", "recipe"),
  operator: fc.constantFrom("=" as const, "+=" as const),
  value: fc.constantFrom("new", "--new=1", "one\ntwo", "\n  new\n"),
});

describe("override and promote", () => {
  it("leave the effective configuration equal, and every line that is not theirs", () => {
    let overridden = 0;
    let promoted = 0;
    const property = fc.property(sandbox, intent, (texts, wanted) => {
      const first = overrideOption(optionsOf(texts), { profile: TOP, ...wanted });
      if (first.kind === "refused" || first.files.length === 0) return;
      overridden++;
      expect(first.files.map(({ path }) => path)).toEqual([TOP]);
      expect(isWithin(linesOf(texts.get(TOP)!), linesOf(first.files[0]!.after))).toBe(true);
      const after = new Map(texts).set(TOP, first.files[0]!.after);

      const second = promoteOverride(optionsOf(after), { profile: TOP, section: wanted.section });
      if (second.kind === "refused") return;
      promoted++;
      const last = new Map(after);
      for (const file of second.files) last.set(file.path, file.after);
      const old = new ProfileAnalysis(optionsOf(after)).resolve(TOP);
      const fresh = new ProfileAnalysis(optionsOf(last)).resolve(TOP);
      expect(compareResolutions(old, fresh)).toEqual([]);
      expect(linesOf(last.get(TOP)!)).toEqual(linesOf(texts.get(TOP)!));
      const changed = second.files.filter(({ path }) => path !== TOP);
      expect(changed.length).toBeLessThanOrEqual(1);
      for (const file of changed) {
        if (wanted.operator === "+=") expect(isWithin(linesOf(file.before), linesOf(file.after))).toBe(true);
        expect(file.edits.length).toBe(1);
      }
    });
    fc.assert(property, { numRuns: 600, seed: 7 });
    expect(overridden).toBeGreaterThan(30);
    expect(promoted).toBeGreaterThan(10);
  });

  it("leave the release as it is while they are in its sandbox, and take the sandbox away with the last of them", () => {
    let promoted = 0;
    const property = fc.property(sandbox, intent, (texts, wanted) => {
      const first = overrideInSandbox(optionsOf(texts), { profile: TOP, ...wanted });
      if (first.kind === "refused" || first.files.length === 0) return;
      expect(first.files.map(({ path, fate }) => [path, fate])).toEqual([[sandboxOf(TOP), "created"]]);
      const after = new Map(texts).set(sandboxOf(TOP), first.files[0]!.after);
      const second = promoteOverride(optionsOf(after), { profile: sandboxOf(TOP), section: wanted.section });
      if (second.kind === "refused") return;
      promoted++;
      expect(second.runs).toBe(TOP);
      expect(second.files.at(-1)).toMatchObject({ path: sandboxOf(TOP), fate: "removed" });
      const last = new Map(after);
      for (const { path, after: text, fate } of second.files)
        if (fate === "removed") last.delete(path);
        else last.set(path, text);
      const old = new ProfileAnalysis(optionsOf(after)).resolve(sandboxOf(TOP));
      expect(compareResolutions(old, new ProfileAnalysis(optionsOf(last)).resolve(TOP))).toEqual([]);
    });
    fc.assert(property, { numRuns: 400, seed: 8 });
    expect(promoted).toBeGreaterThan(10);
  });
});

describe("switching the source of extends", () => {
  it("goes to a fork and back to the very bytes, whatever the profiles say", () => {
    let switched = 0;
    const property = fc.property(profileSet, (set) => {
      const release = "/w/software/a/software.cfg";
      const head = `[buildout]\nextends =\n  ../../base/top.cfg\n`;
      const files = new Map<string, string>([
        [release, head],
        ...Object.entries(set).map(([name, text]) => [`/w/base/${name}`, text] as const),
      ]);
      const repository = {
        root: "/w",
        remotes: [{ name: "fork", url: "https://lab.example/ada/slapos.git" }],
        hasFile: (path: string) => files.has(`/w/${path}`),
      };
      const read = (path: string) => files.get(findCheckoutPath(path, repository) ?? path);
      const options: AnalysisOptions = {
        source: {
          read: (path) => read(path) ?? { problem: "missing", message: `There is no ${path}.` },
          exists: (path) => files.has(path),
        },
      };
      const there = switchExtends(
        options,
        release,
        { kind: "remote", url: repository.remotes[0]!.url, ref: "x/y" },
        repository,
      );
      if (there.kind === "refused") return;
      switched++;
      expect(there.files.map(({ path }) => path)).toEqual([release]);
      expect(there.effects).toEqual([]);
      files.set(release, there.files[0]!.after);
      const back = switchExtends(options, release, { kind: "checkout" }, repository);
      expect(back.kind === "proposed" && back.files.map(({ path, after }) => [path, after])).toEqual([[release, head]]);
    });
    fc.assert(property, { numRuns: 300, seed: 9 });
    expect(switched).toBeGreaterThan(30);
  });
});
