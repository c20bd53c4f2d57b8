import { describe, expect, it } from "vitest";
import { chooseLines, conflictAt, findConflicts, findSideLines } from "@/lib/client/conflict-markers";

const TEXT = [
  "one",
  "<<<<<<< HEAD",
  "ours",
  "=======",
  "theirs",
  "more",
  ">>>>>>> side",
  "two",
  "<<<<<<< HEAD",
  "||||||| base",
  "old",
  "=======",
  ">>>>>>> side",
];

describe("conflicts of a text", () => {
  it("are found with their sides, with and without the base", () => {
    expect(findConflicts(TEXT)).toMatchObject([
      {
        start: 2,
        middle: 4,
        end: 7,
        ours: ["ours"],
        theirs: ["theirs", "more"],
        labels: { ours: "HEAD", theirs: "side" },
      },
      { start: 9, base: 10, middle: 12, end: 13, ours: [], theirs: [] },
    ]);
  });

  it.each([
    ["a rule of a document", ["Title", "=======", "text"]],
    ["half of a block", ["<<<<<<< HEAD", "ours", "======="]],
    ["an end without a middle", ["<<<<<<< HEAD", ">>>>>>> side"]],
  ])("are not %s", (_, lines) => expect(findConflicts(lines)).toEqual([]));

  it("become what is chosen", () => {
    const conflict = findConflicts(TEXT)[0]!;
    expect((["ours", "theirs", "both", "neither"] as const).map((choice) => chooseLines(conflict, choice))).toEqual([
      ["ours"],
      ["theirs", "more"],
      ["ours", "theirs", "more"],
      [],
    ]);
  });

  it("are gone through in order", () => {
    const conflicts = findConflicts(TEXT);
    expect([1, 7, 8, 14].map((line) => conflictAt(conflicts, line))).toEqual([0, 0, 1, 0]);
    expect(conflictAt([], 1)).toBe(-1);
  });

  it("are found again in one side's text", () => {
    const side = ["x", "same", "one", "same", "two"];
    expect(findSideLines(side, ["same"], "one", 0)).toEqual({ start: 4, end: 4 });
    expect(findSideLines(side, ["same"], "elsewhere", 0)).toEqual({ start: 2, end: 2 });
    expect(findSideLines(side, [], "one", 0)).toEqual({ start: 4, end: 3 });
    expect(findSideLines(side, ["gone"], "one", 0)).toEqual({ start: 1, end: 0 });
  });
});
