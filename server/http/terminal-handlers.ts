/** Routes of terminals. A folder is confined to the workspace before a shell is started in it. */
import { join } from "node:path";
import { WebrunnerError } from "@/lib/base/errors";
import type { ConfinedFiles } from "@/server/platform/confined-files";
import { toConfinedPath } from "@/server/platform/confined-path";
import type { TerminalKeeper } from "@/server/terminal/terminal-keeper";
import type { Handlers } from "./route";

export interface TerminalHandlersDeps {
  readonly terminals: TerminalKeeper;
  /** `project/not-found` */
  readonly openTree: (project: string) => Promise<ConfinedFiles>;
  /** What shells of this project find in their environment: where its node is configured, the engine's programs. */
  readonly environmentOf: (project: string) => Readonly<Record<string, string>>;
}

export type TerminalHandlerName = "listTerminals" | "openTerminal" | "renameTerminal" | "closeTerminal";

export function createTerminalHandlers(deps: TerminalHandlersDeps): Pick<Handlers, TerminalHandlerName> {
  const { terminals, openTree, environmentOf } = deps;
  return {
    async listTerminals({ params: { project } }) {
      await openTree(project);
      return { terminals: terminals.list(project) };
    },
    async openTerminal({ params: { project }, body }) {
      const tree = await openTree(project);
      const folder = toConfinedPath(body.folder ?? "");
      const entry = folder === "" ? undefined : await tree.findEntry(folder);
      if (folder !== "" && !entry) throw new WebrunnerError("file/not-found", { message: "There is no such folder." });
      if (entry && entry.kind !== "directory")
        throw new WebrunnerError("file/not-directory", { message: "That is not a folder." });
      const directory = join(tree.root, folder);
      const { name, columns, rows } = body;
      return terminals.open({ project, name, directory, columns, rows, environment: environmentOf(project) });
    },
    renameTerminal: ({ params: { terminal }, body: { name } }) => terminals.rename(terminal, name),
    closeTerminal({ params: { terminal } }) {
      terminals.close(terminal);
      return undefined;
    },
  };
}
