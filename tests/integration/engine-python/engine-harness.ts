/**
 * The real engine for tests: provisioned once for all of them, its drivers run as an unprivileged user.
 *
 * slapgrid refuses root, so as root the user `webrunner` is made when it is missing and everything below `directory` is
 * given to it. Promise: `close` ends every process that a node started.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { until } from "../until";

const SOURCES = resolve("server/engine/python");
const USER = "webrunner";
const isRoot = process.getuid?.() === 0;

export const ENGINE = process.env.WEBRUNNER_TEST_ENGINE ?? join(tmpdir(), "webrunner-engine");
export const PYTHON = join(ENGINE, "venv/bin/python");
export const SAMPLE = resolve("server/engine/sample");
export const RELEASES = resolve("tests/fixtures/releases");

export interface Finished {
  readonly code: number;
  readonly output: string;
}

/** The output of a command that must succeed. */
function run(command: string, args: readonly string[]): string {
  return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

function identity(): { uid?: number; gid?: number } {
  if (!isRoot) return {};
  try {
    run("id", [USER]);
  } catch {
    run("useradd", ["--system", "--create-home", "--home-dir", `/var/lib/${USER}`, USER]);
  }
  return { uid: Number(run("id", ["-u", USER])), gid: Number(run("id", ["-g", USER])) };
}

/** Makes the engine, or finds it made; several test files may call this at once. */
export function provisionEngine(): void {
  identity();
  const user = isRoot ? ["--user", USER] : [];
  const python = run("python3", [join(SOURCES, "find_python.py"), ...user]).trim();
  run(python, [join(SOURCES, "provision.py"), "--engine", ENGINE, ...user]);
}

/** Runs a program of the engine to its end, its output as it would stand in a log. */
export function runAsUser(
  command: string,
  args: readonly string[],
  { env = {}, cwd = "/" }: { env?: Record<string, string>; cwd?: string } = {},
): Promise<Finished> {
  return new Promise((done, failed) => {
    const child = start(command, args, { env, cwd });
    let output = "";
    const add = (bytes: Buffer): void => {
      output += bytes.toString("utf8");
    };
    child.stdout?.on("data", add);
    child.stderr?.on("data", add);
    child.on("error", failed);
    child.on("close", (code) => done({ code: code ?? -1, output }));
  });
}

/** Starts a program of the engine in a process group of its own. */
export function start(
  command: string,
  args: readonly string[],
  { env = {}, cwd = "/" }: { env?: Record<string, string>; cwd?: string },
): ChildProcess {
  return spawn(command, args, {
    ...identity(),
    cwd,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...(isRoot ? { HOME: `/var/lib/${USER}`, USER } : {}), ...env },
  });
}

/** A directory of a test's own, with a path short enough for unix sockets, that the engine's user owns. */
export class Place {
  readonly directory = mkdtempSync(join(tmpdir(), "wr-"));

  constructor() {
    chmodSync(this.directory, 0o755);
    this.own();
  }

  path(...names: string[]): string {
    return join(this.directory, ...names);
  }

  own(): void {
    if (isRoot) run("chown", ["-R", `${USER}:`, this.directory]);
  }

  write(files: Record<string, string>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(this.path(name)), { recursive: true });
      writeFileSync(this.path(name), text);
    }
    this.own();
  }

  /** The files of one string: a line `#- /name` begins each. */
  fixture(text: string): void {
    const files: Record<string, string> = {};
    for (const part of text.split(/^#- \//m).slice(1)) {
      const end = part.indexOf("\n");
      files[part.slice(0, end).trim()] = part.slice(end + 1);
    }
    this.write(files);
  }

  copy(source: string, name: string): string {
    cpSync(source, this.path(name), { recursive: true });
    this.own();
    return this.path(name);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

export interface NodeStatus {
  readonly proxy: { readonly url: string | null; readonly answers: boolean };
  readonly supervisord: { readonly answers: boolean; readonly pid: number | null };
  readonly software: readonly { readonly profile: string; readonly completed: boolean; readonly upToDate: boolean }[];
  readonly instances: readonly {
    readonly name: string;
    readonly state: string;
    readonly partition: string;
    readonly parameters: Record<string, unknown>;
    readonly connectionParameters: Record<string, string>;
  }[];
  readonly partitions: readonly {
    readonly id: string;
    readonly state: string;
    readonly promises: readonly { readonly name: string; readonly state: string; readonly message: string }[];
    readonly processes: readonly { readonly name: string; readonly state: string; readonly pid: number | null }[];
  }[];
}

/** A SlapOS node below a place, with its proxy and supervisord. */
export class EngineNode {
  readonly place = new Place();
  readonly node = { root: this.place.path("e"), partitions: 3 };
  #proxy: ChildProcess | undefined;
  #specs = 0;

  driver(verb: string, spec: Record<string, unknown> = {}): Promise<Finished> {
    const path = this.#spec(spec);
    return runAsUser(PYTHON, ["-m", "webrunner_engine", verb, "--spec", path]);
  }

  /** A driver that is still running, in its own process group. */
  startDriver(verb: string, spec: Record<string, unknown> = {}): ChildProcess {
    return start(PYTHON, ["-m", "webrunner_engine", verb, "--spec", this.#spec(spec)], {});
  }

  async status(): Promise<NodeStatus> {
    return JSON.parse((await this.driver("status")).output) as NodeStatus;
  }

  async start(): Promise<void> {
    const proxy = start(PYTHON, ["-m", "webrunner_engine", "proxy", "--spec", this.#spec({})], {});
    this.#proxy = proxy;
    let output = "";
    for (const stream of [proxy.stdout, proxy.stderr]) {
      stream?.on("data", (bytes: Buffer) => {
        output += bytes.toString("utf8");
      });
    }
    await until(() => /^webrunner: slapproxy answers at http/m.test(output), { what: "the proxy's answer" });
    const { code, output: said } = await this.driver("supervisord");
    if (code !== 0) throw new Error(said);
  }

  async close(): Promise<void> {
    const { supervisord } = await this.status();
    if (supervisord.pid) process.kill(supervisord.pid, "SIGTERM");
    if (this.#proxy?.pid) process.kill(-this.#proxy.pid, "SIGTERM");
    if (supervisord.pid) await until(async () => !(await this.status()).supervisord.answers, { timeoutMs: 30_000 });
    this.place.remove();
  }

  #spec(spec: Record<string, unknown>): string {
    this.#specs += 1;
    const name = `specs/${this.#specs}.json`;
    this.place.write({ [name]: JSON.stringify({ node: this.node, ...spec }) });
    return this.place.path(name);
  }
}
