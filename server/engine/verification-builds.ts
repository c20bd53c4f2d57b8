/**
 * Builds of what was pushed: from a fresh clone of the remote at the pushed commit, in directories of their own, with the
 * same downloads as all builds of the project. No unsaved text, no file that is only here and no egg in development mode
 * is in them.
 *
 * Promises: the build of the workspace's release stays as it is; clone and build are gone when the run has ended.
 */
import { join } from "node:path";
import { WebrunnerError } from "@/lib/base/errors";
import type { RunInfo } from "@/lib/protocol";
import type { DataLayout } from "@/server/platform/data-layout";
import type { Files, Owner } from "@/server/platform/files";
import type { BuildoutEngine, EnginePlan, EngineProfile, SlaposEngine } from "./engine";
import { toBuildName } from "./plain-buildout";

export type Pushed = NonNullable<RunInfo["verification"]>;

/** The port to the repository and its remote. */
export interface PushedReleases {
  /** `run/refused` when nothing of the profile was pushed. */
  find(project: string, profile: string): Promise<Pushed>;
  /** Into a directory that is there and empty, with the paths of the workspace. */
  clone(
    project: string,
    profile: string,
    pushed: Pushed,
    directory: string,
    account: string,
    signal: AbortSignal | undefined,
    onCloning: ((progress: NonNullable<RunInfo["cloning"]>) => void) | undefined,
  ): Promise<void>;
  /** Which of the workspace paths are files here and not in the commit as they are here. */
  findForgotten(project: string, profile: string, paths: readonly string[]): Promise<readonly string[]>;
}

export interface VerificationBuilds {
  plan(profile: EngineProfile, account: string): Promise<EnginePlan>;
  /** What a verification of the profile has left on the disk. */
  remove(project: string, profile: string): Promise<void>;
  /** The log of a verification with the workspace's paths, for who looks for places in its files. */
  toWorkspacePaths(project: string, log: string): string;
}

export interface VerificationBuildsOptions {
  readonly files: Files;
  readonly layout: DataLayout;
  readonly builder: Owner;
  /** Whether the builder is another user than the server. */
  readonly isSwitched: boolean;
  readonly slapos: SlaposEngine;
  readonly buildout: BuildoutEngine;
  readonly findEngine: (project: string, profile: string) => Promise<EnginePlan["engine"]>;
  readonly pushed: PushedReleases;
}

export function createVerificationBuilds(options: VerificationBuildsOptions): VerificationBuilds {
  const { files, layout, builder, isSwitched, slapos, buildout, findEngine, pushed } = options;
  const toClone = (project: string): string => join(layout.project(project).verification, "workspace");
  /** Of plain buildout; apart from the build of the workspace's profile. */
  const toName = (profile: string): string => `verification/${profile}`;

  const removeNow = async (project: string, profile: string): Promise<void> => {
    const { verification, build } = layout.project(project);
    await files.remove(slapos.toSoftwareDirectory(project, join(toClone(project), profile)));
    await files.remove(join(build, toBuildName(toName(profile))));
    await files.remove(verification);
  };
  /** One after the other, so that the end of one verification takes nothing away of the next. */
  const removing = new Map<string, Promise<void>>();
  const remove = (project: string, profile: string): Promise<void> => {
    const before = removing.get(project) ?? Promise.resolve();
    const mine = before.catch(() => undefined).then(() => removeNow(project, profile));
    removing.set(project, mine);
    return mine;
  };

  const explainFailure = async (project: string, profile: string, log: string): Promise<string | undefined> => {
    const [, ...named] = log.split(`${toClone(project)}/`);
    const paths = new Set(named.map((rest) => /^[^\s'":;,()]*/.exec(rest)![0]));
    const forgotten = await pushed.findForgotten(project, profile, [...paths]);
    if (forgotten.length === 0) return undefined;
    const [are, it] = forgotten.length === 1 ? ["is", "it"] : ["are", "them"];
    return `${forgotten.join(", ")} ${are} not in the pushed commit as here: commit ${it} and push.`;
  };

  return {
    remove,
    toWorkspacePaths: (project, log) => log.replaceAll(toClone(project), layout.project(project).workspace),
    async plan({ project, path }, account) {
      const release = await pushed.find(project, path);
      const clone = toClone(project);
      const isPlain = (await findEngine(project, path)) === "buildout";
      const profile = {
        project,
        path: isPlain ? toName(path) : path,
        absolute: join(clone, path),
        workspaceRoot: clone,
      };
      const plan = await (isPlain ? buildout.planBuildout : slapos.planSoftware)(profile, {
        force: false,
        develop: [],
      });
      return {
        ...plan,
        profile: path,
        verification: release,
        explainFailure: (log) => explainFailure(project, path, log),
        async prepare(signal, onCloning) {
          await remove(project, path);
          const owner = isSwitched ? builder : undefined;
          await files.ensureDirectory(layout.project(project).verification, { mode: isSwitched ? 0o711 : 0o700 });
          await files.ensureDirectory(clone, { owner, mode: 0o700 });
          await pushed.clone(project, path, release, clone, account, signal, onCloning);
          if (!(await files.findInfo(profile.absolute)))
            throw new WebrunnerError("run/refused", {
              message: `${path} is not in the pushed commit.`,
              hint: "Commit it and push.",
            });
          await plan.prepare?.(signal);
        },
      };
    },
  };
}
