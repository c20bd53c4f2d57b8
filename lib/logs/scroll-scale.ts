/**
 * Where a list of rows of one height stands for a scroll position, also when the list is higher than a browser can lay
 * out: beyond `SCROLL_MAX_PX` the scroll bar is scaled, so that its two ends are the list's two ends.
 */

/** Browsers clamp element heights; Chromium at 33.5 million pixels, Firefox at 17.8. */
export const SCROLL_MAX_PX = 15_000_000;

export interface ScrollScale {
  /** Height of the element that is scrolled. */
  readonly heightPx: number;
  /** Rows above the upper edge of the view, with a fraction. */
  toTop(scrollPx: number): number;
  toScroll(top: number): number;
  readonly maxTop: number;
}

/** With `overscroll`, the last row can be scrolled to the upper edge. */
export function createScrollScale(rows: number, rowPx: number, viewPx: number, overscroll = false): ScrollScale {
  const shown = overscroll ? 1 : viewPx / rowPx;
  const maxTop = Math.max(0, rows - shown);
  const fullPx = maxTop * rowPx + viewPx;
  const heightPx = Math.min(SCROLL_MAX_PX, fullPx);
  const perRow = maxTop === 0 ? rowPx : (heightPx - viewPx) / maxTop;
  const clamp = (top: number): number => Math.min(Math.max(0, top), maxTop);
  return {
    heightPx,
    maxTop,
    toTop: (scrollPx) => clamp(scrollPx / perRow),
    toScroll: (top) => clamp(top) * perRow,
  };
}
