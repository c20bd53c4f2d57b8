/** Values of options that recipes generate, where they follow from the profile. */
import type { Analysis } from "./analysis";
import type { ProfileView } from "./profile-view";

/** What an option that no profile sets will be, when that does not depend on the machine. */
export function generatedValue(
  _analysis: Analysis,
  _view: ProfileView,
  section: string,
  option: string,
): string | undefined {
  return option === "_buildout_section_name_" ? section : undefined;
}

/** Whether a reference to an option that no file sets may still be right. */
export function mayBeGenerated(analysis: Analysis, view: ProfileView, section: string, option: string): boolean {
  if (option === "_buildout_section_name_" || option === "_profile_base_location_") return true;
  const name = view.recipe(section);
  if (name === undefined) return false;
  if (name.includes("${") || /[\ue000\ue001]/.test(name)) return true;
  const recipe = analysis.catalogue.find(name);
  if (!recipe) return true;
  return (recipe.anyGenerated ?? false) || Object.hasOwn(recipe.generated, option);
}
