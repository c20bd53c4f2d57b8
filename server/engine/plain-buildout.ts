/** The engine for any `buildout.cfg`: zc.buildout alone, in a directory of its own for each profile. */
import { createHash } from "node:crypto";
import { join, posix } from "node:path";
import type { DataLayout } from "@/server/platform/data-layout";
import type { Files, Owner } from "@/server/platform/files";
import type { BuildoutEngine } from "./engine";
import { toDriverArgv } from "./engine-driver";
import type { EngineEnvironment } from "./engine-environment";

export interface PlainBuildoutOptions {
  readonly files: Files;
  readonly layout: DataLayout;
  readonly builder: Owner;
  readonly environment: EngineEnvironment;
}

export function createPlainBuildout({ files, layout, builder, environment }: PlainBuildoutOptions): BuildoutEngine {
  return {
    async isBuilt(project, path) {
      const directory = join(layout.project(project).build, toBuildName(path));
      return (await files.findInfo(join(directory, ".installed.cfg"))) !== undefined;
    },
    async planBuildout(profile, { force, develop }) {
      environment.ensureReady();
      const { build } = layout.project(profile.project);
      const directory = join(build, toBuildName(profile.path));
      return {
        engine: "buildout",
        profile: profile.path,
        workingDirectory: profile.workspaceRoot,
        // Newest mode asks the index again for every egg: only when the user wants all anew.
        spec: {
          directory,
          profile: profile.absolute,
          options: force ? {} : { "buildout:newest": "false" },
          develop,
        },
        toArgv: (specPath) => toDriverArgv(environment.python, "buildout", specPath),
        roots: [directory, profile.workspaceRoot],
        async prepare() {
          await files.ensureDirectory(build, { owner: builder });
          await files.ensureDirectory(directory, { owner: builder, mode: 0o755 });
        },
      };
    },
  };
}

/** `software/hello/buildout.cfg` → `hello-1f2e3d4c`: readable, short, and one for each profile. */
export function toBuildName(path: string): string {
  const folder = posix
    .basename(posix.dirname(path))
    .replace(/[^A-Za-z0-9_-]/g, "")
    .slice(0, 24);
  return `${folder || "build"}-${createHash("sha256").update(path).digest("hex").slice(0, 8)}`;
}
