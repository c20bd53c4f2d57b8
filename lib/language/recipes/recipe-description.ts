/** What is known of one recipe: from the catalogue of published eggs, or read from the workspace's own sources. */
export type OptionType =
  | "string"
  | "boolean"
  | "integer"
  | "path"
  | "url"
  | "md5sum"
  | "mode"
  | "lines"
  | "eggs"
  | "python"
  | "shell"
  | "template"
  | "context"
  | "section";

export interface RecipeOption {
  readonly doc?: string;
  readonly required?: boolean;
  readonly default?: string;
  readonly type?: OptionType | (string & {});
  /** All values that make sense. */
  readonly values?: readonly string[];
  /** What to use instead. */
  readonly deprecated?: string;
}

export interface RecipeSource {
  readonly egg?: string;
  readonly version?: string;
  /** Relative to the egg, or absolute in the workspace. */
  readonly file?: string;
  /** One-based. */
  readonly line?: number;
  readonly module?: string;
  readonly attribute?: string;
}

export interface RecipeDescription {
  readonly doc: string;
  readonly options: Readonly<Record<string, RecipeOption>>;
  /** Options that the recipe sets itself, for others to refer to. */
  readonly generated: Readonly<Record<string, RecipeOption>>;
  /** Reads options by names that only the profile knows. */
  readonly anyOption?: boolean;
  /** Sets options by names that cannot be known beforehand. */
  readonly anyGenerated?: boolean;
  /** Of each group one is needed. */
  readonly oneOf?: readonly (readonly string[])[];
  readonly example?: string;
  readonly source?: RecipeSource;
}

const PLAIN_NAME = /^[-\w.]+$/;

/** `egg` and entry point of a recipe's name: `slapos.cookbook:wrapper`. */
export function splitRecipeName(name: string): { egg: string; entryPoint: string } {
  const colon = name.indexOf(":");
  return colon < 0
    ? { egg: name, entryPoint: "default" }
    : { egg: name.slice(0, colon), entryPoint: name.slice(colon + 1) || "default" };
}

/** The name by which recipes are kept: without version constraints, extras and the default entry point. */
export function normaliseRecipeName(name: string): string {
  if (PLAIN_NAME.test(name)) return name;
  const { egg, entryPoint } = splitRecipeName(name.trim());
  const bare = egg.split(/[[<>=!~ ]/)[0]!;
  return entryPoint === "default" ? bare : `${bare}:${entryPoint}`;
}
