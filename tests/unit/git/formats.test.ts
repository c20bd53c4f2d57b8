import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { signOff } from "@/lib/git/commit-object";
import { changeConfig, changeSection, parseConfig } from "@/lib/git/config-file";
import { encodeIndex, NO_STAT, parseIndex } from "@/lib/git/git-index";
import { applySelection, diffTexts, formatHunks, toHunks } from "@/lib/git/hunks";
import { diffLines } from "@/lib/git/line-diff";
import { layoutGraph } from "@/lib/git/log-graph";
import { formatMerge, hasConflictMarkers, mergeTexts } from "@/lib/git/merge-text";
import { EMPTY_BLOB_ID, type ObjectId, type Sha1 } from "@/lib/git/object-id";
import { decodePath, encodePath, isSafeTreePath, quotePath } from "@/lib/git/path-bytes";
import { classifyFailure, parsePushLine, parseTransportLine } from "@/lib/git/transport-output";
import { compilePathPattern } from "@/lib/git/wildmatch";

const sha1: Sha1 = (...parts) => {
  const hash = createHash("sha1");
  for (const part of parts) hash.update(part);
  return hash.digest("hex") as ObjectId;
};

describe("paths", () => {
  it("come back to the very bytes they came from", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 40 }),
        (bytes) => Buffer.compare(encodePath(decodePath(bytes)), bytes) === 0,
      ),
    );
  });
  it("never lead out of the tree or into .git", () => {
    const bad = [
      "",
      ".",
      "..",
      "a/..",
      "../a",
      "/a",
      "a//b",
      ".git",
      ".GIT/x",
      "a/.git/hooks",
      ".git ",
      ".git.",
      "git~1",
      ".g\u200cit",
      "a\0b",
      ".git::$INDEX_ALLOCATION",
    ];
    expect(bad.filter(isSafeTreePath)).toEqual([]);
    expect([".gitignore", "a.git", ".github/x", "git", "..a"].filter((path) => !isSafeTreePath(path))).toEqual([]);
  });
  it("are quoted as git quotes them", () => {
    expect(quotePath('ü"\t')).toBe('"\\303\\274\\"\\t"');
    expect(quotePath("a b", { quoteSpace: true })).toBe('"a b"');
  });
});

describe("index", () => {
  it.each([2, 4])("version %i is read and written alike", (version) => {
    const entry = (path: string, extra = {}) => ({
      ...NO_STAT,
      size: 7,
      path,
      id: EMPTY_BLOB_ID,
      mode: 0o100644,
      stage: 0,
      assumeValid: false,
      skipWorktree: false,
      intentToAdd: false,
      ...extra,
    });
    const entries = [
      entry("a"),
      entry("dir/one"),
      entry("dir/two", { stage: 1 }),
      entry("dir/two", { stage: 2 }),
      entry("x".repeat(300)),
      entry("ü"),
    ];
    const cacheTree = {
      name: "",
      entryCount: -1,
      id: undefined,
      children: [{ name: "dir", entryCount: 3, id: EMPTY_BLOB_ID, children: [] }],
    };
    const back = parseIndex(encodeIndex({ version, entries, cacheTree }, sha1), sha1);
    expect(back).toEqual({ version, entries, cacheTree });
  });
  it("is refused when a byte is damaged", () => {
    const bytes = encodeIndex({ version: 2, entries: [], cacheTree: undefined }, sha1);
    bytes[9] = 1;
    expect(() => parseIndex(bytes, sha1)).toThrow(/corrupt/);
  });
});

const textArbitrary = fc
  .array(fc.constantFrom("a\n", "b\n", "c\n", "\n", "longer line\n"), { maxLength: 30 })
  .map((lines) => lines.join(""));

describe("line diff", () => {
  it("makes the new text of the old one, and the old one by leaving all out", () => {
    fc.assert(
      fc.property(textArbitrary, textArbitrary, (before, after) => {
        const diff = diffTexts(before, after);
        const all = {
          oldLines: new Set(diff.oldLines.map((_, i) => i + 1)),
          newLines: new Set(diff.newLines.map((_, i) => i + 1)),
        };
        return applySelection(diff, all, "selected") === after && applySelection(diff, all, "unselected") === before;
      }),
      { numRuns: 500 },
    );
  });
  it("is as short as it can be on small texts", () => {
    const cost = (changes: ReturnType<typeof diffLines>): number =>
      changes.reduce((sum, each) => sum + each.oldEnd - each.oldStart + each.newEnd - each.newStart, 0);
    const shortest = (a: string[], b: string[]): number => {
      const rows = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
      for (let i = a.length - 1; i >= 0; i--)
        for (let j = b.length - 1; j >= 0; j--)
          rows[i]![j] = a[i] === b[j] ? rows[i + 1]![j + 1]! + 1 : Math.max(rows[i + 1]![j]!, rows[i]![j + 1]!);
      return a.length + b.length - 2 * rows[0]![0]!;
    };
    const list = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 12 });
    fc.assert(
      fc.property(list, list, (a, b) => cost(diffLines(a, b)) === shortest(a, b)),
      { numRuns: 500 },
    );
  });
  it("prints hunks as git does", () => {
    expect(formatHunks(toHunks(diffTexts("a\nb\nc", "a\nc\n")))).toBe(
      "@@ -1,3 +1,2 @@\n a\n-b\n-c\n\\ No newline at end of file\n+c\n",
    );
  });
});

describe("merge of texts", () => {
  it("takes the only change, and the same change once", () => {
    fc.assert(
      fc.property(textArbitrary, textArbitrary, (base, changed) => {
        const labels = { ours: "o", theirs: "t" };
        return (
          formatMerge(mergeTexts(base, changed, base), labels) === changed &&
          formatMerge(mergeTexts(base, base, changed), labels) === changed &&
          formatMerge(mergeTexts(base, changed, changed), labels) === changed
        );
      }),
      { numRuns: 500 },
    );
  });
  it("marks a conflict, and sees whether marks are left", () => {
    const text = formatMerge(mergeTexts("a\nb\n", "a\nx\n", "a\ny\n"), { ours: "HEAD", theirs: "side" });
    expect(text).toBe("a\n<<<<<<< HEAD\nx\n=======\ny\n>>>>>>> side\n");
    expect(hasConflictMarkers(text)).toBe(true);
    expect(hasConflictMarkers("=======\n")).toBe(false);
  });
});

describe("patterns", () => {
  it.each([
    ["a/**", "a/b/c", true],
    ["a/**", "a", false],
    ["**/x", "x", true],
    ["a/**/b", "a/b", true],
    ["a/**/b", "a/c/d/b", true],
    ["a/*", "a/b/c", false],
    ["a/[!b]*", "a/cd", true],
    ["a/\\*", "a/*", true],
    ["a/[", "a/[", false],
  ])("%s on %s is %s", (pattern, path, expected) => {
    expect(compilePathPattern(pattern)(path)).toBe(expected);
  });
  it("take a bounded time", () => {
    expect(compilePathPattern(`x/${"*a".repeat(100)}b`)(`x/${"a".repeat(250)}`)).toBe(false);
    expect(compilePathPattern(`${"**/a/".repeat(50)}b`)(`${"a/".repeat(500)}c`)).toBe(false);
  });
});

describe("configuration", () => {
  it("is read as git reads it, and changed without touching the rest", () => {
    const text = '# mine\n[user]\n\tname = "A # B" ; note\n[remote "o\\"x"]\n\turl = one\n[core] bare\n';
    const config = parseConfig(text);
    expect(config.get("user", undefined, "name")).toBe("A # B");
    expect(config.get("remote", 'o"x', "url")).toBe("one");
    expect(config.get("core", undefined, "bare")).toBe("true");
    const changed = changeConfig(text, { section: "remote", subsection: 'o"x', key: "url", value: "two" });
    expect(changed).toBe(text.replace("one", "two"));
    const added = changeConfig(text, { section: "branch", subsection: "m", key: "merge", value: "refs/heads/m" });
    expect(added).toBe(`${text}[branch "m"]\n\tmerge = refs/heads/m\n`);
    expect(changeSection(added, "branch", "m", undefined)).toBe(text);
  });
});

describe("what transports print", () => {
  it("is progress, a line of the server, or a reason", () => {
    expect(parseTransportLine("Receiving objects:  42% (420/1000), 1.50 MiB | 3.00 MiB/s")).toMatchObject({
      progress: { phase: "receiving", done: 420, total: 1000, receivedBytes: 1_572_864 },
    });
    expect(parseTransportLine("remote: To create a merge request, visit: https://u:p@host/x")).toEqual({
      kind: "remote",
      text: "To create a merge request, visit: https://host/x",
    });
    expect(classifyFailure("fatal: Authentication failed for 'https://x'")).toBe("git/authentication-failed");
    expect(classifyFailure("error: RPC failed; HTTP 403\nThe requested URL returned error: 403")).toBe(
      "git/permission-denied",
    );
    expect(parsePushLine("!\trefs/heads/a:refs/heads/a\t[rejected] (fetch first)")).toMatchObject({
      outcome: "rejected",
    });
  });
});

describe("the rest", () => {
  it("signs off once", () => {
    const once = signOff("Subject\n", "A", "a@x");
    expect(once).toBe("Subject\n\nSigned-off-by: A <a@x>\n");
    expect(signOff(once, "A", "a@x")).toBe(once);
    expect(signOff(once, "B", "b@x")).toBe("Subject\n\nSigned-off-by: A <a@x>\nSigned-off-by: B <b@x>\n");
  });
  it("gives each commit of a fork its own lane", () => {
    const { rows } = layoutGraph([
      { id: "m", parents: ["a", "b"] },
      { id: "b", parents: ["r"] },
      { id: "a", parents: ["r"] },
      { id: "r", parents: [] },
    ]);
    expect(rows.map((row) => row.lane)).toEqual([0, 1, 0, 1]);
  });
});
