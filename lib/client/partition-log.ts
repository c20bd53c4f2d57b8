/**
 * A partition's log in the page: its end, what comes, and as far back as a person scrolls, through rotated files.
 *
 * The server says where a piece begins and ends; asked for what comes after that place it follows the file when it is
 * renamed. While `watch` is held, it is asked every `POLL_MS`.
 *
 * Invariant: without a row that says so, nothing is missing between the rows.
 */
import { createStore, type StoreApi } from "zustand/vanilla";
import type { Disposable } from "@/lib/base/disposable";
import { toDisposable } from "@/lib/base/disposable";
import type { LogPiece } from "@/lib/protocol/processes";
import type { Api } from "./api";

const POLL_MS = 700;
const PIECE_BYTES = 256 * 1024;
/** As long as someone follows, the oldest go; they are read again by scrolling back. */
const ROW_LIMIT = 50_000;

export interface PartitionLogRow {
  readonly key: number;
  /** Undefined: something is missing here. */
  readonly text: string | undefined;
}

export interface PartitionLogState {
  readonly status: "loading" | "ready" | "failed";
  readonly rows: readonly PartitionLogRow[];
  /** There is more before the first row. */
  readonly hasEarlier: boolean;
  readonly error: unknown;
}

export interface PartitionLogStore {
  readonly state: StoreApi<PartitionLogState>;
  loadEarlier(): Promise<void>;
  /** Reads what comes from now on. */
  watch(): Disposable;
}

export function createPartitionLog(options: {
  readonly api: Pick<Api, "readPartitionLog">;
  readonly project: string;
  readonly partition: string;
  readonly path: string;
  readonly rowLimit?: number;
}): PartitionLogStore {
  const { api, project, partition, path, rowLimit = ROW_LIMIT } = options;
  const state = createStore<PartitionLogState>(() => ({
    status: "loading",
    rows: [],
    hasEarlier: false,
    error: undefined,
  }));
  let start: string | undefined;
  let end: string | undefined;
  let firstKey = 0;
  let lastKey = 0;
  /** The last row has no line end yet. */
  let isOpen = false;
  let reading: Promise<void> | undefined;
  /** Rows that begin a piece, oldest first. */
  const marks: { readonly key: number; readonly place: string }[] = [];

  const read = (query: { after?: string; before?: string }): Promise<LogPiece> =>
    api.readPartitionLog({ params: { project, partition }, query: { path, limit: PIECE_BYTES, ...query } });

  const append = ({ text, gap, start: place }: LogPiece): void => {
    const before = state.getState();
    let rows = before.rows;
    let { hasEarlier } = before;
    if (gap && rows.length > 0 && rows.at(-1)?.text !== undefined) {
      rows = [...rows, { key: lastKey++, text: undefined }];
      isOpen = false;
    }
    if (text !== "") {
      const lines = text.split("\n");
      const next = [...rows];
      const last = next.at(-1);
      if (isOpen && last?.text !== undefined) next[next.length - 1] = { ...last, text: last.text + lines.shift() };
      else if (place !== undefined) marks.push({ key: lastKey, place });
      for (const line of lines) next.push({ key: lastKey++, text: line });
      isOpen = next.at(-1)?.text !== "";
      if (!isOpen) {
        next.pop();
        lastKey--;
      }
      rows = next;
    }
    if (rows.length > rowLimit) {
      // Up to where a piece began: its place is known, so what goes can be read again.
      const oldest = rows[rows.length - rowLimit]!.key;
      const mark = marks.find(({ key }) => key >= oldest && key <= rows.at(-1)!.key);
      if (mark) {
        rows = rows.filter(({ key }) => key >= mark.key);
        marks.splice(0, marks.indexOf(mark));
        start = mark.place;
        hasEarlier = true;
      }
    }
    if (rows !== before.rows || before.status !== "ready") {
      state.setState({ rows, hasEarlier, status: "ready", error: undefined });
    }
  };

  const readOnce = async (): Promise<void> => {
    try {
      for (;;) {
        const isFirst = end === undefined;
        const piece = await read(end === undefined ? {} : { after: end });
        if (isFirst) {
          start = piece.start;
          state.setState({ hasEarlier: piece.more });
        }
        end = piece.end ?? end;
        append(piece);
        if (isFirst || !piece.more) return;
      }
    } catch (error) {
      state.setState({ error, status: state.getState().status === "ready" ? "ready" : "failed" });
    }
  };
  const refresh = (): Promise<void> => {
    reading ??= readOnce().finally(() => {
      reading = undefined;
    });
    return reading;
  };

  return {
    state,
    async loadEarlier() {
      if (start === undefined) return;
      const piece = await read({ before: start });
      start = piece.start ?? start;
      const lines = piece.text.split("\n");
      if (lines.at(-1) === "") lines.pop();
      const missing: PartitionLogRow[] = piece.gap ? [{ key: --firstKey, text: undefined }] : [];
      const rows = lines.map((text, index) => ({ key: firstKey - lines.length + index, text }));
      firstKey -= lines.length;
      state.setState({ rows: [...rows, ...missing, ...state.getState().rows], hasEarlier: piece.more });
    },
    watch() {
      void refresh();
      const timer = setInterval(() => void refresh(), POLL_MS);
      return toDisposable(() => clearInterval(timer));
    },
  };
}
