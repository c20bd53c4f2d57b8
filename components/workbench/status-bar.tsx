"use client";
import { statusItems } from "./contributions";

export function StatusBar() {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a footer inside the page is no landmark of its own
    <div
      role="region"
      data-region="status"
      aria-label="Status bar"
      className="flex h-(--status-height) shrink-0 items-center justify-between overflow-hidden border-t bg-sunken px-1 text-2xs text-muted"
    >
      {(["left", "right"] as const).map((side) => (
        <div key={side} className={`flex h-full min-w-0 items-center ${side === "left" ? "overflow-hidden" : ""}`}>
          {statusItems
            .filter((item) => item.side === side)
            .map(({ id, component: Item }) => (
              <Item key={id} />
            ))}
        </div>
      ))}
    </div>
  );
}
