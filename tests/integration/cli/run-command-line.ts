/** The built command line in a process of its own, signed in at a test's server. */
import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../tidy/source-files";
import { TEST_TOKEN } from "../server-harness";

export interface CommandOutcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function runCommandLine(url: string, words: readonly string[], token = TEST_TOKEN): Promise<CommandOutcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(projectRoot, "dist/webrunner.js"), ...words], {
      cwd: tmpdir(),
      env: {
        NODE_ENV: "production",
        PATH: process.env.PATH,
        HOME: tmpdir(),
        WEBRUNNER_DATA: join(tmpdir(), "none"),
        WEBRUNNER_URL: url,
        WEBRUNNER_TOKEN: token,
      },
    });
    const text = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (part) => (text.stdout += part));
    child.stderr.setEncoding("utf8").on("data", (part) => (text.stderr += part));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, ...text }));
    child.stdin.end();
  });
}
