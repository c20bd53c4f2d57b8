/** The instances of the project with their partitions, programs and promises; read anew whenever the server says so. */
import { createStore, type StoreApi } from "zustand/vanilla";
import type { Disposable } from "@/lib/base/disposable";
import type { InstanceInfo, InstanceRequestBody } from "@/lib/protocol/instances";
import type { Api } from "./api";
import type { Connection } from "./connection";

export interface InstancesState {
  readonly status: "loading" | "ready" | "failed";
  readonly instances: readonly InstanceInfo[];
  readonly error: unknown;
  readonly selected: string | undefined;
}

export interface InstancesStore {
  readonly state: StoreApi<InstancesState>;
  load(project: string): Promise<void>;
  request(name: string, body: InstanceRequestBody): Promise<void>;
  select(name: string | undefined): void;
  connect(): Disposable;
}

export function createInstancesStore(options: {
  readonly api: Pick<Api, "listInstances" | "requestInstance">;
  readonly connection: Pick<Connection, "on">;
}): InstancesStore {
  const { api, connection } = options;
  let project: string | undefined;
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

  return {
    state,
    load: read,
    async request(name, body) {
      if (project === undefined) return;
      const changed = await api.requestInstance({ params: { project, instance: name }, body });
      const { instances } = state.getState();
      const at = instances.findIndex((instance) => instance.name === name);
      state.setState({ instances: at < 0 ? [...instances, changed] : instances.with(at, changed) });
    },
    select: (name) => state.setState({ selected: name }),
    connect: () =>
      connection.on("instance:changed", (news) => {
        if (news.project === project) void read(news.project);
      }),
  };
}
