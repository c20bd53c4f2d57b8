import { execFileSync, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createCommands } from "@/server/platform/command";
import { createConfinedFiles } from "@/server/platform/confined-files";
import { toDiskError } from "@/server/platform/files";
import { createNodeFiles } from "@/server/platform/node-files";
import type { RunIdentity } from "@/server/platform/run-identity";
import { createDrafts } from "@/server/workspace/drafts";
import { createHistory } from "@/server/workspace/history";
import { createWorkspace, toTag, type Workspace } from "@/server/workspace/workspace";

let root: string;
let isMounted = false;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "wr-"));
  // Only root may make a disk, and not in every container; the mapping of the error is held either way.
  isMounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", root]).status === 0;
  for (const name of ["workspace", "drafts", "history"]) await mkdir(join(root, name));
});
afterAll(async () => {
  if (isMounted) execFileSync("umount", [root]);
  await rm(root, { recursive: true, force: true });
});

const makeWorkspace = async (): Promise<Workspace> => {
  const files = createNodeFiles();
  const options = { files, log: { warn: () => {} }, now: () => Date.now() };
  const identity: RunIdentity = { uid: 0, gid: 0, name: "", home: root, switched: false };
  return createWorkspace({
    tree: await createConfinedFiles({ root: join(root, "workspace") }),
    history: createHistory({ ...options, directory: join(root, "history") }),
    drafts: createDrafts({ ...options, directory: join(root, "drafts") }),
    commands: createCommands(identity),
    onDraftChanged: () => {},
  });
};

describe("a full disk (FT5)", () => {
  it("is told by its own code", () => {
    for (const code of ["ENOSPC", "EDQUOT"]) {
      expect(toDiskError(Object.assign(new Error(code), { code })).code).toBe("disk/full");
    }
  });

  it("refuses a save with the old text in place, and takes it once there is room", async () => {
    const workspace = await makeWorkspace();
    const old = "old\n".repeat(10_000);
    const { tag } = await workspace.replaceText("kept.cfg", old, null);
    if (!isMounted) {
      expect(await readFile(join(root, "workspace/kept.cfg"), "utf8")).toBe(old);
      return;
    }
    const filler = join(root, "filler");
    const room = Number(execFileSync("df", ["--output=avail", "-B1", root]).toString().split("\n")[1]);
    await writeFile(filler, Buffer.alloc(room - 8_192));
    const text = "new\n".repeat(10_000);
    const full = { code: "disk/full" };
    await expect(workspace.replaceText("kept.cfg", text, tag)).rejects.toMatchObject(full);
    await expect(workspace.keepDraft("kept.cfg", text, tag)).rejects.toMatchObject(full);
    await expect(workspace.replaceText("new.cfg", text, null)).rejects.toMatchObject(full);
    await expect(workspace.copy("kept.cfg", "copy.cfg")).rejects.toMatchObject(full);
    expect(await readFile(join(root, "workspace/kept.cfg"), "utf8")).toBe(old);
    expect(await readdir(join(root, "workspace"))).toEqual(["kept.cfg"]);
    await rm(filler);
    const saved = await workspace.replaceText("kept.cfg", text, tag);
    expect(saved.tag).toBe(toTag(Buffer.from(text)));
  });
});
