import { readdir, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestServer, TEST_TOKEN, type TestServer } from "../server-harness";
import { until } from "../until";

let server: TestServer;
let root: string;
beforeAll(async () => {
  server = await createTestServer();
  root = join(server.dataDirectory, "projects/sample/workspace");
  await writeFile(join(root, "big.bin"), Buffer.alloc(40 * 1024 * 1024, 1));
});
afterAll(() => server.close());

const countOpenFiles = async (): Promise<number> => (await readdir("/proc/self/fd")).length;

/** Asks for something, reads a little of it, and hangs up. */
const readAndLeave = (path: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${TEST_TOKEN}` };
    const asked = request(`${server.url}/api/v1/projects/sample/${path}`, { headers, agent: false }, (response) => {
      response.once("data", () => {
        response.destroy();
        resolve();
      });
    });
    asked.on("error", reject);
    asked.end();
  });

describe("a client that goes away", () => {
  it("in the middle of a download leaves no file open and no program running", async () => {
    await readAndLeave("download?path=big.bin");
    const before = await countOpenFiles();
    for (let round = 0; round < 20; round++) await readAndLeave("download?path=big.bin");
    for (let round = 0; round < 5; round++) await readAndLeave("download?path=");
    await until(async () => (await countOpenFiles()) <= before + 3, { what: "closing of the files" });
  });

  it("in the middle of an upload leaves no file", async () => {
    const headers = { authorization: `Bearer ${TEST_TOKEN}`, "content-length": "1000000" };
    const asked = request(`${server.url}/api/v1/projects/sample/upload?path=half.bin`, { method: "PUT", headers });
    asked.on("error", () => {});
    asked.write("abc");
    const listTemporary = async (): Promise<string[]> => (await readdir(root)).filter((name) => name.endsWith(".tmp"));
    await until(async () => (await listTemporary()).length === 1, { what: "the upload" });
    asked.destroy();
    await until(async () => (await listTemporary()).length === 0, { what: "its end" });
    expect(await readdir(root)).not.toContain("half.bin");
  });
});
