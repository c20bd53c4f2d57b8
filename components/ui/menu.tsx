"use client";
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { classNames } from "./class-names";

export interface MenuAction {
  readonly title: string;
  readonly icon?: ReactNode;
  readonly keys?: string;
  readonly run: () => unknown;
  readonly disabled?: boolean;
  readonly danger?: boolean;
  /** Shows a check mark, for a choice. */
  readonly checked?: boolean;
}
export type MenuItem = MenuAction | "separator";

export interface MenuProps {
  readonly label: string;
  readonly items: readonly MenuItem[];
  /** Where its corner goes, in viewport pixels; kept inside the page. */
  readonly at: { readonly x: number; readonly y: number };
  readonly onClose: () => void;
}

/** A menu at a point. Arrow keys, Home, End, first letters, Enter; Escape and a click elsewhere close it. */
export function Menu({ label, items, at, onClose }: MenuProps) {
  const box = useRef<HTMLDivElement>(null);
  const restore = useRef<Element | null>(null);
  const [place, setPlace] = useState<{ left: number; top: number }>({ left: at.x, top: at.y });

  // What it is about may change while it is open, and its size with it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: measured anew when there are more or fewer entries
  useLayoutEffect(() => {
    const size = box.current?.getBoundingClientRect();
    if (!size) return;
    setPlace({
      left: Math.max(4, Math.min(at.x, window.innerWidth - size.width - 4)),
      top: Math.max(4, Math.min(at.y, window.innerHeight - size.height - 4)),
    });
  }, [at, items.length]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a menu at another place begins anew
  useLayoutEffect(() => {
    restore.current = document.activeElement;
    box.current?.querySelector<HTMLElement>("[role^=menuitem]:not([aria-disabled=true])")?.focus();
  }, [at]);

  useEffect(() => {
    const outside = (event: PointerEvent) => {
      if (!(event.target instanceof Node) || !box.current?.contains(event.target)) onClose();
    };
    document.addEventListener("pointerdown", outside, true);
    window.addEventListener("blur", onClose);
    window.addEventListener("resize", onClose);
    return () => {
      document.removeEventListener("pointerdown", outside, true);
      window.removeEventListener("blur", onClose);
      window.removeEventListener("resize", onClose);
    };
  }, [onClose]);

  const close = () => {
    onClose();
    if (restore.current instanceof HTMLElement) restore.current.focus();
  };
  const choose = (item: MenuAction) => {
    if (item.disabled) return;
    close();
    void item.run();
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const entries = [
      ...(box.current?.querySelectorAll<HTMLElement>("[role^=menuitem]:not([aria-disabled=true])") ?? []),
    ];
    const index = entries.indexOf(document.activeElement as HTMLElement);
    const go = (to: number) => entries[(to + entries.length) % entries.length]?.focus();
    if (event.key === "ArrowDown") go(index + 1);
    else if (event.key === "ArrowUp") go(index - 1);
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(entries.length - 1);
    else if (event.key === "Escape" || event.key === "Tab") close();
    else if (/^\S$/.test(event.key) && !event.ctrlKey && !event.metaKey) {
      const wanted = event.key.toLowerCase();
      const after = [...entries.slice(index + 1), ...entries.slice(0, index + 1)];
      after.find((entry) => entry.textContent?.trim().toLowerCase().startsWith(wanted))?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return createPortal(
    <div
      ref={box}
      role="menu"
      aria-label={label}
      tabIndex={-1}
      onKeyDown={onKeyDown}
      onContextMenu={(event) => event.preventDefault()}
      className="fixed z-[80] max-h-[calc(100vh-8px)] min-w-48 overflow-y-auto rounded-md border bg-overlay p-1 text-sm shadow-overlay"
      style={place}
    >
      {items.map((item, index) =>
        item === "separator" ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: separators have no name, and keep no state
          <hr key={`separator-${index}`} className="mx-1 my-1 border-t" />
        ) : (
          <button
            key={item.title}
            type="button"
            {...(item.checked === undefined
              ? { role: "menuitem" }
              : { role: "menuitemcheckbox", "aria-checked": item.checked })}
            aria-disabled={item.disabled || undefined}
            tabIndex={-1}
            onClick={() => choose(item)}
            onPointerMove={(event) => !item.disabled && event.currentTarget.focus()}
            className={classNames(
              "flex h-[26px] w-full items-center gap-2 rounded px-2 text-left outline-none",
              item.disabled ? "text-faint opacity-60" : "focus:bg-selected",
              item.danger && !item.disabled && "text-bad",
            )}
          >
            <span className="grid w-4 place-items-center text-muted" aria-hidden>
              {item.checked ? "✓" : item.icon}
            </span>
            <span className="flex-1 whitespace-nowrap">{item.title}</span>
            {item.keys && <span className="pl-6 text-2xs text-faint">{item.keys}</span>}
          </button>
        ),
      )}
    </div>,
    document.body,
  );
}

/** A button that opens a menu below itself; its entries follow what they are made of. `children` gets the button's properties. */
export function MenuButton({
  label,
  items,
  align = "start",
  children,
}: {
  readonly label: string;
  readonly items: () => readonly MenuItem[];
  readonly align?: "start" | "end";
  readonly children: (button: {
    onClick: (event: React.MouseEvent<HTMLElement>) => void;
    "aria-haspopup": "menu";
    "aria-expanded": boolean;
  }) => ReactNode;
}) {
  const [at, setAt] = useState<{ x: number; y: number }>();
  return (
    <>
      {children({
        onClick: (event) => {
          const box = event.currentTarget.getBoundingClientRect();
          setAt({ x: align === "end" ? box.right - 192 : box.left, y: box.bottom + 4 });
        },
        "aria-haspopup": "menu",
        "aria-expanded": at !== undefined,
      })}
      {at && <Menu label={label} items={items()} at={at} onClose={() => setAt(undefined)} />}
    </>
  );
}
