/** Of an option that nothing reads, the option of its recipe that it may have been meant to be. */
import { nearNames } from "@/lib/language/actions/near-names";
import { createRecipeCatalogue } from "@/lib/language/recipes/recipe-catalogue";
import type { Place, QuickFix } from "@/lib/protocol";

const catalogue = createRecipeCatalogue(() => ({ names: () => [], find: () => undefined }));

/** `place` is the option's name alone; `given` are the options that the section has. */
export function findOptionFixes(
  option: string,
  place: Place,
  { recipe, given }: { readonly recipe: string; readonly given: ReadonlySet<string> },
): readonly QuickFix[] {
  const known = Object.keys(catalogue.find(recipe)?.options ?? {}).filter((name) => !given.has(name));
  const { path, line, column, endLine, endColumn } = place;
  return nearNames(option, known).map((name) => ({
    title: `Did you mean \`${name}\`?`,
    path,
    edits: [{ line, column, endLine, endColumn, text: name }],
  }));
}
