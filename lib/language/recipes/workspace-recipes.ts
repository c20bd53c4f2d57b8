/**
 * The recipes that the workspace itself holds: entry points of its `setup.py` files, classes of its Python sources.
 *
 * Files are looked for below the directory of each `setup.py`, by the module's dotted name.
 */
import { joinPath } from "@/lib/buildout";
import type { LanguageFiles } from "../service";
import { describePythonRecipe, type EntryPoint, findPythonClasses, readEntryPoints } from "./python-recipe";
import { normaliseRecipeName, type RecipeDescription } from "./recipe-description";

export interface RecipeClassPlace {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

export interface WorkspaceRecipeIndex {
  names(): Iterable<string>;
  find(recipe: string): RecipeDescription | undefined;
  /** Where the class of a recipe is. */
  place(recipe: string): RecipeClassPlace | undefined;
  invalidate(path: string): void;
  invalidateAll(): void;
}

interface KnownPoint extends EntryPoint {
  readonly directory: string;
}

interface ReadRecipe {
  readonly description: RecipeDescription;
  readonly place: RecipeClassPlace;
}

export function createWorkspaceRecipes(files: LanguageFiles): WorkspaceRecipeIndex {
  let points: Map<string, KnownPoint> | undefined;
  const recipes = new Map<string, ReadRecipe | undefined>();
  const depends = new Set<string>();

  const setupDirectories = (): string[] =>
    files.roots
      .flatMap((root) => [
        root,
        ...files
          .list(root)
          .filter((entry) => entry.kind === "directory")
          .map((entry) => joinPath(root, entry.name)),
      ])
      .filter((directory) => files.list(directory).some((entry) => entry.name === "setup.py"));

  const findModule = (directory: string, module: string): string | undefined => {
    const base = module.split(".").join("/");
    for (const prefix of ["", "src/"]) {
      for (const suffix of [".py", "/__init__.py"]) {
        const path = joinPath(directory, `${prefix}${base}${suffix}`);
        depends.add(path);
        if (files.kindOf(path) === "file") return path;
      }
    }
    return undefined;
  };

  const entryPoints = (): Map<string, KnownPoint> => {
    if (!points) {
      points = new Map();
      for (const directory of setupDirectories()) {
        const setup = joinPath(directory, "setup.py");
        depends.add(setup);
        const text = files.read(setup);
        if (!text?.includes("zc.buildout")) continue;
        for (const point of readEntryPoints(text)) points.set(point.recipe, { ...point, directory });
      }
    }
    return points;
  };

  const readRecipe = (recipe: string): ReadRecipe | undefined => {
    const name = normaliseRecipeName(recipe);
    if (recipes.has(name)) return recipes.get(name);
    let result: ReadRecipe | undefined;
    const point = entryPoints().get(name);
    const path = point && findModule(point.directory, point.module);
    const source = path && files.read(path);
    if (point && path && source) {
      const described = describePythonRecipe(source, point.attribute);
      const found = findPythonClasses(source).find((candidate) => candidate.name === point.attribute);
      if (described && found) {
        result = {
          description: { ...described, source: { ...described.source, file: path, module: point.module } },
          place: { path, start: found.start, end: found.start + "class ".length + point.attribute.length },
        };
      }
    }
    recipes.set(name, result);
    return result;
  };

  return {
    names: () => entryPoints().keys(),
    find: (recipe) => readRecipe(recipe)?.description,
    place: (recipe) => readRecipe(recipe)?.place,
    invalidate(path) {
      if (!depends.has(path) && !path.endsWith("/setup.py")) return;
      recipes.clear();
      if (path.endsWith("/setup.py")) points = undefined;
    },
    invalidateAll() {
      points = undefined;
      recipes.clear();
      depends.clear();
    },
  };
}
