"use client";
import { X } from "lucide-react";
import { type ReactNode, useId, useLayoutEffect, useRef, useState } from "react";
import { classNames } from "./class-names";
import { IconButton } from "./icon-button";

export interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children?: ReactNode;
  readonly footer?: ReactNode;
  readonly width?: "small" | "medium" | "full";
  readonly role?: "dialog" | "alertdialog";
}

/**
 * A modal dialog: the browser's own `<dialog>` keeps the focus inside. Escape closes. What had the focus has it again in
 * the very moment that the dialog is gone: later, it would be taken from whatever was opened next.
 */
export function Dialog({ title, onClose, children, footer, width = "small", role = "dialog" }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  // Before anything in it asks for the focus.
  const [before] = useState(() => document.activeElement);
  useLayoutEffect(() => {
    const element = dialog.current;
    if (!element) return;
    // What asked for the focus has it already; opening would give it to the first that can have it.
    const focused = document.activeElement;
    if (!element.open) element.showModal();
    if (focused instanceof HTMLElement && element.contains(focused)) focused.focus();
    return () => {
      element.close();
      const isLost = document.activeElement === document.body || element.contains(document.activeElement);
      if (isLost && before instanceof HTMLElement) before.focus();
    };
  }, [before]);
  return (
    <dialog
      ref={dialog}
      role={role}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      className={classNames(
        "m-auto flex max-h-[92vh] flex-col rounded-lg border bg-overlay p-0 text-text shadow-overlay outline-none",
        width === "small" && "w-[min(440px,94vw)]",
        width === "medium" && "w-[min(640px,94vw)]",
        width === "full" && "h-[88vh] w-[min(1280px,96vw)]",
      )}
    >
      <header className="flex items-center gap-2 px-4 pt-3 pb-1">
        <h2 id={titleId} className="min-w-0 flex-1 truncate text-base font-semibold">
          {title}
        </h2>
        <IconButton label="Close" onClick={onClose}>
          <X size={16} />
        </IconButton>
      </header>
      <div className="flex min-h-0 flex-1 flex-col overflow-auto px-4 py-2 text-sm text-muted">{children}</div>
      {footer && <footer className="flex flex-wrap justify-end gap-2 px-4 pt-2 pb-4">{footer}</footer>}
    </dialog>
  );
}
