/**
 * One recipe alone, in a scratch directory: which release or partition it takes its neighbours from, and the command.
 *
 * The scratch directory is emptied by the next test of the same section; the release and the partition stay as they are.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { WebrunnerError } from "@/lib/base/errors";
import type { DataLayout } from "@/server/platform/data-layout";
import type { Files, Owner } from "@/server/platform/files";
import type { DevelopedRecipe, EnginePlan, EngineProfile, SlaposEngine } from "./engine";
import { toDriverArgv } from "./engine-driver";
import type { EngineEnvironment } from "./engine-environment";
import { toBuildName } from "./plain-buildout";

export interface RecipeTests {
  plan(
    profile: EngineProfile,
    request: {
      readonly section: string | undefined;
      /** The section is one of this instance's profile. */
      readonly instance: string | undefined;
      readonly develop: readonly DevelopedRecipe[];
    },
  ): Promise<EnginePlan>;
}

export interface RecipeTestsOptions {
  readonly files: Files;
  readonly layout: DataLayout;
  readonly builder: Owner;
  readonly environment: EngineEnvironment;
  readonly slapos: Pick<SlaposEngine, "toSoftwareDirectory" | "describe">;
}

export function createRecipeTests({ files, layout, builder, environment, slapos }: RecipeTestsOptions): RecipeTests {
  const findBuilt = async ({ project, path, absolute }: EngineProfile): Promise<string | undefined> => {
    const places = [
      slapos.toSoftwareDirectory(project, absolute),
      join(layout.project(project).build, toBuildName(path)),
    ];
    for (const place of places) if (await files.findInfo(join(place, ".installed.cfg"))) return place;
    return undefined;
  };

  const getPartition = async (project: string, instance: string): Promise<string> => {
    const found = (await slapos.describe(project)).instances.find(({ name }) => name === instance);
    if (found) return join(layout.project(project).slapos, "inst", found.partition);
    throw new WebrunnerError("run/refused", {
      message: `The instance ${instance} has no partition yet.`,
      hint: "Run instance first.",
    });
  };

  return {
    async plan(profile, { section, instance, develop }) {
      environment.ensureReady();
      if (section === undefined || section.trim() === "") {
        throw new WebrunnerError("run/refused", {
          message: "Which recipe is to be tested was not said.",
          hint: "Name its section.",
        });
      }
      const { build } = layout.project(profile.project);
      const name = createHash("sha256")
        .update(`${profile.path}\n${instance ?? ""}\n${section}`)
        .digest("hex")
        .slice(0, 8);
      const directory = join(build, `recipe-${name}`);
      const partition = instance === undefined ? undefined : await getPartition(profile.project, instance);
      const spec =
        partition === undefined
          ? { profile: profile.absolute, installed: await findBuilt(profile), develop }
          : { profile: join(partition, "buildout.cfg"), installed: partition, partition: true };
      return {
        engine: "buildout",
        profile: profile.path,
        instance,
        section,
        workingDirectory: profile.workspaceRoot,
        spec: { directory, section, ...spec },
        toArgv: (specPath) => toDriverArgv(environment.python, "recipe", specPath),
        roots: [directory, profile.workspaceRoot],
        prepare: () => files.ensureDirectory(build, { owner: builder }),
      };
    },
  };
}
