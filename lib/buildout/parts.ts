/**
 * The parts of a profile in the order in which buildout prepares and installs them.
 *
 * A part comes after the sections with a recipe that it refers to: by `${section:option}`, by a macro's options, or by
 * `=> section`. Sections that `[buildout]` itself refers to come first of all.
 */
import type { AnnotatedConfiguration } from "./configuration";
import type { OptionMap } from "./option-value";
import { pythonWords, sortAsPython } from "./python-text";
import { ResolutionProblem, type Substitution } from "./substitution";
import { parseTemplate } from "./value-template";

export interface Part {
  readonly name: string;
  /** As resolved: `egg:entry-point`. */
  readonly recipe: string | undefined;
  /** The sections it refers to directly, in order of first reference, without itself and `[buildout]`. */
  readonly dependencies: readonly string[];
  /** Whether `buildout:parts` names it; the others come because something refers to them. */
  readonly requested: boolean;
  /** False where `buildout:parts` names a section that does not exist. */
  readonly exists: boolean;
}

export function referredSections(name: string, options: OptionMap): string[] {
  const targets = new Set<string>();
  const substituted: string[] = [];
  for (const [option, value] of options) {
    value.template ??= parseTemplate(value.value);
    if (value.template.references.length > 0) substituted.push(option);
  }
  for (const option of sortAsPython(substituted))
    for (const reference of options.get(option)!.template!.references)
      if (reference.problem === undefined && reference.section !== "") targets.add(reference.section);
  targets.delete(name);
  return [...targets];
}

/** `lookedAt` names further sections that a part's recipe is known to look at when it is made. */
export function orderParts(
  configuration: AnnotatedConfiguration,
  substitution: Substitution,
  lookedAt: (name: string) => readonly string[] | undefined = () => undefined,
): Part[] {
  const parts: Part[] = [];
  const requestedValue = substitution.value("buildout", "parts");
  const requested = new Set(typeof requestedValue === "string" ? pythonWords(requestedValue) : []);
  const dependencies = new Map<string, readonly string[]>();
  const entered = new Set<string>();

  const targetsOf = (name: string): readonly string[] => {
    const options = substitution.rawOptions(name);
    if (options instanceof ResolutionProblem) return [];
    const targets = new Set(referredSections(name, options));
    const more = name === "buildout" ? undefined : substitution.value(name, "<part-dependencies>");
    if (typeof more === "string") for (const target of pythonWords(more)) targets.add(target);
    for (const target of lookedAt(name) ?? []) targets.add(target);
    return [...targets].filter((target) => configuration.sections.has(target));
  };

  const visit = (root: string): void => {
    if (entered.has(root) || !configuration.sections.has(root)) return;
    const enter = (name: string): { name: string; targets: readonly string[]; next: number } => {
      entered.add(name);
      const targets = targetsOf(name);
      dependencies.set(name, targets);
      return { name, targets, next: 0 };
    };
    const stack = [enter(root)];
    for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
      const target = frame.targets[frame.next++];
      if (target !== undefined) {
        if (!entered.has(target)) stack.push(enter(target));
        continue;
      }
      stack.pop();
      finish(frame.name);
    }
  };

  const finish = (name: string): void => {
    if (name === "buildout") return;
    const recipe = substitution.value(name, "recipe");
    const raw = configuration.sections.get(name)?.get("recipe")?.value;
    const hasRecipe = recipe !== undefined && recipe !== "";
    if (!hasRecipe && !requested.has(name)) return;
    parts.push({
      name,
      recipe: typeof recipe === "string" ? recipe : raw,
      dependencies: dependencies.get(name)!.filter((target) => target !== "buildout"),
      requested: requested.has(name),
      exists: true,
    });
  };

  visit("buildout");
  if (configuration.versionsSection !== "") visit(configuration.versionsSection);
  for (const name of requested) {
    if (configuration.sections.has(name)) visit(name);
    else parts.push({ name, recipe: undefined, dependencies: [], requested: true, exists: false });
  }
  return parts;
}
