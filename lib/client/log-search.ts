/**
 * Lines of a log that match, sorted by their place in the file: found in the page's window at once and while it grows,
 * and for what is not in the window by the server, which tells them as it finds them and how far it has come.
 *
 * A match is a line, known by the byte offset where it (or, of a very long line, the row) begins. The window is read
 * in slices of `SLICE_MS`, so a search through a million lines never holds the page.
 *
 * Invariant: `matches` ascend, no offset twice.
 */
import { createStore, type StoreApi } from "zustand/vanilla";
import type { Disposable } from "@/lib/base/disposable";
import { stripAnsi } from "@/lib/logs/ansi";
import type { Api } from "./api";
import type { LogStore } from "./log";
import { readMatches } from "./log-matches";

/** Half a frame. */
const SLICE_MS = 8;
const ROWS_BETWEEN_CLOCK = 256;
export const MATCHES_MAX = 100_000;

export interface LogQuery {
  readonly text: string;
  readonly isRegex: boolean;
  readonly isCaseSensitive: boolean;
}

export interface LogSearchState {
  readonly query: LogQuery | undefined;
  /** Made of the query, to mark rows with; undefined while there is no query or it is no regular expression. */
  readonly pattern: RegExp | undefined;
  readonly problem: string | undefined;
  readonly isSearching: boolean;
  /** How much of the log the server has read, 0 to 1; undefined when it is not at work. */
  readonly progress: number | undefined;
  readonly matches: readonly number[];
  /** More lines match than are kept. */
  readonly isTruncated: boolean;
  /** Index into `matches`. */
  readonly current: number | undefined;
}

export interface LogSearch extends Disposable {
  readonly state: StoreApi<LogSearchState>;
  find(query: LogQuery | undefined): void;
  /** Ends the server's search; what was found stays. */
  stop(): void;
  /** The next (1) or previous (-1) match from the current one, else from the byte offset; its offset, or undefined. */
  step(direction: 1 | -1, fromOffset: number): number | undefined;
}

export interface LogSearchOptions {
  readonly log: Pick<LogStore, "run" | "state" | "window">;
  readonly api: Pick<Api, "streamLogMatches">;
  readonly now?: () => number;
  /** Runs the next slice after the page had its turn. */
  readonly later?: (slice: () => void) => void;
}

const initial: LogSearchState = {
  query: undefined,
  pattern: undefined,
  problem: undefined,
  isSearching: false,
  progress: undefined,
  matches: [],
  isTruncated: false,
  current: undefined,
};

export function createLogSearch(options: LogSearchOptions): LogSearch {
  const { log, api } = options;
  const now = options.now ?? (() => performance.now());
  const later = options.later ?? ((slice) => void setTimeout(slice, 0));
  const state = createStore<LogSearchState>(() => initial);
  let generation = 0;
  let window = log.window;
  /** The bytes that have been read; the last row of them, which begins at `lastRowStart`, may have gone on since. */
  let readFrom = 0;
  let readTo = 0;
  let lastRowStart = 0;
  let isSlicing = false;
  let serverSearch: AbortController | undefined;

  const merge = (found: readonly number[]): void => {
    if (found.length === 0) return;
    const { matches, current } = state.getState();
    const currentOffset = current === undefined ? undefined : matches[current];
    const merged = mergeSorted(matches, found);
    const kept = merged.length > MATCHES_MAX ? merged.slice(0, MATCHES_MAX) : merged;
    const at = currentOffset === undefined ? -1 : kept.indexOf(currentOffset);
    state.setState({
      matches: kept,
      isTruncated: state.getState().isTruncated || kept.length < merged.length,
      current: at < 0 ? undefined : at,
    });
  };

  const readRows = (pattern: RegExp, from: number, to: number): void => {
    const mine = generation;
    const found: number[] = [];
    let row = from;
    const slice = (): void => {
      if (mine !== generation) return;
      if (window !== log.window) {
        isSlicing = false;
        followWindow();
        return;
      }
      const stopAt = now() + SLICE_MS;
      const end = Math.min(to, window.endRow);
      for (row = Math.max(row, window.firstRow); row < end; row++) {
        if (row % ROWS_BETWEEN_CLOCK === 0 && now() > stopAt) break;
        const { text, start } = window.getRow(row);
        if (pattern.test(stripAnsi(text))) found.push(start);
      }
      merge(found.splice(0));
      if (row < end) {
        later(slice);
        return;
      }
      isSlicing = false;
      state.setState({ isSearching: false });
      followWindow();
    };
    isSlicing = true;
    state.setState({ isSearching: true });
    slice();
  };

  const beginAnew = (): void => {
    window = log.window;
    readFrom = window.start;
    readTo = window.start;
    lastRowStart = window.start;
  };
  /** Reads what the window has and has not been read: rows before, or rows after. */
  const followWindow = (): void => {
    const { pattern } = state.getState();
    if (!pattern || isSlicing) return;
    if (log.window !== window || log.window.start > readTo || log.window.end < readFrom) {
      beginAnew();
    }
    const { firstRow, endRow } = window;
    if (endRow === firstRow) return;
    if (window.start < readFrom) {
      const to = window.rowAt(readFrom);
      readFrom = window.start;
      readRows(pattern, firstRow, to);
    } else if (window.end > readTo) {
      const from = window.rowAt(Math.max(lastRowStart, window.start));
      readTo = window.end;
      lastRowStart = window.getRow(endRow - 1).start;
      readRows(pattern, from, endRow);
    }
  };

  const searchServer = async (query: LogQuery): Promise<void> => {
    const mine = generation;
    const { start, end, sizeBytes } = log.state.getState();
    if (start === 0 && end >= sizeBytes) return;
    const abort = new AbortController();
    serverSearch = abort;
    state.setState({ progress: 0 });
    try {
      const response = await api.streamLogMatches({
        params: { run: log.run },
        query: {
          text: query.text,
          regex: query.isRegex ? "true" : undefined,
          matchCase: query.isCaseSensitive ? "true" : undefined,
        },
        signal: abort.signal,
      });
      for await (const found of readMatches(response)) {
        if (mine !== generation) return;
        for (const match of found.matches) log.window.learnLine(match.offset, match.line);
        // What is in the window is found there, also where a very long line is several rows.
        const held = log.state.getState();
        const outside = found.matches.filter(({ offset }) => offset < held.start || offset >= held.end);
        merge(outside.map(({ offset }) => offset));
        if (found.sizeBytes > 0) state.setState({ progress: found.readBytes / found.sizeBytes });
        if (found.done && found.truncated) state.setState({ isTruncated: true });
      }
    } catch {
      // The window's matches stand; that the rest is not known is said the same way as when there are too many.
      if (mine === generation) state.setState({ isTruncated: true });
    } finally {
      if (mine === generation) state.setState({ progress: undefined });
    }
  };

  const unsubscribe = log.state.subscribe((next, before) => {
    if (next.version !== before.version) followWindow();
  });

  return {
    state,
    find(query) {
      generation++;
      serverSearch?.abort();
      isSlicing = false;
      state.setState(initial);
      if (!query || query.text === "") return;
      const { pattern, problem } = toPattern(query);
      state.setState({ query, pattern, problem });
      if (!pattern) return;
      beginAnew();
      followWindow();
      void searchServer(query);
    },
    stop: () => serverSearch?.abort(),
    step(direction, fromOffset) {
      const { matches, current } = state.getState();
      if (matches.length === 0) return undefined;
      let next: number;
      if (current !== undefined) next = current + direction;
      else {
        const after = matches.findIndex((offset) => offset >= fromOffset);
        if (direction === 1) next = Math.max(after, 0);
        else next = after < 0 ? matches.length - 1 : after - 1;
      }
      next = (next + matches.length) % matches.length;
      state.setState({ current: next });
      return matches[next];
    },
    dispose() {
      generation++;
      serverSearch?.abort();
      unsubscribe();
    },
  };
}

/** Rows of the window's end that are looked through for one line before the server is asked. */
const LOOK_BACK_ROWS = 20_000;

/** The byte offset of the last line that holds the first of the texts that any line holds. */
export async function findLastLine(
  log: Pick<LogStore, "run" | "window">,
  api: Pick<Api, "searchLog">,
  texts: readonly string[],
): Promise<number | undefined> {
  const { window } = log;
  const stop = Math.max(window.firstRow, window.endRow - LOOK_BACK_ROWS);
  for (const text of texts) {
    for (let row = window.endRow - 1; row >= stop; row--) {
      const drawn = window.getRow(row);
      if (stripAnsi(drawn.text).includes(text)) return drawn.start;
    }
    if (stop === window.firstRow && window.start === 0) continue;
    const { matches } = await api.searchLog({ params: { run: log.run }, query: { text } });
    const last = matches[matches.length - 1];
    if (last) return last.offset;
  }
  return undefined;
}

function toPattern(query: LogQuery): { pattern?: RegExp; problem?: string } {
  try {
    const source = query.isRegex ? query.text : escapeRegex(query.text);
    return { pattern: new RegExp(source, query.isCaseSensitive ? "u" : "iu") };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : "Not a regular expression" };
  }
}

function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

function mergeSorted(a: readonly number[], b: readonly number[]): number[] {
  const merged: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const next = j >= b.length || (i < a.length && a[i]! <= b[j]!) ? a[i++]! : b[j++]!;
    if (merged[merged.length - 1] !== next) merged.push(next);
  }
  return merged;
}
