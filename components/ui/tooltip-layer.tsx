"use client";
import { useEffect, useRef, useState } from "react";

/** Time that the pointer rests before a tooltip shows: shorter flickers along a toolbar. */
const SHOW_AFTER_MS = 450;

interface Tip {
  readonly text: string;
  readonly left: number;
  readonly top: number;
  readonly above: boolean;
}

/**
 * Tooltips for every element with `data-tip`, on hover and on keyboard focus, Escape hides. One layer for the
 * page. The text repeats or adds to the accessible name, it is never the only place of anything.
 */
export function TooltipLayer() {
  const [tip, setTip] = useState<Tip>();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    const hide = () => {
      clearTimeout(timer.current);
      setTip(undefined);
    };
    const show = (target: EventTarget | null, afterMs: number) => {
      const element = target instanceof Element ? target.closest<HTMLElement>("[data-tip]") : undefined;
      hide();
      if (!element) return;
      timer.current = setTimeout(() => {
        if (!element.isConnected || !element.dataset.tip) return;
        const box = element.getBoundingClientRect();
        const above = box.bottom > window.innerHeight - 48;
        const left = Math.min(Math.max(box.left + box.width / 2, 90), window.innerWidth - 90);
        setTip({ text: element.dataset.tip, left, top: above ? box.top - 6 : box.bottom + 6, above });
      }, afterMs);
    };
    const onOver = (event: PointerEvent) => show(event.target, SHOW_AFTER_MS);
    const onFocus = (event: FocusEvent) => {
      if (event.target instanceof Element && event.target.matches(":focus-visible")) show(event.target, 100);
    };
    const onKey = (event: KeyboardEvent) => event.key === "Escape" && hide();
    document.addEventListener("pointerover", onOver);
    document.addEventListener("pointerdown", hide);
    document.addEventListener("focusin", onFocus);
    document.addEventListener("focusout", hide);
    document.addEventListener("keydown", onKey);
    return () => {
      hide();
      document.removeEventListener("pointerover", onOver);
      document.removeEventListener("pointerdown", hide);
      document.removeEventListener("focusin", onFocus);
      document.removeEventListener("focusout", hide);
      document.removeEventListener("keydown", onKey);
    };
  }, []);
  if (!tip) return null;
  return (
    <div
      role="tooltip"
      className="pointer-events-none fixed z-[90] max-w-80 -translate-x-1/2 rounded-[5px] border bg-overlay px-2 py-1 text-xs whitespace-pre-line text-text shadow-overlay"
      style={{ left: tip.left, top: tip.top, transform: tip.above ? "translate(0, -100%)" : undefined }}
    >
      {tip.text}
    </div>
  );
}
