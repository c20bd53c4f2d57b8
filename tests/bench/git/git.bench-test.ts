/** Our git work beside native git's in the same run, on a repository of real size. Native times include its start. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readHead, switchTo } from "@/server/git/branches";
import { createCommit } from "@/server/git/commit";
import { pushBranch } from "@/server/git/exchange";
import { diffBytes, readFileHistory, readLog } from "@/server/git/history";
import { openRepository, readUserSettings } from "@/server/git/open-repository";
import { saveRemote } from "@/server/git/remotes";
import type { Repository } from "@/server/git/repository";
import { stagePaths } from "@/server/git/staging";
import { readStatus } from "@/server/git/status";
import { createWorkTree, type WorkTree } from "@/server/git/work-tree";
import { createGitTransport } from "@/server/platform/git-transport";
import { type GitServer, startGitServer } from "../../integration/git/http-backend";
import { makeRepository } from "./generated-repository";

let place = "";
let work = "";
let repository: Repository;
let tree: WorkTree;
let server: GitServer;
const rows: string[] = [];

const user = readUserSettings(undefined);
const environment = {
  PATH: process.env.PATH,
  HOME: tmpdir(),
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_TERMINAL_PROMPT: "0",
} as unknown as NodeJS.ProcessEnv;
const native = (...args: string[]): string =>
  execFileSync("git", ["-C", work, ...args], { encoding: "utf8", env: environment, maxBuffer: 1 << 28 });

beforeAll(async () => {
  const made = await makeRepository();
  place = join(tmpdir(), `webrunner-bench-run-${process.pid}`);
  work = join(place, "work");
  mkdirSync(place, { recursive: true });
  cpSync(made, work, { recursive: true, preserveTimestamps: true });
  native("status");
  repository = openRepository(work, "", user);
  tree = createWorkTree(repository);
  server = await startGitServer(join(place, "served"), { ada: { password: "secret", mayPush: true } });
  execFileSync("git", ["clone", "-q", "--bare", "--", work, server.path("up.git")]);
}, 600_000);

afterAll(async () => {
  await server.close();
  repository.close();
  rmSync(place, { recursive: true, force: true });
  process.stdout.write(`\n${rows.join("\n")}\n`);
});

const median = (values: number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

/**
 * What is asserted where the goal is not reached yet (see docs/decisions/0011-remotes-and-conflicts.md): measured, with room for a busy
 * machine. Everywhere else it is the goal and half as much.
 */
const LIMITS: Readonly<Record<string, number>> = {
  "status cold": 4.5,
  "status after one edit": 2,
  "status, index without cached trees": 20,
  // Three rounds of seconds each: one busy moment decides.
  "history of one file, 20": 10,
};

/** Alternating, so that a busy moment hits both; medians; the ratio is what is kept. */
async function compare(
  name: string,
  goal: number,
  rounds: number,
  ours: (round: number) => unknown,
  theirs: (round: number) => unknown,
): Promise<void> {
  const times = { ours: [] as number[], theirs: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    for (const side of round % 2 === 0 ? (["ours", "theirs"] as const) : (["theirs", "ours"] as const)) {
      const start = performance.now();
      await (side === "ours" ? ours(round) : theirs(round));
      times[side].push(performance.now() - start);
    }
  }
  const [mine, other] = [median(times.ours), median(times.theirs)];
  rows.push(
    `${name.padEnd(34)} ${mine.toFixed(1).padStart(8)} ms  native ${other.toFixed(1).padStart(8)} ms  ratio ${(mine / other).toFixed(2)}  goal ${goal}`,
  );
  expect(mine / other, name).toBeLessThanOrEqual(LIMITS[name] ?? goal * 1.5);
}

const edited = "component/part-3/file-0.cfg";
const edit = (round: number): void =>
  writeFileSync(
    join(work, edited),
    `${readFileSync(join(work, edited), "utf8").slice(0, 500)}\n${round} ${Math.random()}\n`,
  );

describe("git beside native git", () => {
  it(
    "status, cold: nothing known of the repository",
    () =>
      compare(
        "status cold",
        2,
        7,
        () => {
          const fresh = openRepository(work, "", user);
          readStatus(fresh, createWorkTree(fresh));
          fresh.close();
        },
        () => native("status", "--porcelain"),
      ),
    120_000,
  );

  it("status after one edit", async () => {
    readStatus(repository, tree);
    await compare(
      "status after one edit",
      1,
      15,
      (round) => {
        edit(round);
        expect(readStatus(repository, tree)).toHaveLength(1);
      },
      (round) => {
        edit(round);
        native("status", "--porcelain");
      },
    );
    native("checkout", "-q", "--", edited);
  }, 120_000);

  it("status with nothing staged by its cached trees", async () => {
    await compare(
      "status, index without cached trees",
      2,
      7,
      () => {
        const fresh = openRepository(work, "", user);
        const index = fresh.readIndex();
        (index.index as { cacheTree: unknown }).cacheTree = undefined;
        readStatus(fresh, createWorkTree(fresh));
        fresh.close();
      },
      () => native("status", "--porcelain"),
    );
  }, 120_000);

  it(
    "first page of the log",
    () =>
      compare(
        "log, first 100",
        2,
        9,
        () => readLog(repository, { limit: 100 }),
        () => native("log", "-100"),
      ),
    120_000,
  );

  it(
    "first page of the log, cold",
    () =>
      compare(
        "log, first 100, cold",
        2,
        7,
        async () => {
          const fresh = openRepository(work, "", user);
          await readLog(fresh, { limit: 100 });
          fresh.close();
        },
        () => native("log", "-100"),
      ),
    120_000,
  );

  it(
    "history of one file",
    () =>
      compare(
        "history of one file, 20",
        4,
        3,
        () => readFileHistory(repository, edited, { limit: 20 }),
        () => native("log", "-20", "--", edited),
      ),
    120_000,
  );

  it("diff of one file", async () => {
    edit(1);
    await compare(
      "diff of one file",
      2,
      15,
      () => {
        const entry = repository.readIndex().index.entries.find((each) => each.path === edited)!;
        diffBytes(repository.objects.readBlob(entry.id), tree.readForRepository(edited)!.bytes);
        repository.release();
      },
      () => native("diff", "--", edited),
    );
    native("checkout", "-q", "--", edited);
  }, 120_000);

  it(
    "stage and commit",
    () =>
      compare(
        "stage + commit",
        3,
        9,
        async (round) => {
          edit(round);
          await stagePaths(repository, tree, [edited]);
          await createCommit(repository, { message: `round ${round}` });
        },
        (round) => {
          edit(round + 1000);
          native("add", "--", edited);
          native("commit", "-q", "-m", `round ${round}`);
        },
      ),
    120_000,
  );

  it("branch switch over 500 files", async () => {
    await compare(
      "branch switch, 500 files",
      3,
      4,
      async () => {
        await switchTo(repository, tree, "side");
        await switchTo(repository, tree, "main");
      },
      () => {
        native("checkout", "-q", "side");
        native("checkout", "-q", "main");
      },
    );
    expect(readHead(repository).branch).toBe("main");
    expect(native("status", "--porcelain")).toBe("");
  }, 120_000);

  it("push of one commit over http", async () => {
    const transport = createGitTransport({
      identity: { uid: 0, gid: 0, name: userInfo().username, home: tmpdir(), switched: false },
    });
    await saveRemote(repository, "origin", server.url("up.git"));
    const address = server.url("up.git").replace("http://", "http://ada:secret@");
    let number = 0;
    const commit = (): void => {
      edit(number++);
      native("commit", "-q", "-am", `push ${number}`);
      utimesSync(join(work, edited), new Date(), new Date());
    };
    commit();
    await compare(
      "commit + push over http",
      2,
      5,
      async () => {
        commit();
        await pushBranch(
          repository,
          { transport, login: async () => ({ user: "ada", password: "secret" }) },
          { remote: "origin" },
        );
      },
      () => {
        commit();
        // In a process of its own: the server answers from this one.
        return new Promise<void>((resolve, reject) => {
          import("node:child_process").then(({ execFile }) =>
            execFile("git", ["-C", work, "push", "-q", address, "main"], { env: environment }, (error) =>
              error ? reject(error) : resolve(),
            ),
          );
        });
      },
    );
  }, 120_000);

  it("keeps within its memory", () => {
    setFlagsFromString("--expose-gc");
    runInNewContext("gc")();
    const { heapUsed, external, arrayBuffers } = process.memoryUsage();
    const megabytes = (heapUsed + external + arrayBuffers) / 1024 / 1024;
    rows.push(`memory of heap and buffers, after all: ${megabytes.toFixed(0)} MB (goal 150)`);
    expect(megabytes).toBeLessThan(225);
  });
});
