/**
 * Whatever the text: it comes back from the tree as it was, and resolving it never throws.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  annotationText,
  ProfileAnalysis,
  parseSyntax,
  printSyntax,
  ReferenceCycles,
  ResolutionProblem,
} from "@/lib/buildout";
import { profileSet } from "./profile-sets";

const fragment = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    "[a]",
    "[a:",
    "]",
    "\n",
    "\r",
    "\r\n",
    "=",
    "+=",
    "-=",
    " ",
    "\t",
    "\f",
    "\x1c",
    "\x85",
    "\u2028",
    "\ufeff",
  ),
  fc.constantFrom(
    "${",
    "}",
    "$$",
    "${a:x}",
    "${:x}",
    "<",
    "<=",
    "=>",
    "#",
    ";",
    "x",
    "x = ${:x}",
    "[buildout]",
    "extends = t.cfg",
  ),
);
const text = fc.array(fragment, { maxLength: 40 }).map((fragments) => fragments.join(""));

function resolveText(content: string): string {
  const analysis = new ProfileAnalysis({
    source: {
      read: (path) => (path === "/t.cfg" ? content : { problem: "missing", message: "missing" }),
      exists: () => false,
    },
  });
  const resolution = analysis.resolve("/t.cfg");
  for (const { path, range } of resolution.diagnostics)
    if (path === "/t.cfg") expect(range.start >= 0 && range.end <= content.length).toBe(true);
  expect(resolution.parts.every((part) => part.name !== "buildout")).toBe(true);
  return annotationText(resolution);
}

test("the tree of any text is the text", () => {
  fc.assert(
    fc.property(text, (content) => {
      const syntax = parseSyntax(content);
      expect(printSyntax(syntax)).toBe(content);
      let at = 0;
      for (const { start, end } of syntax.nodes) {
        expect(start).toBe(at);
        expect(end).toBeGreaterThan(start);
        at = end;
      }
      expect(at).toBe(content.length);
    }),
    { numRuns: 2000 },
  );
});

test("no text makes resolving throw", () => {
  fc.assert(
    fc.property(text, (content) => {
      JSON.parse(resolveText(`[buildout]\nparts = a\n[a]\n${content}`));
      JSON.parse(resolveText(content));
    }),
    { numRuns: 500 },
  );
});

test("an edited analysis says what a fresh one says", () => {
  fc.assert(
    fc.property(profileSet, profileSet, fc.array(fc.nat(4), { minLength: 1, maxLength: 6 }), (before, after, edits) => {
      const names = Object.keys(before);
      const now = { ...before };
      const read = (path: string) => now[path.slice(1)] ?? ({ problem: "missing", message: "missing" } as const);
      const source = { read, exists: () => false };
      const edited = new ProfileAnalysis({ source });
      for (const index of edits) {
        const name = names[index]!;
        edited.resolve("/top.cfg");
        now[name] = after[name]!;
        edited.update(`/${name}`, now[name]);
        const fresh = new ProfileAnalysis({ source });
        expect(annotationText(edited.resolve("/top.cfg"))).toBe(annotationText(fresh.resolve("/top.cfg")));
        fresh.load(names.map((one) => `/${one}`));
        edited.load(names.map((one) => `/${one}`));
        for (const one of names) expect(edited.extendedBy(`/${one}`)).toEqual(fresh.extendedBy(`/${one}`));
      }
    }),
    { numRuns: 100 },
  );
});

test("an option that refers to itself is among those that may lead back to themselves", () => {
  const names = ["a", "b", "c"];
  const reference = fc.tuple(fc.constantFrom(...names, ""), fc.constantFrom("x", "y")).map(([s, o]) => `\${${s}:${o}}`);
  const value = fc.array(fc.oneof(reference, fc.constantFrom("1", "$$", "$")), { maxLength: 3 });
  const sectionBody = fc.tuple(value, value, fc.option(fc.constantFrom(...names)));
  fc.assert(
    fc.property(fc.tuple(sectionBody, sectionBody, sectionBody), (bodies) => {
      const sections = bodies.map(([x, y, macro], i) => {
        const taken = macro && macro !== names[i] ? `<= ${macro}\n` : "";
        return `[${names[i]}]\n${taken}x = ${x.join("")}\n${y.length > 0 ? `y = ${y.join("")}\n` : ""}`;
      });
      const source = { read: () => sections.join(""), exists: () => false };
      const { substitution } = new ProfileAnalysis({ source }).resolve("/t.cfg");
      const cycles = new ReferenceCycles((section) => {
        const options = substitution.rawOptions(section);
        return options instanceof ResolutionProblem ? undefined : options;
      });
      for (const section of names)
        for (const option of ["x", "y"]) {
          const result = substitution.value(section, option);
          if (result instanceof ResolutionProblem && result.code === "resolve/reference-cycle")
            expect(cycles.mayLeadBack(section, option)).toBe(true);
        }
    }),
    { numRuns: 1_000 },
  );
});
