import { describe, expect, it } from "vitest";
import type { AnalysisOptions, OptionOperator } from "@/lib/buildout";
import type { Gesture } from "@/lib/gestures/gesture";
import { overrideOption, reduceSection } from "@/lib/gestures/override";
import { listOverrides } from "@/lib/gestures/overrides";
import { promoteOverride } from "@/lib/gestures/promote";
import { readFixture } from "../buildout/profile-fixture";

function optionsOf(fixture: string): AnalysisOptions {
  const files = readFixture(fixture);
  return {
    source: {
      read: (path) => files.get(path) ?? { problem: "missing", message: `There is no ${path}.` },
      exists: (path) => files.has(path),
    },
  };
}

function outcome(gesture: Gesture): Record<string, string> | string {
  if (gesture.kind === "refused") return [gesture.reason, ...(gesture.choices ?? [])].join(" ");
  return Object.fromEntries(gesture.files.map(({ path, after }) => [path, after]));
}

const COMPONENT = `#- /component/php.cfg
[php]
recipe = cmmi
# switches
configure-options =
  --with-a
# why b
  --with-b
environment = A=1
patch = \${:_profile_base_location_}/a.patch
`;
const HEAD = `#- /sr/software.cfg
[buildout]
extends = ../component/php.cfg
parts = php
`;

function override(fixture: string, option: string, operator: OptionOperator, value: string): Gesture {
  return overrideOption(optionsOf(fixture), { profile: "/sr/software.cfg", section: "php", option, operator, value });
}

describe("override", () => {
  it("adds one line to a list, in the profile alone", () => {
    const gesture = override(HEAD + COMPONENT, "configure-options", "+=", "--with-gmp");
    expect(outcome(gesture)).toEqual({
      "/sr/software.cfg":
        "[buildout]\nextends = ../component/php.cfg\nparts = php\n\n[php]\nconfigure-options += --with-gmp\n",
    });
    expect(gesture).toMatchObject({
      effects: [
        {
          section: "php",
          option: "configure-options",
          before: "--with-a\n--with-b",
          after: "--with-a\n--with-b\n--with-gmp",
        },
      ],
    });
  });

  it("goes on with an override that is there, and keeps line ends", () => {
    const fixture = `${HEAD}\n[php]\nconfigure-options +=\n    --with-x\n`.replaceAll("\n", "\r\n");
    const gesture = override(fixture.replace("cfg\r\n", "cfg\n") + COMPONENT, "configure-options", "+=", "--with-y");
    expect(outcome(gesture)).toEqual({
      "/sr/software.cfg":
        "[buildout]\r\nextends = ../component/php.cfg\r\nparts = php\r\n\r\n[php]\r\nconfigure-options +=\r\n    --with-x\r\n    --with-y\r\n",
    });
  });

  it("has nothing to do twice", () => {
    expect(outcome(override(HEAD + COMPONENT, "configure-options", "+=", "--with-b"))).toEqual({});
  });

  it("names the section for a directory that is not the profile's", () => {
    const gesture = override(HEAD + COMPONENT, "patch", "=", `\${:_profile_base_location_}/b.patch`);
    expect(outcome(gesture)).toMatchObject({
      "/sr/software.cfg": expect.stringContaining(`patch = \${php:_profile_base_location_}/b.patch`),
    });
    expect(gesture).toMatchObject({ effects: [{ option: "patch", after: "/component/b.patch" }] });
  });

  it("refuses what it cannot do", () => {
    const missing = { profile: "/sr/software.cfg", section: "gmp", option: "x", operator: "=", value: "1" } as const;
    expect(outcome(overrideOption(optionsOf(HEAD + COMPONENT), missing))).toBe(
      "There is no section [gmp] to override.",
    );
    expect(outcome(override(HEAD + COMPONENT, "nothing", "+=", "1"))).toBe("[php] has no nothing to add to; set it.");
    expect(outcome(override(HEAD + COMPONENT, "a b", "=", "1"))).toBe("a b is no option name.");
    expect(outcome(override(HEAD, "environment", "=", "1"))).toMatch(/^The profile does not load/);
  });

  it("takes a line from a list", () => {
    const gesture = override(HEAD + COMPONENT, "configure-options", "-=", "--with-a");
    expect(outcome(gesture)).toMatchObject({
      "/sr/software.cfg": expect.stringContaining("[php]\nconfigure-options -= --with-a\n"),
    });
    expect(gesture).toMatchObject({ effects: [{ option: "configure-options", after: "--with-b" }] });
  });

  it("tells of sections that have the option by a macro", () => {
    const gesture = override(`${HEAD}\n[php-two]\n<= php\n${COMPONENT}`, "environment", "=", "A=2");
    expect(gesture).toMatchObject({
      effects: [
        { section: "php", option: "environment", after: "A=2" },
        { section: "php-two", option: "environment", after: "A=2" },
      ],
    });
  });

  it("brings a pasted section down to what differs", () => {
    const pasted = `${HEAD}\n[php]\nrecipe = cmmi\nconfigure-options =\n  --with-a\n  --with-b\nenvironment = A=2\n`;
    expect(outcome(reduceSection(optionsOf(pasted + COMPONENT), "/sr/software.cfg", "php"))).toEqual({
      "/sr/software.cfg": "[buildout]\nextends = ../component/php.cfg\nparts = php\n\n[php]\nenvironment = A=2\n",
    });
  });

  it("keeps of a pasted section what is written alike and means another directory here", () => {
    const located =
      "#- /component/php.cfg\n[php]\nrecipe = cmmi\nurl = ${:_profile_base_location_}/php.tar\nenvironment = A=1\n";
    const pasted = `${HEAD}\n[php]\nrecipe = cmmi\nurl = \${:_profile_base_location_}/php.tar\nenvironment = A=2\n`;
    expect(outcome(reduceSection(optionsOf(pasted + located), "/sr/software.cfg", "php"))).toEqual({
      "/sr/software.cfg":
        "[buildout]\nextends = ../component/php.cfg\nparts = php\n\n[php]\nurl = ${:_profile_base_location_}/php.tar\nenvironment = A=2\n",
    });
  });
});

describe("promote", () => {
  const promote = (fixture: string, option?: string, into?: string): Gesture =>
    promoteOverride(optionsOf(fixture), {
      profile: "/sr/software.cfg",
      section: "php",
      ...(option !== undefined && { option }),
      ...(into !== undefined && { into }),
    });
  const component = readFixture(COMPONENT).get("/component/php.cfg")!;
  const profile = readFixture(HEAD).get("/sr/software.cfg")!;

  it("moves a line into the list that it adds to and leaves no trace", () => {
    const gesture = promote(`${HEAD}\n[php]\nconfigure-options += --with-gmp\n${COMPONENT}`);
    expect(outcome(gesture)).toEqual({
      "/component/php.cfg": component.replace("  --with-b\n", "  --with-b\n  --with-gmp\n"),
      "/sr/software.cfg": profile,
    });
    expect(gesture).toMatchObject({ effects: [] });
  });

  it("moves all options of a section, each where it is defined", () => {
    const gesture = promote(`${HEAD}\n[php]\nconfigure-options += --with-gmp\nenvironment = A=2\n${COMPONENT}`);
    expect(outcome(gesture)).toEqual({
      "/component/php.cfg": component.replace("  --with-b\n", "  --with-b\n  --with-gmp\n").replace("A=1", "A=2"),
      "/sr/software.cfg": profile,
    });
  });

  it("keeps the user's comments", () => {
    const gesture = promote(`${HEAD}\n[php]\n# mine\nenvironment = A=2\n${COMPONENT}`);
    expect(outcome(gesture)).toMatchObject({ "/sr/software.cfg": `${profile}\n[php]\n# mine\n` });
  });

  it("asks which where several define it", () => {
    const fixture = `${HEAD.replace("extends = ", "extends = more.cfg ")}
[php]
configure-options += --with-gmp
#- /sr/more.cfg
[buildout]
extends = ../component/php.cfg
[php]
configure-options += --with-more
${COMPONENT}`.replace("more.cfg ../component/php.cfg", "more.cfg");
    expect(outcome(promote(fixture))).toBe(
      "Several files define configure-options of [php]: which one? /component/php.cfg /sr/more.cfg",
    );
    expect(outcome(promote(fixture, undefined, "/component/php.cfg"))).toMatch(
      /^The effective configuration would not stay equal: \[php\] configure-options/,
    );
    expect(Object.keys(outcome(promote(fixture, undefined, "/sr/more.cfg")))).toEqual([
      "/sr/more.cfg",
      "/sr/software.cfg",
    ]);
  });

  it("refuses a directory that would become another", () => {
    const gesture = promote(`${HEAD}\n[php]\nenvironment = \${:_profile_base_location_}/x\n${COMPONENT}`);
    expect(outcome(gesture)).toMatch(/^The effective configuration would not stay equal/);
  });
});

describe("a profile that overrides two sections", () => {
  it("is listed, though both of them and the line between would go", () => {
    const fixture = `${HEAD}
[php]
environment = B=1

[extra]
recipe = cmmi
${COMPONENT}[extra]
recipe = cmmi
`;
    const found = listOverrides(optionsOf(fixture), "/sr/software.cfg");
    expect(found.map(({ section, option, isCopy }) => `${section}:${option} ${isCopy}`)).toEqual([
      "php:environment false",
      "extra:recipe true",
    ]);
  });

  it("is not one of a section that is its own, comments or not", () => {
    const fixture = `${HEAD}\n[mine]\nrecipe = cmmi\n# why\nurl = u\n${COMPONENT}`;
    expect(listOverrides(optionsOf(fixture), "/sr/software.cfg")).toEqual([]);
  });
});
