import { describe, expect, it } from "vitest";
import type { PlannedDownloads } from "@/lib/buildout";
import { createEggFacts } from "@/server/plan/egg-facts";

function planned(names: readonly string[], pins: Readonly<Record<string, string>> = {}): PlannedDownloads {
  const eggs = names.map((requirement) => ({ part: "a", name: requirement.split("==")[0]!, requirement }));
  return { files: [], checkouts: [], byOwnCode: [], hasDevelopEggs: false, eggs, pins: new Map(Object.entries(pins)) };
}
const nowhere = (): boolean => false;
const shown = (eggs: ReturnType<ReturnType<typeof createEggFacts>["describeEggs"]>): string[] =>
  eggs.map(({ requirement, requiredBy, state, sizeBytes }) =>
    [requirement, state, sizeBytes, requiredBy].filter((word) => word !== undefined).join(" "),
  );

describe("what is known of eggs", () => {
  const facts = createEggFacts();
  const inTurn = (requirement: string) => ({ requirement, extras: [] });
  facts.noteEgg({ requirement: "x==1.0", extras: [], sizeBytes: 10, requires: [inTurn("y==1.0"), inTurn("z")] });
  facts.noteEgg({ requirement: "y==1.0", extras: [], sizeBytes: 20, sha256: "s", requires: [inTurn("x==1.0")] });

  it("follows what eggs require in turn, each once, and ends in a circle", () => {
    const eggs = facts.describeEggs(planned(["x==1.0"]), nowhere, (digest) => digest === "s");
    expect(shown(eggs)).toEqual(["x==1.0 missing 10", "y==1.0 cached 20 x", "z missing x"]);
  });

  it("believes nothing of another version, named or pinned since", () => {
    expect(shown(facts.describeEggs(planned(["x==2.0"]), nowhere, nowhere))).toEqual(["x==2.0 missing"]);
    const eggs = facts.describeEggs(planned(["x==1.0"], { y: "3.0" }), nowhere, nowhere);
    expect(shown(eggs)).toEqual(["x==1.0 missing 10", "y==3.0 missing x", "z missing x"]);
  });

  it("lists what is here only where a part names it", () => {
    const isHere = (name: string): boolean => name === "y" || name === "other";
    const eggs = facts.describeEggs(planned(["x==1.0", "other"]), isHere, nowhere);
    expect(shown(eggs)).toEqual(["x==1.0 missing 10", "z missing x", "other present"]);
  });

  it("takes the unpatched egg for one that only SlapOS's buildout patches", () => {
    expect(shown(facts.describeEggs(planned(["x==1.0+SlapOSPatched002"]), nowhere, nowhere))[0]).toBe(
      "x==1.0+SlapOSPatched002 missing 10",
    );
  });
});
