"use client";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef } from "react";
import { scrollRowIntoView, VirtualRows } from "./virtual-rows";

export const TREE_ROW_HEIGHT = 24;

/** Letters that come faster than this are one word. */
const TYPE_AHEAD_MS = 900;

export interface TreeItem {
  readonly key: string;
  readonly label: string;
  /** Said after the label by a screen reader. */
  readonly description?: string;
  readonly depth: number;
  /** Undefined: it has no children. */
  readonly expanded: boolean | undefined;
  /** A row that only informs, as "empty": not selectable. */
  readonly isNote?: boolean;
}

export interface TreeProps<Item extends TreeItem> {
  readonly label: string;
  readonly items: readonly Item[];
  readonly selected: string | undefined;
  readonly onSelect: (item: Item) => void;
  readonly onOpen: (item: Item, options: { readonly keep: boolean }) => void;
  readonly onToggle: (item: Item) => void;
  readonly onMenu?: (item: Item | undefined, at: { x: number; y: number }) => void;
  readonly onKey?: (event: KeyboardEvent, item: Item | undefined) => void;
  readonly children: (item: Item, isSelected: boolean) => ReactNode;
}

/**
 * A tree of any size: one focus stop, the selected row by `aria-activedescendant`, only seen rows in the page.
 * Arrows, Home, End, Page keys, Enter, Space, letters to jump; Shift+F10 for the menu.
 * `+` and `-` go to `onKey`, unless they are within a name that is being typed.
 */
export function Tree<Item extends TreeItem>(props: TreeProps<Item>) {
  const { items, selected, onSelect, onOpen, onToggle, onMenu, onKey } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const typed = useRef({ text: "", at: 0, from: 0 });
  const id = useId();
  const index = items.findIndex(({ key }) => key === selected);
  const current = items[index];
  const rowId = (key: string) => `${id}-${key}`;

  useEffect(() => scrollRowIntoView(scroller.current, index, TREE_ROW_HEIGHT), [index]);

  const go = (to: number, step: 1 | -1) => {
    for (let at = Math.min(Math.max(to, 0), items.length - 1); at >= 0 && at < items.length; at += step) {
      const item = items[at];
      if (item && !item.isNote) return onSelect(item);
    }
  };
  // By when the keys were pressed: a busy page comes to them later.
  const isTyping = (now: number) => typed.current.at > 0 && now - typed.current.at < TYPE_AHEAD_MS;
  const jump = (letter: string, now: number) => {
    const goesOn = isTyping(now);
    const from = goesOn ? typed.current.from : index + 1;
    const text = (goesOn ? typed.current.text : "") + letter.toLowerCase();
    typed.current = { text, at: now, from };
    for (let offset = 0; offset < items.length; offset++) {
      const item = items[(from + offset) % items.length];
      if (item && !item.isNote && item.label.toLowerCase().startsWith(text)) return onSelect(item);
    }
  };
  const page = () => Math.floor((scroller.current?.clientHeight ?? 400) / TREE_ROW_HEIGHT) - 1;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (event.key.length > 1) typed.current.at = 0;
    if (event.key === "ArrowDown" && plain) go(index + 1, 1);
    else if (event.key === "ArrowUp" && plain) go(index < 0 ? 0 : index - 1, -1);
    else if (event.key === "Home" && plain) go(0, 1);
    else if (event.key === "End" && plain) go(items.length - 1, -1);
    else if (event.key === "PageDown" && plain) go(index + page(), 1);
    else if (event.key === "PageUp" && plain) go(index - page(), -1);
    else if (event.key === "ArrowRight" && plain && current) {
      if (current.expanded === false) onToggle(current);
      else if (current.expanded && (items[index + 1]?.depth ?? 0) > current.depth && !items[index + 1]?.isNote)
        go(index + 1, 1);
    } else if (event.key === "ArrowLeft" && plain && current) {
      if (current.expanded) onToggle(current);
      else
        go(
          items.slice(0, index).findLastIndex(({ depth }) => depth < current.depth),
          -1,
        );
    } else if (event.key === "Enter" && plain && current) onOpen(current, { keep: true });
    else if (event.key === " " && plain && current) onOpen(current, { keep: false });
    else if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) {
      const box = document.getElementById(rowId(current?.key ?? ""))?.getBoundingClientRect();
      onMenu?.(current, { x: (box?.left ?? 40) + 32, y: box?.bottom ?? 80 });
    } else if (/^\S$/u.test(event.key) && plain && (isTyping(event.timeStamp) || !/[+-]/.test(event.key)))
      jump(event.key, event.timeStamp);
    else return onKey?.(event, current);
    event.preventDefault();
  };

  return (
    <div
      ref={scroller}
      role="tree"
      aria-label={props.label}
      tabIndex={0}
      data-focus-first
      aria-activedescendant={current ? rowId(current.key) : undefined}
      onKeyDown={onKeyDown}
      onFocus={() => {
        if (!current) go(0, 1);
      }}
      onContextMenu={(event) => {
        event.preventDefault();
        const key =
          event.target instanceof Element ? event.target.closest<HTMLElement>("[data-key]")?.dataset.key : undefined;
        const item = items.find((each) => each.key === key);
        if (item && !item.isNote) onSelect(item);
        onMenu?.(item?.isNote ? undefined : item, { x: event.clientX, y: event.clientY });
      }}
      className="group/tree h-full overflow-auto outline-none"
    >
      <VirtualRows count={items.length} rowHeight={TREE_ROW_HEIGHT} scroller={scroller}>
        {(at) => {
          const item = items[at];
          if (!item) return null;
          const isSelected = item.key === selected;
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the tree takes the keys for all of its rows
            // biome-ignore lint/a11y/useFocusableInteractive: the focus stays on the tree, see aria-activedescendant
            <div
              key={item.key}
              id={rowId(item.key)}
              role="treeitem"
              data-key={item.key}
              aria-description={item.description}
              aria-level={item.depth + 1}
              aria-expanded={item.expanded}
              aria-selected={isSelected}
              aria-disabled={item.isNote || undefined}
              onClick={() => {
                if (item.isNote) return;
                onSelect(item);
                if (item.expanded !== undefined) onToggle(item);
                else onOpen(item, { keep: false });
              }}
              onDoubleClick={() => {
                if (!item.isNote && item.expanded === undefined) onOpen(item, { keep: true });
              }}
              style={{ height: TREE_ROW_HEIGHT }}
            >
              {props.children(item, isSelected)}
            </div>
          );
        }}
      </VirtualRows>
    </div>
  );
}
