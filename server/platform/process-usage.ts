/**
 * What a command and all that it started use of the machine, as /proc tells: the members of its session and every
 * process that descends from one of them.
 *
 * A process that has ended counts on: its parent has taken over its time and bytes. Invariant: nothing here throws
 * because a process went away in the meantime.
 */
import { readFile } from "node:fs/promises";
import { findCommandProcess } from "./durable-processes";
import { listProcesses } from "./process-table";

/** What Linux promises for /proc, whatever the kernel's own clock. */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

export interface ProcessUsage {
  readonly processes: number;
  /** Seconds of processor time since the command's start; never grows less while its processes are collected. */
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  /** Of the disk, not of pipes and caches. */
  readonly readBytes: number;
  readonly writtenBytes: number;
}

/** Of the command whose records are in the directory; undefined when it no longer lives. */
export async function findProcessUsage(directory: string): Promise<ProcessUsage | undefined> {
  const leader = await findCommandProcess(directory);
  if (!leader) return undefined;
  const all = await listProcesses();
  const members = new Set(all.filter(({ session }) => session === leader.pid).map(({ pid }) => pid));
  members.add(leader.pid);
  for (let grew = true; grew; ) {
    grew = false;
    for (const { pid, parent } of all) {
      if (members.has(pid) || !members.has(parent)) continue;
      members.add(pid);
      grew = true;
    }
  }
  const usages = await Promise.all([...members].map(readUsage));
  const sum = (pick: (usage: ProcessUsage) => number): number =>
    usages.reduce((total, usage) => total + (usage ? pick(usage) : 0), 0);
  return {
    processes: usages.filter((usage) => usage !== undefined).length,
    cpuSeconds: sum(({ cpuSeconds }) => cpuSeconds),
    residentBytes: sum(({ residentBytes }) => residentBytes),
    readBytes: sum(({ readBytes }) => readBytes),
    writtenBytes: sum(({ writtenBytes }) => writtenBytes),
  };
}

async function readUsage(pid: number): Promise<ProcessUsage | undefined> {
  const [stat, io] = await Promise.all([readProc(`/proc/${pid}/stat`), readProc(`/proc/${pid}/io`)]);
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const field = (number: number): number => Number(fields[number - 3]);
  // Own time, and that of the children that were waited for.
  const ticks = field(14) + field(15) + field(16) + field(17);
  return {
    processes: 1,
    cpuSeconds: ticks / TICKS_PER_SECOND,
    residentBytes: field(24) * PAGE_BYTES,
    readBytes: readCount(io, "read_bytes"),
    writtenBytes: readCount(io, "write_bytes"),
  };
}

function readCount(io: string | undefined, name: string): number {
  const match = io === undefined ? undefined : new RegExp(`^${name}: (\\d+)$`, "m").exec(io);
  return match ? Number(match[1]) : 0;
}

async function readProc(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "latin1");
  } catch {
    // It has ended meanwhile, or the system does not tell us.
    return undefined;
  }
}
