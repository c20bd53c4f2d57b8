import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FileText, Problem } from "@/lib/protocol";
import { createTestServer, type TestServer } from "../integration/server-harness";

let server: TestServer;
let path: string;
beforeAll(async () => {
  server = await createTestServer();
  path = join(server.dataDirectory, "projects/sample/workspace/bytes.txt");
});
afterAll(() => server.close());

const address = "/projects/sample/file?path=bytes.txt";
const utf16 = (text: string, bigEndian: boolean): Buffer => {
  const bytes = Buffer.from(`\ufeff${text}`, "utf16le");
  return bigEndian ? bytes.swap16() : bytes;
};

const TEXTS: Record<string, Buffer> = {
  empty: Buffer.alloc(0),
  "no last line end": Buffer.from("[buildout]\nparts ="),
  crlf: Buffer.from("a\r\nb\r\n"),
  "mixed line ends": Buffer.from("a\r\nb\nc\rd\u2028e\u0085"),
  "byte order mark": Buffer.from("\ufeffa\r\n"),
  "only a byte order mark": Buffer.from("\ufeff"),
  "two byte order marks": Buffer.from("\ufeff\ufeffa"),
  "byte order mark inside": Buffer.from("a\ufeffb"),
  "utf-16 little endian": utf16("ä\r\n𝄞", false),
  "utf-16 big endian": utf16("ä\r\n𝄞", true),
  "control characters": Buffer.from("\u0001\u0007\u001b[31m\u007f\ufffd\uffff"),
};

const NOT_TEXTS: Record<string, Buffer> = {
  nul: Buffer.from("a\0b"),
  "latin-1": Buffer.from("caf\u00e9", "latin1"),
  "overlong utf-8": Buffer.from([0xc0, 0xaf]),
  "surrogate in utf-8": Buffer.from([0xed, 0xa0, 0x80]),
  "odd utf-16": Buffer.concat([utf16("ab", false), Buffer.from("c")]),
  "half a pair in utf-16": Buffer.from([0xff, 0xfe, 0x00, 0xd8]),
  elf: Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 0, 0xff]),
};

describe("bytes of text (IN10)", () => {
  it.each(Object.entries(TEXTS))(
    "%s: opened and saved it is the same, and edited it keeps its form",
    async (name, bytes) => {
      await writeFile(path, bytes);
      const { body: file } = await server.api<FileText>("GET", address);
      expect((await server.api("PUT", address, { text: file.text, tag: file.tag })).status).toBe(200);
      expect((await readFile(path)).equals(bytes)).toBe(true);

      const edited = await server.api<{ tag: string }>("PUT", address, { text: `${file.text}é`, tag: file.tag });
      const back = await server.api("PUT", address, { text: file.text, tag: edited.body.tag });
      expect([edited.status, back.status]).toEqual([200, 200]);
      expect((await readFile(path)).equals(bytes)).toBe(true);
      expect(file.hasByteOrderMark).toBe(/^(byte order mark$|only|two|utf-16)/.test(name));
    },
  );

  it.each(Object.entries(NOT_TEXTS))("%s is not text, and stays as it is", async (_, bytes) => {
    await writeFile(path, bytes);
    const { body } = await server.api<Problem>("GET", address);
    expect([body.status, body.code]).toEqual([415, "file/not-text"]);
    expect((await readFile(path)).equals(bytes)).toBe(true);
  });

  it("refuses a text that no file can hold", async () => {
    await writeFile(path, "a");
    const { body: file } = await server.api<FileText>("GET", address);
    expect((await server.api<Problem>("PUT", address, { text: "\ud800", tag: file.tag })).body.code).toBe(
      "request/invalid",
    );
    expect(await readFile(path, "utf8")).toBe("a");
  });
});
