/**
 * The pages, which Next renders, behind a gate of ours.
 *
 * The session is checked before Next sees a request, for data requests of pages (`.rsc`, prefetch) as for pages:
 * Next's own middleware is no access boundary. Only the login page and the build's static files are for everyone;
 * neither has any data. Next is loaded while the API already answers; a page that is asked for before waits for it.
 */
import { createHash, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import type { Files } from "@/server/platform/files";
import { createPagePolicy } from "./security-headers";

export interface Pages {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Resolves when Next is there. */
  readonly ready: Promise<void>;
}

export interface PagesOptions {
  /** Of the installation, where `.next` is. */
  readonly directory: string;
  readonly files: Files;
  readonly isSignedIn: (request: IncomingMessage) => boolean;
  readonly isSecure: (host: string | undefined) => boolean;
}

type Render = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Undefined when the pages have not been built. */
export async function createPages(options: PagesOptions): Promise<Pages | undefined> {
  const { directory, files, isSignedIn, isSecure } = options;
  if (!(await files.findInfo(join(directory, ".next/BUILD_ID")))) return undefined;
  const hashes = collectScriptHashes(files, join(directory, ".next/server/app"));
  const early = readEarlyFiles(files, join(directory, ".next/server/app/page/react-loadable-manifest.json"));
  const loading = loadNext(directory);
  const ready = Promise.all([loading, hashes, early]).then(() => {});
  ready.catch(() => {
    // Whoever asks for a page gets the error, and the start waits for it too.
  });

  return {
    ready,
    async handle(request, response) {
      if (request.method !== "GET" && request.method !== "HEAD") return refuse(response, 405, "Method not allowed");
      const path = request.url ?? "/";
      const open = isOpenPath(path);
      if (!open && !isSignedIn(request)) {
        if (isDataRequest(request, path)) return refuse(response, 401, "Sign in first.");
        // A link into the page is taken up again after signing in.
        const asked = /^\/(\?[\w=&%.:/~-]*)$/.exec(path)?.[1] ?? "";
        response.writeHead(302, { location: `/login${asked}`, "cache-control": "no-store" }).end();
        return;
      }
      const nonce = randomBytes(16).toString("base64");
      const host = request.headers.host ?? "";
      const policy = createPagePolicy({ host, secure: isSecure(host), nonce, scriptHashes: await hashes });
      response.setHeader("content-security-policy", policy);
      if (path.split("?", 1)[0] === "/") response.setHeader("link", await early);
      dropInternalHeaders(request);
      // Next takes the nonce for pages that it renders now from the policy in the request.
      request.headers["content-security-policy"] = policy;
      await (await loading)(request, response);
    },
  };
}

/**
 * A `Link` header with the files that the workbench loads by itself once its own scripts run: the editor. Named
 * here, the browser fetches them at the same time.
 */
async function readEarlyFiles(files: Files, manifestPath: string): Promise<string[]> {
  if (!(await files.findInfo(manifestPath))) return [];
  const manifest: Record<string, { files: string[] }> = JSON.parse((await files.read(manifestPath)).toString("utf8"));
  const names = new Set(Object.values(manifest).flatMap((group) => group.files));
  return [...names].map((name) => `</_next/${name}>; rel=preload; as=${name.endsWith(".css") ? "style" : "script"}`);
}

async function loadNext(directory: string): Promise<Render> {
  const { default: next } = await import("next");
  // Next adds its own listener for upgrades to the server that it is given, before any check of ours: it gets one
  // that nobody can connect to.
  const app = next({ dev: false, dir: directory, httpServer: createServer() });
  await app.prepare();
  return app.getRequestHandler();
}

/** Taken literally: what needs decoding or dots to be one of these is none. */
function isOpenPath(url: string): boolean {
  const path = url.split("?", 1)[0]!;
  if (
    path === "/login" ||
    path === "/login.rsc" ||
    path === "/favicon.ico" ||
    path === "/icon.svg" ||
    path === "/theme.js"
  )
    return true;
  return /^\/_next\/static\/[A-Za-z0-9_~@()[\]./-]+$/.test(path) && !path.includes("..") && !path.includes("//");
}

/** Asked for by a script of the page, which wants an answer and not another page. */
function isDataRequest({ headers }: IncomingMessage, url: string): boolean {
  if (headers.rsc !== undefined || headers["next-router-prefetch"] !== undefined) return true;
  const [path = "", query = ""] = url.split("?");
  if (path.startsWith("/_next/") || path.endsWith(".rsc") || /(^|&)_rsc=/.test(query)) return true;
  return (headers["sec-fetch-dest"] ?? "document") !== "document";
}

/** Headers by which Next talks to itself; from outside they steer it. */
function dropInternalHeaders(request: IncomingMessage): void {
  for (const name of Object.keys(request.headers)) {
    if (
      /^(x-middleware-|x-nextjs-|x-invoke-|x-matched-path|x-now-|x-vercel-|x-forwarded-|next-action|content-security)/.test(
        name,
      )
    ) {
      delete request.headers[name];
    }
  }
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" }).end(text);
}

/** `sha256-…` of every inline script in the pages that were made at build time. */
async function collectScriptHashes(files: Files, directory: string): Promise<string[]> {
  const hashes = new Set<string>();
  for (const { name, kind } of await files.list(directory)) {
    const path = join(directory, name);
    if (kind === "directory") for (const hash of await collectScriptHashes(files, path)) hashes.add(hash);
    else if (name.endsWith(".html")) {
      for (const hash of hashInlineScripts((await files.read(path)).toString("utf8"))) hashes.add(hash);
    }
  }
  return [...hashes].sort();
}

export function hashInlineScripts(html: string): string[] {
  return [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)]
    .map((match) => match[1]!)
    .filter((text) => text !== "")
    .map((text) => `sha256-${createHash("sha256").update(text).digest("base64")}`);
}
