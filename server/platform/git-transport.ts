/**
 * Talking to other repositories: native git where it is installed, isomorphic-git in a process of its own otherwise.
 *
 * Promises:
 * - Nothing of the user's repository is configuration here: the program runs in a private git directory made for the
 *   one call, with our own configuration and no hooks; only the objects are shared. What a hostile `.git/config` says
 *   (helpers, hooks, ssh commands, proxies, rewritten URLs) is never read.
 * - A password is in no argument, environment or named file: it is handed over an inherited file descriptor to an
 *   askpass script that answers for one origin only; a bearer token comes by a file without a name, read as
 *   configuration of that one origin, and no redirect is followed then. Keys of ssh stay in an agent of ours.
 * - The program runs as the unprivileged identity when the server is root, in its own process group, and cancelling
 *   ends the group and takes away half-received packs.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, fchownSync, openSync, writeSync } from "node:fs";
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import { childEnvironment, type RunIdentity, toSpawnOwner } from "./run-identity";
import { type SshIdentity, startSshAgent } from "./ssh-agent";

export interface TransportCall {
  readonly kind: "list" | "fetch" | "push";
  /** Judged before: http, https or ssh, without a password. */
  readonly url: string;
  readonly login?: { readonly user: string; readonly password: string; readonly scheme?: "basic" | "bearer" };
  /** Of ssh: hosts that are known, in `known_hosts` form, and keys that are offered. */
  readonly ssh?: { readonly knownHosts: string; readonly identities: readonly SshIdentity[] };
  /** Absolute; where objects are read from and received into. */
  readonly objectsDirectory: string;
  /** What the other side may take for known. */
  readonly refs: readonly { readonly name: string; readonly id: string }[];
  readonly shallow?: Uint8Array;
  readonly refspecs: readonly string[];
  readonly depth?: number;
  readonly unshallow?: boolean;
  readonly tags?: boolean;
  readonly dryRun?: boolean;
  /** For a push: `refs/heads/x` must be there what we believe it to be. */
  readonly lease?: { readonly ref: string; readonly id: string };
  /** Further certificates that are trusted, PEM. */
  readonly certificates?: string;
  readonly signal?: AbortSignal;
  readonly onOutput: (text: string) => void;
}

export interface TransportAnswer {
  readonly code: number;
  /** Of `list` and `push`, one record a line. */
  readonly stdout: string;
  readonly stderr: string;
  /** References of the private directory afterwards. */
  readonly packedRefs: string;
  readonly looseRefs: readonly { readonly name: string; readonly id: string }[];
  readonly shallow: Uint8Array | undefined;
  /** Packs that the fallback received; they are to be moved to the repository. */
  readonly received: readonly { readonly name: string; readonly bytes: Uint8Array }[];
}

export interface ScannedKey {
  readonly host: string;
  readonly type: string;
  /** base64 */
  readonly key: string;
}

export interface GitTransport {
  readonly native: boolean;
  /** Which keys an ssh host shows now; nothing is sent to it but the question. Empty when it does not answer. */
  scanHostKeys(host: string, port: number, signal?: AbortSignal): Promise<readonly ScannedKey[]>;
  call(call: TransportCall): Promise<TransportAnswer>;
}

export interface GitTransportOptions {
  readonly identity: RunIdentity;
  /** Default: what the PATH has. */
  readonly gitProgram?: string | undefined;
  /** For the private directories; the identity must be able to run a script in it. */
  readonly temporaryDirectory?: string;
  /** The fallback's program; default: beside this module. */
  readonly fallbackProgram?: string;
}

/** The askpass protocol: git asks with a sentence, the answer goes to stdout. Secrets come from descriptor 3. */
const ASKPASS = `#!/bin/sh
IFS= read -r user <&3 || exit 1
case "$1" in
  "Username for '$WEBRUNNER_GIT_ORIGIN'"*)
    printf '%s\\n' "$user" ;;
  "Password for '$WEBRUNNER_GIT_SCHEME://"*"@$WEBRUNNER_GIT_HOST'"*)
    IFS= read -r password <&3 || exit 1
    printf '%s\\n' "$password" ;;
  *)
    exit 1 ;;
esac
`;

/**
 * No questions, no configuration of anybody, host keys must be known: confirmed here, or by the user's own ssh. The agent
 * is ours, or the user's own.
 */
const SSH = `#!/bin/sh
exec ssh -F /dev/null -o BatchMode=yes -o StrictHostKeyChecking=yes -o PermitLocalCommand=no -o ProxyCommand=none \\
  -o ForwardAgent=no -o UpdateHostKeys=no -o ConnectTimeout=20 \\
  -o "UserKnownHostsFile=\\"$WEBRUNNER_GIT_HOSTS\\" ~/.ssh/known_hosts" "$@"
`;

const CONFIG = `[core]
\trepositoryformatversion = 0
\tbare = true
\thooksPath = /dev/null
\tfsmonitor = false
\taskPass =
[credential]
\thelper =
[gc]
\tauto = 0
[maintenance]
\tauto = false
[fetch]
\twriteCommitGraph = false
\trecurseSubmodules = false
[push]
\trecurseSubmodules = no
[protocol]
\tallow = never
[protocol "http"]
\tallow = always
[protocol "https"]
\tallow = always
[protocol "ssh"]
\tallow = always
[http]
\tlowSpeedLimit = 1
\tlowSpeedTime = 60
`;

/** Of curl's redirects git would carry a header along to another host. */
const BEARER_CONFIG = `\tfollowRedirects = false
[include]
\tpath = /proc/self/fd/4
`;

const isBearer = (call: TransportCall): boolean => call.login?.scheme === "bearer";

const OUTPUT_LIMIT = 1024 * 1024;
/** Questions of one call that can be answered; git asks again for a second connection. */
const ANSWERS = 6;

export function findGitProgram(path = process.env.PATH ?? ""): string | undefined {
  return path
    .split(delimiter)
    .map((folder) => join(folder, "git"))
    .find((each) => each.startsWith("/") && existsSync(each));
}

export function createGitTransport(options: GitTransportOptions): GitTransport {
  const { identity } = options;
  const program = "gitProgram" in options ? options.gitProgram : findGitProgram();
  const fallback = options.fallbackProgram ?? findFallback();

  const own = async (path: string): Promise<void> => {
    if (identity.switched) await chown(path, identity.uid, identity.gid);
  };

  const prepare = async (call: TransportCall): Promise<string> => {
    const place = await mkdtemp(join(options.temporaryDirectory ?? tmpdir(), "webrunner-git-"));
    await chmod(place, 0o700);
    const write = async (name: string, content: string | Uint8Array, mode = 0o600): Promise<void> => {
      await writeFile(join(place, name), content, { mode });
      await own(join(place, name));
    };
    for (const folder of ["refs", "objects", "objects/pack", "objects/info"]) {
      await mkdir(join(place, folder));
      await own(join(place, folder));
    }
    await write("HEAD", "ref: refs/heads/none\n");
    await write("config", isBearer(call) ? CONFIG + BEARER_CONFIG : CONFIG);
    const refs = [...call.refs].sort((a, b) => (a.name < b.name ? -1 : 1));
    await write("packed-refs", `# pack-refs with: sorted\n${refs.map(({ name, id }) => `${id} ${name}\n`).join("")}`);
    if (call.shallow && call.shallow.length > 0) await write("shallow", call.shallow);
    if (call.certificates !== undefined) await write("ca.pem", (await readSystemCertificates()) + call.certificates);
    await write("known_hosts", call.ssh?.knownHosts ?? "");
    await write("askpass", ASKPASS, 0o700);
    await write("ssh", SSH, 0o700);
    await own(place);
    return place;
  };

  const nativeArguments = (call: TransportCall): string[] => {
    if (call.kind === "list") return ["ls-remote", "--symref", "--", call.url, ...call.refspecs];
    if (call.kind === "push") {
      return [
        "push",
        "--porcelain",
        "--progress",
        "--no-verify",
        "--no-signed",
        ...(call.dryRun ? ["--dry-run"] : []),
        ...(call.lease ? [`--force-with-lease=${call.lease.ref}:${call.lease.id}`] : []),
        "--",
        call.url,
        ...call.refspecs,
      ];
    }
    return [
      "fetch",
      "--no-write-fetch-head",
      "--no-auto-maintenance",
      "--no-recurse-submodules",
      "--progress",
      "--force",
      ...(call.tags === false ? ["--no-tags"] : []),
      ...(call.depth ? [`--depth=${call.depth}`] : []),
      ...(call.unshallow ? ["--unshallow"] : []),
      "--",
      call.url,
      ...call.refspecs,
    ];
  };

  /** A file that has no name: whoever inherits the descriptor can read it, again and again, and nobody else. */
  const openNameless = async (text: string, place: string): Promise<number> => {
    const shared = "/dev/shm";
    const folder = existsSync(shared) ? await mkdtemp(join(shared, "webrunner-git-")) : place;
    const path = join(folder, "nameless");
    const fd = openSync(path, "wx+", 0o600);
    try {
      await rm(folder === place ? path : folder, { recursive: true });
      if (identity.switched) fchownSync(fd, identity.uid, identity.gid);
      writeSync(fd, text);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    return fd;
  };

  const start = (call: TransportCall, place: string, agent: string | undefined, nameless?: number): ChildProcess => {
    const { protocol, host, origin } = describe(call.url);
    const ownAgent = protocol === "ssh" && !identity.switched ? process.env.SSH_AUTH_SOCK : undefined;
    const socket = agent ?? ownAgent;
    const environment = childEnvironment(identity, {
      HOME: place,
      LC_ALL: "C",
      GIT_DIR: place,
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_ATTR_NOSYSTEM: "1",
      GIT_TERMINAL_PROMPT: "0",
      GIT_ALLOW_PROTOCOL: "http:https:ssh",
      GIT_ASKPASS: join(place, "askpass"),
      SSH_ASKPASS: "/bin/false",
      GIT_SSH: join(place, "ssh"),
      GIT_SSH_VARIANT: "ssh",
      WEBRUNNER_GIT_ORIGIN: origin,
      WEBRUNNER_GIT_SCHEME: protocol,
      WEBRUNNER_GIT_HOST: host,
      ...(program !== undefined && { GIT_OBJECT_DIRECTORY: call.objectsDirectory }),
      ...(call.certificates !== undefined && {
        GIT_SSL_CAINFO: join(place, "ca.pem"),
        NODE_EXTRA_CA_CERTS: join(place, "ca.pem"),
      }),
      WEBRUNNER_GIT_HOSTS: join(place, "known_hosts"),
      ...(socket && { SSH_AUTH_SOCK: socket }),
    });
    const [command, args] =
      program === undefined
        ? [process.execPath, [fallback, place, JSON.stringify(toFallbackRequest(call))]]
        : [program, nativeArguments(call)];
    const child = spawn(command, args, {
      cwd: place,
      env: environment as NodeJS.ProcessEnv,
      stdio: ["ignore", "pipe", "pipe", "pipe", ...(nameless === undefined ? [] : [nameless])],
      detached: true,
      ...toSpawnOwner(identity),
    });
    const secrets = child.stdio[3] as Duplex;
    secrets.on("error", () => {
      // Nobody asked for the answers: the program has ended.
    });
    if (call.login && (program === undefined || !isBearer(call))) {
      const { user, password } = call.login;
      // A question for the name reads one line, one for the password two: pairs of the name, then the secret.
      const answers =
        program === undefined ? `${user}\n${password}\n` : `${user}\n${user}\n${password}\n`.repeat(ANSWERS);
      secrets.end(answers);
    } else secrets.end();
    return child;
  };

  const finish = async (
    call: TransportCall,
    child: ChildProcess,
  ): Promise<{ code: number; stdout: string; stderr: string }> => {
    let stdout = "";
    let stderr = "";
    child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      if (stdout.length < OUTPUT_LIMIT * 16) stdout += text;
    });
    child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      if (stderr.length < OUTPUT_LIMIT) stderr += text;
      call.onOutput(text);
    });
    const stop = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      } catch {
        // The group has ended already.
      }
    };
    call.signal?.addEventListener("abort", stop, { once: true });
    if (call.signal?.aborted) stop();
    try {
      const code = await new Promise<number>((resolve, reject) => {
        child.on("error", reject);
        child.on("close", (status) => resolve(status ?? -1));
      });
      return { code, stdout, stderr };
    } finally {
      call.signal?.removeEventListener("abort", stop);
    }
  };

  const runIn = async (
    call: TransportCall,
    place: string,
  ): Promise<{ code: number; stdout: string; stderr: string }> => {
    const socket = call.ssh && call.ssh.identities.length > 0 ? join(place, "agent") : undefined;
    const upstream = identity.switched ? undefined : process.env.SSH_AUTH_SOCK;
    const agent = socket === undefined ? undefined : await startSshAgent(socket, call.ssh!.identities, upstream);
    let nameless: number | undefined;
    try {
      if (socket !== undefined) await own(socket);
      if (program !== undefined && isBearer(call)) {
        nameless = await openNameless(toBearerConfig(call), place);
      }
      return await finish(call, start(call, place, socket, nameless));
    } finally {
      if (nameless !== undefined) closeSync(nameless);
      await agent?.close();
    }
  };

  return {
    native: program !== undefined,
    scanHostKeys: (host, port, signal) => scanHostKeys(identity, host, port, signal),
    async call(call) {
      const place = await prepare(call);
      const before = new Set(await listPacks(call.objectsDirectory));
      try {
        if (program === undefined) await linkObjects(call.objectsDirectory, place);
        const { code, stdout, stderr } = await runIn(call, place);
        // A push receives none, and what is there may be of somebody who fetches at the same time.
        if (code !== 0 && call.kind === "fetch") await removeLeftovers(call.objectsDirectory, before);
        call.signal?.throwIfAborted();
        return {
          code,
          stdout,
          stderr,
          packedRefs: await readFile(join(place, "packed-refs"), "utf8"),
          looseRefs: await readLooseRefs(place, "refs"),
          shallow: await readOptional(join(place, "shallow")),
          received: program === undefined ? await readReceived(place, before) : [],
        };
      } finally {
        await rm(place, { recursive: true, force: true });
      }
    },
  };
}

function toBearerConfig({ url, login }: TransportCall): string {
  const quote = (text: string): string => `"${text.replace(/[\\"]/g, "\\$&")}"`;
  return `[http ${quote(`${describe(url).origin}/`)}]\n\textraHeader = ${quote(`Authorization: Bearer ${login!.password}`)}\n`;
}

/** A file of further certificates takes the place of the system's: those belong before them. */
async function readSystemCertificates(): Promise<string> {
  for (const path of ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"]) {
    if (existsSync(path)) return `${await readFile(path, "utf8")}\n`;
  }
  return "";
}

async function scanHostKeys(
  identity: RunIdentity,
  host: string,
  port: number,
  signal: AbortSignal | undefined,
): Promise<readonly ScannedKey[]> {
  const child = spawn("ssh-keyscan", ["-T", "10", "-p", String(port), "-t", "ed25519,ecdsa,rsa", "--", host], {
    env: childEnvironment(identity, { LC_ALL: "C" }) as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "ignore"],
    ...toSpawnOwner(identity),
    ...(signal && { signal }),
  });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    if (text.length < OUTPUT_LIMIT) text += chunk;
  });
  await new Promise<void>((resolve) => {
    // Without the program, or cancelled: no key is known, and the caller says that the host could not be asked.
    child.on("error", () => resolve());
    child.on("close", () => resolve());
  });
  return text.split("\n").flatMap((line) => {
    const [name, type, key] = line.split(" ");
    return name && type && key && !line.startsWith("#") ? [{ host: name, type, key }] : [];
  });
}

function findFallback(): string {
  const beside = fileURLToPath(new URL("./git-transport-fallback.mjs", import.meta.url));
  return existsSync(beside) ? beside : join(process.cwd(), "server/platform/git-transport-fallback.mjs");
}

function describe(url: string): { protocol: string; host: string; origin: string } {
  if (!URL.canParse(url)) return { protocol: "ssh", host: "", origin: "ssh://" };
  const parsed = new URL(url);
  const protocol = parsed.protocol.slice(0, -1);
  return { protocol, host: parsed.host, origin: `${protocol}://${parsed.host}` };
}

/** What the fallback is told in its arguments; the password is not among it. */
function toFallbackRequest(call: TransportCall): object {
  const { kind, url, refspecs, depth, unshallow, tags, dryRun, lease } = call;
  const scheme = call.login?.scheme ?? "basic";
  return { kind, url, refspecs, depth, unshallow, tags, dryRun, lease, scheme, hasLogin: call.login !== undefined };
}

async function listPacks(objectsDirectory: string): Promise<string[]> {
  try {
    return await readdir(join(objectsDirectory, "pack"));
  } catch {
    // No packs yet; whoever writes the first one makes the folder.
    return [];
  }
}

/** What a killed index-pack leaves: temporary packs and keep marks that were not there before. */
async function removeLeftovers(objectsDirectory: string, before: ReadonlySet<string>): Promise<void> {
  for (const name of await listPacks(objectsDirectory)) {
    if (!before.has(name) && /^(tmp_|\.tmp-|.*\.keep$)/.test(name)) {
      await rm(join(objectsDirectory, "pack", name), { force: true });
    }
  }
}

/** The fallback reads the repository's objects through links and receives into its own folder. */
async function linkObjects(objectsDirectory: string, place: string): Promise<void> {
  for (const name of await listPacks(objectsDirectory)) {
    await symlink(join(objectsDirectory, "pack", name), join(place, "objects/pack", name));
  }
  for (const name of await readdir(objectsDirectory)) {
    if (/^[0-9a-f]{2}$/.test(name)) await symlink(join(objectsDirectory, name), join(place, "objects", name));
  }
}

async function readReceived(
  place: string,
  before: ReadonlySet<string>,
): Promise<{ name: string; bytes: Uint8Array }[]> {
  const received: { name: string; bytes: Uint8Array }[] = [];
  for (const name of (await readdir(join(place, "objects/pack"))).sort().reverse()) {
    // The pack before its index: an index says that the pack is complete.
    if (before.has(name) || !/^pack-[0-9a-f]{40}\.(pack|idx)$/.test(name)) continue;
    received.push({ name, bytes: await readFile(join(place, "objects/pack", name)) });
  }
  return received;
}

async function readLooseRefs(place: string, folder: string): Promise<{ name: string; id: string }[]> {
  const found: { name: string; id: string }[] = [];
  for (const entry of await readdir(join(place, folder), { withFileTypes: true })) {
    const name = `${folder}/${entry.name}`;
    if (entry.isDirectory()) found.push(...(await readLooseRefs(place, name)));
    else if (entry.isFile()) found.push({ name, id: (await readFile(join(place, name), "utf8")).trim() });
  }
  return found;
}

async function readOptional(path: string): Promise<Uint8Array | undefined> {
  return existsSync(path) ? readFile(path) : undefined;
}
