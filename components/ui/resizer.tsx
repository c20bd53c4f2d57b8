"use client";
import { classNames } from "./class-names";

/**
 * The line between two regions: drag it, or focus it and use the arrow keys. It takes no room; the owner keeps
 * the size and its bounds.
 */
export function Resizer({
  label,
  axis,
  value,
  min,
  max,
  onChange,
  grows = "after",
  onReset,
}: {
  readonly label: string;
  /** Which way the size goes. */
  readonly axis: "x" | "y";
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly onChange: (value: number) => void;
  /** `after`: a move right or down makes the value larger. */
  readonly grows?: "after" | "before";
  readonly onReset?: () => void;
}) {
  const direction = grows === "after" ? 1 : -1;
  const set = (next: number) => onChange(Math.round(Math.min(Math.max(next, min), Math.max(min, max))));
  const onPointerDown = (event: React.PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    event.preventDefault();
    const handle = event.currentTarget;
    const from = axis === "x" ? event.clientX : event.clientY;
    handle.setPointerCapture(event.pointerId);
    const move = (moved: PointerEvent) =>
      set(value + ((axis === "x" ? moved.clientX : moved.clientY) - from) * direction);
    const end = () => {
      handle.removeEventListener("pointermove", move);
      handle.removeEventListener("lostpointercapture", end);
    };
    handle.addEventListener("pointermove", move);
    handle.addEventListener("lostpointercapture", end);
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const step = event.shiftKey ? 64 : 16;
    const later = axis === "x" ? "ArrowRight" : "ArrowDown";
    const earlier = axis === "x" ? "ArrowLeft" : "ArrowUp";
    if (event.key === later) set(value + step * direction);
    else if (event.key === earlier) set(value - step * direction);
    else if (event.key === "Home") set(min);
    else if (event.key === "End") set(max);
    else return;
    event.preventDefault();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a focusable separator is a widget, which <hr> is not
    <div
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={axis === "x" ? "vertical" : "horizontal"}
      aria-valuenow={Math.round(value)}
      aria-valuemin={min}
      aria-valuemax={Math.round(max)}
      onPointerDown={onPointerDown}
      onKeyDown={onKeyDown}
      onDoubleClick={onReset}
      className={classNames(
        "relative z-20 shrink-0 touch-none bg-line before:absolute hover:bg-accent focus-visible:bg-accent active:bg-accent",
        axis === "x"
          ? "w-px cursor-col-resize before:-inset-x-1 before:inset-y-0"
          : "h-px cursor-row-resize before:inset-x-0 before:-inset-y-1",
      )}
    />
  );
}
