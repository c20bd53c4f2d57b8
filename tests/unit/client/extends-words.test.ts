import { describe, expect, it } from "vitest";
import { describeEdge, describeOverrides, describeReach, summariseSources } from "@/lib/client/extends-words";
import type { ExtendsEdgeInfo, OverrideInfo } from "@/lib/protocol/gestures";

const edge = (more: Partial<ExtendsEdgeInfo>): ExtendsEdgeInfo => ({
  profile: "a.cfg",
  line: 1,
  name: "b.cfg",
  path: "b.cfg",
  source: "checkout",
  ...more,
});
const override = (path: string, line: number): OverrideInfo => ({
  section: "php",
  option: "x",
  operator: "=",
  line: 3,
  definedIn: { path, line },
  isCopy: false,
  isStale: false,
});

describe("words for extends", () => {
  it("say where one comes from", () => {
    expect(describeEdge(edge({}))).toBe("checkout");
    expect(describeEdge(edge({ source: "fork", remote: "ada", ref: "gmp" }))).toBe("ada @gmp");
    expect(describeEdge(edge({ source: "upstream", ref: "1.0" }))).toBe("upstream @1.0");
    expect(summariseSources([edge({}), edge({}), edge({ source: "url" })])).toBe("2 from checkout, 1 from URL");
  });

  it("say whether it can be had, and how old it is", () => {
    const fetchedAt = "2026-01-01T00:00:00.000Z";
    const now = Date.parse(fetchedAt) + 120_000;
    expect(describeReach(edge({ source: "url" }), now)).toBe("not looked at");
    expect(describeReach(edge({ source: "url", reachable: true, fetchedAt }), now)).toBe(
      "reachable, fetched 2 min ago",
    );
    expect(describeReach(edge({ source: "fork", reachable: true, fetchedAt, differs: true }), now)).toBe(
      "other text than the checkout, fetched 2 min ago",
    );
    expect(describeReach(edge({ source: "url", reachable: false, problem: "the server answers 404" }), now)).toBe(
      "the server answers 404",
    );
  });

  it("say what a section overrides", () => {
    expect(describeOverrides([override("php.cfg", 3), override("php.cfg", 3)])).toBe("overrides php.cfg:3");
    expect(describeOverrides([override("php.cfg", 3), override("php.cfg", 5)])).toBe("overrides php.cfg:3 and 1 more");
    expect(describeOverrides([])).toBe("adds options to a section that it extends");
  });
});
