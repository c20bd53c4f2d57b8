/** AC7: the secret of a remote is in no argument, environment, file, log, answer or error, while it is used and after. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { GitTask } from "@/lib/protocol";
import { type GitServer, startGitServer } from "../../integration/git/http-backend";
import { nativeGit, temporaryPlace } from "../../integration/git/native-git";
import { finishTask } from "../../integration/git/task";
import { createTestServer, type TestServer } from "../../integration/server-harness";
import { until } from "../../integration/until";

const CANARY = "canary-91c4-of-a-remote";

let root: string;
let remotes: Record<"basic" | "bearer", GitServer>;
let server: TestServer;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "wr-secrets-"));
  const users = { ada: { password: CANARY, mayPush: true } };
  remotes = {
    basic: await startGitServer(join(root, "basic"), users),
    bearer: await startGitServer(join(root, "bearer"), users, { bearer: true }),
  };
  const place = temporaryPlace();
  const seed = nativeGit(place.work, place.home);
  seed("init", "-q", "-b", "main");
  seed("commit", "-q", "--allow-empty", "-m", "start");
  for (const remote of Object.values(remotes)) {
    remote.create("up.git");
    seed("push", "-q", remote.path("up.git"), "main");
  }
  place.dispose();
  server = await createTestServer();
});
afterAll(async () => {
  await server?.close();
  for (const remote of Object.values(remotes ?? {})) await remote.close();
  rmSync(root, { recursive: true, force: true });
});

/** Argument vectors and environments of all processes but this one, which holds the secret itself. */
function readProcesses(): { text: string; git: number } {
  let text = "";
  let git = 0;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)) {
    for (const file of ["cmdline", "environ"]) {
      try {
        const found = readFileSync(`/proc/${pid}/${file}`, "latin1");
        text += found;
        if (file === "cmdline" && /(^|\/)git(-remote-http)?\0/.test(found)) git++;
      } catch {
        // It has ended, or is somebody else's.
      }
    }
  }
  return { text, git };
}

it.each(["basic", "bearer"] as const)(
  "AC7: a %s login is seen nowhere",
  async (scheme) => {
    const remote = remotes[scheme];
    const at = (path: string): string => `/projects/sample/git${path}`;
    const body = { url: remote.url("up.git"), path: `checkout-${scheme}`, user: "ada", password: CANARY, scheme };
    remote.holdFetches = true;
    const started = await server.api<GitTask>("POST", at("/clone"), body);
    await until(() => remote.requests.some(({ method, authorization }) => method === "POST" && authorization));
    const seen = readProcesses();
    expect(seen.git).toBeGreaterThan(0);
    expect(seen.text.includes(CANARY)).toBe(false);
    const inUse = spawnSync("grep", ["-rlaF", "--", CANARY, server.dataDirectory, "/dev/shm"]);
    expect([inUse.status, inUse.stdout.toString()]).toEqual([1, ""]);
    const temporary = readdirSync(tmpdir()).filter((name) => name.startsWith("webrunner-git-"));
    for (const name of temporary) {
      const found = spawnSync("grep", ["-rlaF", "--", CANARY, join(tmpdir(), name)]);
      expect(found.stdout.toString()).toBe("");
    }
    await server.api("POST", at(`/tasks/${started.body.id}/cancel`));
    remote.holdFetches = false;
    expect(await finishTask(server, "sample", started)).toMatchObject({ state: "cancelled" });

    // In the URL it is taken out; what went wrong does not repeat it.
    const withSecret = remote.url("up.git").replace("://", `://ada:${CANARY}@`);
    expect((await server.api("PUT", at("/remotes?name=up"), { url: withSecret })).status).toBe(200);
    const wrong = await finishTask(
      server,
      "sample",
      await server.api("POST", at("/clone"), { ...body, path: "wrong", password: `${CANARY}-wrong` }),
    );
    expect(wrong.state).toBe("failed");
    const answers = [wrong];
    for (const path of ["/remotes", "/tasks", "/logins", "/trust"])
      answers.push((await server.api("GET", at(path))).body as never);
    expect(JSON.stringify(answers)).not.toContain(CANARY);
    const after = spawnSync("grep", ["-rlaF", "--", CANARY, server.dataDirectory, "/dev/shm"]);
    expect([after.status, after.stdout.toString()]).toEqual([1, ""]);
  },
  60_000,
);
