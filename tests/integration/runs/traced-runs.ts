/** A plain buildout whose parts take their time, on the real engine: for timelines, histories and what is shared of them. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { RunTimeline } from "@/lib/protocol";
import { projectRoot } from "../../tidy/source-files";
import { TEST_TOKEN } from "../server-harness";
import type { RealRuns } from "./real-runs";

export const TRACED_PROFILE = "traced/buildout.cfg";

/** Each part runs its lines of Python, in the order of the parts. */
export function toTracedProfile(
  parts: Readonly<Record<string, readonly string[]>>,
  extra: readonly string[] = [],
): string {
  const sections = Object.entries(parts).map(([part, lines]) =>
    [
      `[${part}]`,
      "recipe = slapos.recipe.build",
      "install =",
      "  import os, sys, time, subprocess",
      "  os.makedirs(location)",
      ...lines.map((line) => `  ${line}`),
      "",
    ].join("\n"),
  );
  return [`[buildout]`, `parts = ${Object.keys(parts).join(" ")}`, "", ...sections, ...extra, ""].join("\n");
}

export async function readTimeline(runs: RealRuns, run: string, since?: string): Promise<RunTimeline> {
  const query = since === undefined ? "" : `?since=${since}`;
  const reply = await runs.server.api<RunTimeline>("GET", `/runs/${run}/timeline${query}`);
  if (reply.status !== 200) throw new Error(`${reply.status} ${JSON.stringify(reply.body)}`);
  return reply.body;
}

/** The built command line against the server; what it prints. */
export async function webrunner(runs: Pick<RealRuns, "server" | "dataDirectory">, ...words: string[]): Promise<string> {
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, [join(projectRoot, "dist/webrunner.js"), ...words], {
    env: {
      NODE_ENV: "production",
      PATH: process.env.PATH,
      HOME: runs.dataDirectory,
      WEBRUNNER_DATA: join(runs.dataDirectory, "none"),
      WEBRUNNER_URL: runs.server.url,
      WEBRUNNER_TOKEN: TEST_TOKEN,
    },
  });
  return stdout;
}
