import { expect, test } from "vitest";
import { openFixture, placesOf } from "./profile-fixture";

function check(fixture: string, expected: readonly string[]): void {
  const [analysis, [top]] = openFixture(fixture);
  expect(placesOf(analysis.resolve(top!), analysis)).toEqual(expected);
}

test("a line that is nothing is said with its place, and the rest still has values", () => {
  check("#- /t.cfg\n[buildout]\nparts =\nnot an option\n", ["load/not-an-option /t.cfg:3:1"]);
  const [analysis] = openFixture("#- /t.cfg\n[a]\nx = 1\nnot an option\ny = ${:x}\n");
  expect(analysis.resolve("/t.cfg").option("a", "y")?.value).toBe("1");
});

test("text before any section", () => check("#- /t.cfg\nx = 1\n[a]\n", ["load/no-section-header /t.cfg:1:1"]));

test("a missing file is said where it is named", () =>
  check("#- /t.cfg\n[buildout]\nextends =\n  a.cfg\n  b.cfg\n#- /a.cfg\n[a]\n", ["load/missing-file /t.cfg:4:3"]));

test("a cycle of extends is said where it closes", () =>
  check("#- /t.cfg\n[buildout]\nextends = a.cfg\n#- /a.cfg\n[buildout]\nextends = ./t.cfg\n", [
    "load/extends-cycle /a.cfg:2:11",
  ]));

test("a file that extends itself", () =>
  check("#- /t.cfg\n[buildout]\nextends = t.cfg\n", ["load/extends-cycle /t.cfg:2:11"]));

test("a URL without a network is an error, not a wait", () =>
  check("#- /t.cfg\n[buildout]\nextends = http://x.invalid/a.cfg\n", ["load/missing-file /t.cfg:2:11"]));

test("missing sections and options are said at the reference, in the file that has it", () =>
  check("#- /t.cfg\n[buildout]\nextends = a.cfg\n#- /a.cfg\n[a]\nx = 1 ${b:y}\n  ${a:z}\nw = ${:z}\n", [
    "resolve/section-missing /a.cfg:2:7",
    "resolve/option-missing /a.cfg:4:5",
  ]));

test("a cycle of references is said once", () =>
  check("#- /t.cfg\n[a]\nx = ${b:y}\n[b]\ny = ${a:x}\n", ["resolve/reference-cycle /t.cfg:2:5"]));

test("a cycle of macros, and a macro that is not there", () => {
  check("#- /t.cfg\n[a]\n<= b\n[b]\n<= a\n", ["resolve/macro-cycle /t.cfg:2:1", "resolve/macro-cycle /t.cfg:4:1"]);
  check("#- /t.cfg\n[a]\n<= nowhere\n", ["resolve/macro-missing /t.cfg:2:1"]);
});

test("a reference that is none", () => check("#- /t.cfg\n[a]\nx = ${abc}\n", ["resolve/reference-syntax /t.cfg:2:5"]));

test("a condition that fails, and one that is not evaluated", () => {
  check("#- /t.cfg\n[a: nowhere]\n", ["load/condition-failed /t.cfg:1:4"]);
  check("#- /t.cfg\n[a: (lambda: 1)()]\n", ["load/condition-failed /t.cfg:1:4"]);
  check("#- /t.cfg\n[a: os.getcwd()]\n", ["load/condition-unsupported /t.cfg:1:4"]);
});
