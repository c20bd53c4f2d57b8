/**
 * The terminals of the project, and one screen's hold on one of them.
 *
 * A screen shows kept output from the byte that it has not drawn yet: after a reconnection it goes on there, after a
 * reload it begins at what the server still has. What was drawn is acknowledged, so that a flood waits for the page.
 */
import { createStore, type StoreApi } from "zustand/vanilla";
import type { Disposable } from "@/lib/base/disposable";
import { toDisposable } from "@/lib/base/disposable";
import type { TerminalInfo } from "@/lib/protocol/terminals";
import type { Api } from "./api";
import type { Connection } from "./connection";
import { type KeyValueStorage, readJson, writeJson } from "./settings";
import { arrange, findSuccessor, isGroups, placeAlone, placeBeside, type TerminalGroups } from "./terminal-groups";

export const TERMINAL_VIEW = "terminal";

export interface TerminalsState {
  readonly status: "loading" | "ready" | "failed";
  readonly terminals: readonly TerminalInfo[];
  readonly selected: string | undefined;
  /** Those that stand side by side; kept over a reload. */
  readonly groups: TerminalGroups;
  readonly error: unknown;
}

export interface TerminalScreen {
  /** Calls `drawn` once the bytes are on the screen. */
  write(bytes: Uint8Array, drawn: () => void): void;
  /** The next bytes do not follow those before: some were forgotten meanwhile. */
  skipped(): void;
}

export interface TerminalsStore {
  readonly state: StoreApi<TerminalsState>;
  /** Whose terminals these are; they are read by `load`. */
  choose(project: string): void;
  load(project: string): Promise<void>;
  open(options?: { readonly folder?: string; readonly name?: string }): Promise<TerminalInfo>;
  /** A new terminal beside the selected one. */
  split(): Promise<TerminalInfo>;
  /** Takes a terminal out of its split. */
  unsplit(id: string): void;
  rename(id: string, name: string): Promise<void>;
  close(id: string): Promise<void>;
  select(id: string): void;
  type(id: string, data: string): void;
  resize(id: string, columns: number, rows: number): void;
  /** From here on the screen draws what the terminal prints. */
  show(id: string, screen: TerminalScreen): Disposable;
}

export function createTerminals(options: {
  readonly api: Pick<Api, "listTerminals" | "openTerminal" | "renameTerminal" | "closeTerminal">;
  readonly connection: Pick<Connection, "on" | "onOnline" | "request">;
  readonly storage: KeyValueStorage;
}): TerminalsStore {
  const { api, connection, storage } = options;
  let project: string | undefined;
  /** Whose groups were taken from the last visit. */
  let restored: string | undefined;
  const state = createStore<TerminalsState>(() => ({
    status: "loading",
    terminals: [],
    selected: undefined,
    groups: [],
    error: undefined,
  }));
  const toKey = (id: string): string => `webrunner.terminals.${id}`;
  /** Who stands where is kept for the next visit. */
  const become = (changes: Partial<TerminalsState>): void => {
    const { terminals, groups } = { ...state.getState(), ...changes };
    const arranged = arrange(
      groups,
      terminals.map(({ id }) => id),
    );
    state.setState({ ...changes, groups: arranged });
    // Before the groups of the last visit were read they are not overwritten.
    if (project === undefined || restored !== project) return;
    writeJson(storage, toKey(project), { groups: arranged, selected: state.getState().selected });
  };

  const hear = (changed: TerminalInfo): void => {
    const { terminals, selected } = state.getState();
    const others = terminals.filter(({ id }) => id !== changed.id);
    if (changed.state === "closed") {
      const successor = findSuccessor(state.getState().groups, changed.id);
      become({ terminals: others, selected: selected === changed.id ? (successor ?? others.at(-1)?.id) : selected });
      return;
    }
    const known = others.length < terminals.length;
    const next = known ? terminals.map((one) => (one.id === changed.id ? changed : one)) : [...terminals, changed];
    become({ terminals: next, selected: selected ?? changed.id });
  };
  connection.on("terminal:changed", hear);

  const load = async (id: string): Promise<void> => {
    project = id;
    try {
      const { terminals } = await api.listTerminals({ params: { project: id } });
      const known = state.getState();
      const stored = readJson<{ groups: unknown; selected: unknown }>(storage, toKey(id));
      const groups = restored !== id && isGroups(stored?.groups) ? stored.groups : known.groups;
      const wanted = known.selected ?? stored?.selected;
      restored = id;
      const selected = terminals.find((terminal) => terminal.id === wanted) ?? terminals.at(-1);
      become({ status: "ready", terminals, groups, selected: selected?.id, error: undefined });
    } catch (error) {
      become({ status: "failed", error });
    }
  };
  connection.onOnline(() => {
    if (project !== undefined) void load(project);
  });

  /** Typing waits for nothing; a terminal that is gone says so by `terminal:changed`. */
  const send = (work: Promise<unknown>): void => void work.catch(() => undefined);

  return {
    state,
    choose(id) {
      project = id;
    },
    load,
    async open(given = {}) {
      if (project === undefined) throw new Error("No project is open");
      const terminal = await api.openTerminal({ params: { project }, body: given });
      hear(terminal);
      become({ selected: terminal.id });
      return terminal;
    },
    async split() {
      if (project === undefined) throw new Error("No project is open");
      const beside = state.getState().selected;
      const terminal = await api.openTerminal({ params: { project }, body: {} });
      hear(terminal);
      const { groups } = state.getState();
      const next = beside === undefined ? groups : placeBeside(groups, terminal.id, beside);
      become({ groups: next, selected: terminal.id });
      return terminal;
    },
    unsplit: (id) => become({ groups: placeAlone(state.getState().groups, id), selected: id }),
    async rename(id, name) {
      hear(await api.renameTerminal({ params: { terminal: id }, body: { name } }));
    },
    async close(id) {
      await api.closeTerminal({ params: { terminal: id } });
      const closed = state.getState().terminals.find((terminal) => terminal.id === id);
      if (closed) hear({ ...closed, state: "closed" });
    },
    select: (id) => become({ selected: id }),
    type: (id, data) => send(connection.request("typeTerminal", { terminal: id, data })),
    resize: (id, columns, rows) => send(connection.request("resizeTerminal", { terminal: id, columns, rows })),
    show(id, screen) {
      let received = 0;
      const output = connection.on("terminal:output", ({ terminal, offset, bytes }, acknowledge) => {
        if (terminal !== id) return;
        const from = Math.max(0, received - offset);
        if (offset > received && received > 0) screen.skipped();
        received = Math.max(received, offset + bytes.byteLength);
        const fresh = new Uint8Array(bytes).subarray(from);
        screen.write(fresh, () => acknowledge?.());
      });
      const online = connection.onOnline(() =>
        send(connection.request("viewTerminal", { terminal: id, offset: received })),
      );
      return toDisposable(() => {
        output.dispose();
        online.dispose();
        send(connection.request("leaveTerminal", { terminal: id }));
      });
    },
  };
}
