/**
 * Who listens where on this machine, as /proc tells: whether a port or a unix socket is one of a service that
 * supervisord of a node started.
 *
 * A process belongs to a program group when the environment that it was started with says so; forked workers and what
 * went into the background have inherited it.
 */
import { readdir, readFile, readlink, realpath, stat } from "node:fs/promises";
import { hasEnvironment, listProcesses } from "./process-table";

export interface ServiceGroup {
  /** Of the supervisord that starts it: `unix:///…/sv.sock`. */
  readonly supervisor: string;
  /** `slappart0` */
  readonly name: string;
  /** Absolute. */
  readonly directory: string;
}

/** Some process of these groups listens on the port of this loopback address. */
export async function isPortOfGroups(address: string, port: number, groups: readonly ServiceGroup[]): Promise<boolean> {
  const inodes = await listListeningSockets(address, port);
  if (inodes.size === 0) return false;
  for (const { pid } of await listProcesses()) {
    if (!(await isOfGroups(pid, groups))) continue;
    if (await hasSocket(pid, inodes)) return true;
  }
  return false;
}

/** A socket in the directory of one of these groups, whatever links lead there. */
export async function isSocketOfGroups(path: string, groups: readonly ServiceGroup[]): Promise<boolean> {
  try {
    const real = await realpath(path);
    if (!(await stat(real)).isSocket()) return false;
    const roots = await Promise.all(groups.map(({ directory }) => realpath(directory)));
    return roots.some((root) => real.startsWith(`${root}/`));
  } catch {
    // Absent, or not to be seen: no socket of theirs.
    return false;
  }
}

async function isOfGroups(pid: number, groups: readonly ServiceGroup[]): Promise<boolean> {
  for (const { supervisor, name } of groups) {
    if (!(await hasEnvironment(pid, `SUPERVISOR_GROUP_NAME=${name}`))) continue;
    if (await hasEnvironment(pid, `SUPERVISOR_SERVER_URL=${supervisor}`)) return true;
  }
  return false;
}

async function hasSocket(pid: number, inodes: ReadonlySet<string>): Promise<boolean> {
  try {
    for (const name of await readdir(`/proc/${pid}/fd`)) {
      const target = await readlink(`/proc/${pid}/fd/${name}`).catch(() => "");
      const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
      if (inode !== undefined && inodes.has(inode)) return true;
    }
  } catch {
    // It has ended meanwhile, or belongs to somebody else.
  }
  return false;
}

const LISTENING = "0A";

async function listListeningSockets(address: string, port: number): Promise<Set<string>> {
  const inodes = new Set<string>();
  const wanted = port.toString(16).toUpperCase().padStart(4, "0");
  for (const table of ["tcp", "tcp6"]) {
    const text = await readFile(`/proc/net/${table}`, "latin1").catch(() => "");
    for (const line of text.split("\n").slice(1)) {
      const fields = line.trim().split(/\s+/);
      const [host = "", found] = (fields[1] ?? "").split(":");
      if (found !== wanted || fields[3] !== LISTENING || !fits(host, address)) continue;
      inodes.add(fields[9] ?? "");
    }
  }
  return inodes;
}

/** The address that is listened on takes connections to this one. */
function fits(host: string, address: string): boolean {
  if (/^0+$/.test(host)) return true;
  if (address.includes(":")) return host === "00000000000000000000000001000000";
  const own = address
    .split(".")
    .reverse()
    .map((part) => Number(part).toString(16).toUpperCase().padStart(2, "0"))
    .join("");
  return host === own || host === `0000000000000000FFFF0000${own}`;
}
