import { chmod, mkdtemp, readdir, rm, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import type { Files } from "@/server/platform/files";
import { createMemoryFiles } from "@/server/platform/memory-files";
import { createNodeFiles } from "@/server/platform/node-files";

const directories: string[] = [];
const kinds: [string, () => Promise<{ files: Files; root: string }>][] = [
  [
    "disk",
    async () => {
      const root = await mkdtemp(join(tmpdir(), "wr-"));
      directories.push(root);
      return { files: createNodeFiles(), root };
    },
  ],
  ["memory", async () => ({ files: createMemoryFiles({ "/data/.keep": "" }), root: "/data" })],
];
afterAll(() => Promise.all(directories.map((root) => rm(root, { recursive: true, force: true }))));

describe.each(kinds)("files on %s", (_, make) => {
  let files: Files;
  let root: string;
  beforeEach(async () => {
    ({ files, root } = await make());
  });
  const failing = async (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => "done",
      (error: { code: string }) => error.code,
    );

  it("tell absent from empty", async () => {
    expect(await files.find(join(root, "a"))).toBeUndefined();
    expect(await failing(files.read(join(root, "a")))).toBe("file/not-found");
    await files.replace(join(root, "a"), "");
    expect((await files.find(join(root, "a")))?.length).toBe(0);
    expect(await files.list(join(root, "nowhere"))).toEqual([]);
  });

  it("create only once, replace as often as asked, append at the end", async () => {
    const path = join(root, "a");
    await files.create(path, "1");
    expect(await failing(files.create(path, "2"))).toBe("file/exists");
    await files.replace(path, "3");
    await files.append(path, "4");
    expect((await files.read(path)).toString()).toBe("34");
    expect((await files.readRange(path, 1, 100)).toString()).toBe("4");
    const chunks = [];
    for await (const chunk of files.readStream(path, { start: 0, end: 1 })) chunks.push(Buffer.from(chunk).toString());
    expect(chunks).toEqual(["3"]);
  });

  it("move and remove folders with all below", async () => {
    await files.ensureDirectory(join(root, "x/y"));
    await files.replace(join(root, "x/y/a"), "1");
    await files.move(join(root, "x"), join(root, "z"));
    expect((await files.read(join(root, "z/y/a"))).toString()).toBe("1");
    await files.remove(join(root, "z"));
    await files.remove(join(root, "z"));
    expect(await files.findInfo(join(root, "z"))).toBeUndefined();
    expect((await files.list(root)).filter(({ name }) => name !== ".keep")).toEqual([]);
  });

  it("refuse a folder where a file is wanted", async () => {
    await files.ensureDirectory(join(root, "x"));
    expect(await failing(files.read(join(root, "x")))).toBe("file/is-directory");
    expect(await failing(files.replace(join(root, "no/where"), "1"))).toBe("file/not-found");
  });
});

describe("files on disk", () => {
  it("keep the mode, start private, and leave nothing behind when refused", async () => {
    const root = await mkdtemp(join(tmpdir(), "wr-"));
    directories.push(root);
    const files = createNodeFiles();
    await files.replace(join(root, "a"), "1");
    expect((await stat(join(root, "a"))).mode & 0o777).toBe(0o600);
    await chmod(join(root, "a"), 0o640);
    await files.replace(join(root, "a"), "2");
    expect((await stat(join(root, "a"))).mode & 0o777).toBe(0o640);
    await files.ensureDirectory(join(root, "folder"));
    await expect(files.replace(join(root, "folder"), "3")).rejects.toMatchObject({ code: "file/is-directory" });
    expect((await readdir(root)).sort()).toEqual(["a", "folder"]);
  });

  it("remove a link and not what it leads to", async () => {
    const root = await mkdtemp(join(tmpdir(), "wr-"));
    directories.push(root);
    const files = createNodeFiles();
    await files.ensureDirectory(join(root, "kept"));
    await files.replace(join(root, "kept/a"), "1");
    await files.ensureDirectory(join(root, "gone"));
    await symlink(join(root, "kept"), join(root, "gone/link"));
    await files.remove(join(root, "gone"));
    expect((await files.read(join(root, "kept/a"))).toString()).toBe("1");
  });
});
