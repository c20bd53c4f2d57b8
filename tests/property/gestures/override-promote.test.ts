import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AnalysisOptions, compareResolutions, ProfileAnalysis } from "@/lib/buildout";
import { overrideOption } from "@/lib/gestures/override";
import { promoteOverride } from "@/lib/gestures/promote";
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
});
