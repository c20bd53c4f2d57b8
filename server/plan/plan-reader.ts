/**
 * The plan of a run before it is started: the profile resolved as the engine will, against what the last run left.
 *
 * Reads only; executes nothing. Unsaved texts are planned as if they were saved, since a run saves them first.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import {
  type Assignment,
  type BuildPlan,
  createEngineFacts,
  type EngineFacts,
  ProfileAnalysis,
  type ProfileSource,
  parseInstalledState,
  parsePartRecord,
  planBuild,
  type Resolution,
  toPackageName,
} from "@/lib/buildout";
import type { PlanDisk } from "@/server/platform/plan-disk";
import { type DevelopedEgg, findSoftwareChange, type SoftwareChange } from "./software-inputs";

export interface PlanTarget {
  readonly kind: "buildout" | "software";
  /** Absolute. */
  readonly profile: string;
  /** Where the buildout works: of a plain one its own directory, of a release the one below `soft`. */
  readonly directory: string;
}

export interface ReadPlan {
  readonly plan: BuildPlan;
  readonly resolution: Resolution;
  readonly analysis: ProfileAnalysis;
  /** Of a release: why it is built, or that there is nothing to do. */
  readonly change?: SoftwareChange;
}

export interface PlanReaderOptions {
  readonly disk: PlanDisk;
  /** The engine's environment, which holds `stamp.json` and `venv`. */
  readonly engineDirectory: string;
}

export interface PlanReader {
  read(target: PlanTarget, unsaved?: ReadonlyMap<string, string>, develop?: readonly DevelopedEgg[]): ReadPlan;
}

const md5OfSigned = (text: string): string => createHash("md5").update(text).digest("hex");

interface EngineStamp {
  readonly environment?: string;
  readonly layer?: string;
  readonly python?: string;
  readonly versions?: Readonly<Record<string, string>>;
}

export function createPlanReader({ disk, engineDirectory }: PlanReaderOptions): PlanReader {
  return {
    read(target, unsaved = new Map(), develop = []) {
      const stamp = readStamp(disk, engineDirectory);
      const installedPath = join(target.directory, ".installed.cfg");
      const installedText = disk.readText(installedPath);
      const recordText = disk.readText(join(target.directory, ".webrunner-parts.json"));
      const record = recordText === undefined ? undefined : parsePartRecord(recordText);
      const facts = toFacts(stamp, record?.buildout.executable ?? join(engineDirectory, "venv/bin/python"));
      const analysis = new ProfileAnalysis({
        source: withUnsaved(disk.profiles, unsaved),
        dialect: "slapos",
        facts,
      });
      const top = findTop(disk, target);
      const assignments = toAssignments(target);
      const resolution = analysis.resolve(top, [
        ...assignments,
        ...(develop.length > 0 ? developAssignments(develop, analysis.resolve(top, assignments)) : []),
      ]);
      const plan = planBuild({
        resolution,
        facts,
        installed: parseInstalledState(installedPath, installedText ?? ""),
        record,
        engine: `${stamp.environment} ${stamp.layer}`,
        directory: target.directory,
        files: withUnsavedFiles(disk, unsaved),
        ...(stamp.versions?.["zc.buildout"]?.includes("+slapos") && { md5OfSigned }),
        developed: new Map(develop.map(({ egg, directory }) => [toPackageName(egg), directory])),
      });
      const change =
        target.kind === "software"
          ? findSoftwareChange({
              disk,
              unsaved,
              profile: target.profile,
              directory: target.directory,
              engine: stamp.environment,
              develop,
            })
          : undefined;
      return { plan, resolution, analysis, change };
    },
  };
}

/** slapgrid writes a profile that extends the release and adds what the node knows. */
function findTop(disk: PlanDisk, { kind, profile, directory }: PlanTarget): string {
  const written = join(directory, "buildout.cfg");
  return kind === "software" && disk.exists(written) ? written : profile;
}

function toAssignments({ kind, directory }: PlanTarget): Assignment[] {
  const directoryOption = { section: "buildout", option: "directory", value: directory };
  return kind === "software"
    ? [directoryOption, { section: "buildout", option: "extends-cache", value: join(directory, "extends-cache") }]
    : [directoryOption];
}

/** As the engine adds them: `developed_recipes.py` of its layer. */
function developAssignments(develop: readonly DevelopedEgg[], plain: Resolution): Assignment[] {
  const eggs = new Set(develop.map(({ egg }) => toPackageName(egg)));
  const { versionsSection, sections } = plain.configuration;
  const pins = [...(sections.get(versionsSection)?.keys() ?? [])].filter((name) => eggs.has(toPackageName(name)));
  return [
    { section: "buildout", option: "develop+", value: develop.map(({ directory }) => directory).join("\n") },
    ...pins.map((option) => ({ section: versionsSection, option, value: "" })),
  ];
}

function readStamp(disk: PlanDisk, engineDirectory: string): EngineStamp {
  try {
    return JSON.parse(disk.readText(join(engineDirectory, "stamp.json")) ?? "{}") as EngineStamp;
  } catch {
    return {};
  }
}

function toFacts(stamp: EngineStamp, executable: string): EngineFacts {
  const [major = 3, minor = 11, patch = 0] = (stamp.python ?? "").split(".").filter(Boolean).map(Number);
  return createEngineFacts({
    executable,
    version: [major, minor, patch],
    machine: process.arch === "arm64" ? "aarch64" : "x86_64",
    ...(stamp.versions?.["zc.buildout"] && { buildoutVersion: stamp.versions["zc.buildout"] }),
  });
}

function withUnsaved(source: ProfileSource, unsaved: ReadonlyMap<string, string>): ProfileSource {
  return {
    read: (path) => unsaved.get(path) ?? source.read(path),
    exists: (path) => unsaved.has(path) || source.exists(path),
  };
}

function withUnsavedFiles(disk: PlanDisk, unsaved: ReadonlyMap<string, string>): PlanDisk {
  if (unsaved.size === 0) return disk;
  const digests = new Map([...unsaved].map(([path, text]) => [path, createHash("sha256").update(text).digest("hex")]));
  return {
    ...disk,
    readText: (path) => unsaved.get(path) ?? disk.readText(path),
    digest: (path) => digests.get(path) ?? disk.digest(path),
    digestOfAny: (path) => digests.get(path) ?? disk.digestOfAny(path),
    sources(directory) {
      const found = { ...disk.sources(directory) };
      for (const [path, digest] of digests)
        if (path.startsWith(`${directory}/`)) found[path.slice(directory.length + 1)] = digest;
      return found;
    },
  };
}
