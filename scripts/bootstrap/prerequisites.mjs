/** What must be on the machine, each missing thing one line that names the mend. */
import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

/** A reason not to go on, told to the person in one line, without a stack. */
export class Refusal extends Error {}

const NODE_FLOOR = [20, 19];

export function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > NODE_FLOOR[0] || (major === NODE_FLOOR[0] && minor >= NODE_FLOOR[1])) return;
  throw new Refusal(`Node ${process.versions.node} is too old. Install Node ${NODE_FLOOR.join(".")} or newer.`);
}

export function findExecutable(names) {
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  for (const name of names) {
    for (const folder of folders) {
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // Not here: the next folder may have it.
      }
    }
  }
  return undefined;
}

export function checkStartPrerequisites() {
  if (!findExecutable(["git"])) throw new Refusal("git is missing. Install it: apt install git");
  findEnginePython();
}

/** The Python that the engine is made with, by the engine's own rule; `user` is `--user NAME` or nothing. */
export function findEnginePython(user = []) {
  const script = fileURLToPath(new URL("../../server/engine/python/find_python.py", import.meta.url));
  for (const name of ["python3", "python3.13", "python3.12", "python3.11"]) {
    const found = spawnSync(name, [script, ...user], { encoding: "utf8" });
    if (found.status === 0) return found.stdout.trim();
    const reason = (found.stderr ?? "").trim().split("\n").at(-1);
    // A name that does not run (absent, or a version manager's stand-in) says nothing of the others.
    if (found.status === 1 && reason) throw new Refusal(reason);
  }
  throw new Refusal("Python 3 is missing. Install Python 3.11 or newer: apt install python3 python3-venv");
}

const BROWSERS = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/** The browser of the end-to-end tests: `CHROMIUM`, or the first of the usual names on the PATH. */
export function findChromium() {
  const path = process.env.CHROMIUM || findExecutable(BROWSERS);
  if (path) return path;
  throw new Refusal(
    "Chromium is missing; the end-to-end tests need it. Install it: apt install chromium (or set CHROMIUM to its path)",
  );
}
