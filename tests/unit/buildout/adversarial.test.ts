/**
 * Texts made to take long or to exhaust memory. Work is counted, not timed: each would not end in any test's time limit
 * if it were exponential or quadratic.
 */
import { expect, test } from "vitest";
import { annotationText, type ProfileAnalysis, parseSyntax, parseTemplate } from "@/lib/buildout";
import { openFixture } from "./profile-fixture";

const COUNT = 200_000;

function resolveText(text: string): ReturnType<ProfileAnalysis["resolve"]> {
  const [analysis] = openFixture(`#- /t.cfg\n${text}`);
  return analysis.resolve("/t.cfg");
}

test("values that double stop at 1 MiB", () => {
  const lines = Array.from({ length: 64 }, (_, i) => `x${i + 1} = \${:x${i}}\${:x${i}}`);
  const resolution = resolveText(`[a]\nx0 = 0123456789\n${lines.join("\n")}\n`);
  expect(resolution.option("a", "x16")?.value).toHaveLength(10 * 2 ** 16);
  expect(resolution.option("a", "x40")?.problem?.code).toBe("resolve/too-large");
  expect(resolution.option("a", "x64")?.problem?.code).toBe("resolve/too-large");
});

test("lines added over a chain of diamonds stop at 1 MiB, said where they are added", () => {
  const files = Array.from(
    { length: 40 },
    (_, i) => `#- /${i}.cfg\n[buildout]\nextends = ${i + 1}.cfg ${i + 1}.cfg\n[a]\nx +=\n  a line of file ${i}\n`,
  );
  const [analysis] = openFixture(`${files.join("")}#- /40.cfg\n[a]\ny = first\n`);
  const resolution = analysis.resolve("/0.cfg");
  expect(resolution.option("a", "x")!.value!.length).toBeLessThan(2 ** 21);
  expect(resolution.diagnostics.map(({ code }) => code)).toContain("value/truncated");
});

test("a value set over a chain of diamonds costs nothing", () => {
  const files = Array.from(
    { length: 60 },
    (_, i) => `#- /${i}.cfg\n[buildout]\nextends = ${i + 1}.cfg ${i + 1}.cfg\n[a]\nx = ${i}\n`,
  );
  const [analysis] = openFixture(`${files.join("")}#- /60.cfg\n[a]\nx = first\n`);
  expect(analysis.resolve("/0.cfg").option("a", "x")?.value).toBe("0");
});

test("long chains of references and of sections end with a value or a reason", () => {
  const options = Array.from({ length: 5_000 }, (_, i) => `x${i + 1} = \${:x${i}}`);
  const chain = resolveText(`[a]\nx0 = 1\n${options.join("\n")}\n`);
  expect(chain.option("a", "x300")?.value).toBe("1");
  expect(JSON.parse(annotationText(chain)).error).toBeNull();
  const sections = Array.from({ length: 5_000 }, (_, i) => `[s${i + 1}]\nx = \${s${i}:x}\n`);
  expect(JSON.parse(annotationText(resolveText(`[s0]\nx = 1\n${sections.reverse().join("")}`))).error).toBeNull();
  const macros = Array.from({ length: 3_000 }, (_, i) => `[s${i + 1}]\n<= s${i}\n`);
  expect(JSON.parse(annotationText(resolveText(`[s0]\nx = 1\n${macros.reverse().join("")}`))).error).toBeNull();
});

test("macros over diamonds are expanded once each", () => {
  const macros = Array.from({ length: 60 }, (_, i) => `[s${i + 1}]\n<= s${i}\n  s${i}\n`);
  expect(resolveText(`[s0]\nx = 1\n${macros.join("")}`).option("s60", "x")?.value).toBe("1");
});

test("a chain of thousands of files", () => {
  const files = Array.from({ length: 5_000 }, (_, i) => `#- /${i}.cfg\n[buildout]\nextends = ${i + 1}.cfg\n`);
  const [analysis] = openFixture(`${files.join("")}#- /5000.cfg\n[a]\nx = deep\n`);
  expect(analysis.resolve("/0.cfg").option("a", "x")?.value).toBe("deep");
});

test.each([
  ["open references", "${".repeat(COUNT)],
  ["escaped references", "${$$".repeat(COUNT)],
  ["escaped references with an end", `${"${$$".repeat(COUNT)}}`],
  ["dollars", "$".repeat(COUNT)],
])("%s take one pass", (_, value) => {
  const { literals, references } = parseTemplate(value);
  expect(
    literals.join("").length + references.reduce((length, one) => length + one.text.length, 0),
  ).toBeLessThanOrEqual(value.length);
});

test.each([
  ["section heads", "[".repeat(COUNT)],
  ["a long condition", `[a:${" ".repeat(COUNT)}`],
  ["spaces before an equal sign", `x${" ".repeat(COUNT)}y`],
  ["blank lines in a value", `[a]\nx =\n${" \n".repeat(COUNT)}  y`],
  ["comments in a value", `[a]\nx =\n${"#\n".repeat(COUNT)}  y`],
  ["additions in one file", `[a]\n${"x +=\n  1\n".repeat(20_000)}`],
])("%s take one pass", (_, text) => {
  expect(parseSyntax(text).nodes.length).toBeLessThanOrEqual(COUNT);
  expect(resolveText(text).path).toBe("/t.cfg");
});

test.each([
  ["numbers", "9**9**9**9"],
  ["texts", "'a' * 10**9"],
  ["loops", "[1 for a in range(9999) for b in range(9999) for c in range(9999)]"],
  ["nesting", `${"(".repeat(5_000)}1${")".repeat(5_000)}`],
  ["patterns", "re.match('(a+)+b', 'a' * 100)"],
])("a condition cannot cost more than a moment: %s", (_, condition) => {
  const codes = resolveText(`[a: ${condition}]\nx = 1\n`).diagnostics.map(({ code }) => code);
  expect(codes).toHaveLength(1);
  expect(codes[0]).toMatch(/^load\/condition-/);
});
