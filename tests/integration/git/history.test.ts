/** The log, the history of a file and blame beside native git's, over a random history with merges, loose and packed. */
import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { readBlame } from "@/server/git/blame";
import { readFileHistory } from "@/server/git/file-history";
import { readLog } from "@/server/git/log";
import { type Scratch, withScratch } from "./scratch";
import { createRandom } from "./status-rounds";

const COMMITS = 250;
const FILES = [
  ...Array.from({ length: 60 }, (_, i) => `component/part-${i}/buildout.cfg`),
  ...Array.from({ length: 8 }, (_, i) => `software/release-${i}/instance/template.cfg`),
  "top.cfg",
];

/** Two branches that grow side by side and are merged now and then; commits a minute apart. */
function makeHistory({ git }: Scratch, seed: number): void {
  const random = createRandom(seed);
  let stream = "";
  let mark = 0;
  const tips = { main: 0, side: 0 };
  for (let number = 0; number < COMMITS; number++) {
    const branch = random.below(3) === 0 && tips.main ? "side" : "main";
    const parent = tips[branch] || tips.main;
    const merged = number % 20 === 19 && branch === "main" && tips.side ? tips.side : 0;
    mark++;
    stream += `commit refs/heads/${branch}\nmark :${mark}\ncommitter P <p@example.org> ${1_700_000_000 + number * 60} +0000\ndata 2\n${number % 10}\n`;
    if (parent) stream += `from :${parent}\n`;
    if (merged) stream += `merge :${merged}\n`;
    const changed = number === 0 ? FILES : Array.from({ length: 1 + random.below(3) }, () => random.pick(FILES));
    for (const path of new Set(changed)) {
      if (number > 0 && random.below(25) === 0) {
        stream += `D ${path}\n`;
        continue;
      }
      const text = Array.from({ length: 6 }, (_, line) => `${path} ${line} ${random.below(4)}\n`).join("");
      stream += `M 100${random.below(10) === 0 ? "755" : "644"} inline ${path}\ndata ${text.length}\n${text}\n`;
    }
    tips[branch] = mark;
  }
  execFileSync("git", ["fast-import", "--quiet"], { cwd: git.directory, input: `${stream}done\n` });
  git("symbolic-ref", "HEAD", "refs/heads/main");
  git("checkout", "-q", "-f", "main");
}

const lines = (text: string): string[] => text.split("\n").filter(Boolean);

async function compare({ git, repository }: Scratch): Promise<void> {
  const paged = async (read: (skip: number) => Promise<{ entries: { id: string }[]; more: boolean }>) => {
    const ids: string[] = [];
    for (let more = true; more; ) {
      const page = await read(ids.length);
      ids.push(...page.entries.map(({ id }) => id));
      more = page.more;
    }
    return ids;
  };
  const limit = 17;
  expect(await paged((skip) => readLog(repository, { skip, limit }))).toEqual(lines(git("log", "--format=%H")));
  expect(await paged((skip) => readLog(repository, { all: true, skip, limit }))).toEqual(
    lines(git("log", "--all", "--format=%H")),
  );
  expect(await paged((skip) => readLog(repository, { text: "7", from: "side", skip, limit }))).toEqual(
    lines(git("log", "side", "--format=%H %s"))
      .filter((line) => /7/.test(line))
      .map((line) => line.slice(0, 40)),
  );
  for (const path of [FILES[0]!, FILES[17]!, FILES[59]!, FILES[60]!, FILES[67]!, "top.cfg", "none/such.cfg"]) {
    const ids = await paged((skip) => readFileHistory(repository, path, { skip, limit: 3 }));
    expect(ids, path).toEqual(lines(git("log", "--format=%H", "--", path)));
    if (git("ls-files", "--", path) === "") continue;
    const blamed = lines(git("blame", "-s", "-l", "--root", path)).map((line) => line.slice(0, 40));
    expect(
      (await readBlame(repository, path)).lines.map(({ commit }) => commit),
      path,
    ).toEqual(blamed);
  }
}

describe("a history with merges", () => {
  it.each([1, 2])(
    "is shown as git shows it, seed %i",
    async (seed) => {
      await withScratch({}, async (scratch) => {
        makeHistory(scratch, seed);
        await compare(scratch);
        // Older trees as deltas of newer ones, long chains, some with their base by name.
        scratch.git("repack", "-q", "-a", "-d", "-f", "--depth=60", "--window=30");
        await compare(scratch);
        scratch.git("-c", "repack.useDeltaBaseOffset=false", "repack", "-q", "-a", "-d", "-f", "--depth=20");
        await compare(scratch);
      });
    },
    120_000,
  );
});
