/**
 * The processes of this machine, as /proc tells.
 *
 * A process is identified by its id *and* its start time (with the machine's boot): ids are used again, and a stranger
 * must never be signalled. Invariant: nothing here throws because a process went away in the meantime.
 */
import { readdir, readFile, stat } from "node:fs/promises";

export interface ProcessIdentity {
  readonly pid: number;
  /** Field 22 of /proc/PID/stat, in clock ticks since boot, as text. */
  readonly start: string;
}

export interface ProcessEntry extends ProcessIdentity {
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** `Z` is a zombie: it has ended and only waits to be collected. */
  readonly state: string;
}

export async function findProcess(pid: number): Promise<ProcessEntry | undefined> {
  const text = await readProc(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  // The command's name, in parentheses, may itself hold spaces and parentheses.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return {
    pid,
    state: fields[0]!,
    parent: Number(fields[1]),
    group: Number(fields[2]),
    session: Number(fields[3]),
    start: fields[19]!,
  };
}

/** True while that very process works on; false for a zombie, and for another one with the same id. */
export async function isProcessAlive({ pid, start }: ProcessIdentity): Promise<boolean> {
  const found = await findProcess(pid);
  return found !== undefined && found.start === start && found.state !== "Z" && found.state !== "X";
}

export async function listProcesses(): Promise<ProcessEntry[]> {
  const names = await readdir("/proc");
  const found = await Promise.all(names.filter((name) => /^\d+$/.test(name)).map((name) => findProcess(Number(name))));
  return found.filter((entry) => entry !== undefined && entry.state !== "Z" && entry.state !== "X") as ProcessEntry[];
}

/** The environment that the process was started with holds `NAME=value`. */
export async function hasEnvironment(pid: number, setting: string): Promise<boolean> {
  const text = await readProc(`/proc/${pid}/environ`);
  return text !== undefined && `\0${text}\0`.includes(`\0${setting}\0`);
}

export async function readCommandLine(pid: number): Promise<string[]> {
  const text = (await readProc(`/proc/${pid}/cmdline`)) ?? "";
  return text.split("\0").slice(0, -1);
}

export async function findProcessOwner(pid: number): Promise<number | undefined> {
  try {
    return (await stat(`/proc/${pid}`)).uid;
  } catch {
    // It has ended, or is none of ours to look at.
    return undefined;
  }
}

/** Signals that very process; false when it is gone. */
export async function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): Promise<boolean> {
  if (!(await isProcessAlive(identity))) return false;
  return sendSignal(identity.pid, signal);
}

/** The caller has made sure that a member of the group is the process it means. */
export function signalGroup(group: number, signal: NodeJS.Signals): boolean {
  return sendSignal(-group, signal);
}

export async function readBootId(): Promise<string> {
  return ((await readProc("/proc/sys/kernel/random/boot_id")) ?? "").trim();
}

function sendSignal(target: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(target, signal);
    return true;
  } catch {
    // Gone since we looked, or not ours: either way there is nothing to signal.
    return false;
  }
}

async function readProc(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "latin1");
  } catch {
    // The process has ended between listing and reading, or belongs to somebody else.
    return undefined;
  }
}
