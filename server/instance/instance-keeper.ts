/**
 * The instances of a project: what the user asks for, kept by us, beside what the node tells of them.
 *
 * Asking changes nothing by itself; the next Run instance applies it. An instance is destroyed only when somebody asks
 * for the state `destroyed`: never because a release, a profile or a request is gone.
 */
import { posix } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { WebrunnerError } from "@/lib/base/errors";
import {
  type InstanceInfo,
  type InstanceRequestBody,
  type InstanceVersion,
  instanceNameSchema,
  instanceRequestSchema,
  instanceStateSchema,
  type PartitionInfo,
  type ProgramInfo,
  type RunInfo,
} from "@/lib/protocol";
import type { Files } from "@/server/platform/files";
import { type JsonState, openJsonState, type StateLog } from "@/server/platform/json-state";
import { type InstanceProblem, listInstanceProblems } from "./instance-problems";
import { findServiceUrl, toServicePath } from "./service-address";

const versionSchema = z.object({
  softwareType: z.string().optional(),
  parameters: z.record(z.string(), z.unknown()).optional(),
  state: instanceStateSchema.optional(),
  requestedAt: z.iso.datetime(),
});
const storeSchema = z.record(
  instanceNameSchema,
  instanceRequestSchema.omit({ unchecked: true }).extend({
    requestedAt: z.iso.datetime(),
    /** What was asked for before, newest first. */
    former: z.array(versionSchema).optional(),
  }),
);
type Store = z.infer<typeof storeSchema>;

/** As many as a person goes back. */
const FORMER_LIMIT = 50;

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
    readonly shared?: boolean;
  }[];
  readonly partitions: readonly {
    readonly id: string;
    readonly instance?: string;
    readonly requestedBy?: string;
    readonly state: string;
    readonly softwareType?: string;
    readonly parent?: string;
    readonly parameters?: Readonly<Record<string, unknown>>;
    readonly connectionParameters?: Readonly<Record<string, unknown>>;
    readonly promises: readonly { name: string; state: string; message: string; checkedAt?: string }[];
  }[];
}

export interface InstanceKeeper {
  list(project: string): Promise<InstanceInfo[]>;
  /** `instance/not-found` */
  get(project: string, name: string): Promise<InstanceInfo>;
  /** With what keeps it from being green. `instance/not-found` */
  examine(project: string, name: string): Promise<ExaminedInstance>;
  /** Newest first; the first is what is asked for now. `instance/not-found` */
  history(project: string, name: string): Promise<InstanceVersion[]>;
  /** What the body leaves out stays as it was. */
  request(project: string, name: string, body: InstanceRequestBody): Promise<InstanceInfo>;
  /** The one that a run of this release is for; a release without any gets one named after it. */
  resolve(project: string, profile: string, name: string | undefined): Promise<ResolvedInstance>;
}

export interface ResolvedInstance {
  readonly name: string;
  readonly softwareType?: string;
  readonly shared?: boolean;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly state: "started" | "stopped" | "destroyed";
}

export interface InstanceKeeperOptions {
  readonly files: Files;
  readonly storePath: (project: string) => string;
  readonly workspaceRoot: (project: string) => Promise<string>;
  readonly describeNode: (project: string) => Promise<InstanceNode>;
  /** The programs as they are at this moment; undefined when nobody knows. */
  readonly listPrograms: (project: string) => Promise<readonly ProgramInfo[] | undefined>;
  /** The newest run that was for this instance. */
  readonly findLastRun: (project: string, instance: string) => LastRun | undefined;
  readonly onChanged: (project: string) => void;
  readonly log: StateLog;
  readonly now: () => number;
}

type LastRun = Pick<RunInfo, "id" | "state" | "code">;

export interface ExaminedInstance {
  readonly instance: InstanceInfo;
  readonly problems: readonly InstanceProblem[];
  /** The newest run that was for it. */
  readonly lastRun: string | undefined;
}

export function createInstanceKeeper(options: InstanceKeeperOptions): InstanceKeeper {
  const { files, storePath, workspaceRoot, describeNode, listPrograms, findLastRun, onChanged, log, now } = options;
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
    const { unchecked: _, ...asked } = body;
    const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
    const requestedAt = new Date(now()).toISOString();
    const kept = { ...before, ...given, profile: body.profile, requestedAt };
    if (before && !isDeepStrictEqual(toVersion(kept, requestedAt), toVersion(before, requestedAt))) {
      kept.former = [toVersion(before, before.requestedAt), ...(before.former ?? [])].slice(0, FORMER_LIMIT);
    }
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

  const examineAll = async (project: string): Promise<ExaminedInstance[]> => {
    const [node, root, programs] = await Promise.all([
      describeNode(project),
      workspaceRoot(project),
      listPrograms(project),
    ]);
    await forgetDestroyed(project, node);
    const store = (await openStore(project)).value;
    const names = new Set([...Object.keys(store), ...node.instances.map(({ name }) => name)]);
    return [...names].sort().map((name) => {
      const asked = Object.hasOwn(store, name) ? store[name] : undefined;
      return toInstance({ name, asked, node, programs, root, lastRun: findLastRun(project, name) });
    });
  };

  const list = async (project: string): Promise<InstanceInfo[]> =>
    (await examineAll(project)).map(({ instance }) => instance);

  const examine = async (project: string, name: string): Promise<ExaminedInstance> => {
    const found = (await examineAll(project)).find(({ instance }) => instance.name === name);
    if (!found) throw new WebrunnerError("instance/not-found", { message: `There is no instance ${name}.` });
    return found;
  };
  const get = async (project: string, name: string): Promise<InstanceInfo> => (await examine(project, name)).instance;

  return {
    list,
    get,
    examine,

    async history(project, name) {
      const asked = (await openStore(project)).value;
      const found = Object.hasOwn(asked, name) ? asked[name] : undefined;
      if (!found) {
        await get(project, name);
        return [];
      }
      return [toVersion(found, found.requestedAt), ...(found.former ?? [])].map((version) => ({
        ...version,
        parameters: version.parameters ?? {},
        state: version.state ?? "started",
      }));
    },

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
      const { softwareType, shared, parameters = {}, state = "started" } = known ?? {};
      return { name, softwareType, shared, parameters, state };
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

/** `software/hello-web/software.cfg` → `hello-web`; of its sandbox, `hello-web-sandbox`. */
function toInstanceName(profile: string): string {
  const suffix = profile.endsWith(".sandbox.cfg") ? "-sandbox" : "";
  const folder = posix
    .basename(posix.dirname(profile))
    .replace(/[^A-Za-z0-9 ._-]/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "");
  return `${folder.slice(0, 60 - suffix.length) || "instance"}${suffix}`;
}

function toVersion({ softwareType, parameters, state }: InstanceRequestBody, requestedAt: string) {
  return { softwareType, parameters, state, requestedAt };
}

function isGoingOn(run: LastRun | undefined): boolean {
  return run?.state === "queued" || run?.state === "running";
}

interface Sources {
  readonly name: string;
  readonly asked: Store[string] | undefined;
  readonly node: InstanceNode;
  readonly programs: readonly ProgramInfo[] | undefined;
  readonly root: string;
  readonly lastRun: LastRun | undefined;
}

function toInstance({ name, asked, node, programs, root, lastRun }: Sources): ExaminedInstance {
  const deployed = node.instances.find((instance) => instance.name === name);
  const shared = asked?.shared ?? deployed?.shared ?? false;
  const partitions = deployed && !shared ? toPartitions(node, deployed, programs ?? []) : [];
  const profile = deployed?.profile.startsWith(`${root}/`)
    ? deployed.profile.slice(root.length + 1)
    : deployed?.profile;
  const problems = deployed
    ? listInstanceProblems({ state: deployed.state, partitions, answers: programs !== undefined, lastRun })
    : [];
  const instance: InstanceInfo = {
    name,
    profile: asked?.profile ?? profile ?? "",
    softwareType: asked?.softwareType ?? deployed?.softwareType,
    ...(shared ? { shared } : {}),
    state: asked?.state ?? toState(deployed?.state),
    parameters: asked?.parameters ?? deployed?.parameters ?? {},
    applied: deployed?.parameters,
    connection: deployed?.connectionParameters ?? {},
    service: findServiceUrl(deployed?.connectionParameters ?? {}) ? toServicePath(name) : undefined,
    health: toHealth(deployed?.state, problems.length > 0, lastRun),
    problems: problems.map(({ title }) => title),
    partitions,
  };
  return { instance, problems, lastRun: lastRun?.id };
}

function toPartitions(
  node: InstanceNode,
  deployed: InstanceNode["instances"][number],
  programs: readonly ProgramInfo[],
): PartitionInfo[] {
  return node.partitions
    .filter(({ id, requestedBy }) => id === deployed.partition || requestedBy === deployed.name)
    .map((partition) => ({
      id: partition.id,
      instance: partition.instance,
      softwareType: partition.softwareType,
      parent: partition.parent,
      state: partition.state,
      parameters: partition.parameters ?? (partition.id === deployed.partition ? deployed.parameters : {}),
      connection:
        partition.connectionParameters ?? (partition.id === deployed.partition ? deployed.connectionParameters : {}),
      programs: programs.filter(({ group }) => group === partition.id),
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
  hasProblems: boolean,
  lastRun: LastRun | undefined,
): InstanceInfo["health"] {
  if (isGoingOn(lastRun)) return "running";
  if (!deployedState) return lastRun?.state === "failed" || lastRun?.state === "lost" ? "red" : "new";
  if (hasProblems) return "red";
  return deployedState === "stopped" ? "stopped" : "green";
}
