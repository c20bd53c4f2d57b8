import { describe, expect, it } from "vitest";
import { describeEdge, describeReach, summariseSources } from "@/lib/client/extends-words";
import type { ExtendsEdgeInfo } from "@/lib/protocol/gestures";

const edge = (more: Partial<ExtendsEdgeInfo>): ExtendsEdgeInfo => ({
  profile: "a.cfg",
  line: 1,
  name: "b.cfg",
  path: "b.cfg",
  source: "checkout",
  ...more,
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
});
