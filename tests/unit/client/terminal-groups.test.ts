import { describe, expect, test } from "vitest";
import { arrange, findGroup, findSuccessor, isGroups, placeAlone, placeBeside } from "@/lib/client/terminal-groups";

describe("terminals side by side", () => {
  test("stand alone until they are split", () => {
    expect(arrange([], ["a", "b"])).toEqual([["a"], ["b"]]);
    expect(placeBeside([["a"], ["b"], ["c"]], "c", "a")).toEqual([["a", "c"], ["b"]]);
    expect(placeAlone([["a", "c", "d"], ["b"]], "c")).toEqual([["a", "d"], ["c"], ["b"]]);
  });
  test("leave when they are closed, and twice is once", () => {
    expect(arrange([["a", "b"], ["b", "c"], ["gone"]], ["a", "b", "c", "d"])).toEqual([["a", "b"], ["c"], ["d"]]);
  });
  test("are shown in their neighbour's place when one is closed", () => {
    expect(findSuccessor([["a", "b"], ["c"]], "b")).toBe("a");
    expect(findSuccessor([["a", "b"], ["c"]], "a")).toBe("b");
    expect(findSuccessor([["a", "b"], ["c"]], "c")).toBe("b");
    expect(findSuccessor([["a"]], "a")).toBeUndefined();
    expect(findGroup([["a", "b"]], "b")).toEqual(["a", "b"]);
    expect(findGroup([], "x")).toEqual(["x"]);
  });
  test("are taken from what was kept only when it is such", () => {
    expect([isGroups([["a"]]), isGroups([1]), isGroups("a"), isGroups(undefined)]).toEqual([true, false, false, false]);
  });
});
