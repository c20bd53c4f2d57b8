/** Who a process is beyond its number: a number is used again, the time it was started at is not. */
import { readFileSync } from "node:fs";

function startMark(pid: number | "self"): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // After the name in parentheses, which may hold spaces, the start time is the twentieth field.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
    return fields[0] === "Z" ? undefined : `${boot}:${fields[19]}`;
  } catch {
    // No such process, or no /proc: not known to be alive.
    return undefined;
  }
}

let own: string | undefined;

export function ownProcessMark(): string {
  own ??= startMark("self") ?? "unknown";
  return own;
}

/** Where marks are unknown (no /proc) every process counts as alive: no lock is taken from anybody. */
export function isProcessAlive(pid: number, mark: string): boolean {
  return mark === "unknown" || startMark(pid) === mark;
}
