/** What tells the alternatives of a choice (`oneOf`, `anyOf`) apart, filled in where the other values say which one it is. */
import type { RJSFSchema } from "@rjsf/utils";

export type Values = Record<string, unknown>;

const DEPTH_LIMIT = 6;

/**
 * The values, with the constants of the alternative that they belong to: a person chooses it by its title and fills in
 * the rest. Where the values leave open which one it is, nothing is added.
 */
export function withConstants(values: Values, schema: RJSFSchema, root: RJSFSchema = schema, depth = 0): Values {
  const resolved = resolveSchema(schema, root);
  if (!resolved || depth > DEPTH_LIMIT) return values;
  const chosen = chooseAlternative(values, resolved, root);
  const properties: RJSFSchema["properties"] = { ...resolved.properties, ...chosen?.properties };
  const filled: Values = { ...values };
  if (chosen) {
    for (const [name, value] of Object.entries(listConstants(chosen, root))) {
      if (!Object.hasOwn(filled, name)) filled[name] = value;
    }
  }
  for (const [name, value] of Object.entries(filled)) {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (typeof property !== "object" || !isValues(value)) continue;
    filled[name] = withConstants(value, property as RJSFSchema, root, depth + 1);
  }
  return filled;
}

function chooseAlternative(values: Values, schema: RJSFSchema, root: RJSFSchema): RJSFSchema | undefined {
  const names = Object.keys(values);
  if (names.length === 0) return undefined;
  const fitting = (schema.oneOf ?? schema.anyOf ?? [])
    .map((each) => (typeof each === "object" ? resolveSchema(each as RJSFSchema, root) : undefined))
    .filter((each): each is RJSFSchema => each?.properties !== undefined)
    .filter((each) => {
      const constants = listConstants(each, root);
      return names.every(
        (name) =>
          Object.hasOwn(each.properties!, name) &&
          (!Object.hasOwn(constants, name) || constants[name] === values[name]),
      );
    });
  return fitting.length === 1 ? fitting[0] : undefined;
}

function listConstants(schema: RJSFSchema, root: RJSFSchema): Values {
  const found: Values = {};
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const fixed = typeof property === "object" ? resolveSchema(property as RJSFSchema, root)?.const : undefined;
    if (fixed !== undefined) found[name] = fixed;
  }
  return found;
}

/** Whether an alternative has something to fill in beside what it is told by; only then that need not be shown. */
export function hasOwnValues(schema: RJSFSchema, root: RJSFSchema): boolean {
  return Object.keys(schema.properties ?? {}).length > Object.keys(listConstants(schema, root)).length;
}

function isValues(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A schema with what it refers to, inside of the same document. */
export function resolveSchema(schema: RJSFSchema | undefined, root: RJSFSchema): RJSFSchema | undefined {
  if (typeof schema?.$ref !== "string") return schema;
  let current: unknown = root;
  for (const part of decodeURI(schema.$ref).split("/").slice(1)) {
    const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
    current = typeof current === "object" && current !== null ? (current as Record<string, unknown>)[name] : undefined;
  }
  return typeof current === "object" && current !== null ? { ...(current as RJSFSchema), ...schema } : schema;
}
