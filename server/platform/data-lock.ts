/**
 * One server for one data directory.
 *
 * The lock is an abstract unix socket named after the directory: the kernel gives it to one process and takes it back
 * when that process ends, however it ends, so it is never stale. The file beside it says who and where, for the
 * message and for the command line; it also names a server in another network namespace, told from a reused process
 * id by its start time.
 */
import { createHash } from "node:crypto";
import { realpath } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { z } from "zod";
import { errorNumber, type Files } from "./files";
import { StartError } from "./start-error";

const lockRecordSchema = z.object({
  pid: z.number().int().positive(),
  /** Clock ticks after boot, and the boot: a process id is reused, this is not. */
  startTime: z.string(),
  url: z.string().optional(),
});
export type LockRecord = z.infer<typeof lockRecordSchema>;

export interface DataLock {
  /** Says where the server answers, for the command line of the same machine. */
  publish(url: string): Promise<void>;
  release(): Promise<void>;
}

export interface DataLockOptions {
  readonly files: Files;
  readonly directory: string;
  readonly path: string;
}

export async function acquireDataLock({ files, directory, path }: DataLockOptions): Promise<DataLock> {
  const socket = await holdName(
    `webrunner-${createHash("sha256")
      .update(await realpath(directory))
      .digest("hex")}`,
  );
  const record = await readLockRecord(files, path);
  const alive =
    record !== undefined && record.pid !== process.pid && (await readStartTime(files, record.pid)) === record.startTime;
  if (!socket || alive) {
    socket?.close();
    throw new StartError(
      `Another server${record ? ` (process ${record.pid}${record.url ? `, ${record.url}` : ""})` : ""} uses the data directory ${directory}. Stop it, or set WEBRUNNER_DATA to another directory.`,
    );
  }
  const own: LockRecord = { pid: process.pid, startTime: (await readStartTime(files, process.pid)) ?? "" };
  const write = (value: LockRecord): Promise<void> => files.replace(path, `${JSON.stringify(value)}\n`);
  await write(own);
  return {
    publish: (url) => write({ ...own, url }),
    async release() {
      await files.remove(path);
      await new Promise<void>((resolve) => socket.close(() => resolve()));
    },
  };
}

/** Who holds the directory, as far as the file says; a broken file says nothing. */
export async function readLockRecord(files: Files, path: string): Promise<LockRecord | undefined> {
  const bytes = await files.find(path);
  try {
    return bytes && lockRecordSchema.parse(JSON.parse(bytes.toString("utf8")));
  } catch {
    // Written by a server that died in mid-write on an old disk: the socket alone decides.
    return undefined;
  }
}

/** Undefined when there is no such process. */
export async function readStartTime(files: Files, pid: number): Promise<string | undefined> {
  const stat = await files.find(`/proc/${pid}/stat`).catch((error) => {
    // The process ended between open and read.
    if (errorNumber((error as Error).cause) === "ESRCH") return undefined;
    throw error;
  });
  if (!stat) return undefined;
  const boot = await files.find("/proc/sys/kernel/random/boot_id");
  // The second field is the command in parentheses, which may itself hold spaces and parentheses.
  const fields = stat
    .toString("latin1")
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ");
  return `${boot?.toString("latin1").trim() ?? ""}/${fields[19]}`;
}

/** Undefined when another process has the name. */
function holdName(name: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((connection) => connection.destroy());
    server.once("error", (error) => (errorNumber(error) === "EADDRINUSE" ? resolve(undefined) : reject(error)));
    server.listen(`\0${name}`, () => resolve(server.unref()));
  });
}
