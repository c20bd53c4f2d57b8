/**
 * A repository of the size of a large profile repository: 18,500 commits, 2,246 files in some 700 folders, about
 * 450,000 objects in one pack. Made by `git fast-import` from a seed, once for a machine.
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom } from "../../integration/git/status-rounds";

const COMMITS = Number(process.env.WEBRUNNER_BENCH_COMMITS ?? 18_500);
const FILES = 2246;
const CHANGES = 8;

function fileName(number: number): string {
  const component = number % 690;
  if (component < 430) return `component/part-${component}/file-${Math.floor(number / 690)}.cfg`;
  return `software/release-${component % 130}/stack-${component % 3}/instance-${Math.floor(number / 690)}.cfg.in`;
}

function content(random: ReturnType<typeof createRandom>, number: number, version: number): string {
  let text = `[buildout]\nextends =\n  ../part-${number % 40}/buildout.cfg\nparts = part-${number}\n\n`;
  const lines = 8 + (number % 40);
  for (let line = 0; line < lines; line++) {
    text += `[section-${number}-${line}]\nrecipe = slapos.recipe.cmmi\nurl = https://example.org/${number}/${line}-${line === version % lines ? random.below(1e9) : line}.tar.gz\n`;
  }
  return text;
}

export async function makeRepository(): Promise<string> {
  const kept = join(tmpdir(), `webrunner-bench-git-1-${COMMITS}`);
  if (existsSync(kept)) return kept;
  const place = `${kept}.making-${process.pid}`;
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  execFileSync("git", ["init", "-q", "-b", "main", "--", place]);
  const importer = spawn("git", ["fast-import", "--quiet", "--depth=50"], {
    cwd: place,
    stdio: ["pipe", "inherit", "inherit"],
  });
  const random = createRandom(42);
  const send = async (text: string): Promise<void> => {
    if (!importer.stdin.write(text)) await once(importer.stdin, "drain");
  };
  for (let commit = 0; commit < COMMITS; commit++) {
    const message = `Commit ${commit}\n`;
    let text = `commit refs/heads/main\ncommitter Person ${commit % 40} <p${commit % 40}@example.org> ${1_100_000_000 + commit * 20_000} +0000\ndata ${message.length}\n${message}`;
    const changed =
      commit === 0
        ? Array.from({ length: FILES }, (_, i) => i)
        : Array.from({ length: CHANGES }, () => random.below(FILES));
    for (const number of new Set(changed)) {
      const body = content(random, number, commit);
      text += `M 100644 inline ${fileName(number)}\ndata ${body.length}\n${body}\n`;
    }
    await send(text);
  }
  importer.stdin.end("done\n");
  await once(importer, "close");
  const git = (...args: string[]): string => execFileSync("git", ["-C", place, ...args], { encoding: "utf8" });
  git("config", "user.name", "Bench");
  git("config", "user.email", "bench@example.org");
  git("config", "gc.auto", "0");
  git("checkout", "-q", "-f", "main");
  git("checkout", "-q", "-b", "side");
  for (let number = 0; number < 500; number++) writeFileSync(join(place, fileName(number * 4)), `side ${number}\n`);
  git("commit", "-q", "-am", "500 files");
  git("checkout", "-q", "main");
  git("status");
  renameSync(place, kept);
  return kept;
}
