/** A profile that is read again after a change is what reading its new text from the beginning gives. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { createReadingRules, type Profile, printSyntax, readProfile } from "@/lib/buildout";
import { createEngineFacts } from "@/lib/buildout/facts";

const line = fc.constantFrom(
  "[a]",
  "[b]",
  "[b:True]",
  "[b:False]",
  "[c] # x",
  "[buildout]",
  "extends = t.cfg",
  "x = 1",
  "y = ${a:x}",
  "x += 2",
  "x -= 1",
  "<= a",
  "z = ${:_profile_base_location_}/z",
  "  more",
  "",
  "# comment",
  "stray",
  "[",
  "\r",
);
const text = fc.array(line, { maxLength: 14 }).map((lines) => lines.join("\n"));
/** Texts are compared by blocks. */
const padding = fc.constantFrom("", `\n# ${"x".repeat(9_000)}\n`);
const rules = createReadingRules("slapos", createEngineFacts());

function contents(profile: Profile): unknown {
  const { syntax, diagnostics, conditions, optionalExtends } = profile;
  expect(printSyntax(syntax)).toBe(syntax.text);
  return {
    nodes: syntax.nodes,
    sections: [...profile.sections].map(([name, section]) => ({
      name,
      headers: section.headers,
      hasOperators: section.hasOperators,
      hasMacro: section.hasMacro,
      options: [...section.options].map(([key, value]) => {
        expect(value.definition?.profile === profile && value.previous === undefined).toBe(true);
        expect(value.definition!.nodes.every((node) => syntax.nodes.includes(node))).toBe(true);
        return [key, value.value, value.operation, value.source, value.definition!.nodes];
      }),
    })),
    diagnostics,
    conditions,
    extends: profile.extends,
    optionalExtends: optionalExtends?.value,
  };
}

test("a changed text is read as if there had been no other", () => {
  fc.assert(
    fc.property(
      fc.tuple(text, padding),
      fc.tuple(padding, text),
      fc.array(text, { minLength: 2, maxLength: 4 }),
      (start, end, [first, ...changes]) => {
        const whole = (change: string) => start.join("") + change + end.join("");
        let profile = readProfile("/t.cfg", whole(first!), rules);
        for (const change of changes) {
          profile = readProfile("/t.cfg", whole(change), rules, profile);
          expect(contents(profile)).toEqual(contents(readProfile("/t.cfg", profile.syntax.text, rules)));
        }
      },
    ),
    { numRuns: 1_000 },
  );
});

test("only what a change is in is parsed again", () => {
  const section = (name: string) => `[${name}]\nrecipe = r\nurl = u\n`;
  const [before, after] = ["a", "b"].map((name) =>
    Array.from({ length: 100 }, (_, i) => section(`${name}${i}`)).join(""),
  );
  const profile = readProfile("/t.cfg", `${before}[new]\nx = 1\n${after}`, rules);
  const changed = readProfile("/t.cfg", `${before}[new]\nx = 2\n${after}`, rules, profile);
  const known = new Set(profile.syntax.nodes);
  expect(changed.syntax.nodes.filter((node) => !known.has(node))).toMatchObject([
    { kind: "header", name: "new" },
    { kind: "option", firstLine: "2" },
  ]);
});
