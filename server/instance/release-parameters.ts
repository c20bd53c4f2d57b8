/**
 * What a release says of its parameters: `software.cfg.json` beside its profile, with the schemas that it names.
 *
 * Nothing is fetched; references stay inside of the workspace. A check of values is cut off after `CHECK_LIMIT_MS`,
 * whatever regular expressions a schema has (IN11).
 */
import { posix } from "node:path";
import vm from "node:vm";
import { WebrunnerError } from "@/lib/base/errors";
import type { ParameterCheckBody, ParameterProblem, ReleaseParameters } from "@/lib/protocol";
import { checkParameters } from "@/lib/slapos/parameters/parameter-check";
import {
  bundleSchema,
  listReferencedFiles,
  type Schema,
  type SchemaBundle,
  withoutPatterns,
} from "@/lib/slapos/parameters/schema-bundle";
import {
  findSoftwareType,
  parseSoftwareDescription,
  type SoftwareDescription,
} from "@/lib/slapos/parameters/software-description";
import type { ConfinedFiles } from "@/server/platform/confined-files";
import { findConfinedPath } from "@/server/platform/confined-path";

const FILE_LIMIT_BYTES = 2 * 1024 * 1024;
/** The largest closure of SlapOS's repository has some forty. */
const FILE_LIMIT = 200;
const CHECK_LIMIT_MS = 500;
/** No release nests its parameters deeper, and what walks over them may recurse. */
const VALUE_DEPTH_LIMIT = 100;

export interface ReleaseParameterReader {
  read(tree: ConfinedFiles, profile: string): Promise<ReleaseParameters>;
  /** No problems when the release does not describe the type. */
  check(tree: ConfinedFiles, body: ParameterCheckBody): Promise<ParameterProblem[]>;
  /** `request/invalid` for values that no engine could be handed. */
  ensurePlain(parameters: unknown): void;
}

export function createReleaseParameterReader(): ReleaseParameterReader {
  const readDescription = async (tree: ConfinedFiles, profile: string): Promise<SoftwareDescription | undefined> => {
    // A sandbox has the parameters of the release that it extends.
    const sandboxed = profile.replace(/\.sandbox\.cfg$/, ".cfg");
    const text = (await readText(tree, `${profile}.json`)) ?? (await readText(tree, `${sandboxed}.json`));
    return text === undefined ? undefined : parseSoftwareDescription(text);
  };

  const readSchema = async (tree: ConfinedFiles, path: string): Promise<SchemaBundle> => {
    const documents = new Map<string, unknown>();
    const problems: string[] = [];
    const waiting = [path];
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (documents.has(next)) continue;
      if (documents.size >= FILE_LIMIT) {
        problems.push(`The schema has more than ${FILE_LIMIT} files.`);
        break;
      }
      const text = await readText(tree, next);
      if (text === undefined) continue;
      try {
        const document: unknown = JSON.parse(text);
        documents.set(next, document);
        waiting.push(...listReferencedFiles(document, next));
      } catch (error) {
        problems.push(`${next} is no JSON: ${error instanceof Error ? error.message : error}`);
      }
    }
    if (!documents.has(path)) return { schema: {}, problems: [...problems, `${path} cannot be read.`] };
    const bundle = bundleSchema(path, documents);
    return { schema: bundle.schema, problems: [...problems, ...bundle.problems] };
  };

  const toSchemaPath = (profile: string, name: string): string | undefined =>
    /^[A-Za-z][A-Za-z0-9+.-]*:|^\//.test(name) ? undefined : posix.join(posix.dirname(profile), name);

  const readRequestSchema = async (
    tree: ConfinedFiles,
    profile: string,
    request: string | undefined,
  ): Promise<SchemaBundle | undefined> => {
    if (request === undefined) return undefined;
    const path = toSchemaPath(profile, request);
    return path === undefined
      ? { schema: {}, problems: [`The schema ${request} is not in the workspace, and not read.`] }
      : readSchema(tree, path);
  };

  return {
    async read(tree, profile) {
      const description = await readDescription(tree, profile);
      if (!description) return { name: "", description: "", types: [], problems: [] };
      const types = await Promise.all(
        description.types.map(
          async ({ id, softwareType, title, description: text, shared, serialisation, request }) => {
            const bundle = await readRequestSchema(tree, profile, request);
            return {
              id,
              softwareType,
              title,
              description: text,
              shared,
              serialisation,
              schema: bundle ? (withoutPatterns(bundle.schema) as Record<string, unknown>) : undefined,
              problems: [...(bundle?.problems ?? [])],
            };
          },
        ),
      );
      const { name, description: text, problems } = description;
      return { name, description: text, types, problems: [...problems] };
    },

    async check(tree, { profile, softwareType, shared = false, parameters }) {
      ensurePlain(parameters);
      const description = await readDescription(tree, profile);
      const type = description && findSoftwareType(description, softwareType, shared);
      const bundle = type && (await readRequestSchema(tree, profile, type.request));
      if (!bundle) return [];
      const problems = checkInTime(bundle.schema, parameters);
      if (problems.length === 0 || type.serialisation !== "xml") return problems;
      // XML has texts only: a number that is written as a text is the number.
      return checkInTime(bundle.schema, fromTexts(parameters)).length === 0 ? [] : problems;
    },

    ensurePlain,
  };
}

function fromTexts(parameters: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(parameters).map(([name, value]): [string, unknown] => {
    if (typeof value !== "string" || !/^(true|false|-?\d|[[{])/.test(value)) return [name, value];
    try {
      return [name, JSON.parse(value) as unknown];
    } catch {
      return [name, value]; // A text that only begins like a number.
    }
  });
  return Object.fromEntries(entries);
}

function checkInTime(schema: Schema, parameters: unknown): ParameterProblem[] {
  // The only thing that can interrupt a regular expression at work.
  const context = vm.createContext({ check: () => [...checkParameters(schema, parameters)] });
  try {
    return vm.runInContext("check()", context, { timeout: CHECK_LIMIT_MS }) as ParameterProblem[];
  } catch (error) {
    if ((error as { code?: string }).code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
    return [{ pointer: "", message: "Checking the parameters takes too long: a pattern of the schema does not end." }];
  }
}

function ensurePlain(parameters: unknown): void {
  const visit = (value: unknown, depth: number): void => {
    if (depth > VALUE_DEPTH_LIMIT) {
      throw new WebrunnerError("request/invalid", { message: "The parameters are nested too deeply." });
    }
    if (typeof value !== "object" || value === null) return;
    for (const inner of Object.values(value)) visit(inner, depth + 1);
  };
  visit(parameters, 0);
}

async function readText(tree: ConfinedFiles, path: string): Promise<string | undefined> {
  const confined = findConfinedPath(path);
  if (confined === undefined) return undefined;
  try {
    return (await tree.read(confined, FILE_LIMIT_BYTES)).bytes.toString("utf8");
  } catch (error) {
    // What cannot be read is said as such beside what could.
    if (error instanceof WebrunnerError && error.code.startsWith("file/")) return undefined;
    throw error;
  }
}
