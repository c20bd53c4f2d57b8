/** The language service as a page has it: over a real server's socket, with drafts, crashes and other pages beside it. */
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { io, type Socket } from "socket.io-client";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createStore } from "zustand/vanilla";
import { createLanguageClient, type LanguageClient } from "@/lib/client/language";
import { clientEventNames } from "@/lib/client/route-table";
import { defaultSettings } from "@/lib/client/settings";
import { createTestServer, type TestServer } from "../server-harness";
import { until } from "../until";

let server: TestServer;
let folder: string;
const sockets: Socket[] = [];
beforeAll(async () => {
  server = await createTestServer();
  folder = join(server.dataDirectory, "projects/sample/workspace/language");
  await mkdir(folder);
  await writeFile(join(folder, "base.cfg"), "[base]\ndirectory = /srv\n");
  await writeFile(join(folder, "secret.cfg"), "[secret]\nword = hidden\n");
});
afterAll(() => server?.close());
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.disconnect();
});

async function openPage(): Promise<LanguageClient> {
  const socket = io(server.url, {
    transports: ["websocket"],
    extraHeaders: { cookie: await server.signIn(), origin: server.url },
  });
  sockets.push(socket);
  const client = createLanguageClient({
    project: "sample",
    settings: createStore(() => defaultSettings),
    connection: {
      on(name, listener) {
        socket.on(name as string, listener as never);
        return { dispose: () => undefined };
      },
      onOnline(listener) {
        socket.on("connect", () => listener());
        return { dispose: () => undefined };
      },
      async request(name, payload) {
        const reply = await socket.timeout(10_000).emitWithAck(clientEventNames[name], payload);
        if ("code" in reply) throw new Error(JSON.stringify(reply));
        return reply;
      },
    },
  });
  await until(() => client.state.getState().phase === "ready", { what: "the language service" });
  return client;
}

function openText(client: LanguageClient, path: string, text: string): { change(next: string): void } {
  let current = text;
  let version = 1;
  client.open(path, { languageId: "buildout", text: () => current, version: () => version });
  return {
    change(next) {
      current = next;
      version++;
      client.change(path, [{ text: next }]);
    },
  };
}

const codes = (client: LanguageClient, path: string): unknown[] =>
  (client.diagnostics.getState().get(path) ?? []).map(({ code }) => code);

test("answers from the unsaved text, one page's apart from another's", async () => {
  const one = await openPage();
  const other = await openPage();
  const document = openText(one, "language/top.cfg", "[buildout]\nextends = base.cfg\n[a]\nb = ${base:directory}\n");
  openText(other, "language/top.cfg", "[a]\nb = other\n");
  const ask = (client: LanguageClient) => client.askProfile("buildout/effective", "language/top.cfg", { section: "a" });
  expect((await ask(one))?.options.map(({ name, value }) => [name, value])).toContainEqual(["b", "/srv"]);
  expect((await ask(other))?.options.map(({ name, value }) => [name, value])).toContainEqual(["b", "other"]);
  document.change("[buildout]\nextends = base.cfg\n[a]\nb = ${base:directoyr}\n");
  await until(() => codes(one, "language/top.cfg").includes("reference/unknown-option"), { what: "the diagnostic" });
  expect(codes(other, "language/top.cfg")).not.toContain("reference/unknown-option");
});

test("the routes answer from the saved files, in paths of the workspace", async () => {
  await writeFile(
    join(folder, "saved.cfg"),
    "[buildout]\nextends = base.cfg\nparts = p\n[p]\nrecipe = r\nx = ${base:directory}/x\n",
  );
  const at = (view: string) => `/projects/sample/profile/${view}?path=language/saved.cfg`;
  const effective = await server.api<{ options: { name: string; steps: unknown[] }[] }>(
    "GET",
    `${at("effective")}&section=p`,
  );
  expect(effective.body.options.find(({ name }) => name === "x")).toEqual({
    name: "x",
    value: "/srv/x",
    raw: "${base:directory}/x",
    steps: [
      {
        operation: "=",
        times: 1,
        text: "${base:directory}/x",
        source: "language/saved.cfg",
        place: { path: "language/saved.cfg", line: 6, column: 1 },
      },
    ],
  });
  const tree = await server.api<{ files: { path: string }[] }>("GET", at("extends"));
  expect(tree.body.files.map(({ path }) => path)).toEqual(["language/saved.cfg", "language/base.cfg"]);
  const parts = await server.api<{ parts: { name: string; recipe: string }[] }>("GET", at("parts"));
  expect(parts.body.parts).toMatchObject([{ name: "p", recipe: "r", requested: true, exists: true }]);
  expect((await server.api("GET", "/projects/sample/profile/parts?path=language/none.cfg")).status).toBe(404);
  expect((await server.api("GET", "/projects/sample/profile/parts?path=../x.cfg")).status).toBeGreaterThanOrEqual(400);
  expect(JSON.stringify([effective.body, tree.body, parts.body])).not.toContain(server.dataDirectory);
});

test("no file outside of the workspace is read, whatever a profile or a link names", async () => {
  await writeFile(join(server.dataDirectory, "outside.cfg"), "[outside]\nword = hidden\n");
  await symlink(join(server.dataDirectory, "outside.cfg"), join(folder, "link.cfg"));
  const client = await openPage();
  const up = "../".repeat(12);
  openText(
    client,
    "language/out.cfg",
    `[buildout]\nextends = link.cfg\n  ${up}${server.dataDirectory.slice(1)}/outside.cfg\n  ${server.dataDirectory}/outside.cfg\n[a]\nb = \${outside:word}\n`,
  );
  const found = await client.askProfile("buildout/extends", "language/out.cfg", {});
  expect(found?.files.filter(({ missing }) => missing)).toHaveLength(found!.files.length - 1);
  const seen = await client.askProfile("buildout/effective", "language/out.cfg", { section: "a" });
  expect(JSON.stringify(seen)).not.toContain("hidden");
});

test("a file that changes on disk is read again", async () => {
  const client = await openPage();
  await sockets.at(-1)!.emitWithAck("project:watch", { project: "sample" });
  await writeFile(join(folder, "live.cfg"), "[live]\nx = 1\n");
  openText(client, "language/reader.cfg", "[buildout]\nextends = live.cfg\n[a]\nb = ${live:x}\n");
  const value = async () =>
    (await client.askProfile("buildout/effective", "language/reader.cfg", { section: "a" }))?.options.at(-1)?.value;
  await until(async () => (await value()) === "1", { what: "the first value" });
  await writeFile(join(folder, "live.cfg"), "[live]\nx = 2\n");
  await until(async () => (await value()) === "2", { what: "the second value" });
});
