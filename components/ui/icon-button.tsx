import type { ButtonHTMLAttributes, ReactNode, Ref } from "react";
import { classNames } from "./class-names";

export interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "aria-label"> {
  /** What it does; its accessible name and its tooltip. */
  readonly label: string;
  /** Shown in the tooltip. */
  readonly keys?: string;
  readonly active?: boolean;
  readonly size?: 20 | 24 | 28;
  readonly children: ReactNode;
  readonly ref?: Ref<HTMLButtonElement>;
}

export function IconButton({ label, keys, active, size = 24, className, children, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      aria-label={label}
      data-tip={keys ? `${label} (${keys})` : label}
      className={classNames(
        "inline-grid shrink-0 place-items-center rounded-[5px] text-muted hover:bg-hover hover:text-text active:bg-pressed",
        "disabled:opacity-40 disabled:pointer-events-none",
        active && "bg-pressed text-text",
        className,
      )}
      style={{ width: size, height: size, ...rest.style }}
    >
      {children}
    </button>
  );
}
