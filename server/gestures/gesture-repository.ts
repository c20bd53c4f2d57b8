/** The port to the repository that a profile is in; the git feature fills it. */
import type { RepositoryFacts } from "@/lib/gestures/extends-source";
import type { SourceFacts } from "@/lib/git/source-facts";
import type { WorkspaceTexts } from "@/server/platform/workspace-texts";
import { toInner } from "./gesture-texts";

export interface GestureRepository extends SourceFacts {
  /** Its folder in the workspace, empty for the workspace itself. */
  readonly path: string;
}

/** Works with the repository that a path of the workspace is in, or with none. Alone on it meanwhile. */
export type WithRepository = <T>(
  path: string,
  work: (repository: GestureRepository | undefined) => T | Promise<T>,
) => Promise<T>;

export function toRepositoryFacts(repository: GestureRepository, texts: WorkspaceTexts): RepositoryFacts {
  const root = toInner(repository.path).replace(/\/$/, "");
  return { root, remotes: repository.remotes, hasFile: (path) => texts.kindOf(`${root}/${path}`) === "file" };
}
