/**
 * One node's supervisord over its unix socket.
 *
 * Invariant: only the methods of `METHODS` are ever called (IN14), and a program is named only after supervisord itself
 * listed it.
 */
import { WebrunnerError } from "@/lib/base/errors";
import { postToSocket } from "@/server/platform/unix-http";
import { formatCall, isStruct, parseAnswer, XmlRpcFault, type XmlRpcValue } from "./xml-rpc";

const METHODS = [
  "supervisor.getAllProcessInfo",
  "supervisor.startProcess",
  "supervisor.stopProcess",
  "supervisor.startProcessGroup",
  "supervisor.stopProcessGroup",
] as const;
type Method = (typeof METHODS)[number];

const LOOK_TIMEOUT_MS = 5_000;
/** slapgrid gives a program 60 s to end before it is killed. */
const CONTROL_TIMEOUT_MS = 75_000;
/** supervisord's words for "it is as you wish already". */
const ALREADY_STARTED = 60;
const NOT_RUNNING = 70;
const BAD_NAME = 10;

/** What supervisord says of one program. */
export interface SupervisedProgram {
  readonly group: string;
  readonly name: string;
  readonly state: string;
  readonly pid?: number;
  readonly exitStatus?: number;
  /** Seconds since 1970; undefined for never. */
  readonly startedAt?: number;
  readonly stoppedAt?: number;
  readonly description: string;
  readonly spawnError: string;
  /** Absolute path. */
  readonly logFile?: string;
}

export interface SupervisorClient {
  /** Undefined when supervisord does not answer. */
  list(): Promise<readonly SupervisedProgram[] | undefined>;
  /** Resolves when supervisord has started it, or finds it started. */
  start(group: string, name: string | undefined): Promise<void>;
  stop(group: string, name: string | undefined): Promise<void>;
}

export function createSupervisorClient(socketPath: string): SupervisorClient {
  const call = async (
    method: Method,
    parameters: readonly (string | boolean)[],
    timeoutMs: number,
  ): Promise<XmlRpcValue> => {
    if (!METHODS.includes(method)) throw new Error(`Not a method that may be called: ${method}`);
    const body = formatCall(method, parameters);
    const answer = await postToSocket(socketPath, { path: "/RPC2", body, contentType: "text/xml", timeoutMs });
    if (answer === undefined) throw new WebrunnerError("process/no-supervisor", NO_SUPERVISOR);
    return parseAnswer(answer);
  };

  const list = async (): Promise<readonly SupervisedProgram[] | undefined> => {
    try {
      const answer = await call("supervisor.getAllProcessInfo", [], LOOK_TIMEOUT_MS);
      if (!Array.isArray(answer)) throw new Error("supervisord answered with no list");
      return answer.filter(isStruct).map(toProgram).filter(isOfPartition);
    } catch (error) {
      if (error instanceof WebrunnerError && error.code === "process/no-supervisor") return undefined;
      // On its way down it refuses every call (SHUTDOWN_STATE), and one that hangs is as good as gone.
      if (error instanceof XmlRpcFault || (error as Error).name === "TimeoutError") return undefined;
      throw error;
    }
  };

  const control = async (verb: "start" | "stop", group: string, name: string | undefined): Promise<void> => {
    const programs = await list();
    if (!programs) throw new WebrunnerError("process/no-supervisor", NO_SUPERVISOR);
    if (!programs.some((program) => program.group === group && (name === undefined || program.name === name))) {
      throw new WebrunnerError("process/not-found", { message: `There is no program ${group}:${name ?? "*"}.` });
    }
    const target = name === undefined ? group : `${group}:${name}`;
    const method: Method = `supervisor.${verb}Process${name === undefined ? "Group" : ""}`;
    try {
      await call(method, [target, true], CONTROL_TIMEOUT_MS);
    } catch (error) {
      if (!(error instanceof XmlRpcFault)) throw error;
      if (error.code === (verb === "start" ? ALREADY_STARTED : NOT_RUNNING)) return;
      if (error.code === BAD_NAME) {
        throw new WebrunnerError("process/not-found", { message: `There is no program ${target}.` }, { cause: error });
      }
      throw new WebrunnerError(
        "process/failed",
        { message: `${target} could not be ${verb === "start" ? "started" : "stopped"}: ${error.message}` },
        { cause: error },
      );
    }
  };

  return {
    list,
    start: (group, name) => control("start", group, name),
    stop: (group, name) => control("stop", group, name),
  };
}

const NO_SUPERVISOR = {
  message: "The node's supervisord does not answer.",
  hint: "Run instance starts it again.",
};

function toProgram(info: { readonly [name: string]: XmlRpcValue }): SupervisedProgram {
  const number = (name: string): number | undefined => (Number(info[name]) > 0 ? Number(info[name]) : undefined);
  const text = (name: string): string => String(info[name] ?? "");
  return {
    group: text("group"),
    name: text("name"),
    state: text("statename"),
    pid: number("pid"),
    exitStatus: Number.isInteger(info.exitstatus) ? Number(info.exitstatus) : undefined,
    startedAt: number("start"),
    stoppedAt: number("stop"),
    description: text("description"),
    spawnError: text("spawnerr"),
    logFile: text("stdout_logfile") || undefined,
  };
}

/** slapgrid's own watchdog is none of the user's. */
function isOfPartition({ group }: SupervisedProgram): boolean {
  return /^slappart\d+$/.test(group);
}
