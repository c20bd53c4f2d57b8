/** A repository made by native git, opened by us; after the test git's own check must find nothing wrong. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { formatPorcelain } from "@/lib/git/status-model";
import { openRepository, readUserSettings } from "@/server/git/open-repository";
import type { Repository } from "@/server/git/repository";
import { readStatus } from "@/server/git/status";
import { createWorkTree, type WorkTree } from "@/server/git/work-tree";
import { type NativeGit, nativeGit, temporaryPlace } from "./native-git";

export interface Scratch {
  readonly git: NativeGit;
  readonly root: string;
  readonly work: string;
  readonly repository: Repository;
  readonly tree: WorkTree;
  write(path: string, text: string): void;
  read(path: string): string;
  /** Commits everything with native git. */
  commit(message: string): string;
  status(): string;
  /** Kept copies, by path. */
  readonly kept: Map<string, string>;
  readonly keepCopy: (path: string, bytes: Uint8Array) => void;
}

export async function withScratch(
  files: Readonly<Record<string, string>>,
  test: (scratch: Scratch) => Promise<void> | void,
): Promise<void> {
  const place = temporaryPlace();
  const git = nativeGit(place.work, place.home);
  writeFileSync(
    join(place.home, ".gitconfig"),
    "[user]\n\tname = Grace\n\temail = grace@example.org\n[init]\n\tdefaultBranch = main\n",
  );
  git("init", "-q");
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(place.work, path)), { recursive: true });
    writeFileSync(join(place.work, path), text);
  };
  for (const [path, text] of Object.entries(files)) write(path, text);
  if (Object.keys(files).length > 0) {
    git("add", ".");
    git("commit", "-q", "-m", "start");
  }
  const repository = openRepository(place.work, "", readUserSettings(place.home));
  const tree = createWorkTree(repository);
  const kept = new Map<string, string>();
  try {
    await test({
      git,
      root: place.root,
      work: place.work,
      repository,
      tree,
      write,
      kept,
      read: (path) => readFileSync(join(place.work, path), "utf8"),
      commit(message) {
        git("add", "-A");
        git("commit", "-q", "--allow-empty", "-m", message);
        return git("rev-parse", "HEAD").trim();
      },
      status: () => formatPorcelain(readStatus(repository, tree)),
      keepCopy: (path, bytes) => kept.set(path, Buffer.from(bytes).toString("utf8")),
    });
    git.fsck();
  } finally {
    repository.close();
    place.dispose();
  }
}
