import { expect, test } from "vitest";
import { buildoutLanguage } from "@/lib/client/monaco/buildout-grammar";
import { jsonLanguage } from "@/lib/client/monaco/json-grammar";
import { toLanguage } from "@/lib/client/monaco/language-of-path";
import { tokenize } from "./monarch";

/** `token:text` of each coloured piece; plain values are left out. */
function check(text: string, expected: string[]): void {
  const pieces = tokenize(buildoutLanguage, text).filter(({ token }) => token !== "" && token !== "value");
  expect(pieces.map(({ token, text: piece }) => `${token}:${piece}`)).toEqual(expected);
}

test("a section and its options", () => {
  check("[buildout]\nparts +=\n  a\nx-y = 1", [
    "section.bracket:[",
    "section:buildout",
    "section.bracket:]",
    "option.known:parts",
    "operator:+=",
    "option:x-y",
    "operator:=",
  ]);
});

test("a section with a condition", () => {
  check("[a : python3]", [
    "section.bracket:[",
    "section:a",
    "section.bracket: :",
    "section.condition: python3",
    "section.bracket:]",
  ]);
});

test("a macro, and an option that is taken away", () => {
  check("<= base", ["option.macro:<", "operator:="]);
  check("eggs -= x", ["option.known:eggs", "operator:-="]);
});

test("references, escaped ones, and one still being typed", () => {
  check("a = ${b:c}/${:d}", [
    "option:a",
    "operator:=",
    "reference.bracket:${",
    "reference.section:b",
    "reference.bracket::",
    "reference.option:c",
    "reference.bracket:}",
    "reference.bracket:${:",
    "reference.option:d",
    "reference.bracket:}",
  ]);
  check("  $${x}", ["reference.escaped:$${x}"]);
  check("  ${par", ["reference:${par"]);
});

test("a comment is one in the first column only", () => {
  check("# c\n; d\n  # value", ["comment:# c", "comment:; d"]);
});

test("Jinja in a profile, over several lines too", () => {
  check("{% if x == 'y' -%}", [
    "template.delimiter:{%",
    "keyword:if",
    "template:x",
    "template:==",
    "string:'y'",
    "template.delimiter:-%}",
  ]);
  check("{# a\nb #}\nc = 1", ["comment:{# a", "comment:b #}", "option:c", "operator:="]);
  check("[{{ name }}]", [
    "section.bracket:[",
    "template.delimiter:{{",
    "template:name",
    "template.delimiter:}}",
    "section.bracket:]",
  ]);
});

test("an indented line is a value, whatever it looks like", () => {
  check("a =\n  b = c\n  [d]", ["option:a", "operator:="]);
});

test("no text stops the colours", () => {
  const pieces = [
    "[",
    "]",
    "${",
    "$",
    "{{",
    "{%",
    "}",
    "=",
    "<=",
    "+=",
    ":",
    " ",
    "\n",
    "a",
    "#",
    "{#",
    "\\",
    '"',
    "é",
  ];
  let seed = 7;
  const next = (limit: number): number => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed % limit;
  };
  for (let round = 0; round < 400; round++) {
    const text = Array.from({ length: next(30) }, () => pieces[next(pieces.length)]).join("");
    const joined = tokenize(buildoutLanguage, text)
      .map((piece) => piece.text)
      .join("");
    expect(joined).toBe(text.replaceAll("\n", ""));
  }
});

test("JSON names and values", () => {
  const tokens = tokenize(jsonLanguage, '{"a": [1.5e3, "b", null]}').filter(({ token }) => token !== "");
  expect(tokens.map(({ token, text }) => `${token}:${text}`)).toEqual([
    "delimiter:{",
    'option:"a"',
    "delimiter::",
    "delimiter:[",
    "number:1.5e3",
    "delimiter:,",
    'string:"b"',
    "delimiter:,",
    "constant:null",
    "delimiter:]}",
  ]);
});

test.each([
  ["software/x/software.cfg", "buildout"],
  ["instance.cfg.in", "buildout"],
  ["a/instance.cfg.jinja2", "buildout"],
  ["instance.cfg.jinja2.in", "buildout"],
  ["app.py.in", "python"],
  ["software.cfg.json", "json"],
  ["run.sh.in", "shell"],
  ["README.md", "markdown"],
  ["Makefile", "plaintext"],
  ["template.in", "plaintext"],
])("the language of %s is %s", (path, language) => {
  expect(toLanguage(path)).toBe(language);
});
