import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createPlanDisk } from "@/server/platform/plan-disk";

let top: string;
let root: string;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), "wr-"));
  root = join(top, "workspace");
  mkdirSync(root);
  writeFileSync(join(top, "secret.cfg"), "[secret]\nvalue = 1\n");
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

it("reads texts below its roots only, wherever a link leads", () => {
  writeFileSync(join(root, "a.cfg"), "[a]\n");
  symlinkSync("../secret.cfg", join(root, "link.cfg"));
  symlinkSync("..", join(root, "up"));
  const disk = createPlanDisk([root]);
  expect(disk.readText(join(root, "a.cfg"))).toBe("[a]\n");
  for (const path of ["link.cfg", "../secret.cfg", "up/secret.cfg"]) {
    expect(disk.readText(join(root, path))).toBeUndefined();
    expect(disk.profiles.exists(join(root, path))).toBe(false);
  }
});

it("does not wait at a pipe or a device", () => {
  execFileSync("mkfifo", [join(root, "pipe.cfg")]);
  const disk = createPlanDisk();
  expect(disk.readText(join(root, "pipe.cfg"))).toBeUndefined();
  expect(disk.digest(join(root, "pipe.cfg"))).toBeUndefined();
  expect(disk.digest("/dev/zero")).toBeUndefined();
  expect(disk.sources(root)).toEqual({});
});

it("sees that a file changed though its digest was kept", () => {
  const disk = createPlanDisk([root]);
  const path = join(root, "a.txt");
  writeFileSync(path, "one");
  const before = disk.digest(path);
  writeFileSync(path, "three");
  expect(disk.digest(path)).not.toBe(before);
});

it("never fetches an address", () => {
  expect(createPlanDisk([root]).profiles.read("https://example.org/a.cfg")).toMatchObject({
    problem: "url-unavailable",
  });
});
