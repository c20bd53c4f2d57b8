/**
 * Whom builds and terminals run as, and with which environment.
 *
 * Started as root, the server runs them as an unprivileged user (made when missing), because a build is arbitrary
 * code and slapgrid refuses root anyway. Started as anyone else, they run as that same user.
 *
 * Invariant: a child's environment is an allow-list; the server's secrets are in no child's environment.
 */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { homedir, userInfo } from "node:os";
import { promisify } from "node:util";
import type { Owner } from "./files";
import { StartError } from "./start-error";

const run = promisify(execFile);
const DEFAULT_USER = "webrunner";

export interface RunIdentity extends Owner {
  readonly name: string;
  readonly home: string;
  /** The server is root, and children must be started with `uid` and `gid`. */
  readonly switched: boolean;
}

export interface RunIdentityOptions {
  /** `WEBRUNNER_USER`; default `webrunner`. */
  readonly userName?: string;
  /** Home of the children when the server is root. */
  readonly home: string;
}

export async function ensureRunIdentity({ userName, home }: RunIdentityOptions): Promise<RunIdentity> {
  const uid = process.getuid?.() ?? -1;
  if (uid !== 0) {
    const current = userInfo();
    if (userName !== undefined && userName !== current.username) {
      throw new StartError(
        `WEBRUNNER_USER is ${userName}, but the server runs as ${current.username}; only root can switch. Start as root, or unset it.`,
      );
    }
    return { uid: current.uid, gid: current.gid, name: current.username, home: homedir(), switched: false };
  }

  const name = userName ?? DEFAULT_USER;
  if (!/^[a-z_][a-z0-9_-]{0,31}$/.test(name)) {
    throw new StartError(`WEBRUNNER_USER is not a user name: ${JSON.stringify(name)}`);
  }
  let found = await findUser(name);
  if (!found) {
    if (userName !== undefined) {
      throw new StartError(`WEBRUNNER_USER names ${name}, who does not exist. Make it: useradd --system ${name}`);
    }
    await makeUser(name, home);
    found = await findUser(name);
  }
  if (!found) throw new StartError(`The user ${name} could not be made. Make it: useradd --system ${name}`);
  if (found.uid === 0) throw new StartError(`WEBRUNNER_USER must not be root, as builds would run as root.`);
  return { ...found, name, home, switched: true };
}

/** Options for `child_process` that make the child run as this identity. */
export function toSpawnOwner(identity: RunIdentity): { uid?: number; gid?: number } {
  return identity.switched ? { uid: identity.uid, gid: identity.gid } : {};
}

/** How children reach package indexes and the network, and in which language they talk; all else is left out. */
const INHERITED = [
  "PATH",
  "LANG",
  "LC_ALL",
  "LC_CTYPE",
  "TZ",
  "TMPDIR",
  "http_proxy",
  "https_proxy",
  "no_proxy",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "PIP_INDEX_URL",
  "PIP_EXTRA_INDEX_URL",
  "PIP_TRUSTED_HOST",
  "PIP_CERT",
  "PIP_CONFIG_FILE",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "REQUESTS_CA_BUNDLE",
  "CURL_CA_BUNDLE",
];

/** The whole environment of a child: never the server's own. */
export function childEnvironment(
  identity: RunIdentity,
  extra: Readonly<Record<string, string>> = {},
  inherited: Readonly<Record<string, string | undefined>> = process.env,
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const name of INHERITED) {
    const value = inherited[name];
    if (value !== undefined) environment[name] = value;
  }
  return {
    ...environment,
    PATH: environment.PATH ?? "/usr/local/bin:/usr/bin:/bin",
    HOME: identity.home,
    USER: identity.name,
    LOGNAME: identity.name,
    ...extra,
  };
}

async function findUser(name: string): Promise<Owner | undefined> {
  for (const line of (await readFile("/etc/passwd", "utf8")).split("\n")) {
    const [login, , uid, gid] = line.split(":");
    if (login === name) return { uid: Number(uid), gid: Number(gid) };
  }
  return findDirectoryUser(name);
}

/** Users that are not in /etc/passwd (LDAP and the like). */
async function findDirectoryUser(name: string): Promise<Owner | undefined> {
  try {
    const { stdout } = await run("getent", ["passwd", "--", name]);
    const [, , uid, gid] = stdout.trim().split(":");
    return uid && gid ? { uid: Number(uid), gid: Number(gid) } : undefined;
  } catch {
    // getent ends with 2 when there is no such user, and may itself be absent: both mean "not found here".
    return undefined;
  }
}

async function makeUser(name: string, home: string): Promise<void> {
  try {
    await run("useradd", ["--system", "--no-create-home", "--home-dir", home, "--shell", "/bin/bash", name]);
  } catch (cause) {
    // Two servers may start at once: whoever lost finds the user.
    if (await findUser(name)) return;
    throw new StartError(
      `Started as root, and the unprivileged user ${name} could not be made (${firstLine(cause)}). Make it, or name another in WEBRUNNER_USER.`,
    );
  }
}

function firstLine(error: unknown): string {
  const text = (error as { stderr?: string }).stderr || (error instanceof Error ? error.message : String(error));
  return text.trim().split("\n")[0] ?? "";
}
