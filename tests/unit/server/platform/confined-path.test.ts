import { posix } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ConfinedPath } from "@/lib/base/ids";
import { findConfinedPath, isBelow, joinConfined, splitConfined } from "@/server/platform/confined-path";

describe("a confined path", () => {
  it.each([
    "",
    "a",
    "a/b.cfg",
    "-rf",
    "%2e%2e",
    "...",
    ".gitignore",
    "a/.git-keep",
    "caf\u00e9",
    "cafe\u0301",
    "a\\..\\b",
    " ",
  ])("%j is one", (text) => expect(findConfinedPath(text)).toBe(text));

  it.each([
    "/",
    "/a",
    "a/",
    "a//b",
    ".",
    "..",
    "a/../b",
    "a/./b",
    "a\0",
    ".git",
    "a/.GIT/b",
    "\ud800",
    "x".repeat(256),
  ])("%j is none", (text) => expect(findConfinedPath(text)).toBeUndefined());

  it("never leaves its root, whatever it is made from", () => {
    const piece = fc.oneof(
      fc.constantFrom("..", ".", "", "/", ".git", "a", "\0", "%2e"),
      fc.string({ unit: "binary", maxLength: 5 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const path = findConfinedPath(pieces.join("/"));
        if (path === undefined || path === "") return;
        expect(posix.join("/workspace", path)).toBe(`/workspace/${path}`);
        expect(path.split("/").map((name) => name.toLowerCase())).not.toContain(".git");
      }),
    );
  });

  it("is split and joined", () => {
    const path = "a/b/c" as ConfinedPath;
    expect(splitConfined(path)).toEqual({ folder: "a/b", name: "c" });
    expect(splitConfined("c" as ConfinedPath)).toEqual({ folder: "", name: "c" });
    expect(joinConfined("" as ConfinedPath, "c")).toBe("c");
    expect(isBelow("ab" as ConfinedPath, "a" as ConfinedPath)).toBe(false);
    expect(isBelow(path, "a/b" as ConfinedPath)).toBe(true);
  });
});
