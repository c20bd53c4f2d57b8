/** `project:watch`: the page hears what happens in a project, and its files are watched as long as a page does. */
import type { LastProjects } from "@/server/workspace/last-projects";
import type { ProjectWatch } from "@/server/workspace/project-watch";
import type { Projects } from "@/server/workspace/projects";
import type { EventHandlers, EventSocket } from "./event";

export interface ProjectEventsDeps {
  readonly projects: Projects;
  readonly lastProjects: LastProjects;
  readonly projectWatch: ProjectWatch;
}

export function createProjectEventHandlers({
  projects,
  lastProjects,
  projectWatch,
}: ProjectEventsDeps): Pick<EventHandlers, "watchProject"> {
  const watching = new WeakMap<EventSocket, Set<string>>();
  return {
    async watchProject({ payload: { project: id, opened }, user, socket }) {
      const project = await projects.get(id);
      if (opened) await lastProjects.note(user.name, id);
      const known = watching.get(socket) ?? new Set<string>();
      watching.set(socket, known);
      socket.joinProject(id);
      // Asked twice by one page, it is still watched once for it.
      if (known.has(id)) return {};
      known.add(id);
      const held = projectWatch.hold(id, project.tree.root);
      socket.onClose(() => projectWatch.release(id));
      await held;
      return {};
    },
  };
}
