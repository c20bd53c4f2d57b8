"use client";
import type { ReactNode } from "react";

/**
 * One item of the status bar: text with an icon; a button when it does something. `shrinks`: it gives way on a narrow
 * page.
 */
export function StatusItem({
  children,
  tip,
  shrinks = false,
  onClick,
}: {
  readonly children: ReactNode;
  readonly shrinks?: boolean;
  readonly tip?: string;
  readonly onClick?: () => void;
}) {
  const look = `flex h-full items-center gap-1.5 px-2 whitespace-nowrap ${shrinks ? "min-w-12" : "shrink-0"}`;
  if (!onClick)
    return (
      <span className={look} data-tip={tip}>
        {children}
      </span>
    );
  return (
    <button type="button" className={`${look} hover:bg-hover`} data-tip={tip} onClick={onClick}>
      {children}
    </button>
  );
}
