import { expect, it } from "vitest";
import { createDurationHistory, estimateParts, median } from "@/lib/logs/timeline/estimate";

const run = (parts: Readonly<Record<string, number>>, phasesMs = 0) => ({
  totalMs: Object.values(parts).reduce((sum, ms) => sum + ms, phasesMs),
  phasesMs,
  parts: Object.entries(parts).map(([key, durationMs]) => ({ key, action: "installing" as const, durationMs })),
});
const install = (...keys: string[]) => keys.map((key) => ({ key, action: "installing" as const }));

it("is the middle of what is known", () => {
  expect(median([])).toBeUndefined();
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
});

it("takes the median of each part, and what a part usually takes for one that is new", () => {
  const history = createDurationHistory([run({ a: 10, b: 100 }, 5), run({ a: 30, b: 300 }, 5), run({ a: 20 }, 5)]);
  expect(estimateParts(history, install("a"))).toEqual({ durationMs: 25, unknownParts: 0 });
  expect(estimateParts(history, install("a", "b"))).toEqual({ durationMs: 225, unknownParts: 0 });
  expect(estimateParts(history, install("new"))).toEqual({ durationMs: 35, unknownParts: 1 });
});

it("says nothing without a former run", () => {
  expect(estimateParts(createDurationHistory([]), install("a"))).toBeUndefined();
});
