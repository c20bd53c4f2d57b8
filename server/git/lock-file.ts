/**
 * Git's lock protocol on one file: `X.lock` is made exclusively, the new X is written beside it and renamed over X,
 * then the lock goes. Native git and we wait for, and never overwrite, each other.
 *
 * A lock of ours says who holds it. One that a killed server left is therefore known for what it is and taken away;
 * a lock of native git is not touched, whoever seems dead.
 */
import { WebrunnerError } from "@/lib/base/errors";
import type { GitDisk } from "@/server/platform/git-disk";
import { isProcessAlive, ownProcessMark } from "@/server/platform/git-process-mark";

const OURS = /^webrunner (\d+) (\S+)\n$/;
/** Native git holds a lock for milliseconds, a large checkout for seconds. */
const WAIT_MS = 5_000;
const RETRY_MS = 15;

function tryLock(disk: GitDisk, lock: string): boolean {
  if (disk.create(lock, Buffer.from(`webrunner ${process.pid} ${ownProcessMark()}\n`))) return true;
  const holder = OURS.exec(disk.read(lock)?.toString("latin1") ?? "");
  if (!holder || isProcessAlive(Number(holder[1]), holder[2]!)) return false;
  // Taken aside first and looked at again: between reading and removing, a live owner may have come.
  const aside = `${lock}.stale-${process.pid}`;
  try {
    disk.rename(lock, aside);
  } catch {
    // Somebody else took it away; the next try finds out.
    return false;
  }
  const moved = OURS.exec(disk.read(aside)?.toString("latin1") ?? "");
  if (moved && isProcessAlive(Number(moved[1]), moved[2]!)) disk.rename(aside, lock);
  else disk.remove(aside);
  return false;
}

export function lockFailure(path: string): WebrunnerError {
  return new WebrunnerError("git/locked", {
    message: `Another git process holds ${path}.lock.`,
    hint: "Wait until it has finished. If none is running, remove the lock file in a terminal.",
  });
}

/**
 * Holds `path.lock` while `work` runs; what it returns is written to `path` (undefined leaves it as it is). `written` is
 * called then, before anybody else may write.
 */
export async function withLock(
  disk: GitDisk,
  path: string,
  work: () => Uint8Array | undefined,
  written?: () => void,
): Promise<void> {
  const lock = `${path}.lock`;
  const deadline = Date.now() + WAIT_MS;
  while (!tryLock(disk, lock)) {
    if (Date.now() > deadline) throw lockFailure(path);
    disk.release();
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
  try {
    const bytes = work();
    if (bytes) {
      disk.replace(path, bytes, { durable: true });
      written?.();
    }
  } finally {
    disk.remove(lock);
  }
}
