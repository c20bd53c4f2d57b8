import { rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hashInlineScripts } from "@/server/http/pages";
import {
  makeDataDirectory,
  type RawAnswer,
  type ServerProcess,
  sendRaw,
  startServerProcess,
  TEST_TOKEN,
} from "../integration/server-harness";

let data: string;
let server: ServerProcess | undefined;
beforeAll(async () => {
  data = await makeDataDirectory();
  server = await startServerProcess(data, { WEBRUNNER_PAGES: "on" });
});
afterAll(async () => {
  // Undefined when it did not start, which the tests then say.
  server?.child.kill("SIGTERM");
  await server?.exited;
  await rm(data, { recursive: true, force: true });
});

const get = (path: string, headers: Record<string, string> = {}): Promise<RawAnswer> =>
  sendRaw(server!.url, { path, headers });

/** Every way to ask for a page's data without asking for the page, and every way to look like a static file. */
const WAYS: [string, Record<string, string>][] = [
  ["/", {}],
  ["/anything", {}],
  ["//", {}],
  ["/index", {}],
  ["/index.rsc", {}],
  ["/?_rsc=1", {}],
  ["/", { rsc: "1" }],
  ["/", { rsc: "1", "next-router-prefetch": "1", "next-router-state-tree": "%5B%22%22%5D" }],
  ["/", { "x-middleware-subrequest": "middleware:middleware:middleware:middleware:middleware" }],
  ["/", { "x-middleware-next": "1", "x-matched-path": "/login" }],
  ["/", { "x-invoke-path": "/login", "x-invoke-status": "200" }],
  ["/", { "next-action": "x" }],
  ["/login/..", {}],
  ["/login/../", {}],
  ["/login%2f..", {}],
  ["/LOGIN", {}],
  ["/_next/image?url=%2Ficon.svg&w=64&q=75", {}],
  ["/_next/data/build/index.json", {}],
  ["/_next/static/../server/app/index.html", {}],
  ["/_next/static/%2e%2e/server/app/index.html", {}],
  ["/_next/static/..%2fserver/app/index.html", {}],
  ["/_next/static//../../index.rsc", {}],
  ["/_next/static/\\..\\..\\index.rsc", {}],
  ["http://127.0.0.1/index.rsc", {}],
];

describe("pages without a session (AC1)", () => {
  it.each(WAYS)("%s with %j is not given", async (path, headers) => {
    const answer = await get(path, headers);
    expect([302, 401, 404]).toContain(answer.status);
    if (answer.status === 302) expect(answer.headers.location).toBe("/login");
    expect(answer.text).not.toContain("__next_f");
  });

  it("are given with one", async () => {
    const answer = await get("/", { authorization: `Bearer ${TEST_TOKEN}` });
    expect(answer.status).toBe(200);
    expect(answer.text).toContain("<html");
  });

  it("takes no other method than reading", async () => {
    const headers = { authorization: `Bearer ${TEST_TOKEN}`, "next-action": "x", origin: server!.url };
    expect((await sendRaw(server!.url, { method: "POST", path: "/", headers, body: "[]" })).status).toBe(405);
  });
});

describe("what a browser keeps of the page", () => {
  const signedIn = { authorization: `Bearer ${TEST_TOKEN}` };

  it("is asked for anew for a page, and answered in a word when it is the same", async () => {
    const first = await get("/", { ...signedIn, "accept-encoding": "gzip, br" });
    expect(first.headers).toMatchObject({ "content-encoding": "br", "cache-control": "private, no-cache" });
    const again = { ...signedIn, "if-none-match": first.headers.etag! };
    expect((await get("/", { ...again, "accept-encoding": "gzip, br" })).status).toBe(304);
    expect((await get("/", again)).status).toBe(200);
    expect((await get("/", { "if-none-match": first.headers.etag! })).status).toBe(302);
  });

  it("is for good what has its hash in its name, compressed as the browser can", async () => {
    const { text } = await get("/login");
    const script = /src="(\/_next\/static\/chunks\/[^"]+)"/.exec(text)![1]!;
    for (const [accepted, coding] of [
      ["br;q=0, gzip", "gzip"],
      ["br", "br"],
      ["", undefined],
    ] as const) {
      const { status, headers } = await get(script, { "accept-encoding": accepted });
      expect([status, headers["content-encoding"], headers["cache-control"]]).toEqual([
        200,
        coding,
        "public, max-age=31536000, immutable",
      ]);
    }
  });

  it("is nothing that the build did not make", async () => {
    expect((await get("/_next/static/chunks/absent.js")).status).toBe(404);
    expect((await get("/absent", signedIn)).status).toBe(404);
    expect((await get("/index.html.br", signedIn)).status).toBe(404);
  });
});

describe("the policy of pages (AC10)", () => {
  it.each(["/login", "/"])("of %s allows every inline script of it and no other", async (path) => {
    const { text, headers } = await get(path, { authorization: `Bearer ${TEST_TOKEN}` });
    const policy = String(headers["content-security-policy"]);
    const scripts = policy.split("; ").find((directive) => directive.startsWith("script-src "))!;
    expect(scripts).not.toMatch(/unsafe|\*|https?:|data:|blob:/);
    const hashes = hashInlineScripts(text);
    expect(hashes.length).toBeGreaterThan(0);
    expect(hashes.filter((hash) => !scripts.includes(hash))).toEqual([]);
    expect(scripts).not.toContain("nonce");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("object-src 'none'");
    expect(policy).toContain("base-uri 'none'");
  });
});
