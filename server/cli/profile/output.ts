/**
 * Writing results: all of it, also into a pipe that is slower than we are.
 */
import { writeSync } from "node:fs";
import { resolve } from "node:path";
import type { ProfileArguments } from "./profile-arguments";

export function writeOutput(text: string | Uint8Array): void {
  const bytes = typeof text === "string" ? Buffer.from(text, "utf8") : text;
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EPIPE") return;
      if (code !== "EAGAIN") throw error;
    }
  }
}

/** JSON that is made already; the root directory becomes `{ROOT}`. */
export function writeJsonText(text: string, { root }: ProfileArguments): void {
  const path = root === undefined ? undefined : JSON.stringify(resolve(root)).slice(1, -1);
  writeOutput(`${path === undefined ? text : text.replaceAll(path, "{ROOT}")}\n`);
}

export function writeJson(value: unknown, args: ProfileArguments): void {
  writeJsonText(JSON.stringify(value), args);
}
