/**
 * The built server in a process of its own and real Chromium, for tests of the page that need no engine.
 * One server and one browser a file; every test gets a fresh browser context with the session of one login link.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { ensureSoundWorkspaces } from "../integration/git/sound-repositories";
import { callApi, makeDataDirectory, type ServerProcess, startServerProcess } from "../integration/server-harness";
import { createWorkbenchPage, type WorkbenchPage } from "./pages/workbench-page";

export const PROJECT = "sample";

export interface OpenedPage extends WorkbenchPage {
  readonly context: BrowserContext;
  /** What the console called an error, exceptions that nobody caught, and requests that left this server. */
  readonly complaints: readonly string[];
}

export interface Webrunner {
  readonly url: string;
  readonly workspace: string;
  openPage(
    options?: BrowserContextOptions & { readonly path?: string; readonly signedIn?: boolean },
  ): Promise<OpenedPage>;
  /** Another page of the same browser context, as a second tab. */
  openTab(page: OpenedPage, path?: string): Promise<WorkbenchPage>;
  createLoginToken(): Promise<string>;
  api<T>(method: string, path: string, body?: unknown): Promise<T>;
  readFile(path: string): Promise<{ text: string; tag: string }>;
  /** Writes over whatever is there, as another program would. */
  writeFile(path: string, text: string): Promise<void>;
  killServer(): Promise<void>;
  restartServer(): Promise<void>;
  /** Starts it again where a test killed it and came to no end. */
  ensureServer(): Promise<void>;
  close(): Promise<void>;
}

/** For one step of a person; far above what a busy machine takes, below the test's own limit. */
const STEP_MS = 15_000;

const BROWSER_FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: BROWSER_FLAGS });
}

export async function startWebrunner(environment: Readonly<Record<string, string>> = {}): Promise<Webrunner> {
  const dataDirectory = await makeDataDirectory();
  const settings = { WEBRUNNER_PAGES: "on", ...environment };
  let server: ServerProcess = await startServerProcess(dataDirectory, settings);
  const browser = await launchBrowser();
  const { url } = server;
  const toFile = (path: string): string => `/projects/${PROJECT}/file?path=${encodeURIComponent(path)}`;

  const api = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await callApi<T>(url, method, path, body);
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const createLoginToken = async (): Promise<string> => {
    const { loginToken } = await api<{ loginToken: string }>("POST", "/login-tokens");
    return loginToken;
  };
  let cookies: Awaited<ReturnType<BrowserContext["cookies"]>> | undefined;
  const signIn = async (): Promise<NonNullable<typeof cookies>> => {
    const context = await browser.newContext();
    const answer = await context.request.post(`${url}/api/v1/session`, {
      data: { loginToken: await createLoginToken() },
    });
    if (!answer.ok()) throw new Error(`signing in: ${answer.status()} ${await answer.text()}`);
    const signedInCookies = await context.cookies();
    await context.close();
    return signedInCookies;
  };
  const watch = (page: Page, complaints: string[]): void => {
    page.on("pageerror", (error) => complaints.push(`exception: ${error.message}`));
    page.on("console", (message) => {
      // What the browser says of a server that is away or refuses is not the page's.
      const isNetwork = /ERR_CONNECTION|WebSocket connection|Failed to load resource/.test(message.text());
      if (message.type() === "error" && !isNetwork) complaints.push(`console: ${message.text()}`);
    });
    page.on("request", (request) => {
      if (/^(https?|wss?):/.test(request.url()) && !request.url().startsWith(url))
        complaints.push(`left: ${request.url()}`);
    });
  };

  const restartServer = async (): Promise<void> => {
    server = await startServerProcess(dataDirectory, { ...settings, PORT: new URL(url).port });
  };

  return {
    url,
    workspace: join(dataDirectory, "projects", PROJECT, "workspace"),
    api,
    createLoginToken,
    async openPage({ path = "/", signedIn = true, ...options } = {}) {
      cookies ??= await signIn();
      const context = await browser.newContext({
        ...(signedIn ? { storageState: { cookies, origins: [] } } : {}),
        viewport: { width: 1440, height: 900 },
        colorScheme: "dark",
        ...options,
      });
      context.setDefaultTimeout(STEP_MS);
      const page = await context.newPage();
      const complaints: string[] = [];
      watch(page, complaints);
      const workbench = createWorkbenchPage(page);
      await page.goto(url + path);
      if (signedIn) await workbench.waitUntilReady();
      return { ...workbench, context, complaints };
    },
    async openTab({ context }, path = "/") {
      const page = await context.newPage();
      await page.goto(url + path);
      return createWorkbenchPage(page);
    },
    readFile: (path) => api("GET", toFile(path)),
    async writeFile(path, text) {
      const answer = await callApi<{ tag?: string }>(url, "GET", toFile(path));
      await api("PUT", toFile(path), { text, tag: answer.status === 200 ? answer.body.tag : null });
    },
    async killServer() {
      server.child.kill("SIGKILL");
      await server.exited;
    },
    restartServer,
    async ensureServer() {
      if (server.child.signalCode !== null || server.child.exitCode !== null) await restartServer();
    },
    async close() {
      await browser.close();
      server.child.kill("SIGKILL");
      await server.exited;
      ensureSoundWorkspaces(dataDirectory);
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}
