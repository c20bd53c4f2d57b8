/**
 * A real smart-HTTP git server: `git http-backend` behind a small CGI bridge with basic authentication. Single files are at
 * `/NAME/raw/BRANCH/PATH`, for everybody, as a forge has them.
 */
import { execFile, execFileSync, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { ensureSoundRepositories } from "./sound-repositories";

export interface GitServer {
  readonly url: (name: string) => string;
  /** Of the bare repository on the disk. */
  readonly path: (name: string) => string;
  /** Every request line and its Authorization header. */
  readonly requests: { readonly method: string; readonly url: string; readonly authorization: string | undefined }[];
  create(name: string): void;
  /** Pushes die after this many bytes of their pack have come in, also when they are tried again. */
  dieAfterBytes: number | undefined;
  /** Packs that are asked for do not come until this is false again, as on a line that stands still. */
  holdFetches: boolean;
  /** The same of packs that are pushed. */
  holdPushes: boolean;
  /** How many requests are held now. */
  readonly held: number;
  /** Requests for a path are sent to another address instead. */
  redirectTo: string | undefined;
  /** Fails when one of its repositories is not sound. */
  close(): Promise<void>;
}

export interface GitUser {
  readonly password: string;
  readonly mayPush: boolean;
}

/** Without users nobody is asked for anything, and nobody may push. */
export interface GitServerOptions {
  /** Passwords are shown as `Authorization: Bearer`, and no other way is let in. */
  readonly bearer?: boolean;
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Its repositories are made to do harm: git itself would complain of them. */
  readonly hostile?: boolean;
}

export async function startGitServer(
  root: string,
  users?: Readonly<Record<string, GitUser>>,
  options: GitServerOptions = {},
): Promise<GitServer> {
  mkdirSync(root, { recursive: true });
  const requests: GitServer["requests"] = [];
  const state = {
    dieAfterBytes: undefined as number | undefined,
    held: { "git-upload-pack": false, "git-receive-pack": false },
    redirectTo: undefined as string | undefined,
  };
  type Service = keyof typeof state.held;
  const waiting = new Map<IncomingMessage, { readonly service: Service; readonly goOn: () => void }>();
  const hold = (service: Service, isHeld: boolean): void => {
    state.held[service] = isHeld;
    if (isHeld) return;
    for (const [request, each] of waiting) {
      if (each.service !== service) continue;
      waiting.delete(request);
      each.goOn();
    }
  };

  const authenticate = (request: IncomingMessage): { user: string; entry: GitUser } | undefined => {
    if (options.bearer) {
      const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
      const found = Object.entries(users ?? {}).find(([, { password }]) => password === token);
      return found && { user: found[0], entry: found[1] };
    }
    const [, encoded] = /^Basic (.+)$/.exec(request.headers.authorization ?? "") ?? [];
    const [user = "", ...rest] = Buffer.from(encoded ?? "", "base64")
      .toString("utf8")
      .split(":");
    const entry = users?.[user];
    return entry && entry.password === rest.join(":") ? { user, entry } : undefined;
  };

  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    const url = new URL(request.url ?? "/", "http://localhost");
    requests.push({
      method: request.method ?? "",
      url: request.url ?? "",
      authorization: request.headers.authorization,
    });
    if (state.redirectTo !== undefined) {
      response.writeHead(302, { location: state.redirectTo + (request.url ?? "") }).end();
      return;
    }
    const raw = /^\/([^/]+)\/raw\/([^/]+)\/(.+)$/.exec(decodeURIComponent(url.pathname));
    if (raw) {
      const [, name = "", branch, path] = raw;
      const words = ["-C", join(root, `${name}.git`), "show", `${branch}:${path}`];
      execFile("git", words, { encoding: "buffer" }, (error, content) =>
        error ? response.writeHead(404).end() : response.end(content),
      );
      return;
    }
    const isPush = url.searchParams.get("service") === "git-receive-pack" || url.pathname.endsWith("/git-receive-pack");
    const who = authenticate(request);
    if (users && !who) {
      response
        .writeHead(401, { "www-authenticate": `${options.bearer ? "Bearer" : "Basic"} realm="git"` })
        .end("Who are you?");
      return;
    }
    if (isPush && who?.entry.mayPush !== true) {
      response.writeHead(403).end("You may not push here.");
      return;
    }
    const service = /\/(git-(?:upload|receive)-pack)$/.exec(url.pathname)?.[1] as Service | undefined;
    if (request.method === "POST" && service && state.held[service]) {
      request.socket.on("close", () => waiting.delete(request));
      waiting.set(request, { service, goOn: () => answer(request, response, { url, isPush, user: who?.user }) });
      return;
    }
    answer(request, response, { url, isPush, user: who?.user });
  };

  const answer = (
    request: IncomingMessage,
    response: ServerResponse,
    { url, isPush, user }: { readonly url: URL; readonly isPush: boolean; readonly user: string | undefined },
  ): void => {
    const child = spawn("git", ["http-backend"], {
      env: {
        PATH: process.env.PATH ?? "",
        GIT_PROJECT_ROOT: root,
        GIT_HTTP_EXPORT_ALL: "1",
        GIT_CONFIG_NOSYSTEM: "1",
        HOME: root,
        PATH_INFO: decodeURIComponent(url.pathname),
        QUERY_STRING: url.search.slice(1),
        REQUEST_METHOD: request.method ?? "GET",
        CONTENT_TYPE: request.headers["content-type"] ?? "",
        ...(request.headers["content-length"] !== undefined && { CONTENT_LENGTH: request.headers["content-length"] }),
        ...(request.headers["content-encoding"] !== undefined && {
          HTTP_CONTENT_ENCODING: request.headers["content-encoding"],
        }),
        ...(request.headers["git-protocol"] !== undefined && { GIT_PROTOCOL: String(request.headers["git-protocol"]) }),
        REMOTE_USER: user ?? "",
        REMOTE_ADDR: "127.0.0.1",
      } as unknown as NodeJS.ProcessEnv,
      stdio: ["pipe", "pipe", "ignore"],
      // A group of its own: the program that `git` starts reads for ever when only `git` is killed.
      detached: true,
    });
    const end = (): void => {
      try {
        process.kill(-child.pid!, "SIGKILL");
      } catch {
        // It has ended by itself.
      }
    };
    request.on("close", () => {
      if (!request.complete) end();
    });
    let received = 0;
    request.on("data", (chunk: Buffer) => {
      received += chunk.length;
      if (isPush && request.method === "POST" && state.dieAfterBytes !== undefined && received > state.dieAfterBytes) {
        end();
        request.socket.destroy();
        return;
      }
      child.stdin.write(chunk);
    });
    request.on("end", () => child.stdin.end());
    child.stdin.on("error", () => {
      // http-backend refused before it had read everything; its answer says why.
    });
    let head = Buffer.alloc(0);
    let started = false;
    child.stdout.on("data", (chunk: Buffer) => {
      if (started) {
        response.write(chunk);
        return;
      }
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf("\r\n\r\n");
      if (end < 0) return;
      started = true;
      let status = 200;
      for (const line of head.subarray(0, end).toString("latin1").split("\r\n")) {
        const colon = line.indexOf(":");
        const [name, value] = [line.slice(0, colon), line.slice(colon + 1).trim()];
        if (name.toLowerCase() === "status") status = Number.parseInt(value, 10);
        else response.setHeader(name, value);
      }
      response.writeHead(status);
      response.write(head.subarray(end + 4));
    });
    child.on("close", () => response.end());
  };

  const server = options.tls ? createSecureServer(options.tls, serve) : createServer(serve);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: (name) => `${options.tls ? "https" : "http"}://127.0.0.1:${port}/${name}`,
    path: (name) => join(root, name),
    requests,
    create(name) {
      execFileSync("git", ["init", "-q", "--bare", "-b", "main", "--", join(root, name)]);
    },
    get dieAfterBytes() {
      return state.dieAfterBytes;
    },
    set dieAfterBytes(bytes) {
      state.dieAfterBytes = bytes;
    },
    get holdFetches() {
      return state.held["git-upload-pack"];
    },
    set holdFetches(isHeld) {
      hold("git-upload-pack", isHeld);
    },
    get holdPushes() {
      return state.held["git-receive-pack"];
    },
    set holdPushes(isHeld) {
      hold("git-receive-pack", isHeld);
    },
    get held() {
      return waiting.size;
    },
    get redirectTo() {
      return state.redirectTo;
    },
    set redirectTo(address) {
      state.redirectTo = address;
    },
    async close() {
      await new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      });
      if (!options.hostile) ensureSoundRepositories(root);
    },
  };
}
