/**
 * A real server for a test: its own data directory, a free port, the owner's token; no pages.
 *
 * In the test's own process, so that what it throws is seen; `startServerProcess` is for tests that kill it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningServer, startServer } from "@/server/main";
import { readSettings, type Settings } from "@/server/settings";
import { ensureSoundWorkspaces } from "./git/sound-repositories";

export const TEST_TOKEN = "test-token-of-the-owner-0123456789";

/** One engine environment for all tests, made before them; a server finds it ready within a moment. */
export const TEST_ENGINE = process.env.WEBRUNNER_ENGINE || join(tmpdir(), "webrunner-engine");

export interface TestServer {
  readonly url: string;
  readonly dataDirectory: string;
  readonly server: RunningServer;
  /** A request below `/api/v1` with the owner's token. */
  api<T = unknown>(method: string, path: string, body?: unknown): Promise<{ status: number; body: T }>;
  /** Signs in by a login link; gives the `cookie` header. */
  signIn(): Promise<string>;
  /** Fails when a repository of a project is not sound. */
  close(): Promise<void>;
}

export interface TestServerOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** Use this data directory, and leave it when the server is closed. */
  readonly dataDirectory?: string;
  /** Make the engine's environment at the start; by default only when `WEBRUNNER_ENGINE` names one. */
  readonly engine?: boolean;
}

/** Short, as engine paths are limited, and not below a directory that an unprivileged user cannot enter. */
export function makeDataDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), "wr-"));
}

export function toTestSettings(dataDirectory: string, environment: Readonly<Record<string, string>> = {}): Settings {
  return readSettings({
    environment: {
      PORT: "0",
      WEBRUNNER_DATA: dataDirectory,
      WEBRUNNER_TOKEN: TEST_TOKEN,
      WEBRUNNER_ENGINE: TEST_ENGINE,
      ...environment,
    },
    uid: process.getuid?.() ?? -1,
    home: tmpdir(),
  });
}

export async function createTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const dataDirectory = options.dataDirectory ?? (await makeDataDirectory());
  const server = await startServer(toTestSettings(dataDirectory, options.environment), {
    pages: false,
    provisionsEngine: options.engine ?? options.environment?.WEBRUNNER_ENGINE !== undefined,
  });
  return {
    url: server.url,
    dataDirectory,
    server,
    api: (method, path, body) => callApi(server.url, method, path, body),
    async signIn() {
      const loginToken = server.createLoginLink().split("#")[1];
      const response = await fetch(`${server.url}/api/v1/session`, {
        method: "POST",
        headers: { "content-type": "application/json", origin: server.url },
        body: JSON.stringify({ loginToken }),
      });
      if (!response.ok) throw new Error(`signing in: ${response.status}`);
      return response.headers
        .getSetCookie()
        .map((cookie) => cookie.split(";")[0])
        .join("; ");
    },
    async close() {
      await server.close();
      ensureSoundWorkspaces(dataDirectory);
      if (options.dataDirectory === undefined) await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}

export async function callApi<T>(
  url: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: T }> {
  const raw = body instanceof Uint8Array;
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${TEST_TOKEN}`,
      ...(body === undefined ? {} : { "content-type": raw ? "application/octet-stream" : "application/json" }),
    },
    body: body === undefined ? undefined : raw ? new Uint8Array(body) : JSON.stringify(body),
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json");
  return { status: response.status, body: (isJson ? JSON.parse(text) : text) as T };
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
}

/** A request with headers that `fetch` does not let one set, such as `Host`, and from a chosen local address. */
export function sendRaw(
  url: string,
  options: {
    method?: string;
    /** Sent as it is. */
    path: string;
    headers?: Record<string, string>;
    body?: string | Uint8Array;
    localAddress?: string;
  },
): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        hostname,
        port,
        method: options.method ?? "GET",
        path: options.path,
        headers: {
          ...(options.body === undefined ? {} : { "content-length": String(Buffer.byteLength(options.body)) }),
          ...options.headers,
        },
        localAddress: options.localAddress,
        agent: false,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString("utf8"),
          }),
        );
        response.on("error", reject);
      },
    );
    request.on("error", reject);
    request.end(options.body);
  });
}

export interface ServerProcess {
  readonly child: ChildProcess;
  readonly url: string;
  readonly loginToken: string;
  readonly output: () => string;
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** The built server (`dist/server.mjs`) in a process of its own; `npm test` builds it first. */
export async function startServerProcess(
  dataDirectory: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const started = spawnServer(dataDirectory, environment);
  const url = await new Promise<string>((resolve, reject) => {
    const look = (): void => {
      const link = /(http:\/\/\S+)\/login#\S+/.exec(started.output());
      if (link) resolve(link[1]!);
    };
    started.child.stdout?.on("data", look);
    started.exited.then(({ code }) => reject(new Error(`the server ended with ${code}: ${started.output()}`)), reject);
  });
  const loginToken = /login#(\S+)/.exec(started.output())![1]!;
  return { ...started, url, loginToken };
}

export function spawnServer(
  dataDirectory: string,
  environment: Readonly<Record<string, string>> = {},
): Omit<ServerProcess, "url" | "loginToken"> {
  const start = `import("./dist/server.mjs").then(({ main }) => main())`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", start], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NODE_ENV: "production",
      PORT: "0",
      WEBRUNNER_DATA: dataDirectory,
      WEBRUNNER_TOKEN: TEST_TOKEN,
      WEBRUNNER_ENGINE: TEST_ENGINE,
      WEBRUNNER_PAGES: "off",
      WEBRUNNER_PROVISION: environment.WEBRUNNER_ENGINE === undefined ? "off" : "on",
      ...environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal }));
  });
  return { child, output: () => output, exited };
}
