/**
 * Where a part of a run was built, and with which environment: what a shell needs to take its commands up again.
 *
 * A recipe that leaves its sources behind when it fails says where (slapos.recipe.cmmi), and writes a script that sets
 * the environment; else the shell begins in the part's own directory with the part's `environment`.
 */
import { posix } from "node:path";
import type { Resolution } from "@/lib/buildout";

export interface PartShellDisk {
  exists(path: string): boolean;
  list(directory: string): readonly { readonly name: string; readonly isDirectory: boolean }[];
}

export interface PartShellInput {
  readonly disk: PartShellDisk;
  /** The buildout's own. */
  readonly directory: string;
  /** The shell begins below one of these only. */
  readonly roots: readonly string[];
  readonly part: string | undefined;
  /** The end of the run's log. */
  readonly log: string;
  readonly resolution: Resolution | undefined;
  readonly baseEnvironment: Readonly<Record<string, string>>;
}

export interface PartShell {
  readonly directory: string;
  /** Absent: the user's usual shell. */
  readonly argv?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

const ENVIRONMENT_SCRIPT = "slapos.recipe.build.env.sh";
const LEFT = /The package is left as is at (\/.+) where you can inspect/;

export function findPartShell(input: PartShellInput): PartShell {
  const { disk, directory, part } = input;
  const place = listCandidates(input).find((path) => disk.exists(path)) ?? directory;
  const script = posix.join(place, ENVIRONMENT_SCRIPT);
  if (disk.exists(script)) {
    // The script tells what to type besides setting the environment.
    return { directory: place, argv: ["bash", "--rcfile", script, "-i"], environment: input.baseEnvironment };
  }
  const own = part === undefined ? {} : readEnvironment(input, part);
  return { directory: place, environment: { ...input.baseEnvironment, ...own } };
}

function listCandidates({ disk, directory, roots, part, log }: PartShellInput): string[] {
  if (part === undefined) return [];
  const left = log.split("\n").findLast((line) => LEFT.test(line));
  const said = left === undefined ? [] : [posix.normalize(LEFT.exec(left)![1]!)];
  const own = posix.join(directory, "parts", part);
  const compiled = [posix.join(own, ".build"), `${own}__compile__`].flatMap((place) => {
    const folders = disk.list(place).filter(({ isDirectory }) => isDirectory);
    // An archive has one folder with everything in it, as a rule.
    return folders.length === 1 ? [posix.join(place, folders[0]!.name), place] : [place];
  });
  const all = [...said, ...compiled, own];
  return all.filter((path) => roots.some((root) => path === root || path.startsWith(`${root}/`)));
}

/** `environment` of the slapos recipes: the name of a section, or `NAME = value` lines; `%(NAME)s` is what was there. */
function readEnvironment({ resolution, baseEnvironment }: PartShellInput, part: string): Record<string, string> {
  const text = resolution?.option(part, "environment")?.value?.trim() ?? "";
  if (text === "" || !resolution) return {};
  const pairs: [string, string][] = text.includes("=")
    ? text.split("\n").flatMap((line) => {
        const at = line.indexOf("=");
        return at > 0 ? [[line.slice(0, at).trim(), line.slice(at + 1).trim()] as [string, string]] : [];
      })
    : resolution
        .section(text)
        .flatMap(({ name, value }) => (value === undefined ? [] : [[name, value] as [string, string]]));
  const environment: Record<string, string> = {};
  for (const [name, value] of pairs) {
    if (!/^[A-Za-z_]\w*$/.test(name)) continue;
    environment[name] = value.replace(
      /%\((\w+)\)s/g,
      (_, other: string) => environment[other] ?? baseEnvironment[other] ?? "",
    );
  }
  return environment;
}
