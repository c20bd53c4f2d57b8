import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import fc from "fast-check";
import { io, type Socket } from "socket.io-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clientEvents, problemSchema, type RouteContract, routes } from "@/lib/protocol";
import { createTestServer, sendRaw, TEST_TOKEN, type TestServer } from "../integration/server-harness";
import { until } from "../integration/until";

let server: TestServer;
beforeAll(async () => {
  server = await createTestServer();
});
afterAll(() => server.close());

const authorization = `Bearer ${TEST_TOKEN}`;
const RUNS_PER_ROUTE = 12;

/** Values that break parsers: deep, huge, of the wrong type, with names of prototypes. */
const hostile = fc.oneof(
  fc.json(),
  fc.json().map((text) => text.slice(0, -1)),
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    "",
    "null",
    "[]",
    '"x"',
    "-0",
    "1e999",
    `${"[".repeat(20_000)}${"]".repeat(20_000)}`,
    `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`,
    '{"__proto__":{"path":"x"},"constructor":{"prototype":{}}}',
    '{"path":{"toString":1},"text":[],"tag":{}}',
    JSON.stringify({ path: "x".repeat(100_000), text: "\u0000", tag: "" }),
    '{"kind":"software","profile":"__proto__","instance":"constructor","parameters":{"__proto__":1}}',
  ),
);
const hostilePart = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }).map((text) => encodeURIComponent(text.replace(/[\ud800-\udfff]/g, "?"))),
  fc.constantFrom(
    "%",
    "%zz",
    "%e0%a4",
    "%00",
    "..",
    "%2e%2e",
    "sample",
    "__proto__",
    "constructor",
    "x".repeat(3_000),
    "%ff",
  ),
);

const expectAlive = async (): Promise<void> => {
  const { status, text } = await sendRaw(server.url, { path: "/api/v1/health" });
  expect([status, JSON.parse(text).status]).toEqual([200, "ok"]);
};

describe("random input (IN12)", () => {
  it.each(Object.entries(routes) as [string, RouteContract][])(
    "%s answers with a problem, never with a stack",
    async (_, contract) => {
      await fc.assert(
        fc.asyncProperty(hostile, hostilePart, hostilePart, async (body, part, query) => {
          const path = `/api/v1${contract.path.replace("{project}", "sample").replace(/\{\w+\}/g, part)}`;
          const answer = await sendRaw(server.url, {
            method: contract.method,
            path: `${path.replace(/[^\x21-\x7e]/g, "")}?path=${query}&text=${query}&offset=${query}&overwrite=${query}`,
            headers: { authorization, "content-type": "application/json" },
            body: contract.method === "GET" ? undefined : body,
          });
          // What has the right form may be done or refused; nothing else is ours to fail at.
          if (answer.status < 400 || answer.status === 507) return;
          const problem = problemSchema.parse(JSON.parse(answer.text));
          expect(problem.code, `${answer.text} ${body.slice(0, 200)}`).not.toBe("internal/failed");
          expect(answer.text).not.toMatch(/\bat .*:\d+:\d+|node_modules|server\//);
          expect(answer.text).not.toContain(server.dataDirectory);
        }),
        { numRuns: RUNS_PER_ROUTE },
      );
      await expectAlive();
    },
  );

  it("answers every event with a problem", async () => {
    const socket: Socket = io(server.url, { transports: ["websocket"], extraHeaders: { authorization } });
    try {
      await until(() => socket.connected, { what: "the socket" });
      for (const { name } of Object.values(clientEvents)) {
        await fc.assert(
          fc.asyncProperty(fc.anything(), async (payload) => {
            const reply = await socket.timeout(10_000).emitWithAck(name, toSendable(payload));
            expect(problemSchema.parse(reply).code).not.toBe("internal/failed");
          }),
          { numRuns: RUNS_PER_ROUTE },
        );
        socket.emit(name);
        socket.emit(name, null, "no function");
      }
      socket.emit("nothing:known", { a: 1 });
      expect(await socket.timeout(10_000).emitWithAck("project:watch", { project: "sample" })).toEqual({});
    } finally {
      socket.disconnect();
    }
    await expectAlive();
  });

  it("lives through frames and requests that are none", async () => {
    const { hostname, port } = new URL(server.url);
    const frames = [
      "GET / HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.0\r\n\r\n",
      "GET //\\..\\ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
      "GET http://[ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
      "POST /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
      "POST /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
      "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
      "GET /elsewhere HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
      "\0\0\0\0",
    ];
    for (const frame of frames) {
      await new Promise<void>((resolve) => {
        const socket = connect(Number(port), hostname, () => socket.end(frame));
        socket.on("error", () => resolve());
        socket.on("close", () => resolve());
        socket.resume();
      });
    }
    await expectAlive();
  });

  it("limits bodies", async () => {
    const headers = { authorization, "content-type": "application/json" };
    const big = JSON.stringify({ path: "x".repeat(2 * 1024 * 1024), kind: "file" });
    const send = (path: string, method: string, body: string) =>
      sendRaw(server.url, { method, path: `/api/v1/projects/sample/${path}`, headers, body }).then(
        ({ status }) => status,
      );
    expect(await send("entries", "POST", big)).toBe(413);
    expect(await send("file?path=a", "PUT", JSON.stringify({ text: "x".repeat(6 * 1024 * 1024), tag: null }))).toBe(
      413,
    );
  });

  it("wrote no exception that nobody caught", async () => {
    expect(await readFile(join(server.dataDirectory, "server.log"), "utf8")).not.toContain("A request failed");
  });
});

/** Of anything, what a socket can carry. */
function toSendable(value: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(value) ?? "null");
  } catch {
    // A cycle or a BigInt.
    return ["not", "sendable"];
  }
}
