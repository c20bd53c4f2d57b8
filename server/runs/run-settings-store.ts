/** How the runs of each project are run, kept beside the project; absent or damaged is as never set. */
import { DEFAULT_RUN_SETTINGS, type RunSettings, runSettingsSchema } from "@/lib/protocol";
import type { Files } from "@/server/platform/files";

export interface RunSettingsStore {
  read(project: string): Promise<RunSettings>;
  replace(project: string, settings: RunSettings): Promise<RunSettings>;
}

export function createRunSettingsStore(files: Files, pathOf: (project: string) => string): RunSettingsStore {
  return {
    async read(project) {
      const bytes = await files.find(pathOf(project));
      if (bytes === undefined) return DEFAULT_RUN_SETTINGS;
      try {
        return runSettingsSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
      } catch {
        // Half a file of a full disk, or of a later version: runs go on with what is usual.
        return DEFAULT_RUN_SETTINGS;
      }
    },
    async replace(project, settings) {
      await files.replace(pathOf(project), `${JSON.stringify(settings, undefined, 2)}\n`);
      return settings;
    },
  };
}
