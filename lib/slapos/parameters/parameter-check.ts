/**
 * Which values do not fit a schema, each with its JSON pointer and a sentence.
 *
 * A schema is interpreted, never compiled: nothing of it becomes code. A regular expression in it can still take for ever;
 * whoever calls with a schema of unknown origin must be able to interrupt.
 */
import { type OutputUnit, type SchemaDraft, validate } from "@cfworker/json-schema";
import type { Schema } from "./schema-bundle";
import { toMessage } from "./software-description";

export interface ParameterProblem {
  /** JSON pointer of the wrong value; empty for the whole. */
  readonly pointer: string;
  readonly message: string;
}

const PROBLEM_LIMIT = 100;
/** These only say that something below them does not fit. */
const CONTAINERS = new Set([
  "properties",
  "patternProperties",
  "items",
  "prefixItems",
  "additionalItems",
  "unevaluatedItems",
  "$ref",
  "$dynamicRef",
  "$recursiveRef",
  "allOf",
  "dependentSchemas",
  "if",
  "then",
  "else",
  "contains",
]);
const CHOICES = new Set(["anyOf", "oneOf", "not"]);

export function checkParameters(schema: Schema, value: unknown): readonly ParameterProblem[] {
  let errors: readonly OutputUnit[];
  try {
    const result = validate(value, { ...schema }, toDraft(schema.$schema), undefined, false);
    if (result.valid) return [];
    errors = result.errors;
  } catch (error) {
    return [{ pointer: "", message: `The schema cannot be used: ${toMessage(error)}` }];
  }
  // What is wrong with each of several choices is noise beside "none of them fits".
  const choices = errors
    .filter(({ keyword }) => CHOICES.has(keyword))
    .map(({ keywordLocation }) => `${keywordLocation}/`);
  const own = errors.filter(({ keywordLocation }) => !choices.some((choice) => keywordLocation.startsWith(choice)));
  const telling = own.filter(({ keyword, instanceLocation }) => {
    if (CONTAINERS.has(keyword)) return false;
    if (keyword !== "additionalProperties" && keyword !== "unevaluatedProperties") return true;
    return !own.some((other) => other.keyword === "false" && other.instanceLocation.startsWith(`${instanceLocation}/`));
  });
  const problems = (telling.length > 0 ? telling : errors).map(toProblem);
  const unique = new Map(problems.map((problem) => [`${problem.pointer}\n${problem.message}`, problem]));
  return [...unique.values()].slice(0, PROBLEM_LIMIT);
}

export function toDraft(schema: unknown): SchemaDraft {
  if (typeof schema !== "string") return "2020-12";
  if (schema.includes("draft-04") || schema.includes("draft-03")) return "4";
  if (schema.includes("draft-06") || schema.includes("draft-07")) return "7";
  if (schema.includes("2019-09")) return "2019-09";
  return "2020-12";
}

function toProblem({ keyword, instanceLocation, error }: OutputUnit): ParameterProblem {
  const pointer = decodePointer(instanceLocation.replace(/^#/, ""));
  if (keyword === "false") return { pointer, message: "There is no such parameter." };
  return { pointer, message: error };
}

/** Locations are URI fragments; a pointer is not encoded. */
function decodePointer(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    // A name with a stray percent sign is shown as it is.
    return fragment;
  }
}
