/**
 * A program of the server's own (not of a user) that tells its progress line by line; it ends with the server.
 */
import { spawn } from "node:child_process";
import { homedir, userInfo } from "node:os";
import { childEnvironment } from "./run-identity";

const STDERR_LIMIT = 16 * 1024;
const LINE_LIMIT = 64 * 1024;

export interface LineProgramResult {
  /** -1 when a signal ended it or it could not be started. */
  readonly code: number;
  /** The end of what it wrote there. */
  readonly stderr: string;
}

/** Runs as the server's own user, with an environment from the allow-list. */
export function runLineProgram(
  argv: readonly [string, ...string[]],
  options: { readonly signal: AbortSignal; readonly onLine: (line: string) => void },
): Promise<LineProgramResult> {
  const { uid, gid, username } = userInfo();
  const environment = childEnvironment({ uid, gid, name: username, home: homedir(), switched: false });
  return new Promise((resolve) => {
    const child = spawn(argv[0], argv.slice(1), {
      env: environment as NodeJS.ProcessEnv,
      stdio: ["ignore", "pipe", "pipe"],
      signal: options.signal,
      killSignal: "SIGTERM",
    });
    let pending = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      const lines = (pending + text).split("\n");
      pending = lines.pop()!.slice(0, LINE_LIMIT);
      for (const line of lines) options.onLine(line);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr = (stderr + text).slice(-STDERR_LIMIT);
    });
    child.on("error", (error) => resolve({ code: -1, stderr: error.message }));
    child.on("close", (code) => resolve({ code: code ?? -1, stderr }));
  });
}
