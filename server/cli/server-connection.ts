/**
 * Which server a command talks to, and as whom.
 *
 * In this order: `--url` or `WEBRUNNER_URL`, the server that was signed in at last, the server of this machine's data
 * directory. The token: `WEBRUNNER_TOKEN`, the one kept for that server, the local server's own, which only its user can read.
 */
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { WebrunnerError } from "@/lib/base/errors";
import { type Api, createApi } from "@/lib/client/api";
import { defaultDataDirectory } from "@/server/platform/data-layout";
import { readLogins } from "./credentials-file";

export interface ServerConnection {
  readonly url: string;
  readonly api: Api;
  /** For what does not go over the API: a socket. */
  readonly token: string | undefined;
}

export async function connect(asked: string | undefined): Promise<ServerConnection> {
  const named = asked ?? (process.env.WEBRUNNER_URL?.trim() || undefined);
  const logins = await readLogins();
  const local = await findLocalServer();
  const url = toOrigin(named ?? logins.current ?? local?.url);
  const kept = Object.hasOwn(logins.servers, url) ? logins.servers[url]?.token : undefined;
  const own = local && toOrigin(local.url) === url ? local.token : undefined;
  return createConnection(url, process.env.WEBRUNNER_TOKEN?.trim() || kept || own);
}

export function createConnection(url: string, token: string | undefined): ServerConnection {
  const signed: typeof fetch = (input, init) => {
    const headers = new Headers(init?.headers);
    if (token) headers.set("authorization", `Bearer ${token}`);
    return fetch(input, { ...init, headers });
  };
  return { url, token, api: createApi({ fetch: signed, origin: url }) };
}

export function toOrigin(text: string | undefined): string {
  if (text === undefined) {
    throw new WebrunnerError("request/not-found", {
      message: "no server is known.",
      hint: "Start one (npm start), or name it: --url URL, WEBRUNNER_URL, or webrunner login URL.",
    });
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol)) return url.origin;
  throw new WebrunnerError("request/invalid", { message: `${text} is no address of a server.` });
}

async function findLocalServer(): Promise<{ url: string; token: string | undefined } | undefined> {
  const data = process.env.WEBRUNNER_DATA || defaultDataDirectory(process.env, process.getuid?.() ?? -1, homedir());
  const record = await readText(join(data, "server.lock"));
  if (record === undefined) return undefined;
  try {
    const { url } = JSON.parse(record) as { url?: string };
    return url === undefined ? undefined : { url, token: (await readText(join(data, "state/local-token")))?.trim() };
  } catch {
    // Being written, or damaged: there is no server to be found by it.
    return undefined;
  }
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    // Absent, or another user's: not for us either way.
    if (["ENOENT", "EACCES", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}
