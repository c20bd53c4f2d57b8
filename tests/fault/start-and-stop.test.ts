import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { io } from "socket.io-client";
import { afterEach, describe, expect, it } from "vitest";
import { StartError } from "@/server/platform/start-error";
import { toBusyLimit } from "../integration/busy-limit";
import {
  callApi,
  createTestServer,
  makeDataDirectory,
  sendRaw,
  spawnServer,
  startServerProcess,
  TEST_TOKEN,
} from "../integration/server-harness";
import { until } from "../integration/until";

const cleanups: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});
const makeData = async (): Promise<string> => {
  const directory = await makeDataDirectory();
  cleanups.push(() => rm(directory, { recursive: true, force: true }));
  return directory;
};

describe("asked to end (FT18)", () => {
  it.each(["SIGTERM", "SIGINT"] as const)(
    "by %s, it is gone within ten seconds, though clients hang on",
    async (signal) => {
      const data = await makeData();
      const server = await startServerProcess(data);
      cleanups.push(() => server.child.kill("SIGKILL"));
      const socket = io(server.url, {
        transports: ["websocket"],
        extraHeaders: { authorization: `Bearer ${TEST_TOKEN}` },
      });
      cleanups.push(() => socket.disconnect());
      await until(() => socket.connected, { what: "the socket" });
      // A request whose body never ends.
      const { hostname, port } = new URL(server.url);
      const { connect } = await import("node:net");
      const hanging = connect(Number(port), hostname);
      cleanups.push(() => hanging.destroy());
      hanging.on("error", () => {});
      hanging.write(
        `PUT /api/v1/projects/sample/upload?path=x HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${TEST_TOKEN}\r\nContent-Length: 1000000\r\n\r\nabc`,
      );
      await until(
        async () => (await readdir(join(data, "projects/sample/workspace"))).some((name) => name.endsWith(".tmp")),
        {
          what: "the upload",
        },
      );
      const limitMs = toBusyLimit(10_000);
      const begin = Date.now();
      server.child.kill(signal);
      expect(await server.exited).toEqual({ code: 0, signal: null });
      expect(Date.now() - begin).toBeLessThan(limitMs);
      // What was not finished is not there, and the next server starts on the same data.
      expect(await readdir(join(data, "projects/sample/workspace"))).not.toContain("x");
      const next = await startServerProcess(data);
      cleanups.push(() => next.child.kill("SIGKILL"));
      expect((await sendRaw(next.url, { path: "/healthz" })).status).toBe(200);
    },
    60_000,
  );
});

describe("a data directory", () => {
  it("has one server (FT18)", async () => {
    const data = await makeData();
    const first = await startServerProcess(data);
    cleanups.push(() => first.child.kill("SIGKILL"));
    const second = spawnServer(data);
    expect((await second.exited).code).toBe(1);
    expect(second.output()).toBe(
      `webrunner: Another server (process ${first.child.pid}, ${first.url}) uses the data directory ${data}. Stop it, or set WEBRUNNER_DATA to another directory.\n`,
    );
    expect((await sendRaw(first.url, { path: "/healthz" })).status).toBe(200);
  }, 60_000);

  it("is taken over after a kill, with all that was in it", async () => {
    const data = await makeData();
    const first = await startServerProcess(data);
    await callApi(first.url, "PUT", "/projects/sample/draft?path=a.cfg", { text: "typed", baseTag: null });
    first.child.kill("SIGKILL");
    await first.exited;
    const second = await startServerProcess(data);
    cleanups.push(() => second.child.kill("SIGKILL"));
    const { body } = await callApi<{ drafts: unknown[] }>(second.url, "GET", "/projects/sample/drafts");
    expect(body.drafts).toMatchObject([{ path: "a.cfg", text: "typed" }]);
  }, 60_000);

  it("is not blocked by a process that has the old one's number (FT19)", async () => {
    const data = await makeData();
    await writeFile(join(data, "server.lock"), JSON.stringify({ pid: process.ppid, startTime: "another boot/1" }));
    const server = await createTestServer({ dataDirectory: data });
    cleanups.push(() => server.close());
    expect((await server.api("GET", "/projects")).status).toBe(200);
  });

  it("with broken state is opened, and the broken file is kept (FT12)", async () => {
    const data = await makeData();
    await (await createTestServer({ dataDirectory: data })).close();
    const project = join(data, "projects/sample");
    await writeFile(join(data, "state/access.json"), '{"sessions": [');
    await writeFile(join(project, "project.json"), "\0\0\0");
    await mkdir(join(project, "drafts"), { recursive: true });
    await writeFile(join(project, "drafts/x.json"), '{"path": 1}');
    const server = await createTestServer({ dataDirectory: data });
    cleanups.push(() => server.close());
    expect((await server.api("GET", "/projects")).body).toMatchObject({ projects: [{ id: "sample" }] });
    expect((await server.api("GET", "/projects/sample/drafts")).body).toEqual({ drafts: [] });
    expect(await server.signIn()).toContain("webrunner-session");
    const kept = [join(data, "state"), project, join(project, "drafts")].map((folder) => readdir(folder));
    for (const names of await Promise.all(kept)) expect(names.some((name) => name.includes(".broken-"))).toBe(true);
    expect((await readFile(join(data, "server.log"), "utf8")).match(/A broken file was set aside/g)).toHaveLength(3);
  });
});

describe("what keeps it from starting is one line", () => {
  const refusal = async (environment: Record<string, string>, dataDirectory?: string): Promise<string> => {
    const data = dataDirectory ?? (await makeData());
    const error = await createTestServer({ dataDirectory: data, environment }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StartError);
    const { message } = error as StartError;
    expect(message).not.toContain("\n");
    return message;
  };

  it("for a port that is taken", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    cleanups.push(() => taken.close());
    const { port } = taken.address() as AddressInfo;
    expect(await refusal({ PORT: String(port) })).toBe(
      `Port ${port} of 127.0.0.1 is taken. Stop what uses it, or take another: PORT=${port + 1} npm start`,
    );
  });

  it("for a public address without a password (AC11)", async () => {
    expect(await refusal({ HOST: "0.0.0.0" })).toContain("no password is set. Set one: WEBRUNNER_PASSWORD");
    const server = await createTestServer({
      environment: { HOST: "0.0.0.0", WEBRUNNER_PASSWORD: "long enough to try" },
    });
    cleanups.push(() => server.close());
    expect((await sendRaw(server.url, { path: "/healthz" })).status).toBe(200);
  });

  it("for a directory that cannot be made, or that the engine cannot work with", async () => {
    expect(await refusal({}, "/proc/nowhere")).toContain("Set WEBRUNNER_DATA to a directory of yours");
    expect(await refusal({}, "/tmp/with space")).toContain("a space or a character outside plain ASCII");
    expect(await refusal({}, `/tmp/${"long".repeat(20)}`)).toContain("unix sockets of the engine allow 80");
    expect(await refusal({ PORT: "http" })).toContain("PORT must be a number");
  });

  it("and frees the data directory for the next try", async () => {
    const data = await makeData();
    await refusal({ HOST: "0.0.0.0" }, data);
    const server = await createTestServer({ dataDirectory: data });
    cleanups.push(() => server.close());
    expect((await server.api("GET", "/projects")).status).toBe(200);
  });
});
