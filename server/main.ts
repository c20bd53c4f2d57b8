/**
 * The server: the one place where settings, platform, features and the http server come together.
 *
 * Promises: what keeps it from starting is one line that names the mend; one server for one data directory; asked to
 * end, it is gone within ten seconds and the runs go on.
 */
import { createServer, type Server } from "node:http";
import { type AddressInfo, isIPv6 } from "node:net";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { openAccessKeeper } from "./access/access-keeper";
import { createSecret } from "./access/secrets";
import { createContainer } from "./container";
import { createApi } from "./http/api";
import { createCredentials } from "./http/credentials";
import { createFrontDoor } from "./http/front-door";
import { createPages } from "./http/pages";
import type { ErrorLog } from "./http/problems";
import { createRequestGuard } from "./http/request-guard";
import { createServiceProxy } from "./instance/service-proxy";
import { createServiceTickets } from "./instance/service-tickets";
import { createCommands } from "./platform/command";
import { keepHeapCompact } from "./platform/compact-heap";
import { createDataLayout, type DataLayout } from "./platform/data-layout";
import { acquireDataLock } from "./platform/data-lock";
import { errorNumber, type Files } from "./platform/files";
import { createNodeFiles } from "./platform/node-files";
import { ensureRunIdentity, type RunIdentity } from "./platform/run-identity";
import { openServerLog } from "./platform/server-log";
import { StartError } from "./platform/start-error";
import { createSockets } from "./realtime/sockets";
import { isLoopbackHost, readSettings, type Settings } from "./settings";

/** Time for requests that are being answered; what is left of ten seconds is for the rest. */
const GRACE_MS = 3_000;
const CLOSE_LIMIT_MS = 9_000;
/** A big upload over a slow line takes longer than Node's default of five minutes. */
const REQUEST_MS = 3_600_000;

export interface RunningServer {
  /** `http://127.0.0.1:3000` */
  readonly url: string;
  /** Good once. */
  createLoginLink(): string;
  readonly log: ErrorLog;
  close(): Promise<void>;
}

export interface StartOptions {
  /** Without, only the API and the sockets answer. */
  readonly pages: boolean;
  /** Without, the engine's environment is not made before it is asked for. Default true. */
  readonly provisionsEngine?: boolean;
}

export async function startServer(
  settings: Settings,
  { pages: withPages, provisionsEngine = true }: StartOptions,
): Promise<RunningServer> {
  const files = createNodeFiles();
  const layout = createDataLayout(settings.dataDirectory, settings.engineDirectory);
  const installDirectory = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");
  await prepareDataDirectory(files, layout);
  const lock = await acquireDataLock({ files, directory: layout.root, path: layout.lock });
  const opened: (() => Promise<void> | void)[] = [() => lock.release()];
  const closeAll = async (): Promise<void> => {
    for (const close of opened.splice(0).reverse()) await close();
  };

  try {
    const identity = await ensureRunIdentity({ userName: settings.runUser, home: layout.home });
    await ensureReachable(files, layout, identity);
    const { log, close: closeLog } = await openServerLog(layout.serverLog, files);
    opened.push(closeLog);

    const localToken = createSecret();
    const access = await openAccessKeeper({
      files,
      path: join(layout.state, "access.json"),
      log,
      now: () => Date.now(),
      password: settings.password,
      fixedTokens: { local: localToken, ...(settings.token === undefined ? {} : { environment: settings.token }) },
    });
    if (!isLoopbackHost(settings.host) && !access.hasPassword) {
      throw new StartError(
        `HOST=${settings.host} can be reached from other machines, and no password is set. Set one: WEBRUNNER_PASSWORD=… npm start`,
      );
    }
    // The command line of the same user on the same machine signs in with it.
    await files.replace(join(layout.state, "local-token"), `${localToken}\n`);

    const guard = createRequestGuard({ host: settings.host, origins: settings.origins });
    const credentials = createCredentials(access, guard);
    const httpServer = createServer({ requestTimeout: REQUEST_MS });
    const sockets = createSockets({ httpServer, guard, credentials, onCredentialEnded: access.onEnded, log });
    opened.push(() => closeHttp(httpServer, () => sockets.close()));
    const version = await readVersion(files, installDirectory);
    const container = createContainer({
      files,
      layout,
      identity,
      access,
      credentials,
      broadcaster: sockets,
      log,
      installDirectory,
      version,
      provisionsEngine,
      buildout: settings.buildout,
      gitCertificates: await readCertificates(files, settings.gitCertificates),
    });
    opened.push(() => container.dispose());
    await container.prepare();

    const api = createApi({ handlers: container.handlers, credentials, guard, log, version });
    const pages = withPages
      ? await createPages({
          directory: join(installDirectory, "dist/page"),
          files,
          isSecure: guard.isSecure,
          isSignedIn: ({ headers }) =>
            credentials.find({ host: headers.host, cookie: headers.cookie, authorization: headers.authorization }) !==
            undefined,
        })
      : undefined;
    if (withPages && !pages) throw new StartError("The page has not been built. Build it: npm run build");
    const tickets = createServiceTickets();
    const endingTickets = access.onEnded.on((credential) => tickets.end(credential));
    opened.push(() => endingTickets.dispose());
    const services = createServiceProxy({
      tickets,
      findCredential: ({ headers }) =>
        credentials.find({ host: headers.host, cookie: headers.cookie, authorization: headers.authorization }),
      isOwnOrigin: ({ headers }) => guard.isOriginAllowed(headers.origin, headers.host),
      isSecure: guard.isSecure,
      findTarget: (name) => container.findService(name),
    });
    const door = createFrontDoor({ api, pages, services, guard, log });
    httpServer.on("request", door.handle);
    httpServer.prependListener("request", door.prepare);
    httpServer.on("upgrade", door.upgrade);
    sockets.serve(container.events);

    const url = await listen(httpServer, settings);
    await lock.publish(url);
    log.info({ url, version }, "The server answers");
    return {
      url,
      createLoginLink: () => `${url}/login#${access.createLoginToken({ lasting: true })}`,
      log,
      close: closeAll,
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** Entry of `npm start`: runs until a signal ends it. */
export async function main(): Promise<void> {
  keepHeapCompact();
  let server: RunningServer;
  try {
    const settings = readSettings({ environment: process.env, uid: process.getuid?.() ?? -1, home: homedir() });
    server = await startServer(settings, {
      pages: process.env.WEBRUNNER_PAGES !== "off",
      provisionsEngine: process.env.WEBRUNNER_PROVISION !== "off",
    });
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    console.error(`webrunner: ${error.message}`);
    process.exitCode = 1;
    return;
  }
  console.log(`webrunner is at ${server.url}\nSign in with this link, which is good once: ${server.createLoginLink()}`);

  const stop = (): void => {
    // Asked again, it does not wait any longer.
    process.once("SIGINT", () => process.exit(1));
    process.once("SIGTERM", () => process.exit(1));
    setTimeout(() => process.exit(1), CLOSE_LIMIT_MS).unref();
    server.close().then(
      () => process.exit(0),
      (error) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  // A bug in one request must not end the work of everybody: it is written down, and the server lives.
  process.on("uncaughtException", (error) => server.log.error({ err: error }, "An exception that nobody caught"));
  process.on("unhandledRejection", (error) => server.log.error({ err: error }, "A rejection that nobody caught"));
}

async function prepareDataDirectory(files: Files, layout: DataLayout): Promise<void> {
  // Root's server must let the unprivileged user through to its projects, but not list what is here.
  const mode = process.getuid?.() === 0 ? 0o711 : 0o700;
  try {
    await files.ensureDirectory(layout.root, { mode });
    await files.ensureDirectory(layout.state);
  } catch (cause) {
    throw new StartError(
      `The data directory ${layout.root} cannot be made or written (${errorNumber((cause as Error).cause) ?? "unknown"}). Set WEBRUNNER_DATA to a directory of yours.`,
      { cause },
    );
  }
}

async function readCertificates(files: Files, path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const text = (await files.find(path))?.toString("latin1");
  if (text?.includes("-----BEGIN CERTIFICATE-----")) return text;
  throw new StartError(`WEBRUNNER_GIT_CA=${path} is not a file of certificates in PEM form.`);
}

/** Builds run as the unprivileged user: what is above the data directory must let that user through. */
async function ensureReachable(files: Files, layout: DataLayout, identity: RunIdentity): Promise<void> {
  if (!identity.switched) return;
  await files.ensureDirectory(layout.home, { owner: identity });
  const commands = createCommands(identity);
  const result = await commands.run("test", ["-x", layout.root], { directory: "/" });
  if (result.code === 0) return;
  throw new StartError(
    `The user ${identity.name}, whom builds run as, cannot enter ${dirname(layout.root)}. Set WEBRUNNER_DATA to a directory below one that everybody may enter, such as /var/lib.`,
  );
}

async function readVersion(files: Files, installDirectory: string): Promise<string> {
  const manifest: { version?: string } = JSON.parse(
    (await files.read(join(installDirectory, "package.json"))).toString(),
  );
  return manifest.version ?? "0.0.0";
}

function listen(server: Server, { host, port }: Settings): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => reject(toListenError(cause, host, port)));
    server.listen({ host, port }, () => {
      const { port: taken } = server.address() as AddressInfo;
      const name = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
      resolve(`http://${isIPv6(name) ? `[${name}]` : name}:${taken}`);
    });
  });
}

function toListenError(cause: Error, host: string, port: number): Error {
  switch (errorNumber(cause)) {
    case "EADDRINUSE":
      return new StartError(
        `Port ${port} of ${host} is taken. Stop what uses it, or take another: PORT=${port + 1} npm start`,
        {
          cause,
        },
      );
    case "EACCES":
      return new StartError(`Port ${port} needs more rights. Take one from 1024 up: PORT=3000 npm start`, { cause });
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return new StartError(`HOST=${host} is no address of this machine. Set HOST=127.0.0.1`, { cause });
    default:
      return cause;
  }
}

/** No new request, sockets ended, the running ones get a while. */
async function closeHttp(server: Server, closeSockets: () => Promise<void>): Promise<void> {
  const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  await closeSockets();
  server.closeIdleConnections();
  await new Promise<void>((resolve) => {
    if (!server.listening) resolve();
    server.close(() => resolve());
  });
  clearTimeout(cut);
}
