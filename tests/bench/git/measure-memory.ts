/**
 * The memory of what a person does with one repository, in a process of its own, with the heap that the server has. Arguments: the generated repository, and an
 * empty folder to work in. Prints one JSON line after each step.
 */
import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readBlame } from "@/server/git/blame";
import { switchTo } from "@/server/git/branches";
import { createCommit } from "@/server/git/commit";
import { compareCommits, diffBytes } from "@/server/git/differences";
import { readFileHistory } from "@/server/git/file-history";
import { readLog } from "@/server/git/log";
import { openRepository, readUserSettings } from "@/server/git/open-repository";
import { stagePaths } from "@/server/git/staging";
import { readStatus } from "@/server/git/status";
import { createWorkTree } from "@/server/git/work-tree";
import { keepHeapCompact } from "@/server/platform/compact-heap";

export interface MemoryRow {
  readonly after: string;
  readonly residentMb: number;
  readonly peakMb: number;
}

function tell(after: string): void {
  const status = readFileSync("/proc/self/status", "latin1");
  const megabytes = (field: string): number => Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)![1]) / 1024;
  const row: MemoryRow = { after, residentMb: megabytes("VmRSS"), peakMb: megabytes("VmHWM") };
  console.log(JSON.stringify(row));
}

// As the server does.
keepHeapCompact();
const [made, place] = process.argv.slice(2) as [string, string];
const work = join(place, "work");
cpSync(made, work, { recursive: true, preserveTimestamps: true });
// Writes the times of the copy into the index.
execFileSync("git", ["-C", work, "status", "--porcelain"]);
tell("nothing");

const EDITED = "component/part-3/file-0.cfg";
const edit = (text: string): void => writeFileSync(join(work, EDITED), text);
const repository = openRepository(work, "", readUserSettings(undefined));
const tree = createWorkTree(repository);
for (let round = 0; round < 20; round++) {
  edit(`${round}\n`);
  readStatus(repository, tree);
}
tell("20 edits and statuses");

for (let page = 0; page < 5; page++) await readLog(repository, { all: true, skip: page * 200, limit: 200 });
tell("5 pages of the log");

for (let round = 0; round < 5; round++) {
  edit(`commit ${round}\n`);
  const entry = repository.readIndex().index.entries.find((each) => each.path === EDITED)!;
  diffBytes(repository.objects.readBlob(entry.id), tree.readForRepository(EDITED)!.bytes);
  await stagePaths(repository, tree, [EDITED]);
  await createCommit(repository, { message: `round ${round}` });
}
tell("5 diffs and commits");

await switchTo(repository, tree, "side");
await switchTo(repository, tree, "main");
tell("a switch over 500 files, there and back");

const { entries } = await readLog(repository, { limit: 20 });
for (const { id } of entries) compareCommits(repository, undefined, id);
await readFileHistory(repository, EDITED, { limit: 20 });
tell("20 commits looked at, 20 of a file's history");

await readBlame(repository, EDITED);
await readBlame(repository, "component/part-7/file-1.cfg");
tell("blame of two files through 18,500 commits");

await readLog(repository, { all: true, text: "no such words", limit: 20 });
tell("a search of all messages");
repository.close();
rmSync(place, { recursive: true, force: true });
