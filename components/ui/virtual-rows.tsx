"use client";
import { type ReactNode, type RefObject, useEffect, useState } from "react";

/** Rows drawn above and below what is seen, so that a fast scroll does not show gaps. */
const OVERSCAN = 12;

/** Draws only the rows of a list that can be seen. All rows have one height; `scroller` is the element that scrolls. */
export function VirtualRows({
  count,
  rowHeight,
  scroller,
  children,
}: {
  readonly count: number;
  readonly rowHeight: number;
  readonly scroller: RefObject<HTMLElement | null>;
  readonly children: (index: number) => ReactNode;
}) {
  const [view, setView] = useState({ top: 0, height: 600 });
  // Not a layout effect: those of a child run before the parent's ref, which the scroller is, has its element.
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const measure = () => setView({ top: element.scrollTop, height: element.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener("scroll", measure, { passive: true });
    measure();
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", measure);
    };
  }, [scroller]);
  const first = Math.max(0, Math.floor(view.top / rowHeight) - OVERSCAN);
  const last = Math.min(count, Math.ceil((view.top + view.height) / rowHeight) + OVERSCAN);
  const rows: ReactNode[] = [];
  for (let index = first; index < last; index++) rows.push(children(index));
  return (
    <div role="presentation" style={{ height: count * rowHeight, position: "relative" }}>
      <div role="presentation" style={{ transform: `translateY(${first * rowHeight}px)` }}>
        {rows}
      </div>
    </div>
  );
}

/** Scrolls so that a row is seen. */
export function scrollRowIntoView(scroller: HTMLElement | null, index: number, rowHeight: number): void {
  if (!scroller || index < 0) return;
  const top = index * rowHeight;
  if (top < scroller.scrollTop) scroller.scrollTop = top;
  else if (top + rowHeight > scroller.scrollTop + scroller.clientHeight) {
    scroller.scrollTop = top + rowHeight - scroller.clientHeight;
  }
}
