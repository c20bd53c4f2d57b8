/**
 * Programs beside the runs that the server keeps alive: slapproxy of a project.
 *
 * A service is a durable process: it survives the server and is found again. `ensure` resolves once it has said that
 * it is ready; from then on it is looked at every `WATCH_MS` and started again when it is gone, with growing pauses.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { WebrunnerError } from "@/lib/base/errors";
import type { DurableProcesses, DurableRecord } from "@/server/platform/durable-processes";
import type { Files, Owner } from "@/server/platform/files";

const WATCH_MS = 2_000;
const READY_LIMIT_MS = 30_000;
const READY_POLL_MS = 100;
/** A service that has run this long is ready, whatever its log still holds. */
const SURELY_READY_MS = 60_000;
const PAUSE_LIMIT_MS = 60_000;
/** slapproxy writes a line for each request; more than this is cut off. */
const LOG_LIMIT_BYTES = 16 * 1024 * 1024;
const LOG_TAIL_BYTES = 64 * 1024;
const MAX_EVENTS = 10;

export interface Service {
  /** Where its log and records lie; the server's own. */
  readonly directory: string;
  readonly title: string;
  readonly spec: unknown;
  readonly workingDirectory: string;
  readonly ready: RegExp;
  toArgv(specPath: string): readonly string[];
}

/** What happened to a service that was not asked for. */
export interface ServiceEvent {
  readonly atMs: number;
  readonly kind: "ended" | "restarted" | "failed";
}

export interface ServiceKeeper {
  /** `engine/failed` with the last line of its log when it does not come up. */
  ensure(service: Service): Promise<void>;
  /** Oldest first; since this server was started, the last `MAX_EVENTS` of them. */
  events(directory: string): readonly ServiceEvent[];
  /** Ends a service and forgets it. */
  stop(directory: string): Promise<void>;
  /** Stops watching; the services go on. */
  dispose(): void;
}

interface Watched {
  readonly service: Service;
  pauseMs: number;
  notBefore: number;
  ensuring?: Promise<void>;
}

export interface ServiceKeeperOptions {
  readonly files: Files;
  readonly processes: DurableProcesses;
  readonly builder: Owner;
  readonly log: { warn(facts: object, message: string): void };
  /** Something was added to the events of a service. */
  onEvent?(directory: string): void;
}

export function createServiceKeeper(options: ServiceKeeperOptions): ServiceKeeper {
  const { files, processes, builder, log } = options;
  const watched = new Map<string, Watched>();
  const events = new Map<string, readonly ServiceEvent[]>();
  let timer: NodeJS.Timeout | undefined;
  let disposed = false;

  const note = (directory: string, kind: ServiceEvent["kind"]): void => {
    const known = events.get(directory) ?? [];
    // That it fails again and again is one event, with the time of the first.
    if (kind !== "restarted" && known.at(-1)?.kind === "failed") return;
    events.set(directory, [...known, { atMs: Date.now(), kind }].slice(-MAX_EVENTS));
    options.onEvent?.(directory);
  };

  const readLog = async (directory: string): Promise<string> => {
    const path = join(directory, "log");
    const sizeBytes = (await files.findInfo(path))?.sizeBytes ?? 0;
    if (sizeBytes === 0) return "";
    const from = Math.max(0, sizeBytes - LOG_TAIL_BYTES);
    return (await files.readRange(path, from, sizeBytes - from)).toString("utf8");
  };

  const start = async (service: Service, record: DurableRecord): Promise<void> => {
    await processes.stop(record);
    for (const name of ["claim", "process.json", "group.json", "exit.json", "log"]) {
      await files.remove(join(service.directory, name));
    }
    const spec = join(service.directory, "spec.json");
    await files.replace(spec, `${JSON.stringify(service.spec)}\n`, { mode: 0o600, owner: builder });
    const { workingDirectory } = service;
    await processes.start({ ...record, argv: service.toArgv(spec), workingDirectory });
    const deadline = Date.now() + READY_LIMIT_MS;
    for (;;) {
      const state = await processes.readState(record);
      const text = await readLog(service.directory);
      if (service.ready.test(text) && state.kind === "running") return;
      if (state.kind !== "running" || Date.now() > deadline) throw createFailure(service, text);
      await wait(READY_POLL_MS);
    }
  };

  const ensureOnce = async (service: Service): Promise<void> => {
    const record = toRecord(service.directory);
    await files.ensureDirectory(service.directory, { mode: 0o711 });
    const state = await processes.takeUp(record);
    if (state.kind === "running") {
      if (Date.now() - state.startedMs > SURELY_READY_MS) return;
      if (service.ready.test(await readLog(service.directory))) return;
    }
    await start(service, record);
  };

  const ensure = (entry: Watched): Promise<void> => {
    entry.ensuring ??= ensureOnce(entry.service).finally(() => {
      entry.ensuring = undefined;
    });
    return entry.ensuring;
  };

  const look = async (entry: Watched): Promise<void> => {
    if (entry.ensuring || Date.now() < entry.notBefore) return;
    const { service } = entry;
    const record = toRecord(service.directory);
    if ((await processes.readState(record)).kind === "running") {
      entry.pauseMs = WATCH_MS;
      const path = join(service.directory, "log");
      if (((await files.findInfo(path))?.sizeBytes ?? 0) > LOG_LIMIT_BYTES) await processes.emptyLog(record);
      return;
    }
    log.warn({ service: service.title }, "A service has ended and is started again");
    entry.notBefore = Date.now() + entry.pauseMs;
    entry.pauseMs = Math.min(entry.pauseMs * 2, PAUSE_LIMIT_MS);
    note(service.directory, "ended");
    try {
      await ensure(entry);
    } catch (error) {
      note(service.directory, "failed");
      throw error;
    }
    note(service.directory, "restarted");
  };

  const lookAtAll = async (): Promise<void> => {
    for (const entry of [...watched.values()]) {
      try {
        await look(entry);
      } catch (error) {
        log.warn({ service: entry.service.title, error: String(error) }, "A service could not be started again");
      }
    }
    if (!disposed) timer = setTimeout(lookAtAll, WATCH_MS).unref();
  };

  return {
    async ensure(service) {
      const known = watched.get(service.directory);
      if (known?.ensuring) return known.ensuring;
      const entry: Watched = { service, pauseMs: WATCH_MS, notBefore: 0 };
      watched.set(service.directory, entry);
      timer ??= setTimeout(lookAtAll, WATCH_MS).unref();
      await ensure(entry);
    },
    events: (directory) => events.get(directory) ?? [],
    async stop(directory) {
      const entry = watched.get(directory);
      watched.delete(directory);
      events.delete(directory);
      await entry?.ensuring?.catch(() => {
        // Whoever waits for it hears of it; here it is ended either way.
      });
      await processes.stop(toRecord(directory));
    },
    dispose() {
      disposed = true;
      clearTimeout(timer);
      watched.clear();
    },
  };
}

/** One machine may have several servers, with projects of the same name. */
function toRecord(directory: string): DurableRecord {
  return { id: `service-${createHash("sha256").update(directory).digest("hex").slice(0, 16)}`, directory };
}

function createFailure({ title }: Service, text: string): WebrunnerError {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const said = lines.findLast((line) => line.includes("Error")) ?? lines.at(-1);
  return new WebrunnerError("engine/failed", {
    message: `${title} did not start${said ? `: ${said.replace(/^webrunner: Error: /, "").slice(0, 300)}` : "."}`,
    hint: "Try again; if it stays so, look into the server's log.",
  });
}
