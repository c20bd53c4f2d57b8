/** New projects: empty, or cloned. */
import type { CredentialStore } from "@/server/git/credentials";
import type { GitService } from "@/server/git/git-service";
import { getAllowedUrl } from "@/server/git/remotes";
import type { Projects } from "@/server/workspace/projects";
import { toTask } from "./git-handlers";
import type { Handlers } from "./route";

export function createNewProjectHandlers({
  projects,
  git,
  credentials,
}: {
  readonly projects: Projects;
  readonly git: GitService;
  readonly credentials: CredentialStore;
}): Pick<Handlers, "createProject" | "cloneProject"> {
  return {
    async createProject({ body }) {
      const made = await projects.begin(body.name);
      const info = await made.finish();
      await git.create(info.id, "", undefined);
      return info;
    },
    async cloneProject({ body, user }) {
      const url = getAllowedUrl(body.url);
      const password = body.password || url.password;
      if (password) {
        const login = { user: body.user || url.user || "git", password, scheme: body.scheme };
        await credentials.save(user.name, url.url, login);
      }
      const place = await projects.begin(body.name ?? toName(url.path));
      const task = git.cloneApart(place.id, user.name, { url, branch: body.branch, depth: body.depth }, place);
      return { project: place.id, task: toTask(task) };
    },
  };
}

/** As git names the folder of a clone. */
function toName(path: string): string {
  return (
    path
      .replace(/\/+$/, "")
      .replace(/\.git$/, "")
      .split("/")
      .at(-1) || "project"
  );
}
