/**
 * A real sshd on a loopback port, run by an unprivileged user (one made for it when the tests run as root), whose keys
 * and repositories lie in the test's own directory.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { userInfo } from "node:os";
import { dirname, join } from "node:path";

export interface SshServer {
  readonly user: string;
  readonly port: number;
  url(name: string): string;
  path(name: string): string;
  /** Of the key that the host shows. */
  fingerprint(): string;
  authorize(publicKey: string): void;
  git(name: string, ...args: string[]): string;
  /** Comes back with another host key. */
  changeHostKey(): Promise<void>;
  close(): Promise<void>;
}

async function findPort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise<void>((resolve) => probe.close(() => resolve()));
  return typeof address === "object" && address ? address.port : 0;
}

export async function startSshServer(root: string): Promise<SshServer> {
  const isRoot = process.getuid?.() === 0;
  const user = isRoot ? `wr-ssh-${process.pid}` : userInfo().username;
  mkdirSync(root, { recursive: true });
  if (isRoot) {
    // "*" is a password that nobody has; a user without one is locked, and sshd lets no locked user in.
    execFileSync("useradd", ["-M", "-d", root, "-s", "/bin/sh", "-p", "*", user]);
    chmodSync(root, 0o755);
    chmodSync(dirname(root), 0o711);
  }
  const owner = isRoot
    ? { uid: Number(execFileSync("id", ["-u", user])), gid: Number(execFileSync("id", ["-g", user])) }
    : {};
  const run = (command: string, ...args: string[]): string =>
    execFileSync(command, args, {
      encoding: "utf8",
      cwd: root,
      env: { PATH: process.env.PATH, HOME: root } as unknown as NodeJS.ProcessEnv,
      ...owner,
    });
  if (isRoot) execFileSync("chown", ["-R", `${user}:`, root]);
  const port = await findPort();
  const authorized = join(root, "authorized_keys");
  const config = join(root, "sshd_config");
  const hostKey = join(root, "host-key");
  writeFileSync(authorized, "", { mode: 0o644 });
  writeFileSync(
    config,
    `Port ${port}\nListenAddress 127.0.0.1\nHostKey ${hostKey}\nAuthorizedKeysFile ${authorized}\nStrictModes no\nUsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nPidFile none\nLogLevel ERROR\n`,
    { mode: 0o644 },
  );

  let daemon: ChildProcess | undefined;
  const stop = async (): Promise<void> => {
    if (!daemon || daemon.exitCode !== null || daemon.signalCode !== null) return;
    const ended = new Promise((resolve) => daemon!.once("close", resolve));
    daemon.kill("SIGKILL");
    await ended;
  };
  const start = async (): Promise<void> => {
    rmSync(hostKey, { force: true });
    rmSync(`${hostKey}.pub`, { force: true });
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", hostKey);
    let complaint = "";
    daemon = spawn("/usr/sbin/sshd", ["-D", "-e", "-f", config], { stdio: ["ignore", "ignore", "pipe"], ...owner });
    daemon.stderr!.setEncoding("utf8").on("data", (text: string) => {
      complaint += text;
    });
    for (const deadline = Date.now() + 10_000; ; ) {
      if (await answers(port)) return;
      if (daemon.exitCode !== null || Date.now() > deadline) throw new Error(`sshd does not answer: ${complaint}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const removeUser = (): void => {
    if (isRoot) execFileSync("userdel", ["-f", user], { stdio: "ignore" });
  };
  try {
    await start();
  } catch (error) {
    removeUser();
    throw error;
  }
  const path = (name: string): string => join(root, name);
  return {
    user,
    port,
    path,
    url: (name) => `ssh://${user}@127.0.0.1:${port}${path(name)}`,
    fingerprint: () => run("ssh-keygen", "-lf", `${hostKey}.pub`).split(" ")[1]!,
    authorize: (publicKey) => writeFileSync(authorized, `${readFileSync(authorized, "utf8")}${publicKey}\n`),
    git: (name, ...args) => run("git", "-C", path(name), ...args),
    async changeHostKey() {
      await stop();
      await start();
    },
    async close() {
      await stop();
      removeUser();
    },
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const end = (result: boolean): void => {
      socket.destroy();
      resolve(result);
    };
    socket.on("data", () => end(true));
    socket.on("error", () => end(false));
  });
}
