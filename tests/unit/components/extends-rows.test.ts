import { expect, test } from "vitest";
import { toExtendsRows } from "@/components/profile/extends-rows";
import { placeFiles } from "@/components/profile/graph-layout";

const file = (path: string, extended: string[], cycles: string[] = [], missing = false) => ({
  path,
  extends: extended,
  cycles,
  missing,
  sections: 1,
  options: 1,
  sizeBytes: 10,
});

const info = {
  files: [
    file("top.cfg", ["a.cfg", "b.cfg"]),
    file("a.cfg", ["base.cfg", "gone.cfg"]),
    file("base.cfg", [], ["top.cfg"]),
    file("b.cfg", ["a.cfg"]),
    file("gone.cfg", [], [], true),
  ],
  problems: [],
};

const draw = (toggled: string[] = []) =>
  toExtendsRows(info, new Set(toggled)).map(
    ({ depth, path, mark }) => `${"  ".repeat(depth)}${path}${mark ? ` ${mark}` : ""}`,
  );

test("each file is opened once; what comes again, is missing or leads back is marked", () => {
  expect(draw([">top.cfg>a.cfg>base.cfg"])).toEqual([
    "top.cfg",
    "  a.cfg",
    "    base.cfg",
    "      top.cfg cycle",
    "    gone.cfg missing",
    "  b.cfg",
    "    a.cfg again",
  ]);
  expect(draw([">top.cfg"])).toEqual(["top.cfg"]);
});

test("in the graph all arrows point right", () => {
  const x = new Map(placeFiles(info).map((placed) => [placed.path, placed.x]));
  for (const { path, extends: extended } of info.files)
    for (const to of extended) expect(x.get(to)).toBeGreaterThan(x.get(path)!);
  expect(new Set(placeFiles(info).map(({ x, y }) => `${x},${y}`)).size).toBe(5);
});
