"use client";
import { type Ref, useCallback, useEffect, useImperativeHandle, useLayoutEffect, useRef, useState } from "react";
import { useValue } from "@/components/workbench/app-context";
import type { LogStore } from "@/lib/client/log";
import type { LogFolds } from "@/lib/client/log-folds";
import type { LogTimes } from "@/lib/client/log-times";
import type { PartSection } from "@/lib/client/timeline";
import { createFoldedRows } from "@/lib/logs/folded-rows";
import type { FindPath, PlaceLink } from "@/lib/logs/links";
import { createScrollScale } from "@/lib/logs/scroll-scale";
import { LogPartHead } from "./log-part-head";
import { LogRowView } from "./log-row";

const ROW_PX = 20;
/** Rows drawn beyond each edge, for the frames that a scroll is ahead of the drawing. */
const OVERSCAN_ROWS = 8;

export interface LogRowsHandle {
  showRow(row: number): void;
  focus(): void;
  /** Byte offset of the first row in view. */
  topOffset(): number;
}

export interface LogRowsProps {
  readonly log: LogStore;
  readonly folds: LogFolds;
  readonly times: LogTimes;
  readonly wrap: boolean;
  readonly pattern: RegExp | undefined;
  /** Byte offset of the match that is gone to. */
  readonly currentOffset: number | undefined;
  readonly findPath: FindPath;
  readonly onOpenPlace: (place: PlaceLink) => void;
  /** A folded part outside of the window is to be shown. */
  readonly onShowOffset: (offset: number) => void;
  /** The rows that are picked, by the byte offset of the first; undefined for none. */
  readonly onPick: (offset: number | undefined) => void;
  readonly ref?: Ref<LogRowsHandle>;
}

/**
 * The rows of a log window, only those in view drawn. The place is kept as a row number, so rows that come or go at
 * either end do not move what is being read; while it follows, the end is in view.
 */
export function LogRows(props: LogRowsProps) {
  const { log, folds, times, wrap, pattern, currentOffset, findPath, onOpenPlace, onShowOffset, onPick, ref } = props;
  const { version, following, attached, reading } = useValue(log.state);
  const { sections, folded } = useValue(folds.state);
  const { isShown: showsTimes } = useValue(times.state);
  const view = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const [viewPx, setViewPx] = useState(400);
  /** Row number, with a fraction, at the upper edge. */
  const [anchor, setAnchor] = useState(0);
  const [pinned, setPinned] = useState(false);
  const [shiftPx, setShiftPx] = useState(0);
  const [widthPx, setWidthPx] = useState(0);
  const [selection, setSelection] = useState<{ from: number; to: number }>();
  const expectedScroll = useRef(0);
  const dragging = useRef(false);

  const { window: rows } = log;
  const { firstRow, endRow } = rows;
  const list = createFoldedRows(rows, sections, ({ key }) => folded.has(key));
  const { count } = list;
  const scale = createScrollScale(count, ROW_PX, viewPx, wrap);
  const isAtEnd = following || (wrap && pinned);
  const anchored = list.indexOf(Math.floor(anchor)) + (anchor - Math.floor(anchor));
  const top = following ? scale.maxTop : Math.min(Math.max(anchored, 0), scale.maxTop);
  const shownRows = Math.ceil(viewPx / ROW_PX) + 1;
  const fromEnd = Math.max(0, count - shownRows - OVERSCAN_ROWS);
  /** Places in the list, which are row numbers from the window's first where nothing is folded. */
  const from = isAtEnd && wrap ? fromEnd : Math.max(0, Math.floor(top) - (wrap ? 0 : OVERSCAN_ROWS));
  const to = Math.min(count, Math.floor(top) + shownRows + OVERSCAN_ROWS);
  const anchorAt = (index: number) => list.rowAt(Math.floor(index)) + (index - Math.floor(index));

  useLayoutEffect(() => {
    const element = view.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setViewPx(Math.max(ROW_PX, element.clientHeight)));
    observer.observe(element);
    setViewPx(Math.max(ROW_PX, element.clientHeight));
    return () => observer.disconnect();
  }, []);

  // The scroll bar says where the rows are: after rows came or went, it is put where the anchor is now.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version of the rows is what this answers to
  useLayoutEffect(() => {
    const element = view.current;
    if (!element) return;
    const wanted = scale.toScroll(top);
    if (Math.abs(element.scrollTop - wanted) >= 1 && !dragging.current) element.scrollTop = wanted;
    expectedScroll.current = element.scrollTop;
    const width = content.current?.scrollWidth ?? 0;
    if (!wrap && width > widthPx) setWidthPx(width);
  }, [version, top, scale.heightPx, viewPx, wrap]);

  // Wrapped rows have heights that only the browser knows: the first one's gives the fraction its pixels.
  // biome-ignore lint/correctness/useExhaustiveDependencies: measures what was drawn for these values
  useLayoutEffect(() => {
    const element = content.current;
    if (!wrap || !element || following) {
      if (pinned) setPinned(false);
      return;
    }
    const firstHeight = element.firstElementChild?.getBoundingClientRect().height ?? ROW_PX;
    const offset = (top - Math.floor(top)) * firstHeight;
    if (!pinned) {
      setShiftPx(offset);
      if (to === count && element.scrollHeight - offset < viewPx && from > 0) setPinned(true);
    }
  }, [version, top, wrap, following, viewPx]);

  const stopFollowing = () => {
    if (!log.state.getState().following) return;
    setAnchor(anchorAt(scale.maxTop));
    log.setFollowing(false);
  };

  /** What was clicked stays where it is. */
  const latestTop = useRef(anchorAt(top));
  latestTop.current = anchorAt(top);
  const fold = useCallback(
    (key: string) => {
      setAnchor(latestTop.current);
      log.setFollowing(false);
      folds.toggle(key);
    },
    [log, folds],
  );

  const onScroll = () => {
    const element = view.current;
    if (!element || Math.abs(element.scrollTop - expectedScroll.current) < 1) return;
    expectedScroll.current = element.scrollTop;
    const next = scale.toTop(element.scrollTop);
    const atEnd = element.scrollTop >= scale.heightPx - element.clientHeight - 2;
    setPinned(false);
    setAnchor(anchorAt(next));
    if (atEnd && attached) log.setFollowing(true);
    else if (following) log.setFollowing(false);
    if (reading) return;
    if (folded.size > 0) return;
    if (next < 1 && rows.start > 0) void log.loadEarlier().catch(() => undefined);
    else if (atEnd && !attached) void log.loadLater().catch(() => undefined);
  };

  const showRow = useCallback(
    (row: number) => {
      log.setFollowing(false);
      setPinned(false);
      // The rows may be other ones than those last drawn: only the window of now knows them.
      const { folded, sections } = folds.state.getState();
      const shown = createFoldedRows(log.window, sections, ({ key }) => folded.has(key));
      setAnchor(shown.rowAt(Math.max(0, shown.indexOf(row) - Math.floor(viewPx / ROW_PX / 3))));
    },
    [log, folds, viewPx],
  );
  useImperativeHandle(ref, () => ({
    showRow,
    focus: () => view.current?.focus(),
    topOffset() {
      const row = Math.min(Math.max(list.rowAt(Math.floor(top)), firstRow), endRow - 1);
      return endRow > firstRow ? rows.getRow(row).start : rows.start;
    },
  }));

  const scrollBy = (step: number) => {
    if (step < 0) stopFollowing();
    const next = Math.min(Math.max(top + step, 0), scale.maxTop);
    setPinned(false);
    setAnchor(anchorAt(next));
    if (next >= scale.maxTop && attached) log.setFollowing(true);
  };
  const copy = (first: number, end: number) => void navigator.clipboard?.writeText(rows.copyText(first, end));
  const onKeyDown = (event: React.KeyboardEvent) => {
    const page = Math.max(1, Math.floor(viewPx / ROW_PX) - 1);
    const isCommand = event.ctrlKey || event.metaKey;
    if (event.key === "ArrowUp" && !isCommand) scrollBy(-1);
    else if (event.key === "ArrowDown" && !isCommand) scrollBy(1);
    else if (event.key === "PageUp" && !isCommand) scrollBy(-page);
    else if (event.key === "PageDown" && !isCommand) scrollBy(page);
    else if (event.key === "Home") void log.showStart().then(() => showRow(log.window.firstRow));
    else if (event.key === "End") log.showEnd();
    else if (isCommand && event.key === "a") setSelection({ from: firstRow, to: endRow - 1 });
    else if (isCommand && event.key === "c" && selection && document.getSelection()?.isCollapsed !== false) {
      copy(selection.from, selection.to + 1);
    } else if (event.key === "Escape" && selection) setSelection(undefined);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const pickLine = useCallback(
    (row: number, extend: boolean) =>
      setSelection((before) =>
        extend && before
          ? { from: Math.min(before.from, row), to: Math.max(before.to, row) }
          : before?.from === row && before.to === row
            ? undefined
            : { from: row, to: row },
      ),
    [],
  );
  useEffect(() => {
    const release = () => {
      dragging.current = false;
    };
    document.addEventListener("pointerup", release);
    return () => document.removeEventListener("pointerup", release);
  }, []);

  useEffect(() => {
    onPick(selection === undefined ? undefined : findOffset(log, selection.from));
  }, [selection, log, onPick]);
  const firstShown = Math.min(Math.max(list.rowAt(from), firstRow), Math.max(firstRow, endRow - 1));
  const lastShown = Math.min(Math.max(list.rowAt(to - 1), firstRow), Math.max(firstRow, endRow - 1));
  // biome-ignore lint/correctness/useExhaustiveDependencies: new rows may have times that were not known
  useEffect(() => {
    if (showsTimes && endRow > firstRow) times.ensure(rows.getRow(firstShown).start, rows.getRow(lastShown).end);
  }, [showsTimes, times, rows, version, firstShown, lastShown]);

  const numbers = rows.knowsLines && endRow > firstRow ? String(rows.getRow(endRow - 1).line + 1).length : 3;
  const gutterWidth = `calc(${Math.max(3, numbers)}ch + 20px)`;
  const heads = new Map<number, PartSection>(sections.map((section) => [section.start, section]));
  const drawn = [];
  for (let index = from; index < to; index++) {
    const row = list.rowAt(index);
    const outside = list.headAt(row);
    if (outside) {
      drawn.push(
        <LogPartHead
          key={outside.key}
          section={outside}
          gutterWidth={gutterWidth}
          onShow={() => onShowOffset(outside.start)}
        />,
      );
      continue;
    }
    const place = rows.getRow(row);
    const head = place.continues ? undefined : heads.get(place.start);
    drawn.push(
      <LogRowView
        key={place.start}
        row={row}
        text={place.text}
        style={place.style}
        lineNumber={rows.knowsLines ? place.line + 1 : undefined}
        continues={place.continues}
        rewritten={place.rewritten}
        gutterWidth={gutterWidth}
        wrap={wrap}
        pattern={pattern}
        isCurrent={currentOffset !== undefined && place.start <= currentOffset && currentOffset < place.end}
        isSelected={selection !== undefined && selection.from <= row && row <= selection.to}
        section={head}
        isFolded={head !== undefined && folded.has(head.key)}
        atMs={showsTimes ? times.timeOf(place.start) : undefined}
        showsTime={showsTimes}
        findPath={findPath}
        onOpenPlace={onOpenPlace}
        onPickLine={pickLine}
        onFold={fold}
      />,
    );
  }
  const isBottomUp = wrap && isAtEnd && count >= shownRows;
  const offsetPx = wrap ? -shiftPx : (from - top) * ROW_PX;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a scrolled part of a view is no section of the page
    <div
      ref={view}
      role="region"
      aria-label="Log text"
      data-focus-first
      data-log-end={rows.end}
      data-log-start={rows.start}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: scrolled by keys
      tabIndex={0}
      className="relative min-h-0 flex-1 overflow-auto font-mono text-xs outline-offset-[-2px] [overflow-anchor:none]"
      onScroll={onScroll}
      onWheel={(event) => event.deltaY < 0 && stopFollowing()}
      onPointerDown={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        const isOnBar = event.clientX > box.left + event.currentTarget.clientWidth;
        if (!isOnBar) return;
        dragging.current = true;
        stopFollowing();
      }}
      onKeyDown={onKeyDown}
    >
      <div style={{ height: scale.heightPx, minWidth: wrap ? undefined : widthPx }}>
        <div
          className={`sticky top-0 ${wrap ? "overflow-hidden" : "overflow-x-visible overflow-y-clip"}`}
          style={{ height: Math.min(viewPx, scale.heightPx) }}
        >
          <div
            ref={content}
            className={isBottomUp ? "absolute inset-x-0 bottom-0" : undefined}
            style={{
              minWidth: wrap ? "100%" : "max-content",
              ...(isBottomUp ? {} : { transform: `translateY(${offsetPx}px)` }),
              contain: "layout style",
            }}
          >
            {drawn}
          </div>
        </div>
      </div>
    </div>
  );
}

/** Where a row begins, unless the window has dropped it. */
function findOffset(log: LogStore, row: number): number | undefined {
  const { window } = log;
  return window.firstRow <= row && row < window.endRow ? window.getRow(row).start : undefined;
}
