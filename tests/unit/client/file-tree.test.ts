import { expect, test } from "vitest";
import { checkName, type FileTree, type Folder, findCopyName, listAncestors, toTreeRows } from "@/lib/client/file-tree";
import type { Entry } from "@/lib/protocol";

const entry = (path: string): Entry => {
  const isFolder = path.endsWith("/");
  const clean = isFolder ? path.slice(0, -1) : path;
  return {
    path: clean,
    name: clean.slice(clean.lastIndexOf("/") + 1),
    kind: isFolder ? "directory" : "file",
    sizeBytes: 0,
    modifiedAt: "2026-01-01T00:00:00Z",
  };
};
const ready = (...paths: string[]): Folder => ({ phase: "ready", entries: paths.map(entry) });

function check(folders: Record<string, Folder>, expanded: string[], rows: string[]): void {
  const tree: FileTree = {
    folders: new Map(Object.entries(folders)),
    expanded: new Set(expanded),
    selected: undefined,
  };
  expect(
    toTreeRows(tree).map((row) => `${" ".repeat(row.depth)}${row.kind === "entry" ? row.entry.name : row.kind}`),
  ).toEqual(rows);
}

test("only what is open is shown", () => {
  check({ "": ready("a/", "b.cfg"), a: ready("a/x") }, [], ["a", "b.cfg"]);
  check({ "": ready("a/", "b.cfg"), a: ready("a/x") }, ["a"], ["a", " x", "b.cfg"]);
});

test("a folder that is being read, is empty or cannot be read says so", () => {
  check({ "": ready("a/") }, ["a"], ["a", " loading"]);
  check({ "": ready("a/"), a: ready() }, ["a"], ["a", " empty"]);
  check({ "": ready("a/"), a: { phase: "failed", entries: [], error: new Error() } }, ["a"], ["a", " failed"]);
  check({}, [], ["loading"]);
});

test("folders above a path, outermost first", () => {
  expect(listAncestors("a/b/c.cfg")).toEqual(["a", "a/b"]);
  expect(listAncestors("c.cfg")).toEqual([]);
});

test("a copy gets the first free name, before the whole ending", () => {
  expect(findCopyName("a.cfg.in", new Set(["a.cfg.in"]))).toBe("a copy.cfg.in");
  expect(findCopyName("a.cfg", new Set(["a.cfg", "a copy.cfg"]))).toBe("a copy 2.cfg");
  expect(findCopyName(".gitignore", new Set())).toBe(".gitignore copy");
});

test.each([
  ["a.cfg", undefined],
  ["ünïcode name.cfg", undefined],
  ["", "A name is needed."],
  [" a", "A name cannot begin or end with a space."],
  ["a/b", "A name cannot have a /."],
  ["..", "This is not a path in the workspace."],
  ["a\u0007", "A name cannot have control characters."],
  ["é".repeat(128), "The name is too long."],
])("the name %j", (name, problem) => {
  expect(checkName(name, { allowFolders: false })).toBe(problem);
});

test("a path may make folders on its way, but not leave the workspace", () => {
  expect(checkName("a/b/c.cfg", { allowFolders: true })).toBeUndefined();
  for (const path of ["a//b", "/a", "a/", "a/../b"])
    expect(checkName(path, { allowFolders: true })).toBe("This is not a path in the workspace.");
});
