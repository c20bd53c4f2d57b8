/**
 * The instances of a project: what the user asks for, kept by us, beside what the node tells of them.
 *
 * Asking changes nothing by itself; the next Run instance applies it. An instance is destroyed only when somebody asks
 * for the state `destroyed`: never because a release, a profile or a request is gone.
 */
import { posix } from "node:path";
import { z } from "zod";
import { WebrunnerError } from "@/lib/base/errors";
import {
  type InstanceInfo,
  type InstanceRequestBody,
  instanceNameSchema,
  instanceRequestSchema,
  type PartitionInfo,
  type RunInfo,
} from "@/lib/protocol";
import type { Files } from "@/server/platform/files";
import { type JsonState, openJsonState, type StateLog } from "@/server/platform/json-state";

const storeSchema = z.record(instanceNameSchema, instanceRequestSchema.extend({ requestedAt: z.iso.datetime() }));
type Store = z.infer<typeof storeSchema>;

/** What is needed of an engine's node; profiles are absolute paths or URLs. */
export interface InstanceNode {
  readonly instances: readonly {
    readonly name: string;
    readonly profile: string;
    readonly softwareType?: string;
    readonly state: string;
    readonly partition: string;
    readonly parameters: Readonly<Record<string, unknown>>;
    readonly connectionParameters: Readonly<Record<string, unknown>>;
  }[];
  readonly partitions: readonly {
    readonly id: string;
    readonly instance?: string;
    readonly requestedBy?: string;
    readonly state: string;
    readonly softwareType?: string;
    readonly promises: readonly { name: string; state: string; message: string; checkedAt?: string }[];
    readonly processes: readonly {
      group: string;
      name: string;
      state: string;
      pid?: number;
      exitCode?: number;
      description: string;
    }[];
  }[];
}

export interface InstanceKeeper {
  list(project: string): Promise<InstanceInfo[]>;
  /** `instance/not-found` */
  get(project: string, name: string): Promise<InstanceInfo>;
  /** What the body leaves out stays as it was. */
  request(project: string, name: string, body: InstanceRequestBody): Promise<InstanceInfo>;
  /** The one that a run of this release is for; a release without any gets one named after it. */
  resolve(project: string, profile: string, name: string | undefined): Promise<ResolvedInstance>;
}

export interface ResolvedInstance {
  readonly name: string;
  readonly softwareType?: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly state: "started" | "stopped" | "destroyed";
}

export interface InstanceKeeperOptions {
  readonly files: Files;
  readonly storePath: (project: string) => string;
  readonly workspaceRoot: (project: string) => Promise<string>;
  readonly describeNode: (project: string) => Promise<InstanceNode>;
  /** The newest run that was for this instance. */
  readonly findLastRun: (project: string, instance: string) => Pick<RunInfo, "state"> | undefined;
  readonly onChanged: (project: string) => void;
  readonly log: StateLog;
  readonly now: () => number;
}

export function createInstanceKeeper(options: InstanceKeeperOptions): InstanceKeeper {
  const { files, storePath, workspaceRoot, describeNode, findLastRun, onChanged, log, now } = options;
  const stores = new Map<string, Promise<JsonState<Store>>>();

  const openStore = (project: string): Promise<JsonState<Store>> => {
    const known = stores.get(project);
    if (known) return known;
    const opening = openJsonState({ files, path: storePath(project), schema: storeSchema, initial: {}, log, now });
    stores.set(project, opening);
    opening.catch(() => stores.delete(project));
    return opening;
  };

  const keep = async (project: string, name: string, body: InstanceRequestBody): Promise<void> => {
    const store = await openStore(project);
    const before = Object.hasOwn(store.value, name) ? store.value[name] : undefined;
    const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
    const kept = { ...before, ...given, profile: body.profile, requestedAt: new Date(now()).toISOString() };
    await store.replace({ ...store.value, [name]: kept });
    onChanged(project);
  };

  const forgetDestroyed = async (project: string, node: InstanceNode): Promise<void> => {
    const store = await openStore(project);
    const gone = Object.entries(store.value).filter(
      ([name, { state }]) =>
        state === "destroyed" &&
        !node.instances.some((instance) => instance.name === name) &&
        !isGoingOn(findLastRun(project, name)),
    );
    if (gone.length === 0) return;
    await store.replace(
      Object.fromEntries(Object.entries(store.value).filter(([name]) => !gone.some(([other]) => other === name))),
    );
  };

  const list = async (project: string): Promise<InstanceInfo[]> => {
    const [node, root] = await Promise.all([describeNode(project), workspaceRoot(project)]);
    await forgetDestroyed(project, node);
    const store = (await openStore(project)).value;
    const names = new Set([...Object.keys(store), ...node.instances.map(({ name }) => name)]);
    return [...names].sort().map((name) => toInstance(name, store[name], node, root, findLastRun(project, name)));
  };

  const get = async (project: string, name: string): Promise<InstanceInfo> => {
    const found = (await list(project)).find((instance) => instance.name === name);
    if (!found) throw new WebrunnerError("instance/not-found", { message: `There is no instance ${name}.` });
    return found;
  };

  return {
    list,
    get,

    async request(project, name, body) {
      const node = await describeNode(project);
      const deployed = node.instances.some((instance) => instance.name === name);
      if (body.state === "destroyed" && !deployed) {
        // Nothing runs of it: forgetting the request is all there is to do.
        const known = (await list(project)).find((instance) => instance.name === name);
        if (!known) throw new WebrunnerError("instance/not-found", { message: `There is no instance ${name}.` });
        await keep(project, name, body);
        await forgetDestroyed(project, node);
        return { ...known, state: "destroyed" };
      }
      await keep(project, name, body);
      return get(project, name);
    },

    async resolve(project, profile, named) {
      const instances = await list(project);
      const own = instances.filter((instance) => instance.profile === profile);
      const release = toInstanceName(profile);
      const name = named ?? chooseName(own, release, profile);
      const known = instances.find((instance) => instance.name === name);
      if (known && known.profile !== profile) {
        throw new WebrunnerError("run/refused", {
          message: `The instance ${name} is one of ${known.profile}.`,
          hint: "Choose another name for the instance of this release.",
        });
      }
      if (!known) await keep(project, name, { profile, parameters: {}, state: "started" });
      const { softwareType, parameters = {}, state = "started" } = known ?? {};
      return { name, softwareType, parameters, state };
    },
  };
}

function chooseName(own: readonly InstanceInfo[], release: string, profile: string): string {
  if (own.length === 0 || own.some(({ name }) => name === release)) return release;
  if (own.length === 1) return own[0]!.name;
  throw new WebrunnerError("run/refused", {
    message: `${profile} has several instances.`,
    hint: `Name one of them: ${own.map(({ name }) => name).join(", ")}`,
  });
}

/** `software/hello-web/software.cfg` → `hello-web` */
function toInstanceName(profile: string): string {
  const folder = posix
    .basename(posix.dirname(profile))
    .replace(/[^A-Za-z0-9 ._-]/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "");
  return folder.slice(0, 60) || "instance";
}

function isGoingOn(run: Pick<RunInfo, "state"> | undefined): boolean {
  return run?.state === "queued" || run?.state === "running";
}

function toInstance(
  name: string,
  asked: Store[string] | undefined,
  node: InstanceNode,
  root: string,
  lastRun: Pick<RunInfo, "state"> | undefined,
): InstanceInfo {
  const deployed = node.instances.find((instance) => instance.name === name);
  const partitions = deployed ? toPartitions(node, deployed) : [];
  const state = asked?.state ?? toState(deployed?.state);
  const profile = deployed?.profile.startsWith(`${root}/`)
    ? deployed.profile.slice(root.length + 1)
    : deployed?.profile;
  return {
    name,
    profile: asked?.profile ?? profile ?? "",
    softwareType: asked?.softwareType ?? deployed?.softwareType,
    state,
    parameters: asked?.parameters ?? deployed?.parameters ?? {},
    connection: deployed?.connectionParameters ?? {},
    health: toHealth(deployed?.state, partitions, lastRun),
    partitions,
  };
}

function toPartitions(node: InstanceNode, deployed: InstanceNode["instances"][number]): PartitionInfo[] {
  return node.partitions
    .filter(({ id, requestedBy }) => id === deployed.partition || requestedBy === deployed.name)
    .map((partition) => ({
      id: partition.id,
      instance: partition.instance,
      softwareType: partition.softwareType,
      state: partition.state,
      parameters: partition.id === deployed.partition ? deployed.parameters : {},
      connection: partition.id === deployed.partition ? deployed.connectionParameters : {},
      programs: partition.processes.map(({ group, name, state, pid, exitCode, description }) => ({
        group,
        name,
        state,
        pid,
        exitStatus: exitCode,
        description,
      })),
      promises: partition.promises.map(({ name, state, message, checkedAt }) => ({
        name,
        ok: state === "ok",
        message,
        checkedAt,
      })),
    }));
}

function toState(state: string | undefined): InstanceInfo["state"] {
  return state === "stopped" || state === "destroyed" ? state : "started";
}

function toHealth(
  deployedState: string | undefined,
  partitions: readonly PartitionInfo[],
  lastRun: Pick<RunInfo, "state"> | undefined,
): InstanceInfo["health"] {
  if (isGoingOn(lastRun)) return "running";
  if (lastRun?.state === "failed" || lastRun?.state === "lost") return "red";
  if (!deployedState) return "new";
  if (deployedState === "stopped") return "stopped";
  const bad = partitions.some(
    ({ promises, programs }) => promises.some(({ ok }) => !ok) || programs.some(({ state }) => state === "FATAL"),
  );
  return bad ? "red" : "green";
}
