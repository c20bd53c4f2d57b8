import { describe, expect, it } from "vitest";
import { describeDownloads, describeOwnCode, listDownloads } from "@/lib/client/download-words";
import type { PlanDownloads } from "@/lib/protocol/explanations";

const NONE: PlanDownloads = { files: [], eggs: [], checkouts: [], missingBytes: 0, unknownCount: 0 };
const file = { part: "a", url: "https://x.org/a", state: "missing" } as const;
const egg = { part: "a", requirement: "e==1", state: "missing" } as const;

describe("a plan's downloads in words", () => {
  it("are counted by kind, with what is known of their sizes", () => {
    const say = (downloads: Partial<PlanDownloads>): string => describeDownloads({ ...NONE, ...downloads });
    expect(say({})).toBe("Nothing to download");
    expect(say({ files: [{ ...file, state: "cached" }] })).toBe("Nothing to download: all is here already");
    expect(say({ files: [file], unknownCount: 1 })).toBe("1 file to download, size unknown");
    const checkouts = [{ part: "c", repository: "https://x.org/c.git", state: "missing" as const }];
    expect(say({ files: [file, file], eggs: [egg], checkouts, missingBytes: 4_200_000, unknownCount: 1 })).toBe(
      "2 files, 1 egg and 1 repository to download, 4.2 MB and 1 of unknown size",
    );
    expect(say({ checkouts })).toBe("1 repository to download");
  });

  it("name the parts whose own code nobody can read", () => {
    const say = (byOwnCode: string[]): string | undefined => describeOwnCode({ ...NONE, byOwnCode });
    expect(say([])).toBeUndefined();
    expect(say(["a"])).toBe("What a downloads by code of its own is not known.");
    expect(say(["a", "b", "c", "d", "e", "f"])).toBe(
      "What a, b, c, d, e and 1 more download by code of their own is not known.",
    );
  });

  it("are listed with those first that cannot be had", () => {
    const eggs = [
      { ...egg, requirement: "f>=1", version: "1.3", sizeBytes: 900, requiredBy: "e" },
      { ...egg, problem: "gone" },
    ];
    expect(listDownloads({ ...NONE, eggs })).toEqual([
      { part: "a", what: "e==1", details: [], problem: "gone" },
      { part: "a", what: "f>=1", details: ["1.3", "0.9 kB", "required by e"] },
    ]);
  });
});
