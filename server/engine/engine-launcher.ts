/** Which engine a run needs: what the run keeper asks before it makes a run. */
import { WebrunnerError } from "@/lib/base/errors";
import type { RunRequest } from "@/lib/protocol";
import type { ConfinedFiles } from "@/server/platform/confined-files";
import type { BuildoutEngine, DevelopedRecipe, EnginePlan, InstanceTarget, SlaposEngine } from "./engine";
import { isInstanceSupervisord } from "./engine-driver";
import { ensureEngineProfile } from "./engine-profile";
import type { RecipeTests } from "./recipe-tests";
import type { VerificationBuilds } from "./verification-builds";

export interface EngineLauncherOptions {
  readonly slapos: SlaposEngine;
  readonly buildout: BuildoutEngine;
  readonly recipeTests: RecipeTests;
  readonly verifications: Pick<VerificationBuilds, "plan">;
  /** The recipe eggs that the project has in development mode. */
  readonly listDeveloped: (project: string) => Promise<readonly DevelopedRecipe[]>;
  /** `project/not-found` */
  readonly openTree: (project: string) => Promise<ConfinedFiles>;
  /** The instance that a run is for, made when the release has none yet. */
  readonly resolveInstance: (project: string, profile: string, name: string | undefined) => Promise<InstanceTarget>;
}

export interface EngineLauncher {
  /** `account`: whose logins are used for a clone of what was pushed; without one it is fetched by nobody in particular. */
  plan(project: string, request: RunRequest, account?: string): Promise<EnginePlan>;
  isSpared(commandLine: readonly string[]): boolean;
}

export function createEngineLauncher(options: EngineLauncherOptions): EngineLauncher {
  const { slapos, buildout, recipeTests, verifications, openTree, resolveInstance, listDeveloped } = options;
  return {
    isSpared: isInstanceSupervisord,
    async plan(project, { kind, profile: named, instance, section, force = false }, account = "") {
      const profile = await ensureEngineProfile(project, await openTree(project), named);
      switch (kind) {
        case "buildout":
          return buildout.planBuildout(profile, { force, develop: await listDeveloped(project) });
        case "software":
          return slapos.planSoftware(profile, { force, develop: await listDeveloped(project) });
        case "instance":
          return slapos.planInstance(profile, await resolveInstance(project, profile.path, instance));
        case "recipe":
          return recipeTests.plan(profile, { section, instance, develop: await listDeveloped(project) });
        case "verification":
          return verifications.plan(profile, account);
        case "report":
          throw new WebrunnerError("run/refused", {
            message: "The embedded engine has no report of its own.",
            hint: "To destroy an instance, request its state destroyed and run the instance.",
          });
      }
    },
  };
}
