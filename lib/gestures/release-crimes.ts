/**
 * What must not be in a release that is merged, as far as its profiles alone show it: develop eggs and sandboxes left
 * over, extends of forks and of what moves, eggs without a version, instances that nothing checks.
 *
 * Each finding names its place, and what changes the profile for the better where that can be computed.
 */
import {
  compareResolutions,
  directoryOf,
  isRecipeOption,
  isUrl,
  type Part,
  ProfileAnalysis,
  type Resolution,
  toPackageName,
} from "@/lib/buildout";
import { type ExtendsEdge, listEdges, type RepositoryFacts } from "./extends-source";
import { changeFile, type Gesture, type GestureOptions, refuse, resolveChanged } from "./gesture";
import { isSandbox } from "./sandbox";
import { optionNodes, removeNodes } from "./section-edits";

export type CrimeKind = "profile" | "develop" | "sandbox" | "extends" | "version" | "promise";

export interface Crime {
  readonly kind: CrimeKind;
  readonly isError: boolean;
  readonly message: string;
  readonly path: string;
  /** Offset in the file. */
  readonly at: number;
  /** What of its kind it is: an egg, a name in extends; of a profile the resolver's code comes first. */
  readonly subject: string;
  /** Where what is wrong ends, of a profile. */
  readonly end?: number;
  /** What it names cannot be read. */
  readonly isMissing?: boolean;
}

/** Eggs that the engine brings, whatever the profile pins. */
const OWN_EGGS = new Set(["zc-buildout", "setuptools", "pip", "wheel"]);

export function findCrimes(
  options: GestureOptions,
  path: string,
  repository: RepositoryFacts | undefined,
  developedEggs: ReadonlySet<string>,
): Crime[] {
  const analysis = new ProfileAnalysis(options);
  const profile = analysis.profile(path);
  if ("problem" in profile) return [crime("profile", profile.message, path, 0, "load")];
  const resolution = analysis.resolve(path);
  return [
    ...(isSandbox(path)
      ? [crime("sandbox", "A sandbox is for trying out: promote its overrides.", path, 0, path)]
      : []),
    ...findProfileErrors(resolution),
    ...findDevelops(resolution, path),
    ...listEdges(options, path, repository).flatMap(toExtendsCrime),
    ...findUnpinned(resolution, analysis.allParts(resolution), developedEggs),
  ];
}

function crime(kind: CrimeKind, message: string, path: string, at: number, subject: string, isError = true): Crime {
  return { kind, isError, message, path, at, subject };
}

/** What buildout would stop at; what a recipe only gives when it runs is no error. */
export function findProfileErrors(resolution: Resolution): Crime[] {
  return resolution.diagnostics
    .filter(
      (found) =>
        found.severity === "error" && found.code !== "load/url-unavailable" && !isRecipeOption(resolution, found),
    )
    .map(({ message, path, range, code }) => ({
      ...crime("profile", message, path, range.start, `${code} ${message}`),
      end: range.end,
    }));
}

/** Of files in the release's own folder; a stack may well develop the repository's own recipes. */
function findDevelops(resolution: Resolution, path: string): Crime[] {
  const steps = resolution.option("buildout", "develop")?.contributions ?? [];
  return steps
    .filter(
      (step) => step.nodes.length > 0 && directoryOf(step.source) === directoryOf(path) && step.value.trim() !== "",
    )
    .map((step) =>
      crime(
        "develop",
        "A develop egg is left over: the release would build from a checkout.",
        step.source,
        step.nodes[0]!.start,
        "develop",
      ),
    );
}

function toExtendsCrime({ source, name, profile, start, missing }: ExtendsEdge): Crime[] {
  if (isUrl(profile)) return [];
  if (source.kind === "fork" || source.kind === "other")
    return [crime("extends", `${name} is of a fork: ${source.repository} @${source.ref}.`, profile, start, name)];
  if (source.kind === "upstream" && !/^\d|^v\d|^[0-9a-f]{7,40}$/.test(source.ref))
    return [
      crime("extends", `${name} moves: ${source.ref} is a branch, not a tag or a commit.`, profile, start, name, false),
    ];
  const unreadable = crime("extends", `${name} cannot be read.`, profile, start, name, false);
  return missing ? [{ ...unreadable, isMissing: true }] : [];
}

function findUnpinned(resolution: Resolution, parts: readonly Part[], developed: ReadonlySet<string>): Crime[] {
  const versions = resolution.option("buildout", "versions")?.value?.trim() || "versions";
  const pinned = new Map(resolution.section(versions).map((one) => [toPackageName(one.name), one.value ?? one.raw]));
  const wanted = new Map<string, { egg: string; path: string; at: number }>();
  const want = (egg: string, section: string, option: string): void => {
    const name = toPackageName(egg);
    if (wanted.has(name) || OWN_EGGS.has(name) || developed.has(name) || pinned.get(name)?.trim()) return;
    const step = resolution.option(section, option)?.contributions.findLast(({ nodes }) => nodes.length > 0);
    if (step) wanted.set(name, { egg, path: step.source, at: step.nodes[0]!.start });
  };
  for (const { name, recipe } of parts) {
    const egg = recipe === undefined ? undefined : /^[^:[]+/.exec(recipe)?.[0]?.trim();
    if (egg) want(egg, name, "recipe");
    if (!egg || !/^(?:zc\.recipe\.egg|slapos\.recipe\.build|plone\.recipe)/.test(egg)) continue;
    for (const option of ["eggs", "egg"])
      for (const line of (resolution.option(name, option)?.value ?? "").split("\n")) {
        const project = /^\s*([A-Za-z0-9][\w.-]*)/.exec(line)?.[1];
        if (project) want(project, name, option);
      }
  }
  return [...wanted.values()].map(({ egg, path, at }) =>
    crime("version", `${egg} has no version in [${versions}]: the release would change by itself.`, path, at, egg),
  );
}

/** Names of programs' folders in wrappers: what is in them is run, and something should say whether it does. */
const SERVICE = /etc\/(?:service|run)\b|:wrapper\b[\s\S]{0,400}wrapper-path\s*=/;
const PROMISE = /promise/i;

/** Instance profiles of the release that start something and promise nothing. */
export function findMissingPromises(files: readonly { readonly path: string; readonly text: string }[]): Crime[] {
  const instances = files.filter(({ path }) =>
    /(?:^|\/)instance[^/]*\.cfg(?:\.in|\.jinja2?|\.j2)*(?:\.in)?$/.test(path),
  );
  if (instances.some(({ text }) => PROMISE.test(text))) return [];
  return instances
    .filter(({ text }) => SERVICE.test(text))
    .map(({ path, text }) =>
      crime(
        "promise",
        "The instance starts a service, and no promise checks it.",
        path,
        text.search(SERVICE),
        "promise",
      ),
    );
}

/** Takes the develop lines out again. */
export function removeDevelop(options: GestureOptions, path: string, file: string): Gesture {
  const analysis = new ProfileAnalysis(options);
  const profile = analysis.profile(file);
  if ("problem" in profile) return refuse(profile.message);
  const nodes = optionNodes(profile, "buildout", "develop");
  if (nodes.length === 0) return refuse("There is no develop any more.");
  const changed = changeFile(profile, removeNodes(profile.syntax, new Set(nodes)));
  const effects = compareResolutions(analysis.resolve(path), resolveChanged(options, path, [changed]));
  return { kind: "proposed", summary: "Take the develop eggs out", notes: [], files: [changed], effects };
}
