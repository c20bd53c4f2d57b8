/**
 * The timeline of one run as the page shows it: read when somebody looks, and again while the run goes on.
 *
 * News of the run (its log grew, it ended) ask for it anew, at most twice a second; what the run uses changes without
 * news, so it is asked for every few seconds too. One question is under way at a time.
 */
import { createStore, type StoreApi } from "zustand/vanilla";
import { type Disposable, toDisposable } from "@/lib/base/disposable";
import type { LogSection } from "@/lib/logs/folded-rows";
import type { RunTimeline, TimelinePart } from "@/lib/protocol/timeline";
import type { Api } from "./api";
import type { Connection } from "./connection";
import { isGoingOn } from "./runs";

const SOON_MS = 500;
const REFRESH_MS = 2_000;

export interface TimelineState {
  readonly timeline: RunTimeline | undefined;
  readonly error: unknown;
  /** The run to compare with; undefined for the default. */
  readonly since: string | undefined;
}

export interface TimelineStore extends Disposable {
  readonly run: string;
  readonly state: StoreApi<TimelineState>;
  /** Keeps it up to date until disposed. */
  watch(): Disposable;
  compareWith(since: string | undefined): void;
  reload(): Promise<void>;
}

export interface PartSection extends LogSection {
  readonly part: TimelinePart;
  readonly lines: number;
}

export function createTimelineStore(options: {
  readonly api: Pick<Api, "readTimeline">;
  readonly connection: Pick<Connection, "on" | "onOnline">;
  readonly run: string;
}): TimelineStore {
  const { api, connection, run } = options;
  const state = createStore<TimelineState>(() => ({ timeline: undefined, error: undefined, since: undefined }));
  let watchers = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let dueMs = 0;
  let asking: Promise<void> | undefined;
  let again = false;

  const ask = async (): Promise<void> => {
    const { since } = state.getState();
    try {
      const timeline = await api.readTimeline({ params: { run }, query: { since } });
      if (since === state.getState().since) state.setState({ timeline, error: undefined });
    } catch (error) {
      state.setState({ error });
    }
  };
  const reload = (): Promise<void> => {
    if (asking) {
      again = true;
      return asking;
    }
    asking = (async () => {
      do {
        again = false;
        await ask();
      } while (again);
    })().finally(() => {
      asking = undefined;
      const { timeline } = state.getState();
      if (timeline && isGoingOn(timeline)) later(REFRESH_MS);
    });
    return asking;
  };
  const later = (afterMs: number): void => {
    const atMs = Date.now() + afterMs;
    if (watchers === 0 || (timer !== undefined && dueMs <= atMs)) return;
    clearTimeout(timer);
    dueMs = atMs;
    timer = setTimeout(() => {
      timer = undefined;
      void reload();
    }, afterMs);
  };
  const listeners = [
    connection.on("run:changed", (info) => info.id === run && later(isGoingOn(info) ? SOON_MS : 0)),
    connection.onOnline(() => later(0)),
  ];
  const stop = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };

  return {
    run,
    state,
    reload,
    watch() {
      watchers++;
      void reload();
      return toDisposable(() => {
        watchers--;
        if (watchers === 0) stop();
      });
    },
    compareWith(since) {
      state.setState({ since });
      void reload();
    },
    dispose() {
      watchers = 0;
      stop();
      for (const listener of listeners) listener.dispose();
    },
  };
}

/** The parts' ranges of the log, in its order; a part that was taken up twice has two. */
export function toSections(timeline: RunTimeline | undefined): readonly PartSection[] {
  if (!timeline) return [];
  const sections = timeline.parts.flatMap((part) =>
    part.spans
      .filter(({ logStart, logEnd }) => logEnd > logStart)
      .map(({ logStart, logEnd, lines }) => ({
        key: `${part.key} ${logStart}`,
        start: logStart,
        end: logEnd,
        lines,
        part,
      })),
  );
  return sections.sort((a, b) => a.start - b.start);
}
