/**
 * Servers that the user has signed in at, in `~/.config/webrunner/credentials.json` (0600): the token of each by its
 * address, and which one was last.
 */
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

export interface StoredLogins {
  readonly current?: string;
  readonly servers: Readonly<Record<string, { readonly token: string }>>;
}

export function credentialsPath(): string {
  const base = process.env.XDG_CONFIG_HOME?.startsWith("/") ? process.env.XDG_CONFIG_HOME : join(homedir(), ".config");
  return join(base, "webrunner", "credentials.json");
}

export async function readLogins(): Promise<StoredLogins> {
  try {
    const value = JSON.parse(await readFile(credentialsPath(), "utf8"));
    if (typeof value === "object" && value !== null && typeof value.servers === "object") return value;
  } catch (error) {
    // Not there, or damaged: signing in again mends both.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" && !(error instanceof SyntaxError)) throw error;
  }
  return { servers: {} };
}

export async function keepLogin(url: string, token: string): Promise<void> {
  const logins = await readLogins();
  const path = credentialsPath();
  const next: StoredLogins = { current: url, servers: { ...logins.servers, [url]: { token } } };
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, `${JSON.stringify(next, undefined, 2)}\n`, { mode: 0o600 });
  await rename(temporary, path);
}
