"use client";
import type { ReactNode } from "react";

/** One item of the status bar: text with an icon; a button when it does something. */
export function StatusItem({
  children,
  tip,
  onClick,
}: {
  readonly children: ReactNode;
  readonly tip?: string;
  readonly onClick?: () => void;
}) {
  const look = "flex h-full min-w-0 items-center gap-1.5 px-2 whitespace-nowrap";
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
