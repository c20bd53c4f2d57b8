import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { afterEach, expect, it } from "vitest";
import { readObjectId } from "@/lib/git/object-id";
import { createObjectStore } from "@/server/git/object-store";
import { createGitDisk } from "@/server/platform/git-disk";

const FIRST = readObjectId(Buffer.alloc(20, 0x11), 0);
const SECOND = readObjectId(Buffer.alloc(20, 0x22), 0);
/** Takes one byte and gives one byte. */
const DELTA = Buffer.from([1, 1, 1, 0x61]);

let root: string | undefined;
afterEach(() => root && rmSync(root, { recursive: true }));

const sha1 = (bytes: Uint8Array): Buffer => createHash("sha1").update(bytes).digest();
const word = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

/** A pack that git itself would refuse: its two objects are deltas, each of the other. */
function writeCircle(folder: string): void {
  const entry = (base: string): Buffer =>
    Buffer.concat([Buffer.from([(7 << 4) | DELTA.length]), Buffer.from(base, "hex"), deflateSync(DELTA)]);
  const entries = [entry(SECOND), entry(FIRST)];
  const body = Buffer.concat([Buffer.from("PACK"), word(2), word(2), ...entries]);
  const pack = Buffer.concat([body, sha1(body)]);
  const fanout = Array.from({ length: 256 }, (_, byte) => word(byte < 0x11 ? 0 : byte < 0x22 ? 1 : 2));
  const ids = [FIRST, SECOND].map((id) => Buffer.from(id, "hex"));
  const offsets = [word(12), word(12 + entries[0]!.length)];
  const index = Buffer.concat([word(0xff744f63), word(2), ...fanout, ...ids, word(0), word(0), ...offsets, sha1(body)]);
  const name = join(folder, "objects/pack", `pack-${"a".repeat(40)}`);
  mkdirSync(join(folder, "objects/pack"), { recursive: true });
  writeFileSync(`${name}.pack`, pack);
  writeFileSync(`${name}.idx`, Buffer.concat([index, sha1(index)]));
}

it("says that a pack is wrong whose deltas name each other (IN8)", () => {
  root = mkdtempSync(join(tmpdir(), "wr-"));
  writeCircle(root);
  const store = createObjectStore(createGitDisk({ root }));
  expect(() => store.read(FIRST)).toThrow("deltas name each other without end");
  expect(() => store.read(SECOND)).toThrow("deltas name each other without end");
  store.close();
});
