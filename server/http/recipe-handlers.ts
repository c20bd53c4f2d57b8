/** The routes of recipe eggs in development mode. */
import type { ConfinedPath } from "@/lib/base/ids";
import { toConfinedPath } from "@/server/platform/confined-path";
import type { RecipeDevelopment } from "@/server/recipes/recipe-development";
import type { Handlers } from "./route";

export interface RecipeHandlersDependencies {
  readonly recipes: RecipeDevelopment;
  /** Clones, and waits for it; progress is told as of any clone. */
  readonly clone: (request: {
    readonly project: string;
    readonly account: string;
    readonly folder: ConfinedPath;
    readonly url: string;
    readonly branch: string | undefined;
    readonly user: string | undefined;
    readonly password: string | undefined;
  }) => Promise<void>;
}

export function createRecipeHandlers({
  recipes,
  clone,
}: RecipeHandlersDependencies): Pick<Handlers, "listRecipes" | "developRecipe" | "releaseRecipe"> {
  return {
    listRecipes: async ({ params: { project } }) => ({ eggs: await recipes.list(project) }),
    developRecipe: ({ params: { project, egg }, body: { path, url, branch, user: name, password }, user }) =>
      recipes.develop(
        project,
        egg,
        { path: path === undefined ? undefined : toConfinedPath(path), url, branch },
        (folder, address, of) =>
          clone({ project, account: user.name, folder, url: address, branch: of, user: name, password }),
      ),
    async releaseRecipe({ params: { project, egg } }) {
      await recipes.release(project, egg);
      return undefined;
    },
  };
}
