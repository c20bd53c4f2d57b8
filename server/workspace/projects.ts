/**
 * The projects of the data directory, and the workspace of each.
 *
 * Truth is the folder: a project is a folder with a workspace; its record only has the name and the date, and is made
 * again when it is broken.
 */

import { join } from "node:path";
import { createEmitter, type Emitter } from "@/lib/base/emitter";
import { WebrunnerError } from "@/lib/base/errors";
import type { ConfinedPath } from "@/lib/base/ids";
import { type ProjectInfo, projectIdSchema, projectSchema, type ReleaseInfo } from "@/lib/protocol";
import type { Commands } from "@/server/platform/command";
import { type ConfinedFiles, createConfinedFiles } from "@/server/platform/confined-files";
import type { DataLayout, ProjectLayout } from "@/server/platform/data-layout";
import type { Files } from "@/server/platform/files";
import { readJson, type StateLog } from "@/server/platform/json-state";
import type { RunIdentity } from "@/server/platform/run-identity";
import { createDrafts } from "./drafts";
import { createHistory } from "./history";
import { findReleases, toReleaseTitle } from "./releases";
import { createSampleProject } from "./sample-project";
import { HEAVY_DIRECTORIES, type Search } from "./search";
import { createWorkspace, type Workspace } from "./workspace";

const MAKING = ".making-";
const REMOVING = ".removing-";
const ID_LENGTH = 16;
const CHMOD_MS = 10 * 60_000;
const DESCRIPTOR_LIMIT_BYTES = 256 * 1024;

export interface Project {
  readonly info: ProjectInfo;
  readonly layout: ProjectLayout;
  readonly tree: ConfinedFiles;
  readonly workspace: Workspace;
}

/** A project that is only being made: nobody sees it before `finish`, and `discard` leaves nothing of it. */
export interface NewProject {
  readonly id: string;
  /** Absolute; the empty folder of its workspace. */
  readonly workspace: string;
  finish(): Promise<ProjectInfo>;
  discard(): Promise<void>;
}

export interface Projects {
  /** Makes the sample project when there is none. */
  prepare(): Promise<void>;
  list(): Promise<ProjectInfo[]>;
  /** `project/not-found` */
  get(id: string): Promise<Project>;
  /** The id comes from the name, with a number when there is one of that id. */
  begin(name: string): Promise<NewProject>;
  /**
   * Out of sight at once, then off the disk; what a killed server left of it goes at the next start. Whatever works in it
   * must have ended before. `project/not-found`
   */
  remove(id: string): Promise<void>;
  listReleases(project: Project, signal?: AbortSignal): Promise<ReleaseInfo[]>;
  readonly onDraftChanged: Emitter<{ readonly project: string; readonly path: string }>;
}

export interface ProjectsOptions {
  readonly files: Files;
  readonly layout: DataLayout;
  readonly identity: RunIdentity;
  readonly commands: Commands;
  readonly search: Search;
  readonly sampleDirectory: string;
  readonly log: StateLog;
  readonly now: () => number;
  /** Whether the software of this profile has been built. */
  readonly isBuilt: (project: string, profile: string) => Promise<boolean>;
}

export function createProjects(options: ProjectsOptions): Projects {
  const { files, layout, identity, commands, search, log, now } = options;
  const opened = new Map<string, Promise<Project>>();
  const beginning = new Set<string>();
  /** Their ids are not given again by this server: features remember what they knew of them. */
  const removed = new Set<string>();
  const onDraftChanged = createEmitter<{ project: string; path: string }>((error) =>
    log.warn({ err: error }, "A listener failed"),
  );

  const listIds = async (): Promise<string[]> =>
    (await files.list(layout.projects))
      .filter(({ name, kind }) => kind === "directory" && projectIdSchema.safeParse(name).success)
      .map(({ name }) => name);

  const readInfo = async (id: string): Promise<ProjectInfo> => {
    const { record, root } = layout.project(id);
    const info = await readJson({ files, path: record, schema: projectSchema, log, now });
    if (info) return { ...info, id };
    const made = { id, name: id, createdAt: new Date((await files.findInfo(root))?.modifiedMs ?? now()).toISOString() };
    await files.replace(record, `${JSON.stringify(made, undefined, 2)}\n`);
    return made;
  };

  const openProject = async (id: string): Promise<Project> => {
    const folders = layout.project(id);
    const owner = identity.switched ? identity : undefined;
    await files.ensureDirectory(folders.root, { mode: identity.switched ? 0o711 : 0o700 });
    await files.ensureDirectory(folders.workspace, { owner, mode: 0o700 });
    const tree = await createConfinedFiles({ root: folders.workspace, owner });
    sweepTree(tree, "" as ConfinedPath, now()).catch((error) =>
      log.warn({ err: error, project: id }, "Sweeping failed"),
    );
    const drafts = createDrafts({ files, directory: folders.drafts, log, now });
    const history = createHistory({ files, directory: folders.history, log, now });
    const workspace = createWorkspace({
      tree,
      history,
      drafts,
      commands,
      onDraftChanged: (path) => onDraftChanged.emit({ project: id, path }),
    });
    return { info: await readInfo(id), layout: folders, tree, workspace };
  };

  const get = async (id: string): Promise<Project> => {
    const known = opened.get(id);
    if (known) return known;
    if (!(await listIds()).includes(id)) {
      throw new WebrunnerError("project/not-found", { message: "There is no such project." });
    }
    const opening = openProject(id);
    opened.set(id, opening);
    // A failure, a full disk for example, is not remembered.
    opening.catch(() => opened.delete(id));
    return opening;
  };

  /** Builds leave folders that nobody may write, which only root can empty as they are. */
  const removeForGood = async (path: string): Promise<void> => {
    try {
      await files.remove(path).catch(async () => {
        await commands.run("chmod", ["-R", "u+rwX", "--", path], { directory: layout.projects, timeoutMs: CHMOD_MS });
        await files.remove(path);
      });
    } catch (error) {
      log.warn({ err: error, path }, "A removed project is still on the disk; the next start tries again");
    }
  };

  return {
    onDraftChanged,
    get,

    async prepare() {
      await files.ensureDirectory(layout.projects, { mode: identity.switched ? 0o711 : 0o700 });
      // Of a server that was killed while it made one, or removed one.
      for (const { name } of await files.list(layout.projects)) {
        if (name.startsWith(MAKING)) await files.remove(join(layout.projects, name));
        else if (name.startsWith(REMOVING)) void removeForGood(join(layout.projects, name));
      }
      if ((await listIds()).length > 0) return;
      await createSampleProject({ ...options });
    },

    async list() {
      const projects = [];
      for (const id of await listIds()) projects.push((await get(id)).info);
      return projects;
    },

    async begin(name) {
      const taken = new Set([...(await listIds()), ...beginning, ...removed]);
      const id = toProjectId(name, taken);
      beginning.add(id);
      const owner = identity.switched ? identity : undefined;
      const making = join(layout.projects, MAKING + id);
      const workspace = join(making, "workspace");
      const discard = async (): Promise<void> => {
        beginning.delete(id);
        await files.remove(making);
      };
      try {
        await files.remove(making);
        await files.ensureDirectory(making, { mode: identity.switched ? 0o711 : 0o700 });
        await files.ensureDirectory(workspace, { owner, mode: 0o700 });
      } catch (error) {
        await discard();
        throw error;
      }
      return {
        id,
        workspace,
        discard,
        async finish() {
          const record: ProjectInfo = { id, name: name.trim(), createdAt: new Date(now()).toISOString() };
          await files.replace(join(making, "project.json"), `${JSON.stringify(record, undefined, 2)}\n`);
          await files.move(making, layout.project(id).root);
          beginning.delete(id);
          return record;
        },
      };
    },

    async remove(id) {
      await get(id);
      const removing = join(layout.projects, `${REMOVING}${id}-${now()}`);
      await files.move(layout.project(id).root, removing);
      opened.delete(id);
      removed.add(id);
      // A checkout has some 100,000 files: nobody waits for them.
      void removeForGood(removing);
    },

    async listReleases({ info, tree }, signal) {
      const { paths } = await search.listPaths(tree.root, signal);
      return Promise.all(
        findReleases(paths).map(async ({ profile, engine, descriptor }): Promise<ReleaseInfo> => {
          const text = descriptor === undefined ? undefined : await readDescriptor(tree, descriptor as ConfinedPath);
          return {
            profile,
            engine,
            title: toReleaseTitle(profile, text),
            built: await options.isBuilt(info.id, profile),
          };
        }),
      );
    },
  };
}

/** Letters, digits and dashes of the name; engine paths are limited, so it stays short. */
function toProjectId(name: string, taken: ReadonlySet<string>): string {
  const words = name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  const base = words.slice(0, ID_LENGTH).replace(/-+$/, "") || "project";
  for (let number = 1; ; number++) {
    const id = number === 1 ? base : `${base}-${number}`;
    if (!taken.has(id)) return id;
  }
}

async function readDescriptor(tree: ConfinedFiles, path: ConfinedPath): Promise<string | undefined> {
  try {
    return (await tree.read(path, DESCRIPTOR_LIMIT_BYTES)).bytes.toString("utf8");
  } catch (error) {
    // Deleted meanwhile, or a folder of that name: the release has another title then.
    if (error instanceof WebrunnerError) return undefined;
    throw error;
  }
}

/** Removes what a killed server left of files being written, in folders that people edit. */
async function sweepTree(tree: ConfinedFiles, path: ConfinedPath, olderThanMs: number): Promise<void> {
  await tree.sweep(path, olderThanMs);
  for (const { kind, name, path: below } of await tree.list(path)) {
    if (kind === "directory" && !HEAVY_DIRECTORIES.has(name)) await sweepTree(tree, below, olderThanMs);
  }
}
