/** The project's own source files as text, for the tests that hold its rules. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const projectRoot = fileURLToPath(new URL("../..", import.meta.url));

export interface SourceFile {
  /** Relative to the project. */
  readonly path: string;
  readonly text: string;
}

/** Files that git tracks or would track, so that a new file is held to the rules before its first commit. */
export function listProjectFiles(): string[] {
  const argv = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const output = execFileSync("git", argv, { cwd: projectRoot, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  return [...new Set(output.split("\0").filter(Boolean))];
}

export function readSourceFiles(pattern: RegExp): SourceFile[] {
  return listProjectFiles()
    .filter((path) => pattern.test(path))
    .flatMap((path) => {
      try {
        return [{ path, text: readFileSync(`${projectRoot}/${path}`, "utf8") }];
      } catch (error) {
        // Listed by git, deleted in the work tree.
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
        throw error;
      }
    });
}
