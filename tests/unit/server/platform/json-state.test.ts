import { chmod, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { openJsonState } from "@/server/platform/json-state";
import { createNodeFiles } from "@/server/platform/node-files";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "webrunner-state-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const open = (path: string) =>
  openJsonState({
    files: createNodeFiles(),
    path,
    schema: z.number(),
    initial: 0,
    log: { warn: () => undefined },
    now: () => 0,
  });
const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

test("a state written into a folder that builds pass leaves it open to them", async () => {
  await chmod(root, 0o711);
  await (await open(join(root, "state.json"))).replace(1);
  expect(await modeOf(root)).toBe(0o711);
  expect((await open(join(root, "state.json"))).value).toBe(1);
});

test("a folder that a state makes is its owner's alone", async () => {
  await (await open(join(root, "own/state.json"))).replace(1);
  expect(await modeOf(join(root, "own"))).toBe(0o700);
});
