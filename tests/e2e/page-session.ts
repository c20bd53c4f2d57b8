/**
 * A real server on the real engine in a process of its own, and its page in a real Chromium, signed in by the link
 * that the server printed.
 */
import { readdir, readFile, readlink, rm } from "node:fs/promises";
import type { Browser, BrowserContext } from "playwright-core";
import {
  callApi,
  makeDataDirectory,
  type ServerProcess,
  startServerProcess,
  TEST_ENGINE,
} from "../integration/server-harness";
import { until } from "../integration/until";
import { createWorkbenchPage, type WorkbenchPage } from "./pages/workbench-page";
import { launchBrowser, PROJECT } from "./webrunner";

export interface PageSession extends WorkbenchPage {
  readonly context: BrowserContext;
  readonly dataDirectory: string;
  /** What the page's console called an error, and exceptions that nobody caught. */
  readonly errors: readonly string[];
  server: ServerProcess;
  /** `kill -9`, then the same data and port again. */
  restartServer(): Promise<void>;
  killServer(): Promise<void>;
  api<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** Writes over whatever is there, as another program would. */
  writeFile(path: string, text: string): Promise<void>;
  close(): Promise<void>;
}

export { PROJECT };

export async function openSession(
  options: {
    readonly viewport?: { width: number; height: number };
    /** Keep what the page's socket brings of logs, and the times between frames: `window.recorder`. */
    readonly recordsLog?: boolean;
    /** Gives the address by which the page reaches the server, where that is another than the server's own. */
    readonly toPageUrl?: (serverUrl: string) => Promise<string>;
  } = {},
): Promise<PageSession> {
  const dataDirectory = await makeDataDirectory();
  const pages = { WEBRUNNER_PAGES: "on", WEBRUNNER_ENGINE: TEST_ENGINE };
  let browser: Browser | undefined;
  const server = await startServerProcess(dataDirectory, pages);
  const close = async (): Promise<void> => {
    await browser?.close();
    session.server.child.kill("SIGKILL");
    await session.server.exited;
    await endProcessesOf(dataDirectory);
    await rm(dataDirectory, { recursive: true, force: true });
  };
  const errors: string[] = [];
  const session = { server, dataDirectory, errors, close } as unknown as {
    -readonly [K in keyof PageSession]: PageSession[K];
  };
  try {
    browser = await launchBrowser();
    session.context = await browser.newContext({ viewport: options.viewport ?? { width: 1440, height: 900 } });
    Object.assign(session, createWorkbenchPage(await session.context.newPage()));
    if (options.recordsLog) await session.page.addInitScript(recordLog);
    session.page.on("pageerror", (error) => errors.push(String(error)));
    // What the browser says of a server that is away is no error of the page.
    session.page.on("console", (message) => {
      if (message.type() === "error" && !/ERR_CONNECTION|WebSocket|Failed to load/.test(message.text())) {
        errors.push(message.text());
      }
    });
  } catch (error) {
    await close();
    throw error;
  }
  const url = server.url;
  session.killServer = async () => {
    session.server.child.kill("SIGKILL");
    await session.server.exited;
  };
  session.restartServer = async () => {
    session.server = await startServerProcess(dataDirectory, { ...pages, PORT: new URL(url).port });
  };
  session.api = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await callApi<T>(url, method, path, body);
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  session.writeFile = async (path, text) => {
    const file = `/projects/${PROJECT}/file?path=${encodeURIComponent(path)}`;
    const answer = await callApi<{ tag?: string }>(url, "GET", file);
    await session.api("PUT", file, { text, tag: answer.status === 200 ? answer.body.tag : null });
  };
  const isReady = async () => (await session.api<{ phase: string }>("GET", "/engine")).phase === "ready";
  await until(isReady, { timeoutMs: 120_000, what: "the engine" });
  const pageUrl = (await options.toPageUrl?.(url)) ?? url;
  await session.page.goto(`${pageUrl}/login#${server.loginToken}`);
  await session.page.getByRole("button", { name: "Run software", exact: true }).first().waitFor();
  return session;
}

/** Runs in the page, before its own scripts. socket.io sends a chunk's offset as text, then its bytes. */
function recordLog(): void {
  let chunks: { offset: number; bytes: ArrayBuffer; at: number }[] = [];
  let frames: number[] = [];
  let offset: number | undefined;
  const Original = window.WebSocket;
  window.WebSocket = class extends Original {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      this.addEventListener("message", ({ data }) => {
        if (typeof data === "string") {
          const match = data.includes("log:chunk") ? /"offset":(\d+)/.exec(data) : null;
          offset = match ? Number(match[1]) : undefined;
        } else if (offset !== undefined) chunks.push({ offset, bytes: data, at: performance.now() });
      });
    }
  };
  let last = performance.now();
  const frame = (now: number) => {
    if (chunks.length > 0) frames.push(now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  const recorder = {
    clear() {
      chunks = [];
      frames = [];
    },
    async read() {
      const size = Math.max(...chunks.map((chunk) => chunk.offset + chunk.bytes.byteLength));
      const whole = new Uint8Array(size);
      for (const chunk of chunks) whole.set(new Uint8Array(chunk.bytes), chunk.offset);
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", whole));
      const sha256 = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      const bytes = chunks.reduce((sum, chunk) => sum + chunk.bytes.byteLength, 0);
      return { sha256, bytes, firstAt: chunks[0]?.at, lastAt: chunks.at(-1)?.at, frames };
    },
  };
  Object.assign(window, { recorder });
}

/** Instances live on after the server; those of a test end with it, known by its directory in their command lines. */
async function endProcessesOf(dataDirectory: string): Promise<void> {
  for (const name of await readdir("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    try {
      const commandLine = await readFile(`/proc/${pid}/cmdline`, "utf8");
      const directory =
        commandLine.includes(dataDirectory) || (await readlink(`/proc/${pid}/cwd`)).startsWith(dataDirectory);
      if (directory) process.kill(pid, "SIGKILL");
    } catch {
      // It ended while we looked, or is not ours to see.
    }
  }
}
