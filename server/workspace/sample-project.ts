/**
 * The first project: a repository in the shape of SlapOS's own, with a sample software release, committed to git.
 *
 * It is made beside its place and then moved there, so that a server killed in the middle leaves no half of a project.
 */
import { join } from "node:path";
import type { Commands } from "@/server/platform/command";
import type { DataLayout } from "@/server/platform/data-layout";
import type { Files } from "@/server/platform/files";
import type { RunIdentity } from "@/server/platform/run-identity";
import { HEAVY_DIRECTORIES } from "./search";

export const SAMPLE_PROJECT = "sample";

export interface SampleProjectOptions {
  readonly files: Files;
  readonly layout: DataLayout;
  readonly identity: RunIdentity;
  readonly commands: Commands;
  /** Where the sample's files lie in the installation. */
  readonly sampleDirectory: string;
  readonly now: () => number;
}

/** Git that asks nothing, runs no hook and reads no configuration but its own. */
const GIT_ENVIRONMENT = {
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_TERMINAL_PROMPT: "0",
  GIT_AUTHOR_NAME: "webrunner",
  GIT_AUTHOR_EMAIL: "webrunner@localhost",
  GIT_COMMITTER_NAME: "webrunner",
  GIT_COMMITTER_EMAIL: "webrunner@localhost",
};
const GIT_OPTIONS = ["-c", "core.hooksPath=/dev/null", "-c", "commit.gpgSign=false", "-c", "core.fsmonitor=false"];

export async function createSampleProject(options: SampleProjectOptions): Promise<void> {
  const { files, layout, identity, commands } = options;
  const owner = identity.switched ? identity : undefined;
  const making = join(layout.projects, `.making-${SAMPLE_PROJECT}`);
  const workspace = join(making, "workspace");
  await files.remove(making);
  await files.ensureDirectory(making, { mode: identity.switched ? 0o711 : 0o700 });
  await files.ensureDirectory(workspace, { owner });
  await copyTree(options, options.sampleDirectory, workspace);

  const git = async (...args: string[]): Promise<void> => {
    const result = await commands.run("git", [...GIT_OPTIONS, ...args], {
      directory: workspace,
      environment: GIT_ENVIRONMENT,
    });
    if (result.code !== 0) throw new Error(`git ${args[0]} ended with ${result.code}: ${result.stderr.trim()}`);
  };
  await git("init", "--quiet", "--template=", "--initial-branch=main");
  await git("add", "--all");
  await git("commit", "--quiet", "--allow-empty", "--message=Start with the sample software release");

  const record = { id: SAMPLE_PROJECT, name: "Sample", createdAt: new Date(options.now()).toISOString() };
  await files.replace(join(making, "project.json"), `${JSON.stringify(record, undefined, 2)}\n`);
  await files.move(making, layout.project(SAMPLE_PROJECT).root);
}

async function copyTree({ files, identity }: SampleProjectOptions, from: string, to: string): Promise<void> {
  const owner = identity.switched ? identity : undefined;
  for (const { name, kind } of await files.list(from)) {
    if (HEAVY_DIRECTORIES.has(name)) continue;
    const [source, target] = [join(from, name), join(to, name)];
    if (kind === "directory") {
      await files.ensureDirectory(target, { mode: 0o755, owner });
      await copyTree({ files, identity } as SampleProjectOptions, source, target);
    } else if (kind === "file") {
      const executable = ((await files.findInfo(source))?.mode ?? 0) & 0o111;
      await files.replace(target, await files.read(source), { mode: executable ? 0o755 : 0o644, owner });
    }
  }
}
