/** A service behind our address: who gets to it, what reaches it, and what its answers may do. */
import { createServer, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { WebrunnerError } from "@/lib/base/errors";
import { findServiceUrl } from "@/server/instance/service-address";
import { createServiceProxy, type ServiceTarget } from "@/server/instance/service-proxy";
import { createServiceTickets } from "@/server/instance/service-tickets";
import { isPortOfGroups, isSocketOfGroups } from "@/server/platform/service-listeners";
import { sendRaw } from "../integration/server-harness";

const SESSION = "webrunner-session-1=good";
const TOKEN = "Bearer good";

let service: Server;
let seen: { method?: string; url?: string; headers: IncomingMessage["headers"]; body: string };
let answer: { status: number; headers: Record<string, string | string[]>; body: string };
let front: Server;
let url: string;
let target: ServiceTarget | undefined;
let tickets = createServiceTickets();

const listen = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
};

beforeAll(async () => {
  service = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    seen = {
      method: request.method,
      url: request.url,
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
    };
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  service.on("upgrade", (request, socket) => {
    seen = { url: request.url, headers: request.headers, body: "" };
    socket.write("HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n");
    socket.on("data", (bytes) => socket.write(`echo ${bytes}`));
  });
  const port = await listen(service);
  target = { key: "p:hello", url: new URL(`http://127.0.0.1:${port}/`) };
  const proxy = createServiceProxy({
    tickets: {
      issue: (...words) => tickets.issue(...words),
      findService: (ticket) => tickets.findService(ticket),
      end: (credential) => tickets.end(credential),
    },
    findCredential({ headers }) {
      if (headers.authorization !== undefined) {
        return headers.authorization === TOKEN ? { kind: "token", id: "t" } : undefined;
      }
      return headers.cookie?.includes(SESSION) ? { kind: "session", id: "s" } : undefined;
    },
    isOwnOrigin: ({ headers }) => headers.origin === "http://own",
    isSecure: () => false,
    findTarget: async (name) =>
      name === "hello" ? target : name === "other" && target ? { ...target, key: "p:other" } : undefined,
  });
  front = createServer((request, response) => {
    proxy.handle(request, response).catch((error: WebrunnerError) => {
      response.writeHead(error.status ?? 500).end(error.code ?? String(error));
    });
  });
  front.on("upgrade", (request, socket, head) => {
    proxy
      .upgrade(request, socket, head)
      .catch((error: WebrunnerError) => socket.end(`HTTP/1.1 ${error.status} no\r\n\r\n`));
  });
  url = `http://127.0.0.1:${await listen(front)}`;
});
afterAll(() => {
  for (const server of [service, front]) {
    server.close();
    server.closeAllConnections();
  }
});
beforeEach(() => {
  tickets = createServiceTickets();
  answer = { status: 200, headers: { "content-type": "text/html" }, body: "hello" };
});

const navigate = { cookie: SESSION, "sec-fetch-dest": "document" };

async function openPage(): Promise<string> {
  const { status, headers } = await sendRaw(url, { path: "/service/hello/", headers: navigate });
  expect(status).toBe(302);
  return headers.location!;
}

describe("who gets to a service", () => {
  it("is nobody without a session, a token or a ticket", async () => {
    const ways = [{}, { cookie: "webrunner-session-1=bad" }, { authorization: "Bearer bad", cookie: SESSION }];
    for (const headers of ways as Record<string, string>[]) {
      expect((await sendRaw(url, { path: "/service/hello/", headers })).status).toBe(401);
    }
    expect((await sendRaw(url, { path: `/service/hello/@${"x".repeat(32)}/` })).status).toBe(401);
    const page = await sendRaw(url, { path: "/service/hello/", headers: { "sec-fetch-dest": "document" } });
    expect([page.status, page.headers.location]).toEqual([302, "/login"]);
  });

  it("is a token directly, and a page by a ticket that opens this service alone", async () => {
    const direct = await sendRaw(url, { path: "/service/hello/a?b=1", headers: { authorization: TOKEN } });
    expect([direct.status, direct.text, seen.url]).toEqual([200, "hello", "/a?b=1"]);
    const location = await openPage();
    expect(location).toMatch(/^\/service\/hello\/@[\w-]{32}\/$/);
    // What the page loads comes without a cookie.
    expect((await sendRaw(url, { path: `${location}style.css` })).status).toBe(200);
    expect(seen.url).toBe("/style.css");
    expect((await sendRaw(url, { path: location.replace("hello", "other") })).status).toBe(401);
    expect((await sendRaw(url, { path: location.replace("hello", "none") })).status).toBe(401);
  });

  it("is no ticket of a session that has ended", async () => {
    const location = await openPage();
    tickets.end({ kind: "session", id: "s" });
    expect((await sendRaw(url, { path: location })).status).toBe(401);
    // A page that is loaded anew goes on with the session that there is.
    const again = await sendRaw(url, { path: `${location}a`, headers: navigate });
    expect([again.status, again.headers.location]).toEqual([302, "/service/hello/a"]);
  });

  it("is no other page that posts with our cookie", async () => {
    const post = (origin: string) =>
      sendRaw(url, { method: "POST", path: "/service/hello/", headers: { cookie: SESSION, origin }, body: "x" });
    expect((await post("http://evil")).status).toBe(403);
    expect((await post("null")).status).toBe(403);
    expect((await post("http://own")).status).toBe(200);
  });

  it("hears of names that are none, and of a service that is away", async () => {
    const get = (path: string) => sendRaw(url, { path, headers: { authorization: TOKEN } });
    expect((await get("/service/nobody/")).status).toBe(404);
    expect((await get("/service/%ff/")).status).toBe(404);
    expect((await get("/service/")).status).toBe(404);
    expect((await get("/service/hello")).headers.location).toBe("/service/hello/");
    const kept = target;
    target = { key: "p:hello", url: new URL("http://127.0.0.1:1/") };
    expect((await get("/service/hello/")).status).toBe(502);
    target = kept;
  });
});

describe("what reaches a service", () => {
  it("has none of our cookies and tokens", async () => {
    const cookie = `mine=1; ${SESSION}; __Host-webrunner-session=x; webrunner-device-1=y; other=2`;
    await sendRaw(url, { path: "/service/hello/", headers: { authorization: TOKEN, cookie } });
    expect(seen.headers.cookie).toBe("mine=1; other=2");
    expect(seen.headers.authorization).toBeUndefined();
    const location = await openPage();
    await sendRaw(url, { path: location, headers: { authorization: "Basic service", cookie: SESSION } });
    expect(seen.headers.authorization).toBe("Basic service");
    expect(seen.headers.cookie).toBeUndefined();
  });

  it("says who asks in the service's own terms, with the body as it was sent", async () => {
    const location = await openPage();
    const headers = {
      origin: "null",
      referer: `${url}${location}`,
      connection: "x-secret",
      "x-secret": "1",
      "x-forwarded-for": "evil",
    };
    await sendRaw(url, { method: "POST", path: `${location}form`, headers, body: "a=1" });
    const { host } = target!.url;
    expect(seen).toMatchObject({
      method: "POST",
      url: "/form",
      body: "a=1",
      headers: { host, origin: `http://${host}` },
    });
    expect(seen.headers["x-forwarded-prefix"]).toBe(location.slice(0, -1));
    for (const name of ["referer", "x-secret", "x-forwarded-for"]) expect(seen.headers[name]).toBeUndefined();
  });
});

describe("what an answer may do", () => {
  it("is to be a page of an origin of its own, in a frame of ours", async () => {
    answer.headers["content-security-policy"] = "default-src *";
    const { headers } = await sendRaw(url, { path: await openPage() });
    const policies = String(headers["content-security-policy"]).split(", ");
    expect(policies[0]).toBe("default-src *");
    expect(policies[1]).toContain("sandbox allow-scripts");
    expect(policies[1]).not.toContain("allow-same-origin");
    expect(policies[1]).not.toContain("allow-top-navigation");
    expect(headers["x-frame-options"]).toBe("SAMEORIGIN");
  });

  it("is not to set, take or clear what is ours", async () => {
    answer.headers = {
      "content-type": "text/html",
      "set-cookie": [
        "mine=1; Path=/; Domain=example.com; HttpOnly",
        `${SESSION}; Path=/`,
        "__Host-webrunner-session=evil; Path=/; Secure",
        "__Host-x=1",
        "=webrunner-session-1=evil",
      ],
      "clear-site-data": '"*"',
      "strict-transport-security": "max-age=1",
      "service-worker-allowed": "/",
      "access-control-allow-credentials": "true",
    };
    const { headers } = await sendRaw(url, { path: await openPage() });
    expect(headers["set-cookie"]).toEqual(["mine=1; HttpOnly; Path=/service/hello/"]);
    for (const name of ["clear-site-data", "strict-transport-security", "service-worker-allowed"]) {
      expect(headers[name]).toBeUndefined();
    }
    expect(headers["access-control-allow-credentials"]).toBeUndefined();
  });

  it("is to redirect within the service, and to where it likes outside", async () => {
    const location = await openPage();
    const redirect = async (to: string) => {
      answer = { status: 302, headers: { location: to }, body: "" };
      return (await sendRaw(url, { path: location })).headers.location;
    };
    expect(await redirect("/next?a=1")).toBe(`${location}next?a=1`);
    expect(await redirect(`${target!.url}deep/er#x`)).toBe(`${location}deep/er#x`);
    expect(await redirect("next")).toBe("next");
    expect(await redirect("https://example.com/")).toBe("https://example.com/");
  });
});

describe("web sockets", () => {
  const open = (path: string, headers: string[] = []): Promise<string> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(url);
      let text = "";
      const socket = connect(Number(port), hostname, () => {
        socket.write(
          [`GET ${path} HTTP/1.1`, "host: x", "connection: Upgrade", "upgrade: websocket", ...headers, "", ""].join(
            "\r\n",
          ),
        );
      });
      socket.on("data", (bytes) => {
        text += bytes;
        if (/^HTTP\/1.1 101/.test(text) && !text.includes("echo")) socket.write("ping");
        else if (text.includes("echo ping")) socket.end();
      });
      socket.on("close", () => resolve(text));
      socket.on("error", reject);
    });

  it("go both ways with a ticket", async () => {
    const location = await openPage();
    expect(await open(`${location}ws`)).toMatch(/^HTTP\/1\.1 101[\s\S]*echo ping$/);
    expect(seen.url).toBe("/ws");
  });

  it("are refused without, and from other pages", async () => {
    expect(await open("/service/hello/ws")).toMatch(/^HTTP\/1\.1 401/);
    expect(await open("/service/hello/ws", [`cookie: ${SESSION}`, "origin: http://evil"])).toMatch(/^HTTP\/1\.1 403/);
    expect(await open("/service/hello/ws", [`cookie: ${SESSION}`, "origin: http://own"])).toMatch(/^HTTP\/1\.1 101/);
  });
});

describe("where a service may be", () => {
  it("is this machine, however its address is written", () => {
    const find = (address: string) => findServiceUrl({ url: address })?.hostname;
    expect(find("http://127.0.0.1:80/")).toBe("127.0.0.1");
    expect(find("https://[::1]:8443/")).toBe("[::1]");
    expect(find("http://2130706433/")).toBe("127.0.0.1");
    const others = [
      "http://10.0.0.1/",
      "http://169.254.169.254/",
      "http://example.com/",
      "http://127.0.0.1.example.com/",
      "http://0.0.0.0/",
      "file:///etc/passwd",
      "javascript:1",
      "http://[::ffff:10.0.0.1]/",
    ];
    expect(others.filter((address) => find(address) !== undefined)).toEqual([]);
  });

  it("is where a process of the instance listens, and nowhere else", async () => {
    const groups = [{ supervisor: "unix:///nowhere/sv.sock", name: "slappart0", directory: "/nowhere" }];
    expect(await isPortOfGroups("127.0.0.1", Number(target!.url.port), groups)).toBe(false);
    expect(await isSocketOfGroups("/etc/passwd", groups)).toBe(false);
  });
});
