"use client";
import type { ReactNode } from "react";
import { classNames } from "./class-names";

export interface TabItem {
  readonly id: string;
  readonly title: string;
  readonly badge?: ReactNode;
}

/** A row of tabs: arrow keys move and select, as one stop of the Tab key. The panel has `aria-labelledby={id}-tab`. */
export function Tabs({
  label,
  items,
  selected,
  onSelect,
}: {
  readonly label: string;
  readonly items: readonly TabItem[];
  readonly selected: string;
  readonly onSelect: (id: string) => void;
}) {
  const move = (event: React.KeyboardEvent<HTMLElement>, by: number) => {
    event.preventDefault();
    const index = items.findIndex(({ id }) => id === selected);
    const next = items[(index + by + items.length) % items.length];
    if (!next) return;
    onSelect(next.id);
    event.currentTarget.querySelector<HTMLElement>(`#${CSS.escape(`${next.id}-tab`)}`)?.focus();
  };
  return (
    <div
      role="tablist"
      aria-label={label}
      className="flex h-full items-stretch gap-0.5"
      onKeyDown={(event) => {
        if (event.key === "ArrowRight") move(event, 1);
        else if (event.key === "ArrowLeft") move(event, -1);
      }}
    >
      {items.map(({ id, title, badge }) => (
        <button
          key={id}
          id={`${id}-tab`}
          type="button"
          role="tab"
          aria-selected={id === selected}
          aria-controls={`${id}-panel`}
          tabIndex={id === selected ? 0 : -1}
          onClick={() => onSelect(id)}
          className={classNames(
            "relative flex items-center gap-1.5 px-2.5 text-xs whitespace-nowrap select-none",
            id === selected
              ? "text-text after:absolute after:inset-x-2 after:bottom-0 after:h-0.5 after:rounded-full after:bg-accent"
              : "text-muted hover:text-text",
          )}
        >
          {title}
          {badge}
        </button>
      ))}
    </div>
  );
}
