/** Which parts of a log are folded. What is gone to (a match, a failure, a linked line) is unfolded first. */
import { createStore, type StoreApi } from "zustand/vanilla";
import { findSection } from "@/lib/logs/folded-rows";
import { type PartSection, type TimelineStore, toSections } from "./timeline";

export interface LogFoldsState {
  readonly sections: readonly PartSection[];
  readonly folded: ReadonlySet<string>;
}

export interface LogFolds {
  readonly state: StoreApi<LogFoldsState>;
  toggle(key: string): void;
  foldAll(): void;
  unfoldAll(): void;
  unfoldAt(offset: number): void;
}

export function createLogFolds(timeline: Pick<TimelineStore, "state">): LogFolds {
  const state = createStore<LogFoldsState>(() => ({
    sections: toSections(timeline.state.getState().timeline),
    folded: new Set(),
  }));
  timeline.state.subscribe((next, before) => {
    if (next.timeline !== before.timeline) state.setState({ sections: toSections(next.timeline) });
  });
  const change = (alter: (folded: Set<string>) => void): void => {
    const folded = new Set(state.getState().folded);
    alter(folded);
    state.setState({ folded });
  };
  return {
    state,
    toggle: (key) => change((folded) => (folded.has(key) ? folded.delete(key) : folded.add(key))),
    foldAll: () => state.setState({ folded: new Set(state.getState().sections.map(({ key }) => key)) }),
    unfoldAll: () => state.setState({ folded: new Set() }),
    unfoldAt(offset) {
      const section = findSection(state.getState().sections, offset);
      if (section && state.getState().folded.has(section.key)) change((folded) => folded.delete(section.key));
    },
  };
}
