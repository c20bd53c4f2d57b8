/**
 * The pages: files that `scripts/build-page.mjs` made, behind a gate.
 *
 * The session is checked before a file is looked for, for data requests of pages (`.rsc`, prefetch) as for pages. Only
 * the login page and the build's static files are for everyone; neither has any data. A path is looked up among the
 * names that were there at the start, as it is written: none is put together from a request.
 */
import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join } from "node:path";
import type { Files } from "@/server/platform/files";
import { createPagePolicy } from "./security-headers";

export interface Pages {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

export interface PagesOptions {
  /** Of the made page. */
  readonly directory: string;
  readonly files: Files;
  readonly isSignedIn: (request: IncomingMessage) => boolean;
  readonly isSecure: (host: string | undefined) => boolean;
}

interface PageFile {
  readonly path: string;
  readonly type: string;
  /** Names of compressed copies beside it, `.br` and `.gz`. */
  readonly copies: ReadonlySet<string>;
  /** Undefined for what has its hash in its name. */
  readonly tag: string | undefined;
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".ttf": "font/ttf",
};
const ENCODINGS = [
  { coding: "br", ending: ".br" },
  { coding: "gzip", ending: ".gz" },
];
const HASHED = "/_next/static/";

/** Undefined when the pages have not been built. */
export async function createPages(options: PagesOptions): Promise<Pages | undefined> {
  const { directory, files, isSignedIn, isSecure } = options;
  if (!(await files.findInfo(join(directory, "index.html")))) return undefined;
  const found = new Map<string, PageFile>();
  const scriptHashes = new Set<string>();
  await collect(files, directory, "/", async (url, file) => {
    const isHashed = url.startsWith(HASHED);
    const bytes = isHashed ? undefined : await files.read(file.path);
    if (bytes && url.endsWith(".html")) for (const hash of hashInlineScripts(bytes.toString())) scriptHashes.add(hash);
    const tag = bytes && createHash("sha256").update(bytes).digest("base64url").slice(0, 22);
    found.set(url === "/index.html" ? "/" : url.replace(/\.html$/, ""), { ...file, tag });
  });
  const hashes = [...scriptHashes].sort();

  return {
    async handle(request, response) {
      if (request.method !== "GET" && request.method !== "HEAD") return refuse(response, 405, "Method not allowed");
      const url = request.url ?? "/";
      if (!isOpenPath(url) && !isSignedIn(request)) {
        if (isDataRequest(request, url)) return refuse(response, 401, "Sign in first.");
        // A link into the page is taken up again after signing in.
        const asked = /^\/(\?[\w=&%.:/~-]*)$/.exec(url)?.[1] ?? "";
        response.writeHead(302, { location: `/login${asked}`, "cache-control": "no-store" }).end();
        return;
      }
      const path = url.split("?", 1)[0]!;
      const page = found.get(path);
      const file = page ?? found.get("/404");
      if (!file || (!page && isDataRequest(request, url))) return refuse(response, 404, "There is no such page.");
      const host = request.headers.host ?? "";
      response.setHeader(
        "content-security-policy",
        createPagePolicy({ host, secure: isSecure(host), scriptHashes: hashes }),
      );
      response.statusCode = page ? 200 : 404;
      await send(files, file, request, response);
    },
  };
}

async function send(files: Files, file: PageFile, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const encoding = ENCODINGS.find(
    ({ coding, ending }) => file.copies.has(ending) && isAccepted(request.headers["accept-encoding"], coding),
  );
  response.setHeader("cache-control", file.tag ? "private, no-cache" : "public, max-age=31536000, immutable");
  response.setHeader("vary", "accept-encoding");
  if (file.tag) {
    const tag = `"${file.tag}${encoding?.ending ?? ""}"`;
    response.setHeader("etag", tag);
    if (response.statusCode === 200 && isHeld(request.headers["if-none-match"], tag)) {
      response.writeHead(304).end();
      return;
    }
  }
  const bytes = await files.read(`${file.path}${encoding?.ending ?? ""}`);
  response.setHeader("content-type", file.type);
  response.setHeader("content-length", bytes.length);
  if (encoding) response.setHeader("content-encoding", encoding.coding);
  response.end(request.method === "HEAD" ? undefined : bytes);
}

/** `gzip, br;q=0` accepts gzip alone. */
function isAccepted(header: string | string[] | undefined, coding: string): boolean {
  return String(header ?? "")
    .split(",")
    .some((part) => {
      const [name, weight] = part.split(";");
      return name?.trim().toLowerCase() === coding && !/^\s*q=0(\.0*)?\s*$/i.test(weight ?? "");
    });
}

function isHeld(header: string | undefined, tag: string): boolean {
  return (header ?? "").split(",").some((held) => held.trim().replace(/^W\//, "") === tag);
}

/** Each file below with the path that it is asked for by. */
async function collect(
  files: Files,
  directory: string,
  prefix: string,
  use: (url: string, file: Omit<PageFile, "tag">) => Promise<void>,
): Promise<void> {
  const entries = await files.list(directory);
  const names = new Set(entries.map(({ name }) => name));
  for (const { name, kind } of entries) {
    const path = join(directory, name);
    if (kind === "directory") await collect(files, path, `${prefix}${name}/`, use);
    const isCopy = ENCODINGS.some(({ ending }) => name.endsWith(ending));
    if (kind !== "file" || isCopy) continue;
    const copies = new Set(ENCODINGS.map(({ ending }) => ending).filter((ending) => names.has(name + ending)));
    await use(prefix + name, { path, type: TYPES[extname(name)] ?? "application/octet-stream", copies });
  }
}

/** Taken literally: what needs decoding or dots to be one of these is none. */
function isOpenPath(url: string): boolean {
  const path = url.split("?", 1)[0]!;
  if (path === "/login" || path === "/icon.svg") return true;
  return /^\/_next\/static\/[A-Za-z0-9_~@()[\]./-]+$/.test(path) && !path.includes("..") && !path.includes("//");
}

/** Asked for by a script of the page, which wants an answer and not another page. */
function isDataRequest({ headers }: IncomingMessage, url: string): boolean {
  if (headers.rsc !== undefined || headers["next-router-prefetch"] !== undefined) return true;
  const [path = "", query = ""] = url.split("?");
  if (path.startsWith("/_next/") || path.endsWith(".rsc") || /(^|&)_rsc=/.test(query)) return true;
  return (headers["sec-fetch-dest"] ?? "document") !== "document";
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" }).end(text);
}

/** `sha256-…` of every inline script of a page. */
export function hashInlineScripts(html: string): string[] {
  return [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)]
    .map((match) => match[1]!)
    .filter((text) => text !== "")
    .map((text) => `sha256-${createHash("sha256").update(text).digest("base64")}`);
}
