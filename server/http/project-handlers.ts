/** Routes of projects, of the files in their workspaces, and of drafts. */
import type { LastProjects } from "@/server/workspace/last-projects";
import type { Projects } from "@/server/workspace/projects";
import type { Search } from "@/server/workspace/search";
import type { Workspace } from "@/server/workspace/workspace";
import type { Handlers } from "./route";

export interface ProjectHandlersDeps {
  readonly projects: Projects;
  readonly lastProjects: LastProjects;
  readonly search: Search;
}

export function createProjectHandlers({
  projects,
  lastProjects,
  search,
}: ProjectHandlersDeps): Pick<Handlers, "listProjects" | "readProject" | "listFiles" | "searchFiles"> {
  return {
    async listProjects({ user }) {
      const all = await projects.list();
      const last = await lastProjects.find(user.name);
      return { projects: all, ...(all.some(({ id }) => id === last) && { last }) };
    },
    async readProject({ params, signal }) {
      const project = await projects.get(params.project);
      return { ...project.info, releases: await projects.listReleases(project, signal) };
    },
    async listFiles({ params, signal }) {
      const { tree } = await projects.get(params.project);
      return search.listPaths(tree.root, signal);
    },
    async searchFiles({ params, query, signal }) {
      const { tree } = await projects.get(params.project);
      const flags = { regex: query.regex === "true", words: query.words === "true" };
      return search.findLines(tree.root, { ...query, ...flags }, signal);
    },
  };
}

export function createFileHandlers({
  projects,
}: Pick<ProjectHandlersDeps, "projects">): Pick<
  Handlers,
  | "listEntries"
  | "createEntry"
  | "moveEntry"
  | "copyEntry"
  | "removeEntry"
  | "readFile"
  | "replaceFile"
  | "downloadEntry"
  | "uploadFile"
> {
  const at = async ({ project }: { project: string }): Promise<Workspace> => (await projects.get(project)).workspace;
  return {
    listEntries: async ({ params, query }) => ({ entries: await (await at(params)).list(query.path) }),
    createEntry: async ({ params, body }) => (await at(params)).create(body.path, body.kind),
    moveEntry: async ({ params, body }) => (await at(params)).move(body.from, body.to),
    copyEntry: async ({ params, body }) => (await at(params)).copy(body.from, body.to),
    async removeEntry({ params, query }) {
      await (await at(params)).remove(query.path);
    },
    readFile: async ({ params, query }) => (await at(params)).readText(query.path),
    replaceFile: async ({ params, query, body }) => (await at(params)).replaceText(query.path, body.text, body.tag),
    async downloadEntry({ params, query, signal }) {
      const { fileName, chunks } = await (await at(params)).download(query.path, signal);
      const name = encodeURIComponent(fileName).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
      return { body: chunks, headers: { "content-disposition": `attachment; filename*=UTF-8''${name}` } };
    },
    uploadFile: async ({ params, query, bytes }) =>
      (await at(params)).upload(query.path, bytes, query.overwrite === "true"),
  };
}

export function createDraftHandlers({
  projects,
}: Pick<ProjectHandlersDeps, "projects">): Pick<Handlers, "listDrafts" | "keepDraft" | "removeDraft"> {
  const at = async ({ project }: { project: string }): Promise<Workspace> => (await projects.get(project)).workspace;
  return {
    listDrafts: async ({ params }) => ({ drafts: await (await at(params)).listDrafts() }),
    keepDraft: async ({ params, query, body }) => (await at(params)).keepDraft(query.path, body.text, body.baseTag),
    async removeDraft({ params, query }) {
      await (await at(params)).removeDraft(query.path);
    },
  };
}
