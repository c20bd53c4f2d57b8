/** What a form has filled in of choices (`oneOf`, `anyOf`) by itself, told from what was asked for. */
import type { RJSFSchema } from "@rjsf/utils";

export type Values = Record<string, unknown>;

/**
 * Of a choice that nobody has made, the form fills in what its first alternative always has; that is not asked for.
 * What was chosen, or asked for before, stays.
 */
export function withoutUntouched(next: Values, before: Readonly<Values>, schema: RJSFSchema): Values {
  const entries = Object.entries(next).filter(([name, value]) => {
    if (Object.hasOwn(before, name) || typeof value !== "object" || value === null) return true;
    const property = resolveSchema(schema.properties?.[name] as RJSFSchema | undefined, schema);
    const first = resolveSchema((property?.oneOf ?? property?.anyOf)?.[0] as RJSFSchema | undefined, schema);
    if (!first?.properties) return true;
    return !Object.entries(value).every(([key, inner]) => {
      const fixed = resolveSchema(first.properties?.[key] as RJSFSchema | undefined, schema)?.const;
      return fixed !== undefined && fixed === inner;
    });
  });
  return Object.fromEntries(entries);
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
