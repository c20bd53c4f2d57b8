/** Native git for the tests: what it makes is the fixture, what it says is the truth. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ENVIRONMENT = {
  PATH: process.env.PATH ?? "/usr/bin:/bin",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "Ada",
  GIT_AUTHOR_EMAIL: "ada@example.org",
  GIT_COMMITTER_NAME: "Ada",
  GIT_COMMITTER_EMAIL: "ada@example.org",
  GIT_TERMINAL_PROMPT: "0",
  LC_ALL: "C",
};

export interface NativeGit {
  readonly directory: string;
  readonly home: string;
  (...args: string[]): string;
  /** Fails unless `git fsck --full` finds nothing wrong. */
  fsck(): void;
  status(): string;
}

export function nativeGit(directory: string, home: string): NativeGit {
  const run = (...args: string[]): string =>
    execFileSync("git", args, {
      cwd: directory,
      env: { ...ENVIRONMENT, HOME: home } as unknown as NodeJS.ProcessEnv,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      maxBuffer: 1 << 28,
    });
  return Object.assign(run, {
    directory,
    home,
    fsck() {
      const output = run("fsck", "--full", "--no-dangling", "--no-progress");
      if (output.trim() !== "") throw new Error(`git fsck: ${output}`);
    },
    status: () => run("status", "--porcelain"),
  });
}

/** An empty directory with `work` and `home` in it, removed by `dispose`. */
export function temporaryPlace(): { root: string; work: string; home: string; dispose: () => void } {
  const root = mkdtempSync(join(tmpdir(), "webrunner-git-"));
  const work = join(root, "work");
  const home = join(root, "home");
  execFileSync("mkdir", ["-p", "--", work, home]);
  return { root, work, home, dispose: () => rmSync(root, { recursive: true, force: true }) };
}
