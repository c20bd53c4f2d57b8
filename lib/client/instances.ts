/** The instances of the project with their partitions, programs and promises; read anew whenever the server says so. */
import { createStore, type StoreApi } from "zustand/vanilla";
import { type Disposable, toDisposable } from "@/lib/base/disposable";
import type { InstanceInfo, InstanceRequestBody, InstanceVersion, ProgramInfo } from "@/lib/protocol/instances";
import type { ParameterCheckBody, ParameterProblem, ReleaseParameters } from "@/lib/protocol/parameters";
import type { LogFileInfo, PartitionEntry, ProcessAction } from "@/lib/protocol/processes";
import type { TerminalInfo } from "@/lib/protocol/terminals";
import type { Api } from "./api";
import type { Connection } from "./connection";
import { createPartitionLog, type PartitionLogStore } from "./partition-log";

export interface InstancesState {
  readonly status: "loading" | "ready" | "failed";
  readonly instances: readonly InstanceInfo[];
  readonly error: unknown;
  readonly selected: string | undefined;
}

export interface InstancesStore {
  readonly state: StoreApi<InstancesState>;
  /** Whose instances these are; they are read by `load`. */
  choose(project: string): void;
  load(project: string): Promise<void>;
  request(name: string, body: InstanceRequestBody): Promise<void>;
  /** `process` is `group:name`, or `group:*`. */
  control(process: string, action: ProcessAction): Promise<void>;
  /** All promises of the partition, or the one of this name. */
  checkPromises(partition: string, name?: string): Promise<void>;
  /** A shell in the partition, or its program run by hand. */
  openTerminal(partition: string, program?: string): Promise<TerminalInfo>;
  select(name: string | undefined): void;
  readRelease(profile: string): Promise<ReleaseParameters>;
  checkParameters(body: ParameterCheckBody): Promise<readonly ParameterProblem[]>;
  listVersions(name: string): Promise<readonly InstanceVersion[]>;
  listLogs(partition: string): Promise<readonly LogFileInfo[]>;
  openLog(partition: string, path: string): PartitionLogStore;
  listEntries(partition: string, path: string): Promise<readonly PartitionEntry[]>;
  readFile(partition: string, path: string): Promise<string>;
  connect(): Disposable;
}

export function createInstancesStore(options: {
  readonly api: Pick<
    Api,
    | "listInstances"
    | "requestInstance"
    | "controlProcess"
    | "runPromises"
    | "openPartitionTerminal"
    | "readReleaseParameters"
    | "checkParameters"
    | "listInstanceVersions"
    | "listPartitionLogs"
    | "readPartitionLog"
    | "listPartitionEntries"
    | "readPartitionFile"
  >;
  readonly connection: Pick<Connection, "on" | "onOnline" | "request">;
  /** A program that was run by hand has ended; supervisord does not run it. */
  readonly onHandRunEnded?: (program: ProgramInfo) => void;
}): InstancesStore {
  const { api, connection, onHandRunEnded } = options;
  let project: string | undefined;
  let watched: string | undefined;
  let reading: Promise<void> | undefined;
  let isStale = false;
  const state = createStore<InstancesState>(() => ({
    status: "loading",
    instances: [],
    error: undefined,
    selected: undefined,
  }));

  const readOnce = async (id: string): Promise<void> => {
    try {
      const { instances } = await api.listInstances({ params: { project: id } });
      if (id === project) state.setState({ status: "ready", instances, error: undefined });
    } catch (error) {
      state.setState({ error, status: state.getState().status === "ready" ? "ready" : "failed" });
    }
  };
  /** However often it is asked while one reading is on its way: one more. */
  const read = (id: string): Promise<void> => {
    project = id;
    isStale = true;
    reading ??= (async () => {
      while (isStale) {
        isStale = false;
        await readOnce(project ?? id);
      }
      reading = undefined;
    })();
    return reading;
  };

  const ensureProject = (): string => {
    if (project === undefined) throw new Error("No project is open");
    return project;
  };
  /** The server looks at the processes as long as this page is there. */
  const watch = (): void => {
    watched = project;
    if (project !== undefined) void connection.request("watchProcesses", { project }).catch(() => undefined);
  };

  return {
    state,
    choose(id) {
      project = id;
    },
    async load(id) {
      project = id;
      if (watched !== id) watch();
      await read(id);
    },
    async control(process, action) {
      const id = ensureProject();
      try {
        await api.controlProcess({ params: { project: id, process, action } });
      } finally {
        await read(id);
      }
    },
    async checkPromises(partition, name) {
      const id = ensureProject();
      await api.runPromises({ params: { project: id, partition }, body: { name } });
      await read(id);
    },
    async openTerminal(partition, program) {
      const id = ensureProject();
      const terminal = await api.openPartitionTerminal({ params: { project: id, partition }, body: { program } });
      if (program !== undefined) void read(id);
      return terminal;
    },
    async request(name, body) {
      const changed = await api.requestInstance({ params: { project: ensureProject(), instance: name }, body });
      const { instances } = state.getState();
      const at = instances.findIndex((instance) => instance.name === name);
      state.setState({ instances: at < 0 ? [...instances, changed] : instances.with(at, changed) });
    },
    async readRelease(profile) {
      return api.readReleaseParameters({ params: { project: ensureProject() }, query: { profile } });
    },
    async checkParameters(body) {
      return (await api.checkParameters({ params: { project: ensureProject() }, body })).problems;
    },
    async listVersions(name) {
      const params = { project: ensureProject(), instance: name };
      return (await api.listInstanceVersions({ params })).versions;
    },
    async listLogs(partition) {
      return (await api.listPartitionLogs({ params: { project: ensureProject(), partition } })).logs;
    },
    openLog: (partition, path) => createPartitionLog({ api, project: ensureProject(), partition, path }),
    async listEntries(partition, path) {
      const params = { project: ensureProject(), partition };
      return (await api.listPartitionEntries({ params, query: path === "" ? {} : { path } })).entries;
    },
    async readFile(partition, path) {
      const params = { project: ensureProject(), partition };
      return (await api.readPartitionFile({ params, query: { path } })).text;
    },
    select: (name) => state.setState({ selected: name }),
    connect() {
      const listeners = [
        connection.on("instance:changed", (news) => {
          if (news.project === project) void read(news.project);
        }),
        connection.onOnline(watch),
        connection.on("terminal:changed", ({ id, state: is }) => {
          if (is === "running") return;
          const programs = state
            .getState()
            .instances.flatMap(({ partitions }) => partitions.flatMap((p) => p.programs));
          const program = programs.find(({ terminal }) => terminal === id);
          if (program) onHandRunEnded?.(program);
        }),
      ];
      return toDisposable(() => {
        for (const listener of listeners) listener.dispose();
      });
    },
  };
}
