import { expect, test } from "vitest";
import { countProblems, listProblems } from "@/lib/client/problems";

const at = (line: number, severity: 1 | 2 | 3 | 4, message: string) => ({
  range: { start: { line, character: 2 }, end: { line, character: 5 } },
  severity,
  message,
  source: "buildout",
});

test("problems by file, the worst file and the worst problem first, hints left out", () => {
  const diagnostics = new Map([
    ["a.cfg", [at(3, 2, "warn")]],
    ["b.cfg", [at(9, 3, "note"), at(7, 1, "late"), at(1, 1, "early"), at(0, 4, "hint")]],
    ["c.cfg", [at(0, 4, "hint")]],
  ]);
  const listed = listProblems(diagnostics).map(({ path, problems }) => [path, problems.map(({ message }) => message)]);
  expect(listed).toEqual([
    ["b.cfg", ["early", "late", "note"]],
    ["a.cfg", ["warn"]],
  ]);
  expect(listProblems(diagnostics)[0]!.problems[0]).toMatchObject({ line: 2, column: 3, severity: "error" });
  expect(countProblems([...diagnostics.values()].flat())).toEqual({ errors: 2, warnings: 1 });
});
