import { describe, expect, it } from "vitest";
import type { ConfinedFiles } from "@/server/platform/confined-files";
import { checkPython, type PythonCheckOptions } from "@/server/run-all/python-check";

const OLD = "slapos/recipe/old/__init__.py";
const MINE = "slapos/recipe/mine.py";

/** Every source has one undefined name. */
function check(options: Partial<PythonCheckOptions>) {
  const tree = {
    findEntry: async () => ({}),
    read: async () => ({ bytes: Buffer.from("zc\n") }),
  } as unknown as ConfinedFiles;
  return checkPython({
    tree,
    paths: [OLD, MINE, "software/other.py"],
    changed: [],
    isOwn: () => true,
    lint: async (sources) =>
      sources.map((_, snippet) => ({ snippet, line: 1, column: 0, message: "undefined name 'zc'", isError: true })),
    ...options,
  });
}

describe("the check of Python sources", () => {
  it("is red for an error in a file of one's own", async () => {
    expect(await check({ isOwn: (path) => path === MINE })).toMatchObject({
      state: "failed",
      summary: `${MINE}:1: undefined name 'zc'`,
    });
  });

  it("only tells of errors that came with a clone", async () => {
    const { state, summary, problems } = await check({ isOwn: () => false });
    expect({ state, summary }).toEqual({
      state: "done",
      summary: "2 Python files without an error of yours, 2 errors in files that you did not change.",
    });
    expect(problems).toHaveLength(2);
  });

  it("looks at what was changed, wherever it lies", async () => {
    expect(await check({ paths: [], changed: ["software/other.py", "README"] })).toMatchObject({
      summary: "software/other.py:1: undefined name 'zc'",
    });
  });
});
