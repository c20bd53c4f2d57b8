/**
 * `webrunner override` and `webrunner promote`: gestures on the files of this machine, without a server.
 *
 * Exit status: 0 done or nothing to do, 1 refused, 4 wrong usage. A file that changed since it was read is left alone.
 */
import { lstatSync, readFileSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { WebrunnerError } from "@/lib/base/errors";
import type { AnalysisOptions, OptionOperator } from "@/lib/buildout";
import type { FileChange, Gesture } from "@/lib/gestures/gesture";
import { overrideOption, reduceSection } from "@/lib/gestures/override";
import { promoteOverride } from "@/lib/gestures/promote";
import { diffTexts, formatHunks, toHunks } from "@/lib/git/hunks";
import { createNodeFiles } from "@/server/platform/node-files";
import { createProfileFiles } from "@/server/platform/profile-files";
import { writeOutput } from "../profile/output";

const OVERRIDE_USAGE = `usage: webrunner override PROFILE SECTION OPTION=VALUE|OPTION+=VALUE|OPTION-=VALUE
       webrunner override PROFILE SECTION --reduce

Writes the one option into the profile. --reduce takes out of a pasted section what is as it would be without it.
`;
const PROMOTE_USAGE = `usage: webrunner promote PROFILE SECTION[:OPTION] [--into FILE]

Moves what the profile overrides to the file that defines it. Refused unless the effective configuration stays equal.
`;
const COMMON_USAGE = `
  --dry-run                   show what would change, write nothing
  --json                      one JSON document on standard output
  --dialect slapos|upstream   what buildout this is for (default: slapos)
`;

class UsageError extends Error {}

interface Words {
  readonly positionals: readonly string[];
  readonly values: { readonly [name: string]: string | boolean | undefined };
}

export async function runOverride(args: readonly string[]): Promise<number> {
  return run(args, OVERRIDE_USAGE, { reduce: { type: "boolean" } }, ({ positionals, values }, options) => {
    const [profile, section, change, ...more] = positionals;
    if (profile === undefined || section === undefined || more.length > 0) throw new UsageError("PROFILE SECTION …");
    if (values.reduce === true) {
      if (change !== undefined) throw new UsageError("--reduce takes no value");
      return reduceSection(options, resolve(profile), section);
    }
    const parsed = /^([^=]*?)\s*(\+=|-=|=)\s*([\s\S]*)$/.exec(change ?? "");
    if (parsed === null) throw new UsageError("say OPTION=VALUE, OPTION+=VALUE or OPTION-=VALUE");
    const [, option = "", operator, value = ""] = parsed;
    return overrideOption(options, {
      profile: resolve(profile),
      section,
      option: option.trim(),
      operator: operator as OptionOperator,
      value,
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
  own: Readonly<Record<string, { type: "boolean" | "string" }>>,
  propose: (words: Words, options: AnalysisOptions) => Gesture,
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
    const gesture = propose(words, { source: createProfileFiles(), dialect, homeDirectory: homedir() });
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

function parse(args: readonly string[], own: Readonly<Record<string, { type: "boolean" | "string" }>>): Words {
  const boolean = { type: "boolean" } as const;
  const options = { ...own, "dry-run": boolean, json: boolean, help: boolean, dialect: { type: "string" } as const };
  try {
    const { positionals, values } = parseArgs({ args: [...args], options, allowPositionals: true });
    return { positionals, values: values as Words["values"] };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** All files are looked at before the first is written. */
async function write(files: readonly FileChange[]): Promise<void> {
  for (const { path, before } of files)
    if (readFileSync(path, "utf8") !== before)
      throw new WebrunnerError("file/conflict", { message: `${relative(".", path)} changed meanwhile` });
  const disk = createNodeFiles();
  for (const { path, after } of files) {
    const place = realpathSync(path);
    await disk.replace(place, after, { mode: lstatSync(place).mode & 0o7777 });
  }
}

function tell(gesture: Gesture, json: boolean, isWritten: boolean): void {
  if (json) writeOutput(`${JSON.stringify(toJson(gesture, isWritten), undefined, 2)}\n`);
  else if (gesture.kind === "refused") {
    const choices = (gesture.choices ?? []).map((path) => `  --into ${relative(".", path)}\n`).join("");
    process.stderr.write(`webrunner: ${gesture.reason}\n${choices}`);
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
  return { ...rest, written: isWritten, files: files.map((file) => ({ path: file.path, diff: toDiff(file) })) };
}
