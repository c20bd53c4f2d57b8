import { describe, expect, it } from "vitest";
import type { ConfinedPath } from "@/lib/base/ids";
import { createMemoryFiles } from "@/server/platform/memory-files";
import { createHistory } from "@/server/workspace/history";

const path = "a.cfg" as ConfinedPath;

describe("the local history", () => {
  const make = (limits: { limitBytes?: number; limitEntries?: number }) => {
    const files = createMemoryFiles({ "/.keep": "" });
    let now = 0;
    const warnings: string[] = [];
    const history = createHistory({
      files,
      directory: "/history",
      now: () => now++ * 1_000,
      log: { warn: (_, message) => warnings.push(message) },
      ...limits,
    });
    const contents = async (): Promise<string[]> => {
      const names = (await files.list("/history")).map(({ name }) => name).filter((name) => !name.endsWith(".json"));
      return Promise.all(names.map(async (name) => (await files.read(`/history/${name}`)).toString()));
    };
    return { history, contents, warnings };
  };

  it("keeps what was overwritten, in order", async () => {
    const { history, contents, warnings } = make({});
    for (const text of ["one", "two", "three"]) await history.keep(path, Buffer.from(text));
    expect(await contents()).toEqual(["one", "two", "three"]);
    expect(warnings).toEqual([]);
  });

  it("forgets the oldest beyond its bounds, and never the newest", async () => {
    const { history, contents } = make({ limitEntries: 3 });
    for (let index = 0; index <= 50; index++) await history.keep(path, Buffer.from(String(index)));
    expect(await contents()).toEqual(["48", "49", "50"]);

    const heavy = make({ limitBytes: 10 });
    await heavy.history.keep(path, Buffer.alloc(1_000, "x"));
    expect(await heavy.contents()).toHaveLength(1);
  });
});
