/** FT3 (G1): a server killed in mid-commit, again and again, in one and the same repository. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { nativeGit, temporaryPlace } from "../../integration/git/native-git";
import { createRandom } from "../../integration/git/status-rounds";

const project = join(import.meta.dirname, "../../..");

export interface KillResult {
  readonly kills: number;
  readonly commits: number;
  /** What git's check, the history or the next operation complained of. */
  readonly complaints: string[];
}

export async function runKillRounds(seed: number, kills: number): Promise<KillResult> {
  const place = temporaryPlace();
  const git = nativeGit(place.work, place.home);
  const random = createRandom(seed);
  const complaints: string[] = [];
  let commits = 0;
  try {
    const program = join(place.root, "committer.mjs");
    await build({
      entryPoints: [join(project, "tests/fault/git/committer.ts")],
      outfile: program,
      bundle: true,
      platform: "node",
      format: "esm",
      logLevel: "silent",
      alias: { "@": project },
      banner: {
        js: 'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);',
      },
    });
    writeFileSync(
      join(place.home, ".gitconfig"),
      "[user]\n\tname = Ada\n\temail = ada@example.org\n[init]\n\tdefaultBranch = main\n",
    );
    git("init", "-q");
    writeFileSync(join(place.work, "start.txt"), "start\n");
    git("add", ".");
    git("commit", "-q", "-m", "start");
    let head = git("rev-parse", "HEAD").trim();
    for (let kill = 0; kill < kills && complaints.length < 3; kill++) {
      const child = spawn(process.execPath, [program, place.work, place.home], { stdio: ["ignore", "pipe", "pipe"] });
      const made = await collect(child, 2 + random.below(120), kill % 2 === 0 ? ONE_COMMIT : READY);
      commits += made.ids.length;
      if (made.error !== "") complaints.push(`kill ${kill}: ${made.error}`);
      try {
        git.fsck();
      } catch (error) {
        complaints.push(`kill ${kill}: ${error instanceof Error ? error.message : String(error)}`);
      }
      // HEAD is the last commit that was told, or the one after it, which was made but not yet told.
      const now = git("rev-parse", "main").trim();
      const last = made.ids.at(-1) ?? head;
      const parent = git("rev-list", "-n", "2", "main").trim().split("\n")[1];
      if (now !== last && parent !== last && now !== head)
        complaints.push(`kill ${kill}: main is ${now}, not ${last} or its child`);
      head = now;
    }
    git("status");
  } finally {
    place.dispose();
  }
  return { kills, commits, complaints };
}

const READY = /^ready\n/;
const ONE_COMMIT = /^ready\n[0-9a-f]{40}\n/;

/** Kills it some time after its output fits: however slow the machine is, every other kill finds a commit made. */
async function collect(child: ChildProcess, afterMs: number, from: RegExp): Promise<{ ids: string[]; error: string }> {
  let output = "";
  let error = "";
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    error += text;
  });
  const closed = once(child, "close");
  await new Promise<void>((resolve) => {
    child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (from.test(output)) resolve();
    });
    child.once("close", () => resolve());
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), afterMs);
  await closed;
  clearTimeout(timer);
  return { ids: output.split("\n").filter((line) => /^[0-9a-f]{40}$/.test(line)), error };
}
