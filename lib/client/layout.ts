/** Which bars are open and how large; kept in local storage and restored after a reload. */
import { createStore, type StoreApi } from "zustand/vanilla";
import { type KeyValueStorage, readJson, writeJson } from "./settings";

export interface LayoutState {
  readonly sideBarOpen: boolean;
  readonly sideBarWidth: number;
  /** Id of the side bar view. */
  readonly sideView: string;
  readonly panelOpen: boolean;
  readonly panelHeight: number;
  readonly panelMaximized: boolean;
  readonly panelView: string;
  /** Of the single column of a narrow page: which region is shown. */
  readonly narrowRegion: "side" | "editor" | "panel";
  /** The lower half of Source Control: graph, branches, stashes, tags. */
  readonly historyOpen: boolean;
  readonly historyHeight: number;
  readonly historyTab: string;
}

export interface Layout {
  readonly state: StoreApi<LayoutState>;
  /** Opens the side bar at a view; asked again for the view that is shown, closes it. */
  toggleSideView(view: string): void;
  showSideView(view: string): void;
  showPanelView(view: string): void;
  togglePanel(): void;
  toggleSideBar(): void;
  /** An editor was opened: a page of one column goes to it. */
  showEditors(): void;
}

const LAYOUT_KEY = "webrunner.layout";
const initial: LayoutState = {
  sideBarOpen: true,
  sideBarWidth: 264,
  sideView: "explorer",
  panelOpen: false,
  panelHeight: 260,
  panelMaximized: false,
  panelView: "",
  narrowRegion: "editor",
  historyOpen: true,
  historyHeight: 260,
  historyTab: "graph",
};

export function createLayout(storage: KeyValueStorage): Layout {
  const state = createStore<LayoutState>(() => ({ ...initial, ...readJson<LayoutState>(storage, LAYOUT_KEY) }));
  state.subscribe((layout) => writeJson(storage, LAYOUT_KEY, layout));
  return {
    state,
    toggleSideView(view) {
      const { sideView, sideBarOpen } = state.getState();
      const open = sideView !== view || !sideBarOpen;
      state.setState({ sideView: view, sideBarOpen: open, narrowRegion: open ? "side" : "editor" });
    },
    showSideView: (view) => state.setState({ sideView: view, sideBarOpen: true, narrowRegion: "side" }),
    showPanelView: (view) => state.setState({ panelView: view, panelOpen: true, narrowRegion: "panel" }),
    togglePanel() {
      const open = !state.getState().panelOpen;
      state.setState({ panelOpen: open, narrowRegion: open ? "panel" : "editor" });
    },
    toggleSideBar() {
      const open = !state.getState().sideBarOpen;
      state.setState({ sideBarOpen: open, narrowRegion: open ? "side" : "editor" });
    },
    showEditors: () => state.setState({ narrowRegion: "editor" }),
  };
}
