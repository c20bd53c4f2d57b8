/** When the lines of a log were written, for the rows in view: read from the server in ranges, as they are looked at. */
import { createStore, type StoreApi } from "zustand/vanilla";
import type { LogTime } from "@/lib/protocol/runs";
import type { Api } from "./api";
import type { LogStore } from "./log";

/** Around what is in view: a scroll of a few screens asks for nothing. */
const AROUND_BYTES = 256 * 1024;
/** The end of a log that grows is asked for again this often. */
const FRESH_MS = 1_000;

export interface LogTimes {
  /** Grows with what is known. */
  readonly state: StoreApi<{ readonly version: number; readonly isShown: boolean }>;
  toggle(): void;
  /** Asks for what is not known of the range. */
  ensure(start: number, end: number): void;
  /** Milliseconds; undefined where nobody looked, or it is not known yet. */
  timeOf(offset: number): number | undefined;
}

export function createLogTimes(options: {
  readonly api: Pick<Api, "listLogTimes">;
  readonly log: Pick<LogStore, "run" | "state">;
  readonly now?: () => number;
}): LogTimes {
  const { api, log } = options;
  const now = options.now ?? (() => Date.now());
  const state = createStore(() => ({ version: 0, isShown: false }));
  let times: readonly (LogTime & { readonly atMs: number })[] = [];
  let from = 0;
  let to = 0;
  let askedMs = 0;
  let asking = false;

  const ask = async (start: number, end: number): Promise<void> => {
    asking = true;
    askedMs = now();
    try {
      const range = { start: Math.max(0, start - AROUND_BYTES), end: end + AROUND_BYTES };
      const reply = await api.listLogTimes({ params: { run: log.run }, query: range });
      times = reply.times.map((time) => ({ ...time, atMs: Date.parse(time.at) }));
      from = range.start;
      to = Math.min(
        range.end,
        Math.max(times.at(-1)?.offset ?? 0, log.state.getState().status === "ended" ? range.end : 0),
      );
      state.setState({ version: state.getState().version + 1 });
    } catch {
      // Times are an addition: without them the lines stand as they are, and the next look asks again.
    } finally {
      asking = false;
    }
  };

  return {
    state,
    toggle: () => state.setState({ isShown: !state.getState().isShown }),
    ensure(start, end) {
      const isKnown = from <= start && end <= to;
      if (asking || isKnown || (from <= start && start < to && now() - askedMs < FRESH_MS)) return;
      void ask(start, end);
    },
    timeOf(offset) {
      let low = 0;
      let high = times.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (times[middle]!.offset > offset) high = middle;
        else low = middle + 1;
      }
      // By this time the log had grown past the byte; the one before says that it had not.
      return offset >= from ? times[low]?.atMs : undefined;
    },
  };
}
