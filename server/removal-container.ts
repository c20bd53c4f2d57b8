/**
 * The part of the composition that removes a project: what would be lost with it, what stands against it, and the end
 * of everything that works in it. Most features have something of a project; they only meet here.
 *
 * Invariant: nothing is ended or removed before the name was confirmed and nothing of the project runs.
 */
import { WebrunnerError } from "@/lib/base/errors";
import type { LostWork, ProjectRemoval } from "@/lib/protocol";
import type { Broadcaster } from "@/server/realtime/event";
import type { GitService } from "./git/git-service";
import { listStashes } from "./git/stash";
import { readStatus } from "./git/status";
import { countUnpushed } from "./git/unpushed";
import type { Handlers } from "./http/route";
import type { LanguageKeeper } from "./language/language-keeper";
import type { RunContainer } from "./run-container";
import type { TerminalKeeper } from "./terminal/terminal-keeper";
import type { ProjectWatch } from "./workspace/project-watch";
import type { Projects } from "./workspace/projects";

export interface RemovalContainerOptions {
  readonly projects: Pick<Projects, "get" | "list" | "remove">;
  readonly git: Pick<GitService, "list" | "run" | "tasks" | "forget">;
  readonly running: Pick<RunContainer, "runs" | "instances" | "slapos">;
  readonly terminals: Pick<TerminalKeeper, "list" | "close">;
  readonly language: Pick<LanguageKeeper, "end">;
  readonly projectWatch: Pick<ProjectWatch, "end">;
  readonly broadcaster: Broadcaster;
}

/** supervisord's words for a program that is there. */
const ALIVE = new Set(["STARTING", "RUNNING", "BACKOFF", "STOPPING"]);

export function createRemovalContainer(options: RemovalContainerOptions): {
  readonly handlers: Pick<Handlers, "readProjectRemoval" | "removeProject">;
} {
  const { projects, git, running, terminals, language, projectWatch, broadcaster } = options;
  const removing = new Set<string>();

  const findRefusal = async (id: string): Promise<ProjectRemoval["refused"]> => {
    if ((await projects.list()).length === 1)
      return { message: "It is the only project.", hint: "Make or clone another one first." };
    const run = running.runs.list(id).find(({ finishedAt }) => finishedAt === undefined);
    if (run) return { message: "A run is going on.", hint: "Stop it, or wait for its end." };
    const task = git.tasks(id).find(({ state }) => state === "running");
    if (task) return { message: `A ${task.kind} is going on.`, hint: "Cancel it, or wait for its end." };
    const isAlive = ({ partitions }: { partitions: readonly { programs: readonly { state: string }[] }[] }): boolean =>
      partitions.some(({ programs }) => programs.some(({ state }) => ALIVE.has(state)));
    const instance = (await running.instances.list(id)).find(isAlive);
    if (instance)
      return { message: `The instance ${instance.name} is running.`, hint: "Stop or destroy it first, by a run." };
    return undefined;
  };

  const countLost = async (id: string): Promise<LostWork> => {
    const { workspace } = await projects.get(id);
    const drafts = (await workspace.listDrafts()).length;
    const lost = { unpushedCommits: 0, changedFiles: 0, stashes: 0, drafts, unreadable: 0 };
    for (const path of await git.list(id)) {
      try {
        const own = await git.run(id, path, ({ repository, tree, submodule }) => ({
          commits: countUnpushed(repository),
          files: readStatus(repository, tree, { submodule }).length,
          stashes: listStashes(repository).length,
        }));
        lost.unpushedCommits += own.commits;
        lost.changedFiles += own.files;
        lost.stashes += own.stashes;
      } catch (error) {
        // A damaged repository is a reason to remove a project, not one against it.
        if (!(error instanceof WebrunnerError)) throw error;
        lost.unreadable += 1;
      }
    }
    return lost;
  };

  const examine = async (id: string): Promise<ProjectRemoval> => {
    const { info } = await projects.get(id);
    const refused = await findRefusal(id);
    return {
      project: id,
      name: info.name,
      ...(refused ? { refused } : { lost: await countLost(id) }),
      instances: (await running.instances.list(id)).map(({ name }) => name),
      runs: running.runs.list(id).length,
      terminals: terminals.list(id).length,
    };
  };

  const remove = async (id: string, name: string, force: boolean): Promise<void> => {
    const { name: wanted, refused, lost } = await examine(id);
    if (name !== wanted)
      throw new WebrunnerError("request/invalid", {
        message: `The project is called ${wanted}.`,
        hint: "Its name, exactly, confirms that it is to be removed.",
      });
    if (refused) throw new WebrunnerError("project/busy", refused);
    if (!force && lost && Object.values(lost).some((count) => count > 0))
      throw new WebrunnerError("project/has-work", {
        message: `${wanted} has work that is nowhere else: ${describeLost(lost)}.`,
        hint: "Push or save it first; or remove it all the same, by name.",
        lost,
      });
    for (const terminal of terminals.list(id)) terminals.close(terminal.id);
    await running.slapos.end(id);
    git.forget(id);
    language.end(id);
    projectWatch.end(id);
    await projects.remove(id);
    broadcaster.toAll("project:removed", { project: id });
  };

  return {
    handlers: {
      readProjectRemoval: ({ params }) => examine(params.project),
      async removeProject({ params, query }) {
        const { project } = params;
        // A second click meanwhile is the same removal.
        if (removing.has(project))
          throw new WebrunnerError("project/busy", { message: "It is being removed already." });
        removing.add(project);
        try {
          await remove(project, query.name, query.force === "true");
        } finally {
          removing.delete(project);
        }
        return undefined;
      },
    },
  };
}

/** `3 unpushed commits, 1 changed file` */
function describeLost(lost: LostWork): string {
  const say = (count: number, one: string): string[] =>
    count === 0 ? [] : [`${count} ${one}${count === 1 ? "" : "s"}`];
  const { unpushedCommits, changedFiles, drafts, unreadable } = lost;
  return [
    ...say(unpushedCommits, "unpushed commit"),
    ...say(changedFiles, "changed file"),
    ...(lost.stashes === 0 ? [] : [lost.stashes === 1 ? "1 stash" : `${lost.stashes} stashes`]),
    ...say(drafts, "unsaved text"),
    ...(unreadable === 0 ? [] : ["what is in a repository that cannot be read"]),
  ].join(", ");
}
