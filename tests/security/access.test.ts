import { stat } from "node:fs/promises";
import { join } from "node:path";
import { io } from "socket.io-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clientEvents, type Problem, type RouteContract, routes } from "@/lib/protocol";
import { createTestServer, sendRaw, TEST_TOKEN, type TestServer } from "../integration/server-harness";
import { until } from "../integration/until";

let server: TestServer;
let cookie: string;
let host: string;
beforeAll(async () => {
  server = await createTestServer();
  cookie = await server.signIn();
  host = new URL(server.url).host;
});
afterAll(() => server.close());

const contracts = Object.entries(routes) as [string, RouteContract][];
const toPath = ({ path }: RouteContract): string =>
  `/api/v1${path}`
    .replace("{project}", "sample")
    .replace("{run}", "20260101-000000-aaaaaa")
    .replace(/\{\w+\}/g, "x");
const json = { "content-type": "application/json" };

/** Resolves with `connected`, or with what the server said instead. */
const connect = (headers: Record<string, string>, headersHost = host): Promise<string> =>
  new Promise((resolve) => {
    const socket = io(server.url, {
      transports: ["websocket"],
      reconnection: false,
      forceNew: true,
      extraHeaders: { host: headersHost, ...headers },
    });
    socket.on("connect", () => {
      resolve("connected");
      socket.disconnect();
    });
    socket.on("connect_error", (error) => {
      resolve(`refused: ${error.message}`);
      socket.disconnect();
    });
  });

describe("without a session (AC1)", () => {
  it.each(contracts.filter(([, { access }]) => access === "user"))("%s is 401", async (_, contract) => {
    const path = toPath(contract);
    const bare = await sendRaw(server.url, { method: contract.method, path, headers: json, body: "{}" });
    expect([bare.status, (JSON.parse(bare.text) as Problem).code]).toEqual([401, "access/required"]);
    const attempts: Record<string, string>[] = [
      { authorization: "Bearer wrong" },
      { authorization: `Basic ${Buffer.from(`owner:${TEST_TOKEN}`).toString("base64")}` },
      { authorization: "Bearer wrong", cookie },
      { cookie: cookie.replace(/=[^;]+/g, "=forged"), origin: server.url },
      { "x-middleware-subrequest": "middleware:middleware:middleware", rsc: "1", "next-router-prefetch": "1" },
    ];
    for (const headers of attempts) {
      const answer = await sendRaw(server.url, {
        method: contract.method,
        path,
        headers: { ...json, ...headers },
        body: "{}",
      });
      expect(answer.status, JSON.stringify(headers)).toBe(401);
    }
  });

  it("names every public route here, so that another one is noticed", () => {
    expect(contracts.filter(([, { access }]) => access === "public").map(([name]) => name)).toEqual([
      "health",
      "signIn",
    ]);
    expect(Object.values(clientEvents).map(({ access }) => access)).not.toContain("public");
  });

  it("opens no socket", async () => {
    expect(await connect({ origin: server.url })).toMatch(/^refused/);
    expect(await connect({ origin: server.url, cookie: "webrunner-session=forged" })).toMatch(/^refused/);
    expect(await connect({ authorization: "Bearer wrong" })).toMatch(/^refused/);
  });
});

describe("origins (AC2, AC3)", () => {
  const foreign = ["http://evil.example", "null", "", "https://127.0.0.1", "http://127.0.0.1:1", "file://"];

  it("opens a socket for the own page and for a program with a token", async () => {
    expect(await connect({ origin: server.url, cookie })).toBe("connected");
    expect(await connect({ authorization: `Bearer ${TEST_TOKEN}` })).toBe("connected");
  });

  it.each(foreign)("refuses a socket from %j though the cookie is good", async (origin) => {
    expect(await connect({ origin, cookie })).toMatch(/^refused/);
  });

  it("refuses a socket without an origin, with the cookie", async () => {
    expect(await connect({ cookie })).toMatch(/^refused/);
  });

  it("refuses a socket by a foreign name, as DNS rebinding makes it", async () => {
    expect(await connect({ origin: "http://rebound.example", cookie }, "rebound.example")).toMatch(/^refused/);
  });

  it.each([...foreign.slice(0, 2), ...foreign.slice(3)])(
    "refuses a change from %j though the cookie is good",
    async (origin) => {
      for (const [, contract] of contracts.filter(([, { method }]) => method !== "GET")) {
        const headers = { ...json, cookie, origin };
        const answer = await sendRaw(server.url, {
          method: contract.method,
          path: toPath(contract),
          headers,
          body: "{}",
        });
        expect([answer.status, (JSON.parse(answer.text) as Problem).code]).toEqual([403, "access/origin"]);
      }
    },
  );

  it("refuses a change with the cookie and no origin, and what a browser says is of another site", async () => {
    const path = "/api/v1/projects/sample/entries";
    const body = JSON.stringify({ path: "csrf.txt", kind: "file" });
    expect((await sendRaw(server.url, { method: "POST", path, headers: { ...json, cookie }, body })).status).toBe(403);
    for (const site of ["cross-site", "same-site"]) {
      const headers = { ...json, cookie, origin: server.url, "sec-fetch-site": site };
      expect((await sendRaw(server.url, { method: "POST", path, headers, body })).status).toBe(403);
      expect(
        (await sendRaw(server.url, { path: "/api/v1/projects", headers: { cookie, "sec-fetch-site": site } })).status,
      ).toBe(403);
    }
    expect((await server.api<Problem>("GET", "/projects/sample/file?path=csrf.txt")).status).toBe(404);
  });

  it("refuses a form's body", async () => {
    const headers = { cookie, origin: server.url, "content-type": "text/plain" };
    const body = JSON.stringify({ path: "form.txt", kind: "file" });
    const answer = await sendRaw(server.url, {
      method: "POST",
      path: "/api/v1/projects/sample/entries",
      headers,
      body,
    });
    expect(answer.status).toBe(400);
  });

  it.each(["rebound.example", "127.0.0.1.rebound.example", "localhost.rebound.example:80", "a@127.0.0.1", "[::1"])(
    "answers nothing to the name %j",
    async (name) => {
      for (const path of ["/api/v1/health", "/api/v1/projects", "/", "/healthz", "/_next/static/x.js"]) {
        const answer = await sendRaw(server.url, { path, headers: { host: name, cookie } });
        expect([400, 403]).toContain(answer.status);
      }
    },
  );

  it.each(["localhost:8080", "127.0.0.1", "[::1]:3000", "192.168.1.2:3000"])(
    "answers to %j, which cannot be rebound",
    async (name) => {
      expect((await sendRaw(server.url, { path: "/healthz", headers: { host: name } })).status).toBe(200);
    },
  );
});

describe("sessions (AC5)", () => {
  const signIn = async (target: TestServer, headers: Record<string, string>) => {
    const loginToken = target.server.createLoginLink().split("#")[1];
    const body = JSON.stringify({ loginToken });
    const send = () =>
      sendRaw(target.url, { method: "POST", path: "/api/v1/session", headers: { ...json, ...headers }, body });
    return { first: await send(), second: await send() };
  };

  it("come in a cookie that scripts and other sites do not get, by a link that is good once", async () => {
    const { first, second } = await signIn(server, { origin: server.url });
    const [session] = first.headers["set-cookie"]!;
    expect(session).toMatch(/^webrunner-session-\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+$/);
    expect([second.status, second.headers["set-cookie"]]).toEqual([403, undefined]);
  });

  it("are Secure and bound to the host under https", async () => {
    const proxied = await createTestServer({ environment: { WEBRUNNER_ORIGINS: "https://ide.example.org" } });
    try {
      const headers = { host: "ide.example.org", origin: "https://ide.example.org" };
      const { first } = await signIn(proxied, headers);
      expect(first.headers["set-cookie"]![0]).toMatch(/^__Host-webrunner-session=.*; Secure$/);
      expect(first.headers["strict-transport-security"]).toBeDefined();
      const wrong = await signIn(proxied, { ...headers, origin: "http://ide.example.org" });
      expect(wrong.first.status).toBe(403);
    } finally {
      await proxied.close();
    }
  });

  it("are kept as hashes, in a file of the server alone", async () => {
    const { readFile } = await import("node:fs/promises");
    const path = join(server.dataDirectory, "state/access.json");
    const secret = /session-\d+=([^;]+)/.exec(cookie)![1]!;
    expect(await readFile(path, "utf8")).not.toContain(secret);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(server.dataDirectory, "state"))).mode & 0o777).toBe(0o700);
    expect((await stat(join(server.dataDirectory, "server.log"))).mode & 0o777).toBe(0o600);
  });

  it("end at once, with their sockets", async () => {
    const own = await server.signIn();
    const socket = io(server.url, {
      transports: ["websocket"],
      reconnection: false,
      extraHeaders: { cookie: own, origin: server.url },
    });
    const told: string[] = [];
    socket.on("session:ended", () => told.push("ended"));
    socket.on("disconnect", () => told.push("disconnected"));
    await until(() => socket.connected, { what: "the socket" });
    const headers = { cookie: own, origin: server.url };
    expect((await sendRaw(server.url, { method: "DELETE", path: "/api/v1/session", headers })).status).toBe(204);
    await until(() => told.length === 2, { what: "the end of the socket" });
    expect(told).toEqual(["ended", "disconnected"]);
    expect((await sendRaw(server.url, { path: "/api/v1/session", headers })).status).toBe(401);
  });

  it("end when the password is set, and tokens when they are revoked", async () => {
    const target = await createTestServer();
    try {
      const other = await target.signIn();
      const { body: made } = await target.api<{ id: string; token: string }>("POST", "/tokens", { name: "laptop" });
      const asToken = { authorization: `Bearer ${made.token}` };
      expect((await sendRaw(target.url, { path: "/api/v1/session", headers: asToken })).status).toBe(200);
      await target.api("DELETE", `/tokens/${made.id}`);
      expect((await sendRaw(target.url, { path: "/api/v1/session", headers: asToken })).status).toBe(401);
      expect((await target.api("PUT", "/password", { password: "correct horse battery" })).status).toBe(204);
      expect((await sendRaw(target.url, { path: "/api/v1/session", headers: { cookie: other } })).status).toBe(401);
      expect((await target.api<Problem>("PUT", "/password", { password: "another horse battery" })).status).toBe(403);
    } finally {
      await target.close();
    }
  });
});

describe("password attempts (AC6)", () => {
  it("are limited for strangers, and the owner still gets in", async () => {
    const password = "correct horse battery";
    const target = await createTestServer({ environment: { WEBRUNNER_PASSWORD: password } });
    const attempt = (guess: string, localAddress: string, extra: Record<string, string> = {}) =>
      sendRaw(target.url, {
        method: "POST",
        path: "/api/v1/session",
        headers: { ...json, ...extra },
        body: JSON.stringify({ password: guess }),
        localAddress,
      });
    try {
      const first = await attempt(password, "127.0.0.1");
      expect(first.status).toBe(200);
      const device = first.headers["set-cookie"]!.find((text) => text.startsWith("webrunner-device"))!.split(";")[0]!;
      const known = { cookie: device, origin: target.url };

      const statuses = [];
      for (let index = 0; index < 12; index++) statuses.push((await attempt(`guess ${index}`, "127.0.0.9")).status);
      expect(statuses.slice(0, 5)).toEqual([403, 403, 403, 403, 403]);
      expect(new Set(statuses.slice(6))).toEqual(new Set([429]));
      expect((await attempt(password, "127.0.0.9")).headers["retry-after"]).toMatch(/^\d+$/);

      // Many addresses: the account's own budget ends, whatever the address.
      for (let address = 20; address < 34; address++) {
        await Promise.all(Array.from({ length: 5 }, (_, index) => attempt(`guess ${index}`, `127.0.0.${address}`)));
      }
      expect((await attempt("guess", "127.0.1.1")).status).toBe(429);

      // The owner: from a known browser, even at the attacker's address, and by a link.
      expect((await attempt(password, "127.0.0.9", known)).status).toBe(200);
      expect(await target.signIn()).toContain("webrunner-session");
      expect(
        (
          await sendRaw(target.url, {
            path: "/api/v1/session",
            headers: { cookie: first.headers["set-cookie"]![0]!.split(";")[0]! },
          })
        ).status,
      ).toBe(200);
    } finally {
      await target.close();
    }
  }, 60_000);
});

describe("headers (AC10)", () => {
  it.each([
    "/",
    "/login",
    "/api/v1/health",
    "/api/v1/projects",
    "/api/v1/nothing",
    "/healthz",
    "/socket.io/?EIO=4&transport=polling",
  ])("are on %s", async (path) => {
    const { headers } = await sendRaw(server.url, { path });
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
      "cross-origin-resource-policy": "same-origin",
    });
    expect(headers["content-security-policy"]).toMatch(/default-src 'none'/);
    expect(headers["access-control-allow-origin"]).toBeUndefined();
    expect(headers["x-powered-by"]).toBeUndefined();
  });
});
