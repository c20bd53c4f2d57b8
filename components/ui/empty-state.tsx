import type { ReactNode } from "react";

/** A view that has nothing to show: says what would be here and how to get it. */
export function EmptyState({
  icon,
  title,
  children,
  action,
}: {
  readonly icon?: ReactNode;
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}) {
  return (
    <div className="flex h-full min-h-32 flex-col items-center justify-center gap-1.5 p-6 text-center">
      {icon && <div className="mb-1 text-faint">{icon}</div>}
      <p className="text-sm font-medium text-text">{title}</p>
      {children && <div className="max-w-80 text-xs text-muted">{children}</div>}
      {action && <div className="mt-2.5 flex gap-2">{action}</div>}
    </div>
  );
}
