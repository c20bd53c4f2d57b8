/**
 * The analysis of a workspace with many profiles: keeps what it has read and answers forward and reverse questions.
 *
 * An edit reads one file again; resolutions that reach the file are made anew when next asked for, from the parts that
 * did not change. Reverse questions look at what each file holds by itself, so they cost a look-up for each file.
 *
 * Texts come from a port, synchronously. A URL that the port does not have is a diagnostic; whoever can fetch it gives
 * its text to `update` later (`missingUrls` says which are wanted).
 */
import { type Assignment, assembleConfiguration } from "./configuration";
import type { ReadFailure } from "./extends-graph";
import { MergeCache } from "./extends-merge";
import { createEngineFacts, type EngineFacts } from "./facts";
import type { OptionValue } from "./option-value";
import type { Part } from "./parts";
import { absolutePath, baseNameOf, directoryOf, isAbsolutePath, isUrl } from "./paths";
import { createReadingRules, type Dialect, type Profile, readProfile } from "./profile";
import { type ProfileReference, profileReferences } from "./profile-references";
import { findAllParts } from "./recipe-reads";
import { Resolution } from "./resolution";

/** The port to the texts of files. `read` is only called with normalised absolute paths and URLs. */
export interface ProfileSource {
  read(path: string): string | ReadFailure;
  exists(path: string): boolean;
  /** The file behind a name that a template engine will replace; other names stand for themselves. */
  toPath?(name: string): string;
}

export interface AnalysisOptions {
  readonly source: ProfileSource;
  readonly dialect?: Dialect;
  readonly facts?: EngineFacts;
  /** The user's `default.cfg`, if buildout would read one. */
  readonly userDefaults?: string;
  readonly homeDirectory?: string;
}

/** A place where an option is written. */
export interface OptionPlace {
  readonly profile: Profile;
  readonly section: string;
  readonly value: OptionValue;
}

export interface Impact {
  /** Files that extend the file, directly or not. */
  readonly dependants: readonly string[];
  /** Those of them that nothing else extends. */
  readonly tops: readonly string[];
  /** Software releases among the dependants (and the file itself if it is one). */
  readonly softwareReleases: readonly string[];
}

/**
 * Resolutions that are kept, least recently used first to go. One takes 100 to 300 KB, and making it again from the
 * parsed files 2 to 10 ms.
 */
const MAX_RESOLUTIONS = 48;

/** A shorter file is read anew in a few milliseconds; its old state is not worth the memory. */
const REREAD_BY_SECTION_LENGTH = 1 << 17;

const RELEASE_NAME = /^software[^/]*\.cfg$/;

/** Whether SlapOS would be asked to install this file: `software.cfg`, `software-something.cfg`. */
export function isSoftwareRelease(path: string): boolean {
  return RELEASE_NAME.test(baseNameOf(path));
}

export class ProfileAnalysis {
  readonly dialect: Dialect;
  readonly facts: EngineFacts;
  private readonly rules;
  private readonly cache = new MergeCache();
  private readonly texts = new Map<string, string>();
  private readonly profiles = new Map<string, Profile | ReadFailure>();
  /** Large files as they were before a change, until they are read again. */
  private readonly outdated = new Map<string, Profile>();
  private readonly resolutions = new Map<string, Resolution>();
  /** Who names a file in `extends`, by the file's path. */
  private readonly extenders = new Map<string, Set<string>>();

  constructor(private readonly options: AnalysisOptions) {
    this.dialect = options.dialect ?? "slapos";
    this.facts = options.facts ?? createEngineFacts();
    this.rules = createReadingRules(this.dialect, this.facts);
  }

  /** Takes a text as the file's, saved or not; `undefined` goes back to what the source has. */
  update(path: string, text: string | undefined): void {
    const known = this.profiles.get(path);
    if (text === undefined) this.texts.delete(path);
    else {
      this.texts.set(path, text);
      if (known !== undefined && !("problem" in known) && known.syntax.text === text) return;
    }
    this.forget(path);
  }

  /** Says why a file or URL cannot be had, in place of what the source says. */
  refuse(path: string, failure: ReadFailure): void {
    this.texts.delete(path);
    this.forget(path);
    this.profiles.set(path, failure);
  }

  /** Drops what was read of a file, so that it is read again when next needed. */
  forget(path: string): void {
    const known = this.profiles.get(path);
    this.profiles.delete(path);
    if (known !== undefined && !("problem" in known)) {
      for (const reference of known.extends) this.extenders.get(reference.path)?.delete(path);
      if (known.syntax.text.length >= REREAD_BY_SECTION_LENGTH) this.outdated.set(path, known);
    }
    for (const [key, resolution] of this.resolutions)
      if (resolution.configuration.paths.has(path)) this.resolutions.delete(key);
  }

  profile(path: string): Profile | ReadFailure {
    const known = this.profiles.get(path);
    if (known !== undefined) return known;
    const text = this.read(path);
    if (typeof text !== "string") {
      this.profiles.set(path, text);
      this.outdated.delete(path);
      return text;
    }
    const profile = readProfile(path, text, this.rules, this.outdated.get(path));
    this.outdated.delete(path);
    this.profiles.set(path, profile);
    for (const reference of profile.extends) {
      const known = this.extenders.get(reference.path);
      if (known === undefined) this.extenders.set(reference.path, new Set([path]));
      else known.add(path);
    }
    return profile;
  }

  /** What was read of a file and not forgotten since. */
  known(path: string): Profile | undefined {
    const known = this.profiles.get(path);
    return known === undefined || "problem" in known ? undefined : known;
  }

  /** Reads the files that reverse questions are to know of. Those reached by `extends` are known anyway. */
  load(paths: Iterable<string>): void {
    for (const path of paths) this.profile(path);
  }

  private read(path: string): string | ReadFailure {
    return this.texts.get(path) ?? this.options.source.read(path);
  }

  /** All files read so far. */
  get loadedProfiles(): Profile[] {
    return [...this.profiles.values()].filter((profile): profile is Profile => !("problem" in profile));
  }

  /** URLs that some file extends and that could not be had. */
  get missingUrls(): string[] {
    return [...this.profiles].filter(([path, profile]) => isUrl(path) && "problem" in profile).map(([path]) => path);
  }

  resolve(path: string, assignments: readonly Assignment[] = []): Resolution {
    const key = assignments.length === 0 ? path : `${path}\n${JSON.stringify(assignments)}`;
    const known = this.resolutions.get(key);
    if (known !== undefined) {
      this.resolutions.delete(key);
      this.resolutions.set(key, known);
      return known;
    }
    const workingDirectory = directoryOf(path);
    const configuration = assembleConfiguration(path, {
      load: (name) => this.loadFrom(name, workingDirectory),
      exists: (name) => this.options.source.exists(name),
      toPath: this.options.source.toPath,
      workingDirectory,
      facts: this.facts,
      assignments,
      userDefaults: this.options.userDefaults,
      homeDirectory: this.options.homeDirectory,
      cache: this.cache,
    });
    const resolution = new Resolution(path, this.dialect, configuration, this.facts);
    this.resolutions.set(key, resolution);
    if (this.resolutions.size > MAX_RESOLUTIONS)
      for (const oldest of this.resolutions.keys()) {
        this.resolutions.delete(oldest);
        break;
      }
    return resolution;
  }

  /** All parts in the order of their installation, with those that templates bring in, as their texts are now. */
  allParts(resolution: Resolution): Part[] {
    return findAllParts(resolution, (path) => {
      const text = this.read(path);
      return typeof text === "string" ? text : undefined;
    });
  }

  /** Names from the command line may be relative; such a file goes by that name. */
  private loadFrom(name: string, workingDirectory: string): Profile | ReadFailure {
    if (isAbsolutePath(name) || isUrl(name)) return this.profile(name);
    const text = this.options.source.read(absolutePath(name, workingDirectory));
    return typeof text === "string" ? readProfile(name, text, this.rules) : text;
  }

  /** Loaded files that name this one in `extends`. */
  extendedBy(path: string): string[] {
    return [...(this.extenders.get(path) ?? [])].sort();
  }

  impact(path: string): Impact {
    const reached = new Set<string>([path]);
    for (const one of reached) for (const extender of this.extenders.get(one) ?? []) reached.add(extender);
    const all = [...reached].sort();
    return {
      dependants: all.filter((one) => one !== path),
      tops: all.filter((one) => !this.extenders.get(one)?.size),
      softwareReleases: all.filter(isSoftwareRelease),
    };
  }

  /** Every place in a loaded file that sets, adds to or takes from the option. */
  definitions(section: string, option: string): OptionPlace[] {
    const places: OptionPlace[] = [];
    for (const profile of this.loadedProfiles) {
      const options = profile.sections.get(section)?.options;
      if (options === undefined) continue;
      for (const key of [option, `${option} +`, `${option} -`]) {
        const value = options.get(key);
        if (value !== undefined) places.push({ profile, section, value });
      }
    }
    return places;
  }

  /** Every `${section:option}` in a loaded file; without an option, every reference to the section. */
  readers(section: string, option?: string): ProfileReference[] {
    return this.loadedProfiles.flatMap((profile) =>
      (profileReferences(profile).get(section) ?? []).filter(
        (reference) => option === undefined || reference.option === option,
      ),
    );
  }
}
