import { expect, test } from "vitest";
import { applyTextEdits } from "@/lib/base/text-range";
import {
  changeOption,
  compareResolutions,
  createEngineFacts,
  parseInstalledState,
  parseSyntax,
  profileReferences,
} from "@/lib/buildout";
import { openFixture, resolveFixture } from "./profile-fixture";

const TREE = `
#- /sw/software.cfg
[buildout]
extends =
  ../stack/base.cfg
  ../component/x/buildout.cfg
parts = app
[app]
recipe = r:app
path = \${x:location}/bin
[x]
version = 2
flags +=
  -O2
#- /stack/base.cfg
[buildout]
extends = ../component/x/buildout.cfg
[y]
recipe = r:y
need = \${x:version}
#- /component/x/buildout.cfg
[x]
recipe = r:x
version = 1
flags = -g
`;

test("every value says where it comes from", () => {
  const resolution = resolveFixture(TREE);
  const steps = resolution
    .option("x", "flags")!
    .contributions.map(({ operation, source, position, value }) => [operation, source, position?.line, value]);
  expect(steps).toEqual([
    ["=", "/component/x/buildout.cfg", 3, "-g"],
    ["+=", "/sw/software.cfg", 10, "-g\n-O2"],
  ]);
  expect(resolution.option("y", "need")?.value).toBe("2");
  expect(resolution.option("x", "nothing")).toBeUndefined();
});

test("parts come after what they refer to", () => {
  expect(resolveFixture(TREE).parts.map(({ name, requested }) => [name, requested])).toEqual([
    ["x", false],
    ["app", true],
  ]);
});

test("slashes written twice in extends name the same file", () => {
  const { configuration } = resolveFixture(
    "#- /a/top.cfg\n[buildout]\nextends = ..//base.cfg ..///a//b.cfg\n#- /base.cfg\n[x]\ny = 1\n#- /a/b.cfg\n[x]\nz = 2\n",
  );
  expect(configuration.files).toEqual(["/a/top.cfg", "/base.cfg", "/a/b.cfg"]);
});

test("reverse questions: who extends, who reads, who sets, which releases", () => {
  const [analysis, paths] = openFixture(TREE);
  analysis.load(paths);
  expect(analysis.extendedBy("/component/x/buildout.cfg")).toEqual(["/stack/base.cfg", "/sw/software.cfg"]);
  expect(analysis.impact("/component/x/buildout.cfg").softwareReleases).toEqual(["/sw/software.cfg"]);
  expect(analysis.readers("x", "version").map(({ profile, from }) => [profile.path, from])).toEqual([
    ["/stack/base.cfg", "y"],
  ]);
  expect(analysis.definitions("x", "flags").map(({ profile }) => profile.path)).toEqual([
    "/sw/software.cfg",
    "/component/x/buildout.cfg",
  ]);
});

test("an edit is seen at once, and taking it back too", () => {
  const [analysis, [top]] = openFixture(TREE);
  const before = analysis.resolve(top!);
  analysis.update("/component/x/buildout.cfg", "[x]\nflags = -g3\n");
  expect(analysis.resolve(top!).option("x", "flags")?.value).toBe("-g3\n-O2");
  expect(compareResolutions(before, analysis.resolve(top!)).map(({ section, option }) => [section, option])).toEqual([
    ["x", "flags"],
    ["x", "recipe"],
  ]);
  analysis.update("/component/x/buildout.cfg", undefined);
  expect(analysis.resolve(top!).option("x", "flags")?.value).toBe("-g\n-O2");
});

test("what repeats because files extend each other by several ways is shown once as well", () => {
  const option = resolveFixture(`
#- /t.cfg
[buildout]
extends = a.cfg b.cfg
#- /a.cfg
[buildout]
extends = c.cfg
#- /b.cfg
[buildout]
extends = c.cfg
#- /c.cfg
[s]
x += 1
`).option("s", "x");
  expect(option?.value).toBe("1\n1");
  expect(option?.withoutRepeats).toBe("1");
});

test("references have their places in the file, dropped sections too", () => {
  const [analysis] = openFixture("#- /t.cfg\n[a: False]\nx = $${n:o} ${:b}\n  ${c:d}\n<= m\n");
  const profile = analysis.profile("/t.cfg");
  if ("problem" in profile) throw new Error("unreachable");
  const all = [...profileReferences(profile).values()].flat();
  expect(
    all.map(({ section, option, start, end }) => [section, option, profile.syntax.text.slice(start, end)]),
  ).toEqual([
    ["a", "b", "${:b}"],
    ["c", "d", "${c:d}"],
    ["m", "", "m"],
  ]);
});

function checkEdit(text: string, option: string, value: string | undefined, expected: string): void {
  const syntax = parseSyntax(text);
  expect(applyTextEdits(text, changeOption(syntax, { section: "a", option, value }))).toBe(expected);
}

test("changing an option leaves every other byte alone", () => {
  checkEdit("[a]\r\nx  =  1 \r\n# c\r\ny=2\r\n", "x", "3", "[a]\r\nx  =  3 \r\n# c\r\ny=2\r\n");
  checkEdit("[a]\nx =\n    1\n    2\ny=2\n", "x", "3\n4", "[a]\nx =\n    3\n    4\ny=2\n");
  checkEdit("[a]\nx = 1\n\n[b]\n", "z", "9", "[a]\nx = 1\nz = 9\n\n[b]\n");
  checkEdit("[b]\nx = 1", "z", "9", "[b]\nx = 1\n\n[a]\nz = 9\n");
  checkEdit("", "z", "9", "[a]\nz = 9\n");
  checkEdit("[a]\nx = 1\n# kept\ny = 2\n", "x", undefined, "[a]\n# kept\ny = 2\n");
  checkEdit("[a]\nx = 1\n", "x", "1", "[a]\nx = 1\n");
});

test("the state that the last run left", () => {
  const state = parseInstalledState(
    "/.installed.cfg",
    `[buildout]
installed_develop_eggs = /b/develop-eggs/x.egg-link
parts = one two

[one]
__buildout_installed__ = /b/parts/one
\t/b/bin/one
__buildout_signature__ = r-1 setuptools
recipe = r
text = %(__buildout_space__)sindented%(__buildout_space_n__)s

[two]
__buildout_installed__ =
__buildout_signature__ = r-2
recipe = slapos.recipe.cmmi
shared = true
`,
  );
  expect(state.diagnostics).toEqual([]);
  expect(state.developEggLinks).toEqual(["/b/develop-eggs/x.egg-link"]);
  expect(
    state.parts.map(({ name, recipe, paths, signature, isShared }) => [name, recipe, paths, signature, isShared]),
  ).toEqual([
    ["one", "r", ["/b/parts/one", "/b/bin/one"], "r-1 setuptools", false],
    ["two", "slapos.recipe.cmmi", [], "r-2", true],
  ]);
  expect(state.parts[0]!.options.get("text")).toBe(" indented\n");
});

function checkCondition(expression: string, expected: boolean | undefined): void {
  const resolution = resolveFixture(`#- /t.cfg\n[a: ${expression}]\nx = 1\n`, { facts: createEngineFacts() });
  const failed = resolution.diagnostics.some(({ code }) => code.startsWith("load/condition"));
  expect([expression, failed ? undefined : resolution.hasSection("a")]).toEqual([expression, expected]);
}

test.each<[string, boolean | undefined]>([
  ["python3", true],
  ["python2", false],
  ["not python2 and linux", true],
  ["sys.version_info < (3, 12)", true],
  ["sys.version_info >= (3, 11)", true],
  ["sys.version_info[:2] == (3, 11)", true],
  ["sys.version_info.major == 3", true],
  ["tuple(map(int, platform.python_version_tuple()[:2])) >= (3, 8)", true],
  ["list(filter(None, ['', 'x'])) == ['x']", true],
  ["sys.hexversion >= 0x030b0000", true],
  ["platform.machine() == 'x86_64'", true],
  ["platform.machine() in ('x86_64', 'aarch64')", true],
  ["platform.uname().system.lower().startswith('lin')", true],
  ["sys.platform.startswith(('win', 'lin'))", true],
  ["python_version >= '3.9'", true],
  ["python_version ~= '3.9'", true],
  ["python_version == '3.*'", true],
  ["python_full_version < '3.11.8'", true],
  ["os_name == 'posix' and (sys_platform == 'linux' or extra == 'x')", true],
  ["'linux' in sys_platform", true],
  ["platform_machine not in 'i386 i686'", true],
  ["2 ** 10 == 1024 and 7 // 2 == 3 and -7 // 2 == -4 and -7 % 3 == 2", true],
  ["1 < 2 < 3 != 4", true],
  ["sys.maxsize == 2**63 - 1", true],
  ["'a' if python3 else ''", true],
  ["any(x > 2 for x in [1, 2, 3])", true],
  ["{'a': 0}.get('a')", false],
  ["len('abc') == 3 and 'abc'[1:] == 'bc' and 'abc'[::-1] == 'cba'", true],
  ["re.match(r'3[.]\\d+', platform.python_version())", true],
  ["'%s-%d' % ('a', 1) == 'a-1'", true],
  ["os.path.exists('/nowhere/at/all')", false],
  ["hasattr(sys, 'nothing')", false],
  ["None", false],
  ["1, 0", true],
  [" ", undefined],
  ["x", undefined],
  ["1 +", undefined],
  ["'a' < 1", undefined],
  ["1/0", undefined],
  ["__import__('os')", undefined],
  ["().__class__", undefined],
])("the condition %s", checkCondition);
