/**
 * Where a file of a node comes from: the part and recipe that made it, the template that it was made from, and so on down
 * to a file of the workspace.
 *
 * Reads what the last runs left (`.installed.cfg` and the written profiles); executes nothing, changes nothing, never throws.
 */
import { createLineIndex, type TextRange } from "@/lib/base/text-range";
import type { InstalledPart, Profile } from "@/lib/buildout";
import { createLevels, findMaker, type Level, type Levels, type NodePlaces, type SourceDisk } from "./levels";
import { findSectionLine, findTemplateLine } from "./template-line";

export type StepKind =
  /** Made by a part. */
  | "part"
  /** Copied by slapgrid. */
  | "copy"
  /** What a program printed. */
  | "output"
  /** What slapgrid noted of a promise. */
  | "promise"
  /** Kept by slapgrid or buildout for themselves. */
  | "state"
  /** Written by a program of the instance. */
  | "written"
  /** A file of the workspace. */
  | "source";

export interface SourcePlace {
  readonly path: string;
  readonly range: TextRange;
}

export interface FileStep {
  /** Absolute. */
  readonly path: string;
  readonly kind: StepKind;
  readonly part?: string;
  readonly recipe?: string;
  /** Where the part's section stands, in the workspace; of a source, the line. */
  readonly place?: SourcePlace;
  /** The profile that has the section, when that is a written one. */
  readonly profile?: string;
}

/** Recipes are told by these what to read. */
const INPUT_OPTIONS = ["url", "template", "input", "source", "file", "path"] as const;
const DOWNLOAD = /^(?:slapos\.recipe\.build:download|slapos\.recipe\.download|hexagonit\.recipe\.download)/;
const MOST_STEPS = 12;

const PROGRAM_LOG = /^\.slappart\d+_(.+)\.log(?:\.\d+)?$/;
const PROMISE_STATE = /^\.slapgrid\/promise\/(?:log|result|cache)\/(.+?)(?:\.log|\.status\.json)?$/;
const OWN_STATE =
  /^(?:\.slapgrid|\.slapos-|\.installed|\.webrunner-|\.timestamp$|software_release$|s?bin(?:\/|$)|eggs\/|develop-eggs\/)/;

export interface FileSourceFinder {
  /** From the file to its source, `line` (one-based) along with it. */
  trace(file: string, line?: number): readonly FileStep[];
  /** Files that a template of the workspace became, and those that were made from them. */
  listOutputs(template: string): readonly { readonly path: string; readonly part: string }[];
  placeOfPart(name: string): SourcePlace | undefined;
}

export function createFileSourceFinder(disk: SourceDisk, places: NodePlaces): FileSourceFinder {
  const levels: Levels = createLevels(disk, places);
  const isInWorkspace = (path: string): boolean => path.startsWith(`${places.workspace}/`);
  const traces = new Map<string, readonly FileStep[]>();

  const levelsOf = (file: string): readonly Level[] =>
    places.partition !== undefined && file.startsWith(`${places.partition}/`)
      ? levels.partition()
      : file.startsWith(`${places.softwareDirectory}/`)
        ? [levels.software()]
        : [];

  /** What lies outside of the workspace was written from a template: the same section or line there. */
  const toWorkspace = (
    path: string,
    range: TextRange,
    find: (template: string) => number | undefined,
  ): SourcePlace | undefined => {
    if (isInWorkspace(path)) return { path, range };
    const source = traceOnce(path).at(-1);
    if (source?.kind !== "source") return undefined;
    const text = disk.readText(source.path);
    const line = text === undefined ? undefined : find(text);
    return line === undefined ? undefined : { path: source.path, range: lineRange(text!, line) };
  };

  const placeOfSection = (level: Level, name: string): { place?: SourcePlace; profile?: string } => {
    const files = levels.analysis
      .resolve(level.profile)
      .files.map((file) => levels.analysis.profile(file))
      .filter((profile): profile is Profile => !("problem" in profile) && profile.sections.has(name));
    const own = files.find((profile) => ["recipe", "<"].some((key) => profile.sections.get(name)!.options.has(key)));
    const profile = own ?? files[0];
    const header = profile?.sections.get(name)?.headers[0];
    if (!profile || !header) return {};
    const place = toWorkspace(profile.path, { start: header.nameStart, end: header.nameEnd }, (text) =>
      findSectionLine(text, name),
    );
    return { place, ...(isInWorkspace(profile.path) ? {} : { profile: profile.path }) };
  };

  const inputOf = (part: InstalledPart, file: string): string | undefined => {
    for (const option of INPUT_OPTIONS) {
      const value = part.options
        .get(option)
        ?.replace(/^file:\/\//, "")
        .split("#")[0]
        ?.trim();
      if (value?.startsWith("/") && value !== file && disk.readText(value) !== undefined) return value;
    }
    // A wrapper runs what the partition has: the script is what a person looks for.
    const words = (part.options.get("command-line") ?? "").split(/[\s'"]+/);
    return words.find(
      (word) =>
        word !== file &&
        word.startsWith(`${places.partition}/`) &&
        findMaker(levels.partition(), word)?.part.paths.includes(word),
    );
  };

  /** The part that names a directory above a file, as the one that makes directories does. */
  const nearestDirectory = (file: string): { level: Level; part: InstalledPart } | undefined => {
    let found: { level: Level; part: InstalledPart; length: number } | undefined;
    for (const level of levels.partition()) {
      for (const part of level.parts) {
        for (const value of part.recipe === undefined ? [] : part.options.values()) {
          if (value === places.partition || !file.startsWith(`${value}/`) || !value.startsWith(`${places.partition}/`))
            continue;
          if (value.length > (found?.length ?? 0)) found = { level, part, length: value.length };
        }
      }
    }
    return found;
  };

  /** One step, and the file to go on with. */
  const step = (file: string): { step: FileStep; next?: string } => {
    if (isInWorkspace(file)) return { step: { path: file, kind: "source" } };
    const partition = places.partition;
    const inside =
      partition !== undefined && file.startsWith(`${partition}/`) ? file.slice(partition.length + 1) : undefined;
    if (inside === "buildout.cfg") {
      const names = ["instance.cfg", "template.cfg"].map((name) => `${places.softwareDirectory}/${name}`);
      return { step: { path: file, kind: "copy" }, next: names.find(disk.exists) };
    }
    const maker = findMaker(levelsOf(file), file);
    if (maker) {
      const { level, part } = maker;
      const found = placeOfSection(level, part.name);
      return {
        step: { path: file, kind: "part", part: part.name, recipe: part.recipe, ...found },
        next: inputOf(part, file),
      };
    }
    if (inside === undefined) return { step: { path: file, kind: "state" } };
    const firstThatIs = (...paths: readonly string[]) => paths.map((path) => `${partition}/${path}`).find(disk.exists);
    const program = PROGRAM_LOG.exec(inside)?.[1];
    if (program !== undefined) {
      return {
        step: { path: file, kind: "output" },
        next: firstThatIs(`etc/service/${program}`, `etc/run/${program}`),
      };
    }
    const promise = PROMISE_STATE.exec(inside)?.[1];
    if (promise !== undefined) {
      return {
        step: { path: file, kind: "promise" },
        next: firstThatIs(`etc/plugin/${promise}.py`, `etc/plugin/${promise}`, `etc/promise/${promise}`),
      };
    }
    if (OWN_STATE.test(inside)) return { step: { path: file, kind: "state" } };
    const above = nearestDirectory(file);
    if (!above) return { step: { path: file, kind: "written" } };
    const { part, level } = above;
    const found = placeOfSection(level, part.name);
    return { step: { path: file, kind: "written", part: part.name, recipe: part.recipe, ...found } };
  };

  const traceOnce = (file: string): readonly FileStep[] => {
    const known = traces.get(file);
    if (known) return known;
    // A profile that is its own template ends here.
    traces.set(file, []);
    const steps: FileStep[] = [];
    const seen = new Set<string>();
    for (let at: string | undefined = file; at !== undefined && !seen.has(at) && steps.length < MOST_STEPS; ) {
      seen.add(at);
      const found = step(at);
      steps.push(found.step);
      at = found.next;
    }
    traces.set(file, steps);
    return steps;
  };

  return {
    trace(file, line) {
      const steps = traceOnce(file);
      const last = steps.at(-1);
      if (last?.kind !== "source" || line === undefined) return steps;
      const rendered = disk.readText(file)?.split("\n")[line - 1];
      const template = disk.readText(last.path);
      const found = rendered === undefined || template === undefined ? undefined : findTemplateLine(template, rendered);
      if (found === undefined) return steps;
      return [...steps.slice(0, -1), { ...last, place: { path: last.path, range: lineRange(template!, found) } }];
    },

    listOutputs(template) {
      const outputs: { path: string; part: string }[] = [];
      for (const { parts } of [levels.software(), ...levels.partition()]) {
        for (const part of parts) {
          // What is only fetched is the template itself once more.
          if (DOWNLOAD.test(part.recipe ?? "")) continue;
          for (const path of new Set([...part.paths, part.options.get("output"), part.options.get("rendered")])) {
            if (path === undefined || disk.readText(path) === undefined) continue;
            if (traceOnce(path).at(-1)?.path === template) outputs.push({ path, part: part.name });
          }
        }
      }
      if (places.partition !== undefined) {
        const copy = `${places.partition}/buildout.cfg`;
        if (traceOnce(copy).at(-1)?.path === template) outputs.push({ path: copy, part: "" });
      }
      return outputs.filter(({ path }, index) => outputs.findIndex((other) => other.path === path) === index);
    },

    placeOfPart(name) {
      for (const level of [...levels.partition(), levels.software()]) {
        if (level.parts.some((part) => part.name === name)) return placeOfSection(level, name).place;
      }
      return undefined;
    },
  };
}

function lineRange(text: string, line: number): TextRange {
  const index = createLineIndex(text);
  const start = index.lineStart(line - 1);
  const end = index.toOffset({ line: line - 1, column: Number.MAX_SAFE_INTEGER });
  const indent = /^\s*/.exec(text.slice(start, end))![0].length;
  return { start: start + Math.min(indent, end - start), end };
}
