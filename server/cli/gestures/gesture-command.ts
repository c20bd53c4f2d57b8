/**
 * `webrunner override` and `webrunner promote`: gestures on the files of this machine, without a server.
 *
 * Exit status: 0 done or nothing to do, 1 refused, 4 wrong usage. A file that changed since it was read is left alone.
 */
import { existsSync, lstatSync, readFileSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { WebrunnerError } from "@/lib/base/errors";
import type { OptionOperator } from "@/lib/buildout";
import type { FileChange, Gesture, GestureOptions } from "@/lib/gestures/gesture";
import { overrideOption, reduceSection } from "@/lib/gestures/override";
import { promoteOverride } from "@/lib/gestures/promote";
import { overrideInSandbox } from "@/lib/gestures/sandbox";
import { diffTexts, formatHunks, toHunks } from "@/lib/git/hunks";
import { createNodeFiles } from "@/server/platform/node-files";
import { createProfileFiles } from "@/server/platform/profile-files";
import { writeOutput } from "../profile/output";
import { findProfileFiles } from "../profile/profile-tree";

const OVERRIDE_USAGE = `usage: webrunner override PROFILE SECTION OPTION=VALUE|OPTION+=VALUE|OPTION-=VALUE
       webrunner override PROFILE SECTION --reduce

Writes the one option into the profile. --reduce takes out of a pasted section what is as it would be without it.

  --sandbox                   into PROFILE's .sandbox.cfg, which extends it and is made where there is none
  --extend FILE               extend this too, for a section that the value refers to (again for more)
`;
const PROMOTE_USAGE = `usage: webrunner promote PROFILE SECTION[:OPTION] [--into FILE]

Moves what the profile overrides to the file that defines it. Refused unless the effective configuration stays equal.
`;
const COMMON_USAGE = `
  --dry-run                   show what would change, write nothing
  --json                      one JSON document on standard output
  --dialect slapos|upstream   what buildout this is for (default: slapos)
`;

const OVERRIDE_OPTIONS = {
  reduce: { type: "boolean" },
  sandbox: { type: "boolean" },
  extend: { type: "string", multiple: true },
} as const;

class UsageError extends Error {}

interface Words {
  readonly positionals: readonly string[];
  readonly values: {
    readonly [name: string]: string | boolean | readonly string[] | undefined;
    readonly extend: readonly string[];
  };
}

type Options = Readonly<Record<string, { type: "boolean" | "string"; multiple?: boolean }>>;

export async function runOverride(args: readonly string[]): Promise<number> {
  return run(args, OVERRIDE_USAGE, OVERRIDE_OPTIONS, ({ positionals, values }, options) => {
    const [profile, section, change, ...more] = positionals;
    if (profile === undefined || section === undefined || more.length > 0) throw new UsageError("PROFILE SECTION …");
    if (values.reduce === true) {
      if (change !== undefined) throw new UsageError("--reduce takes no value");
      return reduceSection(options, resolve(profile), section);
    }
    const parsed = /^([^=]*?)\s*(\+=|-=|=)\s*([\s\S]*)$/.exec(change ?? "");
    if (parsed === null) throw new UsageError("say OPTION=VALUE, OPTION+=VALUE or OPTION-=VALUE");
    const [, option = "", operator, value = ""] = parsed;
    const write = values.sandbox === true ? overrideInSandbox : overrideOption;
    return write(options, {
      profile: resolve(profile),
      section,
      option: option.trim(),
      operator: operator as OptionOperator,
      value,
      extend: values.extend.map((path) => resolve(path)),
    });
  });
}

export async function runPromote(args: readonly string[]): Promise<number> {
  return run(args, PROMOTE_USAGE, { into: { type: "string" } }, ({ positionals, values }, options) => {
    const [profile, place, ...more] = positionals;
    if (profile === undefined || place === undefined || more.length > 0)
      throw new UsageError("PROFILE SECTION[:OPTION]");
    const colon = place.indexOf(":");
    return promoteOverride(options, {
      profile: resolve(profile),
      section: colon < 0 ? place : place.slice(0, colon),
      ...(colon >= 0 && { option: place.slice(colon + 1) }),
      ...(typeof values.into === "string" && { into: resolve(values.into) }),
    });
  });
}

async function run(
  args: readonly string[],
  usage: string,
  own: Options,
  propose: (words: Words, options: GestureOptions) => Gesture,
): Promise<number> {
  try {
    const words = parse(args, own);
    const { values } = words;
    if (values.help === true) {
      writeOutput(usage + COMMON_USAGE);
      return 0;
    }
    const dialect = values.dialect ?? "slapos";
    if (dialect !== "slapos" && dialect !== "upstream") throw new UsageError("--dialect is upstream or slapos");
    const gesture = propose(words, {
      source: createProfileFiles(),
      dialect,
      homeDirectory: homedir(),
      listProfiles: () => findProfileFiles(findRoot(resolve(words.positionals[0] ?? "."))),
    });
    const isWritten = gesture.kind === "proposed" && values["dry-run"] !== true;
    if (isWritten) await write(gesture.files);
    tell(gesture, values.json === true, isWritten);
    return gesture.kind === "proposed" ? 0 : 1;
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`webrunner: ${error.message}\n\n${usage}${COMMON_USAGE}`);
      return 4;
    }
    if (!(error instanceof WebrunnerError)) throw error;
    process.stderr.write(`webrunner: ${error.data.message ?? error.code}\n`);
    return 1;
  }
}

function parse(args: readonly string[], own: Options): Words {
  const boolean = { type: "boolean" } as const;
  const options = { ...own, "dry-run": boolean, json: boolean, help: boolean, dialect: { type: "string" } as const };
  try {
    const { positionals, values } = parseArgs({ args: [...args], options, allowPositionals: true });
    const { extend = [], ...others } = values as Omit<Words["values"], "extend"> & { extend?: readonly string[] };
    return { positionals, values: { ...others, extend } };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** The repository that the profile is in, or its folder's. */
function findRoot(path: string): string {
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder))
    if (existsSync(join(folder, ".git"))) return folder;
  return dirname(path);
}

/** All files are looked at before the first is written. */
async function write(files: readonly FileChange[]): Promise<void> {
  for (const { path, before, fate } of files)
    if (fate === "created" ? existsSync(path) : readFileSync(path, "utf8") !== before)
      throw new WebrunnerError("file/conflict", { message: `${relative(".", path)} changed meanwhile` });
  const disk = createNodeFiles();
  for (const { path, after, fate } of files) {
    if (fate !== undefined) {
      if (fate === "removed") await disk.remove(path);
      else await disk.create(path, after);
      continue;
    }
    const place = realpathSync(path);
    await disk.replace(place, after, { mode: lstatSync(place).mode & 0o7777 });
  }
}

function tell(gesture: Gesture, json: boolean, isWritten: boolean): void {
  if (json) writeOutput(`${JSON.stringify(toJson(gesture, isWritten), undefined, 2)}\n`);
  else if (gesture.kind === "refused") {
    const choices = (gesture.choices ?? []).map((path) => `  --into ${relative(".", path)}\n`);
    const extended = (gesture.missing ?? []).flatMap(({ profiles }) => profiles);
    const mends = [...choices, ...extended.map((path) => `  --extend ${relative(".", path)}\n`)];
    process.stderr.write(`webrunner: ${gesture.reason}\n${mends.join("")}`);
  } else {
    const values = gesture.effects
      .filter(({ option }) => option !== undefined)
      .map(({ section, option, before, after }) => `[${section}] ${option}\n- ${show(before)}\n+ ${show(after)}\n`);
    writeOutput([gesture.summary, ...gesture.notes].join("\n").concat("\n"));
    writeOutput(gesture.files.map(toDiff).join("") + values.join(""));
  }
}

function show(value: string | undefined): string {
  return value === undefined ? "(not there)" : value.replaceAll("\n", "\n  ");
}

/** The diff works on byte strings. */
function toDiff({ path, before, after }: FileChange): string {
  const bytes = (text: string): string => Buffer.from(text, "utf8").toString("latin1");
  const hunks = Buffer.from(formatHunks(toHunks(diffTexts(bytes(before), bytes(after)))), "latin1").toString("utf8");
  const name = relative(".", path);
  return `--- ${name}\n+++ ${name}\n${hunks}`;
}

function toJson(gesture: Gesture, isWritten: boolean): unknown {
  if (gesture.kind === "refused") return gesture;
  const { files, ...rest } = gesture;
  return {
    ...rest,
    written: isWritten,
    files: files.map(({ path, fate, ...file }) => ({ path, ...(fate && { fate }), diff: toDiff({ path, ...file }) })),
  };
}
