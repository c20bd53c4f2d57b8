/**
 * The recipes of published eggs, as `scripts/recipe-catalogue/extract.py` read them, and those of the workspace.
 *
 * Where both know a recipe, the workspace is right about which options there are, the catalogue about what they mean.
 */
import catalogueData from "../catalogue/recipes.json";
import { normaliseRecipeName, type RecipeDescription, type RecipeOption } from "./recipe-description";

interface CatalogueData {
  readonly eggs: Readonly<Record<string, { readonly version?: string; readonly summary?: string }>>;
  readonly recipes: Readonly<Record<string, RecipeDescription>>;
  readonly buildout: { readonly doc: string; readonly options: Readonly<Record<string, RecipeOption>> };
}

const data = catalogueData as unknown as CatalogueData;

export const BUILDOUT_SECTION: CatalogueData["buildout"] = data.buildout;

export interface RecipeCatalogue {
  find(name: string): RecipeDescription | undefined;
  names(): readonly string[];
}

/** Recipes of the workspace, asked anew each time. */
export interface OwnRecipes {
  names(): Iterable<string>;
  find(name: string): RecipeDescription | undefined;
}

export function createRecipeCatalogue(ownRecipes: () => OwnRecipes): RecipeCatalogue {
  return {
    find(written) {
      const name = normaliseRecipeName(written);
      const known = Object.hasOwn(data.recipes, name) ? data.recipes[name] : undefined;
      if (known && !name.startsWith("slapos.cookbook")) return known;
      const own = ownRecipes().find(name);
      if (!known || !own) return own ?? known;
      return {
        ...known,
        options: { ...own.options, ...known.options },
        generated: { ...own.generated, ...known.generated },
        anyGenerated: known.anyGenerated || own.anyGenerated,
        source: own.source,
      };
    },
    names() {
      return [...new Set([...Object.keys(data.recipes), ...ownRecipes().names()])].sort();
    },
  };
}
