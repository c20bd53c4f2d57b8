/** A git server for a story: with a place of its own on the disk, which goes when it is closed, and one user, who may push. */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type GitServer, startGitServer } from "./http-backend";

export interface Forge extends GitServer {
  readonly login: { readonly user: string; readonly password: string };
}

/** With these empty repositories. */
export async function startForge(...repositories: readonly string[]): Promise<Forge> {
  const place = mkdtempSync(join(tmpdir(), "wr-forge-"));
  // Builds, which are another user's, clone from it too.
  chmodSync(place, 0o755);
  const login = { user: "ada", password: "s3cret-of-ada" };
  const server = await startGitServer(place, { [login.user]: { password: login.password, mayPush: true } });
  for (const name of repositories) server.create(name);
  const { close } = server;
  return Object.assign(server, {
    login,
    async close() {
      await close();
      rmSync(place, { recursive: true, force: true });
    },
  });
}
