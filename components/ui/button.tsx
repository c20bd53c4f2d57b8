import type { ButtonHTMLAttributes, ReactNode, Ref } from "react";
import { classNames } from "./class-names";
import { Spinner } from "./spinner";

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly variant?: "primary" | "secondary" | "ghost" | "danger";
  readonly size?: "small" | "normal";
  readonly icon?: ReactNode;
  /** Shows a spinner and takes no clicks. */
  readonly busy?: boolean;
  readonly ref?: Ref<HTMLButtonElement>;
}

const VARIANTS = {
  primary: "bg-accent-fill text-on-accent border-transparent hover:bg-accent-fill-hover",
  secondary: "bg-overlay text-text border-line-strong/60 hover:bg-pressed",
  ghost: "bg-transparent text-text border-transparent hover:bg-hover active:bg-pressed",
  danger: "bg-bad-fill text-white border-transparent hover:brightness-110",
};

export function Button({
  variant = "secondary",
  size = "normal",
  icon,
  busy,
  className,
  children,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={rest.disabled || busy}
      aria-busy={busy || undefined}
      className={classNames(
        "inline-flex shrink-0 items-center justify-center gap-1.5 rounded-[5px] border font-medium whitespace-nowrap select-none",
        "disabled:opacity-50 disabled:pointer-events-none focus-visible:outline-offset-1",
        size === "small" ? "h-6 px-2 text-xs" : "h-7 px-3 text-sm",
        VARIANTS[variant],
        className,
      )}
    >
      {busy ? <Spinner size={14} /> : icon}
      {children}
    </button>
  );
}
