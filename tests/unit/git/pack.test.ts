import { describe, expect, it } from "vitest";
import { encodeCommit, parseCommit, parseCommitFacts } from "@/lib/git/commit-object";
import { EMPTY_BLOB_ID, EMPTY_TREE_ID, FILE_MODE, type ObjectId, readObjectId, TREE_MODE } from "@/lib/git/object-id";
import { applyDelta } from "@/lib/git/pack";
import { encodeTree, findTreeEntry, followTreeEntry, type TreeEntry } from "@/lib/git/tree";

const bytesOf = (text: string): Uint8Array => Buffer.from(text);
const idOf = (digit: string): ObjectId => digit.repeat(40) as ObjectId;

/** A delta out of copies (from, length) and new bytes. */
function delta(baseBytes: number, resultBytes: number, parts: readonly ([number, number] | Uint8Array)[]): Uint8Array {
  const size = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, value >> 7]);
  const coded = parts.flatMap((part) =>
    part instanceof Uint8Array
      ? [part.length, ...part]
      : [0x80 | 1 | 2 | 16, part[0] & 255, part[0] >> 8, part[1] & 255],
  );
  return Uint8Array.from([...size(baseBytes), ...size(resultBytes), ...coded]);
}

describe("an entry of a tree", () => {
  const names = ["a", "b", "c", "d"];
  const entries = names.map(
    (name, i): TreeEntry => ({ name, mode: i === 1 ? TREE_MODE : FILE_MODE, id: idOf(`${i}`) }),
  );
  const base = encodeTree(entries);
  const at = (name: string): { start: number; bytes: Uint8Array } => findTreeEntry(base, bytesOf(name))!;
  const find = (name: string) => findTreeEntry(base, bytesOf(name))!;

  it("is found by its whole name, or not", () => {
    expect(find("b")).toMatchObject({ mode: TREE_MODE, id: idOf("1") });
    expect(findTreeEntry(base, bytesOf("bb"))).toBeUndefined();
    expect(findTreeEntry(new Uint8Array(0), bytesOf("a"))).toBeUndefined();
    expect(() => findTreeEntry(base.subarray(0, base.length - 1), bytesOf("x"))).toThrow("truncated");
  });

  it("is followed through a delta that moves it, as the tree itself says", () => {
    const b = at("b").start;
    const change = delta(base.length, base.length - b, [[b, base.length - b]]);
    const moved = followTreeEntry(change, find("c"));
    expect(moved).toEqual(findTreeEntry(applyDelta(base, change), bytesOf("c")));
    expect(followTreeEntry(change, find("a"))).toBeUndefined();
  });

  it("is followed to its new object, whichever bytes of the old name were kept", () => {
    const { start, bytes } = at("c");
    const end = start + bytes.length;
    for (const kept of [0, 1, 19]) {
      const id = Uint8Array.from({ length: 20 - kept }, (_, i) => i + 1);
      const change = delta(base.length, base.length, [[0, end - 20 + kept], id, [end, base.length - end]]);
      const followed = followTreeEntry(change, find("c"));
      expect(followed).toEqual(findTreeEntry(applyDelta(base, change), bytesOf("c")));
      expect(followed?.id).not.toBe(idOf("2"));
    }
  });

  it("is looked for in the tree where the delta brings another mode, takes it away, or borrows from elsewhere", () => {
    const { start, bytes } = at("c");
    const end = start + bytes.length;
    const tail: [number, number] = [end, base.length - end];
    const otherMode = delta(base.length, base.length, [[0, start + 3], bytesOf("755 c\0"), [end - 20, 20], tail]);
    expect(findTreeEntry(applyDelta(base, otherMode), bytesOf("c"))?.mode).toBe(0o100755);
    expect(followTreeEntry(otherMode, find("c"))).toBeUndefined();
    const gone = delta(base.length, base.length - bytes.length, [[0, start], tail]);
    expect(followTreeEntry(gone, find("c"))).toBeUndefined();
    const idOfA = at("a").start + at("a").bytes.length - 20;
    const borrowed = delta(base.length, base.length, [[0, end - 20], [idOfA, 20], tail]);
    expect(findTreeEntry(applyDelta(base, borrowed), bytesOf("c"))?.id).toBe(idOf("0"));
    expect(followTreeEntry(borrowed, find("c"))).toBeUndefined();
  });
});

describe("a delta", () => {
  it.each([
    ["of another base", delta(9, 4, [[0, 4]]), "does not fit"],
    ["that copies from behind the base", delta(4, 4, [[2, 4]]), "malformed"],
    ["that makes more than it says", delta(4, 2, [[0, 4]]), "malformed"],
    ["that makes less than it says", delta(4, 8, [[0, 4]]), "malformed"],
    ["that ends within its bytes", Uint8Array.of(4, 4, 4, 65), "malformed"],
    ["with an instruction that is none", Uint8Array.of(4, 4, 0), "malformed"],
  ])("%s is refused", (_, bytes, message) => {
    expect(() => applyDelta(bytesOf("base"), bytes)).toThrow(message);
  });
});

describe("what a walk needs of a commit", () => {
  const who = { name: "A <b", email: "a@example.org", seconds: 1_700_000_000, offsetMinutes: 120 };
  const parents = [EMPTY_BLOB_ID, EMPTY_TREE_ID];
  const plain = Buffer.from(
    encodeCommit({ tree: EMPTY_TREE_ID, parents, author: who, committer: who, message: "x\n" }),
  );
  it.each([
    ["two parents", plain.toString("latin1")],
    ["a signature", plain.toString("latin1").replace("\n\n", "\ngpgsig x\n parent y\n\n")],
    ["an early date", plain.toString("latin1").replaceAll("1700000000", "-5")],
    ["no date", plain.toString("latin1").replaceAll(" 1700000000 +0200", "")],
    ["no committer", plain.toString("latin1").replace(/committer .*\n/, "")],
    ["an address without an end", plain.toString("latin1").replaceAll(">", "")],
    ["an odd parent", plain.toString("latin1").replace(EMPTY_BLOB_ID, "none")],
  ])("is what the whole commit says: %s", (_, text) => {
    const bytes = Buffer.from(text, "latin1");
    const { tree, parents: all, committer } = parseCommit(bytes);
    expect(parseCommitFacts(bytes)).toEqual({ tree, parents: all, seconds: committer.seconds });
  });
  it("is refused without a tree", () => {
    expect(() => parseCommitFacts(bytesOf("parent x\n\nmessage"))).toThrow("no tree");
  });
});

it("reads the name of an object as hex", () => {
  const bytes = Uint8Array.from({ length: 24 }, (_, i) => i * 11);
  expect(readObjectId(bytes, 3)).toBe(Buffer.from(bytes.subarray(3, 23)).toString("hex"));
});
