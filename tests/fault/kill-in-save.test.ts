import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ConfinedPath } from "@/lib/base/ids";
import { createConfinedFiles } from "@/server/platform/confined-files";

const KILLS = 200;
const projectRoot = fileURLToPath(new URL("../..", import.meta.url));

/** Saves the same file over and over, through the server's own code; each text names its number and its length. */
const SAVER = `
import { createNodeFiles } from "@/server/platform/node-files";
import { createConfinedFiles } from "@/server/platform/confined-files";
import { createDrafts } from "@/server/workspace/drafts";
import { createHistory } from "@/server/workspace/history";
import { createWorkspace, toTag } from "@/server/workspace/workspace";

const root = process.argv[2];
const files = createNodeFiles();
const log = { warn: (facts, message) => console.log("WARN", message) };
const now = () => Date.now();
const drafts = createDrafts({ files, directory: root + "/drafts", log, now });
const tree = await createConfinedFiles({ root: root + "/workspace" });
const history = createHistory({ files, directory: root + "/history", log, now });
const workspace = createWorkspace({ tree, history, drafts, commands: undefined, onDraftChanged: () => {} });
let number = Number(process.argv[3]);
let current = await tree.read("saved.txt", 1e7).then(({ bytes }) => toTag(bytes), () => null);
console.log("saving");
for (;;) {
  const text = (++number + " ").repeat(20_000 + (number % 7) * 3_000);
  await workspace.keepDraft("saved.txt", text, current);
  current = (await workspace.replaceText("saved.txt", text, current)).tag;
}
`;

let directory: string;
let script: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "wr-"));
  script = join(directory, "saver.mjs");
  await build({
    stdin: { contents: SAVER, resolveDir: projectRoot, loader: "ts" },
    alias: { "@": projectRoot.replace(/\/$/, "") },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    outfile: script,
    logLevel: "error",
  });
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** Kills the saver somewhere in its work: the moments are spread over some saves, and differ from run to run. */
const killInSave = async (root: string, number: number): Promise<string> => {
  const child: ChildProcess = spawn(process.execPath, [script, root, String(number)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  await new Promise<void>((resolve) => {
    child.stdout?.on("data", (chunk: Buffer) => {
      output += chunk;
      if (!output.includes("saving")) return;
      const at = process.hrtime.bigint() + BigInt((number * 7919) % 25_000) * 1_000n;
      const kill = (): void => {
        if (process.hrtime.bigint() < at) setImmediate(kill);
        else child.kill("SIGKILL");
      };
      kill();
    });
    child.on("close", () => resolve());
  });
  return output;
};

describe("killed in the middle of a save", () => {
  it(`leaves old or new bytes, and a draft that can be offered, ${KILLS} times (FT2)`, async () => {
    const root = join(directory, "project");
    for (const name of ["workspace", "drafts", "history"]) await mkdir(join(root, name), { recursive: true });
    const torn: string[] = [];
    let warnings = 0;
    let drafts = 0;
    for (let round = 0; round < KILLS; round++) {
      const output = await killInSave(root, round * 1_000);
      warnings += output.split("WARN").length - 1;
      const text = await readFile(join(root, "workspace/saved.txt"), "utf8").catch(() => "");
      if (!isWhole(text)) torn.push(`file of round ${round}`);
      for (const name of (await readdir(join(root, "drafts"))).filter((file) => file.endsWith(".json"))) {
        drafts++;
        const draft: { text: string } = JSON.parse(await readFile(join(root, "drafts", name), "utf8"));
        if (!isWhole(draft.text)) torn.push(`draft of round ${round}`);
      }
    }
    expect(torn).toEqual([]);
    expect(warnings).toBe(0);
    expect(drafts).toBeGreaterThan(0);

    const left = await readdir(join(root, "workspace"));
    const tree = await createConfinedFiles({ root: join(root, "workspace") });
    expect((await tree.list("" as ConfinedPath)).map(({ name }) => name)).toEqual(["saved.txt"]);
    await tree.sweep("" as ConfinedPath, Date.now() + 1_000);
    expect(await readdir(join(root, "workspace"))).toEqual(["saved.txt"]);
    expect(left).toContain("saved.txt");
  }, 300_000);
});

function isWhole(text: string): boolean {
  if (text === "") return true;
  const number = Number(text.slice(0, text.indexOf(" ")));
  return text === `${number} `.repeat(20_000 + (number % 7) * 3_000);
}
