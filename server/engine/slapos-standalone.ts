/**
 * The embedded SlapOS engine: a node of its own for each project, with slapproxy and supervisord in its directory.
 *
 * slapproxy is a service beside the runs. supervisord is started before an instance run and outside of it, so that
 * stopping a run never ends the instances.
 */
import { createHash, randomUUID } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { WebrunnerError } from "@/lib/base/errors";
import type { Commands } from "@/server/platform/command";
import type { DataLayout } from "@/server/platform/data-layout";
import type { Files, Owner } from "@/server/platform/files";
import { EMPTY_NODE, type EnginePlan, type EngineProfile, type NodeState, type SlaposEngine } from "./engine";
import { type DriverVerb, toDriverArgv } from "./engine-driver";
import type { EngineEnvironment } from "./engine-environment";
import type { Service, ServiceEvent, ServiceKeeper } from "./service-keeper";

/** As many instances as a person tries out, unless they say another number; each costs a directory and a few rows. */
const PARTITIONS = 10;
const RENDER_TIMEOUT_MS = 90_000;
const STATUS_FRESH_MS = 2_000;
const STATUS_TIMEOUT_MS = 20_000;
const SUPERVISORD_TIMEOUT_MS = 30_000;
/** slapgrid's limit for one promise is 20 s; an instance with ten that all hang is told so. */
const PROMISES_TIMEOUT_MS = 210_000;

export interface SlaposStandaloneOptions {
  readonly files: Files;
  readonly layout: DataLayout;
  readonly builder: Owner;
  readonly environment: EngineEnvironment;
  readonly services: ServiceKeeper;
  readonly commands: Commands;
}

export interface SlaposStandalone extends SlaposEngine {
  /** Starts slapproxy of a project that had one. */
  resume(project: string): Promise<void>;
  /** What happened to slapproxy of the project by itself; see `ServiceKeeper`. */
  proxyEvents(project: string): readonly ServiceEvent[];
  /** What was read before is out of date. */
  forget(project: string): void;
  /** Ends slapproxy and supervisord, whose instances have ended before. */
  end(project: string): Promise<void>;
}

export function createSlaposStandalone(options: SlaposStandaloneOptions): SlaposStandalone {
  const { files, layout, builder, environment, services, commands } = options;
  const statuses = new Map<string, { readonly at: number; readonly state: Promise<NodeState> }>();

  const counts = new Map<string, number>();
  const toCountPath = (project: string): string => join(layout.project(project).services, "partitions.json");

  const readPartitionCount = async (project: string): Promise<number> => {
    const known = counts.get(project);
    if (known !== undefined) return known;
    const bytes = await files.find(toCountPath(project));
    const read = bytes === undefined ? undefined : countSchema.safeParse(parseJson(bytes.toString("utf8"))).data;
    const count = read?.partitions ?? PARTITIONS;
    counts.set(project, count);
    return count;
  };
  /** As it was read last: whoever makes a spec has read it. */
  const toNode = (project: string) => ({
    root: layout.project(project).slapos,
    partitions: counts.get(project) ?? PARTITIONS,
  });
  const toServiceDirectory = (project: string): string => join(layout.project(project).services, "slapproxy");
  const toNodeSpecPath = (project: string): string => join(layout.project(project).services, "node.json");

  const ensureNode = async (project: string): Promise<void> => {
    await readPartitionCount(project);
    await files.ensureDirectory(layout.project(project).slapos, { owner: builder });
    await files.ensureDirectory(layout.project(project).services, { mode: 0o711 });
    const spec = `${JSON.stringify({ node: toNode(project) })}\n`;
    await files.replace(toNodeSpecPath(project), spec, { mode: 0o600, owner: builder });
  };

  const toProxy = (project: string): Service => ({
    directory: toServiceDirectory(project),
    title: "The SlapOS proxy",
    spec: { node: toNode(project) },
    workingDirectory: layout.project(project).slapos,
    ready: /^webrunner: slapproxy answers at /m,
    toArgv: (specPath) => toDriverArgv(environment.python, "proxy", specPath),
  });

  const ensureProxy = async (project: string): Promise<void> => {
    await ensureNode(project);
    await services.ensure(toProxy(project));
  };

  const runDriver = async (
    project: string,
    verb: DriverVerb,
    timeoutMs: number,
    specPath = toNodeSpecPath(project),
  ): Promise<string> => {
    const [program, ...args] = toDriverArgv(environment.python, verb, specPath);
    const directory = layout.project(project).slapos;
    const { code, stdout, stderr } = await commands.run(program!, args, { directory, timeoutMs });
    const text = stdout.toString("utf8");
    if (code === 0) return text;
    const said = `${text}\n${stderr}`.split("\n").findLast((line) => line.startsWith("webrunner: Error: "));
    throw new WebrunnerError("engine/failed", {
      message: said?.slice("webrunner: Error: ".length) ?? `The engine's ${verb} ended with ${code}.`,
      hint: "Try again.",
    });
  };

  /** A verb with a spec of its own, which is gone afterwards. */
  const askDriver = async (project: string, verb: DriverVerb, spec: object, timeoutMs: number): Promise<unknown> => {
    environment.ensureReady();
    if (!(await files.findInfo(toNodeSpecPath(project)))) {
      throw new WebrunnerError("engine/failed", {
        message: "Nothing was run on this node yet.",
        hint: "Run software.",
      });
    }
    await readPartitionCount(project);
    const specPath = join(layout.project(project).services, `${verb}-${randomUUID()}.json`);
    const text = JSON.stringify({ node: toNode(project), ...spec });
    await files.replace(specPath, text, { mode: 0o600, owner: builder });
    try {
      return JSON.parse(await runDriver(project, verb, timeoutMs, specPath));
    } finally {
      await files.remove(specPath);
    }
  };

  const readStatus = async (project: string): Promise<NodeState> => {
    if (environment.status.phase !== "ready") return EMPTY_NODE;
    if (!(await files.findInfo(toNodeSpecPath(project)))) return EMPTY_NODE;
    return nodeStateSchema.parse(JSON.parse(await runDriver(project, "status", STATUS_TIMEOUT_MS)));
  };

  /** slapgrid names it after the MD5 of the release's URL as given. */
  const toSoftwareDirectory = (project: string, absoluteProfile: string): string =>
    join(layout.project(project).slapos, "soft", createHash("md5").update(absoluteProfile).digest("hex"));

  const isBuilt = async (project: string, absoluteProfile: string): Promise<boolean> =>
    (await files.findInfo(join(toSoftwareDirectory(project, absoluteProfile), ".completed"))) !== undefined;

  const toPlan = (profile: EngineProfile, verb: DriverVerb, spec: object): Omit<EnginePlan, "prepare"> => {
    const { slapos } = layout.project(profile.project);
    return {
      engine: "slapos",
      profile: profile.path,
      workingDirectory: profile.workspaceRoot,
      spec: { node: toNode(profile.project), ...spec },
      toArgv: (specPath) => toDriverArgv(environment.python, verb, specPath),
      roots: [slapos, profile.workspaceRoot],
    };
  };

  return {
    isBuilt,
    toSoftwareDirectory,

    async planSoftware(profile, { force, develop }) {
      environment.ensureReady();
      await readPartitionCount(profile.project);
      return {
        ...toPlan(profile, "software", { profile: profile.absolute, force, develop }),
        prepare: () => ensureProxy(profile.project),
      };
    },

    async planInstance(profile, target) {
      environment.ensureReady();
      await readPartitionCount(profile.project);
      const { name, softwareType, shared, parameters, state } = target;
      const isDestroyed = state === "destroyed";
      if (!isDestroyed && !(await isBuilt(profile.project, profile.absolute))) {
        throw new WebrunnerError("run/refused", {
          message: `The software of ${profile.path} is not built.`,
          hint: "Run software first.",
        });
      }
      const spec = isDestroyed
        ? { name }
        : { name, profile: profile.absolute, softwareType, shared, parameters, state };
      return {
        ...toPlan(profile, isDestroyed ? "destroy" : "instance", spec),
        instance: name,
        async prepare() {
          await ensureProxy(profile.project);
          await runDriver(profile.project, "supervisord", SUPERVISORD_TIMEOUT_MS);
        },
      };
    },

    describe(project) {
      const known = statuses.get(project);
      if (known && Date.now() - known.at < STATUS_FRESH_MS) return known.state;
      const state = readStatus(project);
      statuses.set(project, { at: Date.now(), state });
      state.catch(() => statuses.delete(project));
      return state;
    },

    async checkPromises(project, partition, name) {
      const results = await askDriver(project, "promises", { partition, name }, PROMISES_TIMEOUT_MS);
      statuses.delete(project);
      return z.array(promiseSchema).parse(results);
    },

    async renderFile(project, request) {
      const result = renderSchema.parse(await askDriver(project, "render", request, RENDER_TIMEOUT_MS));
      const { content, ...rest } = result;
      return content === undefined ? rest : { ...rest, content: Buffer.from(content, "base64") };
    },

    readPartitionCount,

    async replacePartitionCount(project, count) {
      await files.ensureDirectory(layout.project(project).services, { mode: 0o711 });
      await files.replace(toCountPath(project), `${JSON.stringify({ partitions: count })}\n`);
      counts.set(project, count);
    },

    async describeProgram(project, group, name) {
      return programSchema.parse(await askDriver(project, "program", { group, name }, STATUS_TIMEOUT_MS));
    },

    forget: (project) => void statuses.delete(project),

    async end(project) {
      if (await files.findInfo(join(layout.project(project).slapos, "inst", "sv.sock"))) {
        environment.ensureReady();
        await runDriver(project, "shutdown", SUPERVISORD_TIMEOUT_MS);
      }
      await services.stop(toServiceDirectory(project));
      statuses.delete(project);
      counts.delete(project);
    },

    proxyEvents: (project) => services.events(toServiceDirectory(project)),

    async resume(project) {
      if (environment.status.phase !== "ready") return;
      if (await files.findInfo(join(toServiceDirectory(project), "process.json"))) await ensureProxy(project);
    },
  };
}

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? undefined);
const number = z
  .number()
  .nullish()
  .transform((value) => value ?? undefined);
const values = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((value) => value ?? {});

const promiseSchema = z.object({ name: z.string(), state: z.string(), message: z.string(), checkedAt: text });
const programSchema = z.object({
  argv: z.array(z.string()),
  directory: text,
  environment: z.record(z.string(), z.string()),
});

const countSchema = z.object({ partitions: z.number().int().min(1).max(200) });
const renderSchema = z.object({
  content: text,
  part: text,
  recipe: text,
  notes: z.array(z.string()).default([]),
  error: text,
  doing: z.array(z.string()).default([]),
  traceback: z.array(z.string()).default([]),
  place: z
    .object({ path: z.string(), line: z.number().int().positive() })
    .nullish()
    .transform((value) => value ?? undefined),
});

/** Undefined for what is no JSON. */
function parseJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    // As if it were not there: the default holds.
    return undefined;
  }
}

/** What `status` prints; see docs/engine.md. */
const nodeStateSchema = z.object({
  instances: z.array(
    z.object({
      name: z.string(),
      profile: z.string(),
      softwareType: text,
      state: z.string(),
      partition: z.string(),
      parameters: values,
      connectionParameters: values,
      shared: z.boolean().default(false),
    }),
  ),
  partitions: z.array(
    z.object({
      id: z.string(),
      instance: text,
      requestedBy: text,
      state: z.string(),
      profile: text,
      softwareType: text,
      parent: text,
      parameters: values,
      connectionParameters: values,
      promises: z.array(promiseSchema),
      processes: z.array(
        z.object({
          group: z.string(),
          name: z.string(),
          state: z.string(),
          pid: number,
          exitCode: number,
          description: z.string(),
        }),
      ),
    }),
  ),
});
