/** Runs a program on a text and gives what it prints, or nothing when it fails, for tools of the language service. */
import { spawn } from "node:child_process";

const MAX_OUTPUT = 4 << 20;

export function runFilter(
  program: string,
  args: readonly string[],
  input: string,
  timeoutMs: number,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: ["pipe", "pipe", "ignore"],
      timeout: timeoutMs,
      killSignal: "SIGKILL",
    });
    let output = "";
    child.stdout.setEncoding("utf8");
    child.stdout.on("data", (chunk: string) => {
      output += chunk;
      if (output.length > MAX_OUTPUT) child.kill("SIGKILL");
    });
    child.stdin.on("error", () => {
      // The program ended before it read everything; its exit code tells the rest.
    });
    child.on("error", () => resolve(undefined));
    child.on("close", (code) => resolve(code === 0 ? output : undefined));
    child.stdin.end(input);
  });
}
