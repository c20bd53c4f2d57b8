/**
 * The buildouts that made a node's files, as their last runs left them: the software, the partition, and the one that
 * `switch-softwaretype` runs inside the partition's.
 */
import {
  createEngineFacts,
  type InstalledPart,
  ProfileAnalysis,
  type ProfileSource,
  parseInstalledState,
} from "@/lib/buildout";

/** Only reads; texts of what is no plain file are undefined. */
export interface SourceDisk {
  readText(path: string): string | undefined;
  exists(path: string): boolean;
  readonly profiles: ProfileSource;
}

/** All absolute. */
export interface NodePlaces {
  readonly workspace: string;
  /** The release's profile. */
  readonly profile: string;
  readonly softwareDirectory: string;
  /** Of the partition; undefined when only the software is looked at. */
  readonly partition?: string;
}

export interface Level {
  /** The profile that has the parts' sections, with what it extends. */
  readonly profile: string;
  readonly parts: readonly InstalledPart[];
}

export const SWITCH_RECIPE = "slapos.cookbook:switch-softwaretype";
/** Options by which recipes are told what to write. */
export const OUTPUT_OPTIONS = ["output", "rendered", "wrapper-path", "target", "location"] as const;

export interface Levels {
  readonly analysis: ProfileAnalysis;
  software(): Level;
  /** The inner one first. */
  partition(): readonly Level[];
}

export function createLevels(disk: SourceDisk, places: NodePlaces): Levels {
  const analysis = new ProfileAnalysis({ source: disk.profiles, dialect: "slapos", facts: createEngineFacts() });
  let software: Level | undefined;
  let partition: readonly Level[] | undefined;

  const readParts = (path: string): readonly InstalledPart[] => {
    const text = disk.readText(path);
    return text === undefined ? [] : parseInstalledState(path, text).parts;
  };

  const findInnerProfile = (outer: Level, part: InstalledPart): string | undefined => {
    const asked = outer.parts.find(({ name }) => name === "slap-configuration")?.options.get("slap-software-type");
    const type = asked === undefined || asked === "RootSoftwareInstance" ? "default" : asked;
    const [section, key] = (part.options.get(type) ?? part.options.get(asked ?? type) ?? "").split(":");
    if (!section || !key) return undefined;
    const installed = outer.parts.find(({ name }) => name === section)?.options.get(key);
    return installed ?? analysis.resolve(outer.profile).option(section, key)?.value;
  };

  const readPartition = (directory: string): readonly Level[] => {
    const outer = { profile: `${directory}/buildout.cfg`, parts: readParts(`${directory}/.installed.cfg`) };
    const inner = outer.parts.flatMap((part): Level[] => {
      if (part.recipe !== SWITCH_RECIPE) return [];
      const profile = findInnerProfile(outer, part);
      return profile === undefined ? [] : [{ profile, parts: readParts(`${directory}/.installed-${part.name}.cfg`) }];
    });
    return [...inner, outer];
  };

  return {
    analysis,
    software() {
      software ??= { profile: places.profile, parts: readParts(`${places.softwareDirectory}/.installed.cfg`) };
      return software;
    },
    partition() {
      if (places.partition === undefined) return [];
      partition ??= readPartition(places.partition);
      return partition;
    },
  };
}

/** The part that made a file: it lists the file or a directory above it, or an option of it names the file. */
export function findMaker(levels: readonly Level[], file: string): { level: Level; part: InstalledPart } | undefined {
  let found: { level: Level; part: InstalledPart; length: number } | undefined;
  for (const level of levels) {
    for (const part of level.parts) {
      const outputs = OUTPUT_OPTIONS.map((name) => part.options.get(name)).filter((value) => value !== undefined);
      for (const path of [...part.paths, ...outputs]) {
        const isIt = path === file || (path.startsWith("/") && file.startsWith(`${path}/`));
        if (isIt && path.length > (found?.length ?? 0)) found = { level, part, length: path.length };
      }
    }
  }
  return found && { level: found.level, part: found.part };
}
