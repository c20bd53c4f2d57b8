import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ProfileAnalysis } from "@/lib/buildout";
import { createProfileFiles } from "@/server/platform/profile-files";
import { createProfileUrls, fetchExtendedUrls, type ProfileUrlOptions } from "@/server/platform/profile-urls";
import { isPrivateAddress } from "@/server/platform/public-web";

let server: Server;
let directory: string;
let answer: RequestListener;
let requests: string[];
const address = (path: string): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "profile-urls-"));
  requests = [];
  answer = (request, response) => response.end(`[x]\npath = ${request.url}\n`);
  server = createServer((request, response) => {
    requests.push(request.url!);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(directory, { recursive: true, force: true });
});

const allowed: ProfileUrlOptions = { allowedHosts: ["127.0.0.1"] };

async function check(options: ProfileUrlOptions, expected: string | RegExp, url = address("/a.cfg")): Promise<void> {
  const result = await createProfileUrls(options).fetch(url);
  if (typeof expected === "string") expect(result).toBe(expected);
  else expect(typeof result === "string" ? result : result.message).toMatch(expected);
}

test("a host of the private network is not asked unless it is allowed", async () => {
  await check({}, /private network/);
  await check({}, /private network/, address("/a.cfg").replace("127.0.0.1", "localhost"));
  expect(requests).toEqual([]);
  await check(allowed, "[x]\npath = /a.cfg\n");
});

test("a redirect is checked like the address itself", async () => {
  answer = (_, response) => response.writeHead(302, { location: "http://169.254.169.254/secret" }).end();
  await check(allowed, /169\.254\.169\.254 is in a private network/);
  answer = (_, response) => response.writeHead(302, { location: "file:///etc/passwd" }).end();
  await check(allowed, /only http and https/);
  answer = (_, response) => response.writeHead(302, { location: "/again" }).end();
  await check(allowed, /redirects too often/);
});

test("size and time are limited, and what is not text is refused", async () => {
  await check({ ...allowed, maxBytes: 5 }, /larger than 5 bytes/);
  answer = (_, response) => response.end(Buffer.from([0xff, 0xfe]));
  await check(allowed, /not UTF-8/);
  answer = (_, response) => response.writeHead(500).end();
  await check(allowed, /answers 500/);
  answer = () => {};
  await check({ ...allowed, timeoutMs: 50 }, /no answer within 50 ms/);
});

test("with only allowed hosts, no other is asked", () =>
  check({ ...allowed, onlyAllowed: true }, /not on the list/, "http://example.invalid/a.cfg"));

test("what was fetched serves when the network does not", async () => {
  const options = { ...allowed, cacheDirectory: directory };
  await check(options, "[x]\npath = /a.cfg\n");
  answer = (_, response) => response.writeHead(503).end();
  await check(options, "[x]\npath = /a.cfg\n");
});

test("a profile that extends a URL that extends another resolves after fetching", async () => {
  answer = ({ url }, response) =>
    response.end(url === "/d/a.cfg" ? "[buildout]\nextends = ../b.cfg\n[x]\na = 1\n" : "[x]\nb = ${:a}\n");
  const top = join(directory, "buildout.cfg");
  const analysis = new ProfileAnalysis({ source: createProfileFiles() });
  analysis.update(top, `[buildout]\nextends = ${address("/d/a.cfg")}\n`);
  expect(analysis.resolve(top).loads).toBe(false);
  await fetchExtendedUrls(analysis, top, createProfileUrls(allowed));
  expect(analysis.resolve(top).loads).toBe(true);
  expect(analysis.resolve(top).option("x", "b")?.value).toBe("1");
  expect(requests).toEqual(["/d/a.cfg", "/b.cfg"]);
});

test.each([
  ["127.0.0.1", true],
  ["10.1.2.3", true],
  ["172.31.0.1", true],
  ["192.168.0.1", true],
  ["169.254.169.254", true],
  ["0.0.0.0", true],
  ["::1", true],
  ["::", true],
  ["fd00::1", true],
  ["fe80::1", true],
  ["::ffff:127.0.0.1", true],
  ["93.184.216.34", false],
  ["2606:2800:220:1::1", false],
])("%s is private: %s", (one, expected) => expect(isPrivateAddress(one)).toBe(expected));
