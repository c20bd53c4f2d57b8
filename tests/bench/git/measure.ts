/**
 * Times our git work beside native git's, in one process of its own: no test runner shares its memory or its time.
 * Arguments: the generated repository, and an empty folder to work in. Prints one JSON line for each row.
 *
 * Both sides are timed in turn, the first of a round changes with each; what is prepared (an edit, a commit to push) is not
 * timed. Native git pays its process start, as a server that runs it would. Ours runs in this process, as in the server,
 * its code compiled by rounds that are not counted. "Cold": nothing of the repository is in memory (a new repository object);
 * the disk's own cache is warm for both.
 */
import { execFile, execFileSync } from "node:child_process";
import { cpSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { encodeIndex } from "@/lib/git/git-index";
import { readBlame } from "@/server/git/blame";
import { switchTo } from "@/server/git/branches";
import { createCommit } from "@/server/git/commit";
import { diffBytes } from "@/server/git/differences";
import { pushBranch } from "@/server/git/exchange";
import { readFileHistory } from "@/server/git/file-history";
import { readLog } from "@/server/git/log";
import { sha1 } from "@/server/git/object-store";
import { openRepository, readUserSettings } from "@/server/git/open-repository";
import { saveRemote } from "@/server/git/remotes";
import type { Repository } from "@/server/git/repository";
import { stagePaths } from "@/server/git/staging";
import { readStatus } from "@/server/git/status";
import { createWorkTree, type WorkTree } from "@/server/git/work-tree";
import { createGitTransport } from "@/server/platform/git-transport";
import { startGitServer } from "../../integration/git/http-backend";

/** One row: times in ms of all rounds, in their order; processor time of a round, of whoever did the work. */
export interface BenchRow {
  readonly name: string;
  readonly ours: readonly number[];
  readonly native: readonly number[];
  readonly oursCpuMs: number;
  readonly nativeCpuMs: number;
  readonly load: number;
}

interface Comparison {
  readonly name: string;
  readonly rounds: number;
  /** Before each side of each round, not timed. */
  readonly prepare?: (round: number) => void;
  readonly ours: (round: number) => unknown;
  readonly native: (round: number) => unknown;
}

const [made, place] = process.argv.slice(2) as [string, string];
const work = join(place, "work");
const user = readUserSettings(undefined);
const environment = {
  PATH: process.env.PATH,
  HOME: place,
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_TERMINAL_PROMPT: "0",
} as unknown as NodeJS.ProcessEnv;
const native = (...args: string[]): string =>
  execFileSync("git", ["-C", work, ...args], { encoding: "utf8", env: environment, maxBuffer: 1 << 28 });

/** Of this process and of its children that have ended, in ms; the children's in steps of 10. */
function cpuMs(): { own: number; children: number } {
  const { user: own, system } = process.cpuUsage();
  const fields = readFileSync("/proc/self/stat", "latin1").split(") ")[1]!.split(" ");
  return { own: (own + system) / 1000, children: (Number(fields[13]) + Number(fields[14])) * 10 };
}

const WARM_UP_ROUNDS = 2;

async function compare({ name, rounds, prepare, ours, native: theirs }: Comparison): Promise<void> {
  const times = { ours: [] as number[], native: [] as number[] };
  const cpu = { ours: 0, native: 0 };
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    for (const side of round % 2 === 0 ? (["ours", "native"] as const) : (["native", "ours"] as const)) {
      prepare?.(round);
      const before = cpuMs();
      const startMs = performance.now();
      await (side === "ours" ? ours(round) : theirs(round));
      const took = performance.now() - startMs;
      const after = cpuMs();
      if (round < 0) continue;
      times[side].push(took);
      cpu[side] += after.children - before.children + (side === "ours" ? after.own - before.own : 0);
    }
  }
  const row: BenchRow = {
    name,
    ...times,
    oursCpuMs: cpu.ours / rounds,
    nativeCpuMs: cpu.native / rounds,
    load: loadavg()[0]!,
  };
  console.log(JSON.stringify(row));
}

const EDITED = "component/part-3/file-0.cfg";
let edits = 0;
const edit = (): void => {
  edits += 1;
  writeFileSync(join(work, EDITED), `${readFileSync(join(work, EDITED), "utf8").slice(0, 500)}\n${edits}\n`);
};
const undoEdits = (): unknown => native("checkout", "-q", "--", EDITED);

async function withFresh(use: (repository: Repository, tree: WorkTree) => unknown): Promise<void> {
  const repository = openRepository(work, "", user);
  await use(repository, createWorkTree(repository));
  repository.close();
}

cpSync(made, work, { recursive: true, preserveTimestamps: true });
native("status");
const repository = openRepository(work, "", user);
const tree = createWorkTree(repository);

await compare({
  name: "status cold",
  // 30 ms without a break are rare on a busy machine.
  rounds: 60,
  ours: () => withFresh(readStatus),
  native: () => native("status", "--porcelain"),
});

readStatus(repository, tree);
await compare({
  name: "status after one edit",
  rounds: 25,
  prepare: edit,
  ours: () => {
    if (readStatus(repository, tree).length !== 1) throw new Error("an edit is one change");
  },
  native: () => native("status", "--porcelain"),
});
undoEdits();

const index = readFileSync(join(work, ".git/index"));
writeFileSync(join(work, ".git/index"), encodeIndex({ ...repository.readIndex().index, cacheTree: undefined }, sha1));
await compare({
  name: "status, index without cached trees",
  rounds: 9,
  ours: () => withFresh(readStatus),
  // Else the first one would write the trees into the index.
  native: () => native("--no-optional-locks", "status", "--porcelain"),
});
writeFileSync(join(work, ".git/index"), index);

await compare({
  name: "log, first 100",
  rounds: 15,
  ours: () => readLog(repository, { limit: 100 }),
  native: () => native("log", "-100"),
});
await compare({
  name: "log, first 100, cold",
  rounds: 15,
  ours: () => withFresh((fresh) => readLog(fresh, { limit: 100 })),
  native: () => native("log", "-100"),
});

const FAR = 10_000;
const PAGE = 200;
let far = FAR;
await readLog(repository, { all: true, limit: FAR - WARM_UP_ROUNDS * PAGE });
far -= WARM_UP_ROUNDS * PAGE;
await compare({
  name: "log, next 200 of 10,000 and on",
  rounds: 15,
  ours: async () => {
    await readLog(repository, { all: true, skip: far, limit: PAGE });
    far += PAGE;
  },
  native: (round) => native("log", "--all", `-${PAGE}`, `--skip=${FAR + round * PAGE}`),
});

await compare({
  name: "history of one file, 20",
  rounds: 15,
  ours: () => withFresh((fresh) => readFileHistory(fresh, EDITED, { limit: 20 })),
  native: () => native("log", "-20", "--", EDITED),
});

edit();
await compare({
  name: "diff of one file",
  rounds: 15,
  ours: () => {
    const entry = repository.readIndex().index.entries.find((each) => each.path === EDITED)!;
    diffBytes(repository.objects.readBlob(entry.id), tree.readForRepository(EDITED)!.bytes);
    repository.release();
  },
  native: () => native("diff", "--", EDITED),
});
undoEdits();

await compare({
  name: "stage + commit",
  rounds: 11,
  prepare: edit,
  ours: async (round) => {
    await stagePaths(repository, tree, [EDITED]);
    await createCommit(repository, { message: `round ${round}` });
  },
  native: (round) => {
    native("add", "--", EDITED);
    native("commit", "-q", "-m", `round ${round}`);
  },
});

await compare({
  name: "branch switch, 500 files",
  rounds: 6,
  ours: async () => {
    await switchTo(repository, tree, "side");
    await switchTo(repository, tree, "main");
  },
  native: () => {
    native("checkout", "-q", "side");
    native("checkout", "-q", "main");
  },
});
if (native("status", "--porcelain") !== "") throw new Error("a switch there and back leaves nothing changed");

const server = await startGitServer(join(place, "served"), { ada: { password: "secret", mayPush: true } });
execFileSync("git", ["clone", "-q", "--bare", "--", work, server.path("up.git")]);
await saveRemote(repository, "origin", server.url("up.git"));
const address = server.url("up.git").replace("http://", "http://ada:secret@");
const transport = createGitTransport({
  identity: { uid: 0, gid: 0, name: userInfo().username, home: tmpdir(), switched: false },
});
await compare({
  name: "push of one commit over http",
  rounds: 7,
  prepare: (round) => {
    edit();
    native("commit", "-q", "-am", `push ${round}`);
    utimesSync(join(work, EDITED), new Date(), new Date());
  },
  ours: () =>
    pushBranch(
      repository,
      { transport, login: async () => ({ user: "ada", password: "secret" }) },
      { remote: "origin" },
    ),
  // Not waited for in one go: the server answers from this process.
  native: () =>
    new Promise<void>((resolve, reject) =>
      execFile("git", ["-C", work, "push", "-q", address, "main"], { env: environment }, (error) =>
        error ? reject(error) : resolve(),
      ),
    ),
});
await server.close();

await compare({
  name: "blame of one file",
  rounds: 3,
  ours: () => withFresh((fresh) => readBlame(fresh, EDITED)),
  native: () => native("blame", "-p", EDITED),
});
native("fsck", "--full", "--no-progress");
repository.close();
rmSync(place, { recursive: true, force: true });
