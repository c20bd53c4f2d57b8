/**
 * The plan against SlapOS's own zc.buildout, which is on no package index: for each edit, the lines of the plan are the
 * lines that it prints. Run by `WEBRUNNER_SLAPOS_BUILDOUT=PROGRAM WEBRUNNER_SLAPOS_EGGS=DIRECTORY npm run test:long`, where
 * the directory has slapos.recipe.template and slapos.recipe.build with what they need, as eggs.
 */
import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  CASCADE,
  CASCADE_EDITS,
  type Edit,
  GARDEN,
  GARDEN_EDITS,
  TEMPLATED,
  TEMPLATED_EDITS,
} from "../integration/plan/planned-edits";
import { type BuildoutProgram, RealBuilds, toLines } from "../integration/plan/real-builds";

function findProgram(): BuildoutProgram {
  const [path = "", eggs = ""] = [process.env.WEBRUNNER_SLAPOS_BUILDOUT, process.env.WEBRUNNER_SLAPOS_EGGS];
  const [version = ""] = /[\d.]+\+slapos\w*/.exec(execFileSync(path, ["--version"], { encoding: "utf8" })) ?? [];
  return {
    path,
    options: [`buildout:eggs-directory=${eggs}`, "buildout:newest=false", "buildout:offline=true"],
    stamp: { versions: { "zc.buildout": version } },
  };
}

const LISTS: readonly (readonly [string, string, readonly Edit[]])[] = [
  ["parts that depend on each other", GARDEN, GARDEN_EDITS],
  ["parts that a template or an environment brings in", TEMPLATED, TEMPLATED_EDITS],
  ["parts that take values of each other", CASCADE, CASCADE_EDITS],
];

for (const [title, fixture, edits] of LISTS) {
  describe(title, () => {
    let builds: RealBuilds;
    beforeAll(() => {
      builds = new RealBuilds("top.cfg", findProgram());
      builds.place.fixture(fixture);
    });
    afterAll(() => builds?.dispose());

    for (const { title: edited, edit, failsAt } of edits) {
      it(`${edited}, as planned`, async () => {
        edit(builds);
        const planned = toLines(builds.plan());
        const { code, output, lines } = await builds.run();
        const expected =
          failsAt === undefined ? planned : planned.slice(0, planned.indexOf(`Installing ${failsAt}.`) + 1);
        expect(lines, output).toEqual(expected);
        expect(code, output).toBe(failsAt === undefined ? 0 : 1);
      });
    }
  });
}
