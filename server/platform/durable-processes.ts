/**
 * Commands that outlive the server: a build, slapproxy.
 *
 * Promises: the command goes on when the server is killed, and its exit code is written down by its own wrapper (B1); its output
 * goes to the file `log` by descriptor, not through us; `stop` ends the whole process group and every process that left the
 * group but carries the mark, within `STOP_LIMIT_MS` (B4); a process that is not ours by id *and* start time is never signalled.
 *
 * The mark is `WEBRUNNER_RUN=<id>` in the environment that a process was started with.
 */
import { spawn } from "node:child_process";
import { type FileHandle, open, readFile, stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { WebrunnerError } from "@/lib/base/errors";
import { toDurableArgv } from "./durable-process-script";
import { errorNumber, toDiskError } from "./files";
import {
  findProcess,
  findProcessOwner,
  hasEnvironment,
  isProcessAlive,
  listProcesses,
  type ProcessEntry,
  type ProcessIdentity,
  readBootId,
  readCommandLine,
  signalGroup,
  signalProcess,
} from "./process-table";
import { childEnvironment, type RunIdentity } from "./run-identity";

/** Buildout and compilers end on SIGTERM within a second or two; after this they are killed. */
const TERM_GRACE_MS = 6_000;
/** B4: all of it is gone within 10 s; what cannot be killed by then hangs in the kernel. */
const STOP_LIMIT_MS = 9_500;
const POLL_MS = 50;
/** A build that begins processes faster than they can be held is held by its group; this is for those that left it. */
const HOLD_LIMIT_MS = 2_000;
const BEGIN_POLL_MS = 5;
/** How long a wrapper that has just been started may take to write its first record. */
const FIRST_RECORD_MS = 5_000;

export interface DurableRecord {
  /** What the mark says; unique among all commands of this machine. */
  readonly id: string;
  /** Where the log and the records of this command lie; the server's own. */
  readonly directory: string;
}

export interface DurableCommand extends DurableRecord {
  readonly argv: readonly string[];
  readonly workingDirectory: string;
  readonly environment?: Readonly<Record<string, string>>;
}

export type DurableState =
  | { readonly kind: "running"; readonly startedMs: number }
  | { readonly kind: "exited"; readonly code: number; readonly startedMs: number; readonly exitedMs: number }
  /** No wrapper lives and none has written an exit code; `started` tells whether there ever was one. */
  | { readonly kind: "gone"; readonly started: boolean };

export interface StopOptions {
  /** A process to leave alone with all below it, told by its command line. */
  readonly spare?: (commandLine: readonly string[]) => boolean;
  readonly graceMs?: number;
}

export interface DurableProcesses {
  /** Resolves once the wrapper has begun, and nobody can come before it any more. `onExit` is heard only while this server lives. */
  start(command: DurableCommand, onExit?: () => void): Promise<void>;
  readState(record: DurableRecord): Promise<DurableState>;
  /** The same for a server that did not start it: what has not begun by now never will, and is `gone`. */
  takeUp(record: DurableRecord): Promise<DurableState>;
  /** Ends everything of it that still lives, also when its wrapper is long gone. True when there was something. */
  stop(record: DurableRecord, options?: StopOptions): Promise<boolean>;
  /** Holds every process of it where it is, within `HOLD_LIMIT_MS`; true when there was one. Stopping works all the same. */
  hold(record: DurableRecord, options?: StopOptions): Promise<boolean>;
  /** Lets them go on. */
  release(record: DurableRecord, options?: StopOptions): Promise<void>;
  /** Forgets what the command has written so far; it goes on writing, since its descriptor appends. */
  emptyLog(record: DurableRecord): Promise<void>;
}

export function logPathOf(record: Pick<DurableRecord, "directory">): string {
  return join(record.directory, "log");
}

export function createDurableProcesses(identity: RunIdentity): DurableProcesses {
  return {
    async start(command, onExit) {
      const argv = identity.switched ? [...becomeUser(identity), ...command.argv] : command.argv;
      const log = await openLog(logPathOf(command));
      try {
        await spawnDetached(command, argv, identity, log, onExit);
        await untilBegun(command);
      } finally {
        await log.close();
      }
    },
    readState,
    async takeUp(record) {
      return (await claim(record)) ? { kind: "gone", started: false } : readState(record);
    },
    stop: (record, options) => stopAll(record, identity, options),
    hold: (record, options) => holdAll(record, identity, options),
    release: (record, options) => releaseAll(record, identity, options),
    async emptyLog(record) {
      try {
        await truncate(logPathOf(record), 0);
      } catch (error) {
        throw toDiskError(error);
      }
    },
  };
}

function becomeUser({ uid, gid }: RunIdentity): string[] {
  return ["setpriv", `--reuid=${uid}`, `--regid=${gid}`, "--clear-groups", "--"];
}

async function untilBegun(record: DurableRecord): Promise<void> {
  for (let turn = 0; turn * BEGIN_POLL_MS < FIRST_RECORD_MS; turn++) {
    if (await readIdentity(record.directory, "process.json")) return;
    if (await readExit(record.directory)) return;
    await wait(BEGIN_POLL_MS);
  }
}

async function openLog(path: string): Promise<FileHandle> {
  try {
    return await open(path, "a", 0o600);
  } catch (error) {
    throw toDiskError(error);
  }
}

function spawnDetached(
  command: DurableCommand,
  argv: readonly string[],
  identity: RunIdentity,
  log: FileHandle,
  onExit: (() => void) | undefined,
): Promise<void> {
  const [program, ...parameters] = toDurableArgv(command.directory, argv);
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, {
      cwd: command.workingDirectory,
      detached: true,
      stdio: ["ignore", log.fd, log.fd],
      env: childEnvironment(identity, { ...command.environment, WEBRUNNER_RUN: command.id }) as NodeJS.ProcessEnv,
    });
    child.once("error", (cause) =>
      reject(new WebrunnerError("engine/failed", { message: "The command could not be started." }, { cause })),
    );
    child.once("spawn", () => {
      child.unref();
      resolve();
    });
    if (onExit) child.once("exit", onExit);
  });
}

/** True when no wrapper had begun; none will from here on. A killed server may have one on its way. */
async function claim({ directory }: DurableRecord): Promise<boolean> {
  try {
    const file = await open(join(directory, "claim"), "wx", 0o600);
    await file.close();
    return true;
  } catch (error) {
    if (errorNumber(error) === "EEXIST") return false;
    throw toDiskError(error);
  }
}

async function readState(record: DurableRecord): Promise<DurableState> {
  const deadline = Date.now() + FIRST_RECORD_MS;
  for (;;) {
    const wrapper = await readIdentity(record.directory, "process.json");
    const alive = wrapper !== undefined && (await isSameBoot(wrapper)) && (await isProcessAlive(wrapper));
    // Read after looking for the wrapper: its last act is to write it.
    const exit = await readExit(record.directory);
    if (exit)
      return {
        kind: "exited",
        code: exit.code,
        startedMs: wrapper?.writtenMs ?? exit.writtenMs,
        exitedMs: exit.writtenMs,
      };
    if (alive) return { kind: "running", startedMs: wrapper.writtenMs };
    if (wrapper) return { kind: "gone", started: true };
    if (Date.now() > deadline || (await findMarked(record.id)).length === 0) return { kind: "gone", started: false };
    await wait(POLL_MS);
  }
}

async function stopAll(record: DurableRecord, identity: RunIdentity, options: StopOptions = {}): Promise<boolean> {
  const begin = Date.now();
  const graceMs = options.graceMs ?? TERM_GRACE_MS;
  let found = false;
  let termed = new Set<string>();
  for (;;) {
    const targets = await findTargets(record, identity, options.spare);
    const elapsed = Date.now() - begin;
    // A wrapper that still lives is about to start the command, or to write down its end.
    const done = targets.members.length === 0 && !(await isWrapperAtWork(record));
    if (done || elapsed > STOP_LIMIT_MS) return found;
    found ||= targets.members.length > 0;
    const signal = elapsed >= graceMs ? "SIGKILL" : "SIGTERM";
    // A group is signalled at once, so that none of it starts another between two signals.
    if (targets.group !== undefined && (signal === "SIGKILL" || !termed.has("group"))) {
      signalGroup(targets.group, signal);
      // One that is held hears of it only when it goes on.
      if (signal === "SIGTERM") signalGroup(targets.group, "SIGCONT");
      termed = new Set([...termed, "group"]);
    }
    for (const member of targets.members) {
      if (member.group === targets.group) continue;
      const key = `${member.pid} ${member.start}`;
      if (signal === "SIGTERM" && termed.has(key)) continue;
      termed.add(key);
      await signalProcess(member, signal);
      if (signal === "SIGTERM") await signalProcess(member, "SIGCONT");
    }
    await wait(POLL_MS);
  }
}

async function holdAll(record: DurableRecord, identity: RunIdentity, { spare }: StopOptions = {}): Promise<boolean> {
  const begin = Date.now();
  const told = new Set<string>();
  const toKey = ({ pid, start }: ProcessEntry): string => `${pid} ${start}`;
  // One that waits in the kernel (`D`), as for a child that it just begins and that is held, stops before it does anything more.
  const isHeld = (member: ProcessEntry): boolean =>
    member.state === "T" || member.state === "t" || (member.state === "D" && told.has(toKey(member)));
  for (let found = false; ; ) {
    const { group, members } = await findTargets(record, identity, spare);
    const going = members.filter((member) => !isHeld(member));
    found ||= members.length > 0;
    if (going.length === 0 || Date.now() - begin > HOLD_LIMIT_MS) return found;
    // A group is held at once, so that none of it starts another between two signals.
    if (group !== undefined) signalGroup(group, "SIGSTOP");
    for (const member of going) {
      if (member.group !== group) await signalProcess(member, "SIGSTOP");
      told.add(toKey(member));
    }
    await wait(POLL_MS);
  }
}

async function releaseAll(record: DurableRecord, identity: RunIdentity, { spare }: StopOptions = {}): Promise<void> {
  const { group, members } = await findTargets(record, identity, spare);
  for (const member of members) if (member.group !== group) await signalProcess(member, "SIGCONT");
  if (group !== undefined) signalGroup(group, "SIGCONT");
}

async function isWrapperAtWork({ directory }: DurableRecord): Promise<boolean> {
  const wrapper = await readIdentity(directory, "process.json");
  if (!wrapper || !(await isSameBoot(wrapper)) || !(await isProcessAlive(wrapper))) return false;
  return (await readExit(directory)) === undefined;
}

interface Targets {
  /** The command's own group, when a member of it is surely ours and none of it is spared. */
  readonly group?: number;
  readonly members: readonly ProcessEntry[];
}

async function findTargets(
  record: DurableRecord,
  identity: RunIdentity,
  spare: StopOptions["spare"],
): Promise<Targets> {
  const wrapper = await readIdentity(record.directory, "process.json");
  const leader = await readIdentity(record.directory, "group.json");
  const all = await listProcesses();
  const marked = new Set((await findMarked(record.id, all)).map(({ pid }) => pid));
  const sameBoot = leader !== undefined && (await isSameBoot(leader));
  const isLeader = (entry: ProcessEntry): boolean =>
    sameBoot && entry.pid === leader.pid && entry.start === leader.start;
  // The number of a group cannot be given anew while it has members, so one that is surely ours vouches for all.
  const group =
    sameBoot && all.some((entry) => entry.group === leader.pid && (isLeader(entry) || marked.has(entry.pid)))
      ? leader.pid
      : undefined;
  const spared = spare ? await findSpared(all, marked, spare) : new Set<number>();
  const owned: ProcessEntry[] = [];
  for (const entry of all) {
    const ours = entry.group === group || entry.session === group || marked.has(entry.pid) || isLeader(entry);
    if (!ours || spared.has(entry.pid) || entry.pid === process.pid) continue;
    if (wrapper && entry.pid === wrapper.pid && entry.start === wrapper.start) continue;
    const owner = await findProcessOwner(entry.pid);
    if (owner === identity.uid || owner === process.getuid?.()) owned.push(entry);
  }
  const whole = !all.some((entry) => entry.group === group && spared.has(entry.pid));
  return { group: whole ? group : undefined, members: owned };
}

async function findMarked(id: string, all?: readonly ProcessEntry[]): Promise<ProcessEntry[]> {
  const entries = all ?? (await listProcesses());
  const marks = await Promise.all(entries.map(({ pid }) => hasEnvironment(pid, `WEBRUNNER_RUN=${id}`)));
  return entries.filter((_, index) => marks[index]);
}

/** Those that `spare` names among the marked, and all that descend from them. */
async function findSpared(
  all: readonly ProcessEntry[],
  marked: ReadonlySet<number>,
  spare: NonNullable<StopOptions["spare"]>,
): Promise<Set<number>> {
  const spared = new Set<number>();
  for (const { pid } of all) {
    if (marked.has(pid) && spare(await readCommandLine(pid))) spared.add(pid);
  }
  for (let grew = spared.size > 0; grew; ) {
    grew = false;
    for (const { pid, parent } of all) {
      if (!spared.has(pid) && spared.has(parent)) {
        spared.add(pid);
        grew = true;
      }
    }
  }
  return spared;
}

interface WrittenIdentity extends ProcessIdentity {
  readonly boot: string;
  readonly writtenMs: number;
}

async function readIdentity(directory: string, name: string): Promise<WrittenIdentity | undefined> {
  const record = await readRecord(directory, name);
  if (!record || typeof record.value.pid !== "number" || typeof record.value.start !== "string") return undefined;
  return {
    pid: record.value.pid,
    start: record.value.start,
    boot: String(record.value.boot ?? ""),
    writtenMs: record.writtenMs,
  };
}

async function readExit(directory: string): Promise<{ code: number; writtenMs: number } | undefined> {
  const record = await readRecord(directory, "exit.json");
  if (!record || typeof record.value.code !== "number") return undefined;
  return { code: record.value.code, writtenMs: record.writtenMs };
}

async function readRecord(
  directory: string,
  name: string,
): Promise<{ value: Record<string, unknown>; writtenMs: number } | undefined> {
  const path = join(directory, name);
  try {
    const [text, info] = await Promise.all([readFile(path, "utf8"), stat(path)]);
    return { value: JSON.parse(text), writtenMs: info.mtimeMs };
  } catch (error) {
    if (errorNumber(error) === "ENOENT") return undefined;
    // Written by rename, so a text that is no JSON was damaged later: as good as none.
    if (error instanceof SyntaxError) return undefined;
    throw toDiskError(error);
  }
}

async function isSameBoot({ boot }: WrittenIdentity): Promise<boolean> {
  return boot === (await readBootId());
}

/** For tests and status: the command's process, while it lives. */
export async function findCommandProcess(directory: string): Promise<ProcessEntry | undefined> {
  const leader = await readIdentity(directory, "group.json");
  if (!leader || !(await isSameBoot(leader)) || !(await isProcessAlive(leader))) return undefined;
  return findProcess(leader.pid);
}
