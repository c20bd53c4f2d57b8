import fc from "fast-check";
import { expect, test } from "vitest";
import { createScrollScale, SCROLL_MAX_PX } from "@/lib/logs/scroll-scale";

test("a short list scrolls pixel by pixel", () => {
  const scale = createScrollScale(1_000, 20, 400);
  expect([scale.heightPx, scale.toTop(0), scale.toTop(30), scale.toTop(19_600)]).toEqual([20_000, 0, 1.5, 980]);
});
test("a list lower than the view does not scroll", () => {
  const scale = createScrollScale(5, 20, 400);
  expect([scale.heightPx, scale.maxTop, scale.toTop(100)]).toEqual([400, 0, 0]);
});
test("with overscroll the last row comes to the top", () => {
  expect(createScrollScale(100, 20, 400, true).toTop(Number.POSITIVE_INFINITY)).toBe(99);
});

test("both ends of any list are reached, and positions come back", () => {
  const cases = fc.tuple(
    fc.integer({ min: 1, max: 10_000_000 }),
    fc.integer({ min: 20, max: 2_000 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  );
  fc.assert(
    fc.property(cases, ([rows, view, share]) => {
      const scale = createScrollScale(rows, 20, view);
      expect(scale.heightPx).toBeLessThanOrEqual(SCROLL_MAX_PX);
      expect(scale.toTop(0)).toBe(0);
      expect(scale.toTop(scale.heightPx - view)).toBeCloseTo(scale.maxTop, 3);
      const top = share * scale.maxTop;
      expect(scale.toTop(scale.toScroll(top))).toBeCloseTo(top, 3);
    }),
  );
});
