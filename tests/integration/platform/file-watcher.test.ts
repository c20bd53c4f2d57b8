/** Changes on a real disk are told, also below directories that go and come back. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { watchFiles } from "@/server/platform/file-watcher";

async function withWatch(test: (root: string, seen: () => string[]) => Promise<void>): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), "webrunner-watch-"));
  await mkdir(join(root, "letters"));
  await writeFile(join(root, "letters/a"), "1");
  let told: string[] = [];
  const watching = await watchFiles({
    directory: root,
    ignores: (name) => name === "left-out",
    onChanges: (changes) => told.push(...changes.map(({ path, change }) => `${change} ${path}`)),
    onError: (error) => {
      throw error;
    },
  });
  try {
    await test(root, () => {
      const seen = told;
      told = [];
      return seen;
    });
  } finally {
    watching.dispose();
    await rm(root, { recursive: true, force: true });
  }
}

const until = (seen: () => string[], wanted: string): Promise<void> => {
  const all: string[] = [];
  return expect.poll(() => all.push(...seen()) && all, { timeout: 5000 }).toContain(wanted);
};

it("tells of files in a directory that was removed and made again, as often as that happens", () =>
  withWatch(async (root, seen) => {
    const letters = join(root, "letters");
    for (let round = 0; round < 4; round++) {
      await rename(join(letters, "a"), join(letters, `moved${round}`));
      await until(seen, `changed letters/moved${round}`);
      // In one breath, as git does it.
      rmSync(letters, { recursive: true });
      mkdirSync(letters);
      writeFileSync(join(letters, "a"), `${round}`);
      await until(seen, "changed letters");
      await writeFile(join(letters, `new${round}`), "new");
      await until(seen, `changed letters/new${round}`);
      await writeFile(join(letters, "a"), `again ${round}`);
      await until(seen, "changed letters/a");
      await rm(join(letters, `new${round}`));
      await until(seen, `removed letters/new${round}`);
    }
  }));

it("says nothing of what is left out", () =>
  withWatch(async (root, seen) => {
    await mkdir(join(root, "left-out"));
    await writeFile(join(root, "left-out/file"), "1");
    await writeFile(join(root, "told"), "1");
    const all: string[] = [];
    await expect.poll(() => all.push(...seen()) && all).toContain("changed told");
    expect(all.filter((each) => each.includes("left-out"))).toEqual([]);
  }));
