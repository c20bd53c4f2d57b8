import type { Palette } from "@/lib/client/palette";

/**
 * Keeps the keys in the open box until the person leaves it: by Escape, Tab or a choice, which the box sees itself, or
 * by a click elsewhere. Code that takes the focus late, as the answer to something of before, gets it when the box is
 * closed; on a slow machine the box would else vanish under the hands. A window that loses the focus keeps the box.
 */
export function keepFocus(box: HTMLElement, field: HTMLElement, palette: Palette): () => void {
  const abort = new AbortController();
  const { signal } = abort;
  const isInside = (target: EventTarget | null): boolean => target instanceof Node && box.contains(target);
  box.addEventListener(
    "focusout",
    ({ target, relatedTarget }) => {
      const isOfWindow = relatedTarget === null && document.activeElement === target;
      if (!palette.state.getState().open || isInside(relatedTarget) || isOfWindow) return;
      // A question takes all keys; and only a click gets into a page of another origin.
      if (document.querySelector("dialog:modal") || relatedTarget instanceof HTMLIFrameElement) return palette.leave();
      if (relatedTarget instanceof HTMLElement) palette.focusLate(relatedTarget);
      field.focus();
    },
    { signal },
  );
  document.addEventListener("pointerdown", ({ target }) => isInside(target) || palette.leave(), {
    signal,
    capture: true,
  });
  return () => abort.abort();
}
