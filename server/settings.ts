/**
 * The settings, read once from the environment; nothing else in the server looks at it.
 *
 * A setting that cannot work is refused with one line that names the mend, before anything is opened.
 */
import { isIP } from "node:net";
import { join, resolve } from "node:path";
import { defaultDataDirectory } from "@/server/platform/data-layout";
import { StartError } from "@/server/platform/start-error";

/** Unix sockets allow 107 characters and supervisord adds to the path of its own; 80 leaves the room. */
export const ENGINE_ROOT_LIMIT = 80;
const FIRST_PROJECT = "sample";

export interface Settings {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly dataDirectory: string;
  /** Where the engine's Python environment lives. */
  readonly engineDirectory: string;
  /** The owner's first token, for automation. */
  readonly token?: string;
  /** The owner's first password. */
  readonly password?: string;
  /** The unprivileged user that builds run as, when the server is started as root. */
  readonly runUser?: string;
  /** Another zc.buildout than the pinned one: requirements, and where to look for them. */
  readonly buildout: { readonly requirements: readonly string[]; readonly findLinks: readonly string[] };
  /** A file of certificates (PEM) that git remotes may have besides the system's. */
  readonly gitCertificates?: string;
  /** Origins that may use the server besides its own, for a reverse proxy: `https://ide.example.org`. */
  readonly origins: readonly string[];
}

export interface SettingsSource {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly uid: number;
  readonly home: string;
}

export function readSettings({ environment, uid, home }: SettingsSource): Settings {
  const value = (name: string): string | undefined => environment[name]?.trim() || undefined;

  const dataDirectory = resolve(value("WEBRUNNER_DATA") ?? defaultDataDirectory(environment, uid, home));
  ensureDataDirectoryUsable(dataDirectory);
  const engineDirectory = resolve(value("WEBRUNNER_ENGINE") ?? join(dataDirectory, "engine"));
  ensurePlainPath(engineDirectory, "WEBRUNNER_ENGINE");

  const token = value("WEBRUNNER_TOKEN");
  if (token !== undefined && (token.length < 16 || token.length > 200 || !/^[\x21-\x7e]+$/.test(token))) {
    throw new StartError(
      "WEBRUNNER_TOKEN must be 16 to 200 printable characters without spaces, for example: openssl rand -hex 32",
    );
  }
  const password = environment.WEBRUNNER_PASSWORD || undefined;
  if (password !== undefined && password.length < 10) {
    throw new StartError("WEBRUNNER_PASSWORD must have at least 10 characters");
  }

  return {
    host: parseHost(value("HOST") ?? "127.0.0.1"),
    port: parsePort(value("PORT") ?? "3000"),
    dataDirectory,
    engineDirectory,
    token,
    password,
    runUser: value("WEBRUNNER_USER"),
    buildout: { requirements: words(value("WEBRUNNER_BUILDOUT")), findLinks: words(value("WEBRUNNER_FIND_LINKS")) },
    gitCertificates: value("WEBRUNNER_GIT_CA") && resolve(value("WEBRUNNER_GIT_CA")!),
    origins: (value("WEBRUNNER_ORIGINS") ?? "")
      .split(/[\s,]+/)
      .filter(Boolean)
      .map(parseOrigin),
  };
}

function words(text = ""): string[] {
  return text.split(/\s+/).filter(Boolean);
}

/** Only these reach nobody but this machine. */
export function isLoopbackHost(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

/** The engine's directory of a project must stay short enough for its unix sockets. */
export function ensureEngineRootUsable(engineRoot: string): void {
  if (engineRoot.length <= ENGINE_ROOT_LIMIT) return;
  throw new StartError(
    `The data directory is too long: ${engineRoot} has ${engineRoot.length} characters, unix sockets of the engine allow ${ENGINE_ROOT_LIMIT}. Set WEBRUNNER_DATA to a shorter path.`,
  );
}

function ensureDataDirectoryUsable(directory: string): void {
  ensurePlainPath(directory, "WEBRUNNER_DATA");
  ensureEngineRootUsable(join(directory, "projects", FIRST_PROJECT, "slapos"));
}

/** Buildout and the scripts that it writes break on spaces and on characters outside ASCII. */
function ensurePlainPath(path: string, setting: string): void {
  if (/^[A-Za-z0-9/._+@=,~-]+$/.test(path)) return;
  throw new StartError(
    `The path ${JSON.stringify(path)} has a space or a character outside plain ASCII, which the engine cannot work with. Set ${setting} to another directory.`,
  );
}

function parseHost(text: string): string {
  const host = text.startsWith("[") && text.endsWith("]") ? text.slice(1, -1) : text;
  if (isIP(host) !== 0 || /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(host)) return host;
  throw new StartError(`HOST is not a host name or address: ${JSON.stringify(text)}`);
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new StartError(`PORT must be a number from 0 to 65535, not ${JSON.stringify(text)}`);
}

function parseOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.origin === text.replace(/\/$/, "")) return url.origin;
  throw new StartError(`WEBRUNNER_ORIGINS must list origins like https://ide.example.org, not ${JSON.stringify(text)}`);
}
