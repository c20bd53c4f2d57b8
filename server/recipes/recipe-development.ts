/**
 * Which recipe eggs of a project are in development mode: used from a checkout of the workspace, in every run.
 *
 * Kept beside the project and not in its profiles, so that the user's files stay as they are and nothing of it can be
 * pushed by accident; the engine adds it to a run (`docs/engine.md`). A checkout that is gone stays listed, and the run
 * says what to do.
 */
import { join, posix } from "node:path";
import { z } from "zod";
import { WebrunnerError } from "@/lib/base/errors";
import type { ConfinedPath } from "@/lib/base/ids";
import { toPackageName } from "@/lib/buildout";
import type { RecipeEgg } from "@/lib/protocol";
import { EGG_FILES, findEggName } from "@/lib/slapos/egg-name";
import type { ConfinedFiles } from "@/server/platform/confined-files";
import { toConfinedPath } from "@/server/platform/confined-path";
import type { DataLayout } from "@/server/platform/data-layout";
import type { Files } from "@/server/platform/files";
import { type JsonState, openJsonState, type StateLog } from "@/server/platform/json-state";

const SETUP_LIMIT_BYTES = 256 * 1024;
/** A repository has a handful; more are of things that are no recipes. */
const SETUP_FILES = 200;

const stateSchema = z.object({
  developed: z.array(z.object({ egg: z.string(), path: z.string(), since: z.iso.datetime() })),
});
type State = z.output<typeof stateSchema>;

export interface DevelopRequest {
  readonly path?: string;
  readonly url?: string;
  readonly branch?: string;
}

export interface RecipeDevelopment {
  list(project: string): Promise<RecipeEgg[]>;
  /** Of them those in development mode: without looking through the workspace for the others, and for their checkouts. */
  listUsed(project: string): Promise<RecipeEgg[]>;
  /** With absolute directories, for the engine. */
  listDeveloped(project: string): Promise<{ egg: string; directory: string }[]>;
  /** Clones first when there is no checkout; `recipe/no-checkout` when there is no address either. */
  develop(project: string, egg: string, request: DevelopRequest, clone: CloneEgg): Promise<RecipeEgg>;
  release(project: string, egg: string): Promise<void>;
}

/** Clones into a folder of the workspace; rejects when it failed. */
export type CloneEgg = (folder: ConfinedPath, url: string, branch: string | undefined) => Promise<void>;

export interface RecipeDevelopmentOptions {
  readonly files: Files;
  readonly layout: DataLayout;
  readonly openTree: (project: string) => Promise<ConfinedFiles>;
  readonly listPaths: (root: string) => Promise<readonly string[]>;
  /** Of the releases that are built: where. */
  readonly listBuilt: (project: string) => Promise<readonly { readonly profile: string; readonly directory: string }[]>;
  readonly readBranch: (project: string, path: string) => Promise<string | undefined>;
  readonly onChanged: (project: string) => void;
  readonly log: StateLog;
  readonly now: () => Date;
}

export function createRecipeDevelopment(options: RecipeDevelopmentOptions): RecipeDevelopment {
  const { files, layout, openTree, log, now } = options;
  const opened = new Map<string, Promise<JsonState<State>>>();

  const open = (project: string): Promise<JsonState<State>> => {
    const known = opened.get(project);
    if (known) return known;
    const state = openJsonState({
      files,
      path: layout.project(project).recipes,
      schema: stateSchema,
      initial: { developed: [] },
      log,
      now: () => now().getTime(),
    });
    opened.set(project, state);
    state.catch(() => opened.delete(project));
    return state;
  };

  /** `recipesOnly`: undefined for an egg that registers no recipe, tests of a release for example. */
  const readEggName = async (tree: ConfinedFiles, folder: string, recipesOnly = false): Promise<string | undefined> => {
    for (const file of EGG_FILES) {
      const path = posix.join(folder, file) as ConfinedPath;
      if (!(await tree.findEntry(path))) continue;
      const text = (await tree.read(path, SETUP_LIMIT_BYTES)).bytes.toString("utf8");
      const name = recipesOnly && !text.includes("zc.buildout") ? undefined : findEggName(file, text);
      if (name !== undefined) return name;
    }
    return undefined;
  };

  /** Name → folders, of what the workspace makes. */
  const findCheckouts = async (tree: ConfinedFiles): Promise<Map<string, string[]>> => {
    const paths = await options.listPaths(tree.root);
    const folders = new Set(
      paths
        .filter((path) => EGG_FILES.some((file) => posix.basename(path) === file))
        .map((path) => posix.dirname(path)),
    );
    const named = await Promise.all(
      [...folders].slice(0, SETUP_FILES).map(async (folder) => {
        const path = folder === "." ? "" : folder;
        const name = await readEggName(tree, path, true).catch(() => undefined); // Too large, or gone meanwhile: none of ours.
        return { path, name };
      }),
    );
    const found = new Map<string, string[]>();
    for (const { path, name } of named) if (name !== undefined) found.set(name, [...(found.get(name) ?? []), path]);
    return found;
  };

  const readImported = async (project: string, root: string): Promise<Map<string, RecipeEgg["imported"]>> => {
    const found = new Map<string, RecipeEgg["imported"]>();
    for (const { profile, directory } of await options.listBuilt(project)) {
      const bytes = await files.find(join(directory, ".webrunner-recipes.json"));
      for (const [egg, { location, version }] of Object.entries(bytes ? parseImported(bytes) : {})) {
        const key = toPackageName(egg);
        const path =
          location === root ? "" : location.startsWith(`${root}/`) ? location.slice(root.length + 1) : location;
        found.set(key, [...(found.get(key) ?? []), { profile, location: path, version }]);
      }
    }
    return found;
  };

  const listEggs = async (
    project: string,
    tree: ConfinedFiles,
    checkouts: ReadonlyMap<string, readonly string[]>,
  ): Promise<RecipeEgg[]> => {
    const { value } = await open(project);
    const imported = await readImported(project, tree.root);
    const names = new Map<string, string>();
    for (const name of [...checkouts.keys(), ...value.developed.map(({ egg }) => egg)])
      if (!names.has(toPackageName(name))) names.set(toPackageName(name), name);
    const eggs: RecipeEgg[] = [];
    for (const [key, egg] of names) {
      const setting = value.developed.find((one) => toPackageName(one.egg) === key);
      const branch = setting && (await options.readBranch(project, setting.path).catch(() => undefined)); // No repository of its own.
      eggs.push({
        egg,
        checkouts: [...(checkouts.get(egg) ?? [])],
        ...(setting && { developed: { path: setting.path, since: setting.since, ...(branch && { branch }) } }),
        imported: imported.get(key) ?? [],
      });
    }
    return eggs.sort((a, b) => (a.egg < b.egg ? -1 : 1));
  };

  const list = async (project: string): Promise<RecipeEgg[]> => {
    const tree = await openTree(project);
    return listEggs(project, tree, await findCheckouts(tree));
  };

  const get = async (project: string, egg: string): Promise<RecipeEgg> => {
    const key = toPackageName(egg);
    const found = (await list(project)).find((one) => toPackageName(one.egg) === key);
    return found ?? { egg, checkouts: [], imported: [] };
  };

  const chooseCheckout = async (
    project: string,
    egg: string,
    request: DevelopRequest,
    clone: CloneEgg,
  ): Promise<string> => {
    const tree = await openTree(project);
    const key = toPackageName(egg);
    if (request.path !== undefined) {
      const name = await readEggName(tree, request.path).catch(() => undefined); // No such folder: said below.
      if (name !== undefined && toPackageName(name) === key) return request.path;
      throw new WebrunnerError("recipe/no-checkout", {
        message: `${request.path || "The workspace"} does not make the egg ${egg}${name === undefined ? ": it has no setup.py that names one" : `: its setup.py names ${name}`}.`,
        hint: "Name the folder that has the setup.py of the egg.",
      });
    }
    const known = [...(await findCheckouts(tree))].find(([name]) => toPackageName(name) === key)?.[1];
    if (known) return known.toSorted((a, b) => a.length - b.length)[0]!;
    if (request.url === undefined) {
      throw new WebrunnerError("recipe/no-checkout", {
        message: `The workspace has no checkout of ${egg}.`,
        hint: "Give the address of your fork: it is cloned into the workspace first.",
      });
    }
    const folder = toConfinedPath(egg);
    if (await tree.findEntry(folder)) {
      throw new WebrunnerError("recipe/no-checkout", {
        message: `The folder ${egg} is there already, and does not make the egg ${egg}.`,
        hint: "Rename it, or name the folder that has the setup.py.",
      });
    }
    await clone(folder, request.url, request.branch);
    const made = [...(await findCheckouts(tree))].find(([name]) => toPackageName(name) === key)?.[1];
    if (made) return made.find((path) => path === folder || path.startsWith(`${folder}/`)) ?? made[0]!;
    throw new WebrunnerError("recipe/no-checkout", {
      message: `${request.url} was cloned to ${folder}, but nothing in it makes the egg ${egg}.`,
      hint: "Clone another repository, or another branch of it.",
    });
  };

  return {
    list,
    async listUsed(project) {
      if ((await open(project)).value.developed.length === 0) return [];
      return listEggs(project, await openTree(project), new Map());
    },
    async listDeveloped(project) {
      const { value } = await open(project);
      if (value.developed.length === 0) return [];
      const { root } = await openTree(project);
      return value.developed.map(({ egg, path }) => ({ egg, directory: path === "" ? root : `${root}/${path}` }));
    },
    async develop(project, egg, request, clone) {
      const path = await chooseCheckout(project, egg, request, clone);
      const state = await open(project);
      const others = state.value.developed.filter((one) => toPackageName(one.egg) !== toPackageName(egg));
      await state.replace({ developed: [...others, { egg, path, since: now().toISOString() }] });
      options.onChanged(project);
      return get(project, egg);
    },
    async release(project, egg) {
      const state = await open(project);
      const left = state.value.developed.filter((one) => toPackageName(one.egg) !== toPackageName(egg));
      if (left.length === state.value.developed.length) {
        throw new WebrunnerError("recipe/not-developed", {
          message: `${egg} is not in development mode.`,
          hint: "webrunner recipe list names those that are.",
        });
      }
      await state.replace({ developed: left });
      options.onChanged(project);
    },
  };
}

const importedSchema = z.record(z.string(), z.object({ location: z.string(), version: z.string() }));

/** A file of a build: what is not of this shape is as good as none. */
function parseImported(bytes: Uint8Array): z.output<typeof importedSchema> {
  try {
    return importedSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return {};
  }
}
