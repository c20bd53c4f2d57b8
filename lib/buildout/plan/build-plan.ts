/**
 * What the next run of a buildout will do, part by part, and why; from the resolved profile and what the last run left.
 *
 * The rules are those of zc.buildout's `install` and of the engine's layer: a part is installed again when an option of
 * it differs from the saved one (what its recipe sets counts as before as long as nothing else changed), when its egg
 * did, when a section that it uses or a local file that it names did, or when a file that it installed is gone.
 *
 * Never throws and does no I/O. `isExact` is false where something had to be guessed, which `notes` name.
 */
import type { EngineFacts } from "../facts";
import type { InstalledPart, InstalledState } from "../installed-state";
import { toPackageName } from "../package-name";
import { orderParts, referredSections } from "../parts";
import { isAbsolutePath, joinPath, normalisePath } from "../paths";
import { findRecipeReads } from "../recipe-reads";
import type { Resolution } from "../resolution";
import { ResolutionProblem, Substitution } from "../substitution";
import { parseTemplate } from "../value-template";
import type { PartRecord, RecordedPart, RecordedSection } from "./part-record";
import { parseSlaposSignature, toSignedText } from "./slapos-signature";

export type PlannedAction = "install" | "reinstall" | "keep" | "uninstall";

export type PlanReason =
  | { readonly kind: "never-installed" }
  | { readonly kind: "not-in-profile" }
  | {
      readonly kind: "option";
      readonly section: string;
      readonly option: string;
      readonly before?: string;
      readonly after?: string;
    }
  /** The part uses a section that changed for these reasons. */
  | { readonly kind: "dependency"; readonly section: string; readonly because: readonly PlanReason[] }
  | { readonly kind: "section-gone"; readonly section: string }
  /** Another set of sections is used, with the same values. */
  | { readonly kind: "uses"; readonly added: readonly string[]; readonly removed: readonly string[] }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "recipe-code"; readonly egg: string; readonly files: readonly string[] }
  | { readonly kind: "recipe-version"; readonly egg: string; readonly before: string; readonly after: string }
  /** The egg comes from this checkout now, or no longer from a checkout. */
  | { readonly kind: "recipe-source"; readonly egg: string; readonly directory?: string }
  | { readonly kind: "engine" }
  | { readonly kind: "missing-file"; readonly path: string };

export interface PlannedPart {
  readonly part: string;
  readonly action: PlannedAction;
  readonly recipe?: string;
  readonly reasons: readonly PlanReason[];
}

export interface BuildPlan {
  /** As the run prints them: what is removed first, last installed first; then the parts in their order. */
  readonly steps: readonly { readonly action: "uninstall" | "install" | "update"; readonly part: string }[];
  /** The parts of the profile in their order, then those that are only removed. */
  readonly parts: readonly PlannedPart[];
  readonly isExact: boolean;
  readonly notes: readonly string[];
}

/** Files as the engine would find them; paths are absolute. */
export interface PlanFiles {
  exists(path: string): boolean;
  /** SHA-256 in hex of a plain file that is no larger than what the engine looks at; else undefined. */
  digest(path: string): string | undefined;
  /** The text of a plain file, as it is edited. */
  readText(path: string): string | undefined;
  /** Relative path → SHA-256 of a develop egg's sources. */
  sources(directory: string): Readonly<Record<string, string>>;
}

export interface PlanInput {
  readonly resolution: Resolution;
  readonly facts: EngineFacts;
  readonly installed: Pick<InstalledState, "parts">;
  readonly record: PartRecord | undefined;
  /** As the engine writes itself into a record. */
  readonly engine: string;
  /** Where the buildout works; its own files do not count as inputs. */
  readonly directory: string;
  readonly files: PlanFiles;
  /** Of an engine whose zc.buildout is SlapOS's own, which leaves no record but signs what it used: MD5 in hex. */
  readonly md5OfSigned?: (text: string) => string;
  /** Recipe eggs in development mode: normalized name of the egg → its checkout. */
  readonly developed?: ReadonlyMap<string, string>;
}

export function planBuild(input: PlanInput): BuildPlan {
  const planner = new Planner(input);
  return planner.plan();
}

class Planner {
  private readonly notes = new Set<string>();
  private readonly substitution: Substitution;
  private readonly installed: ReadonlyMap<string, InstalledPart>;
  private readonly entries = new Map<string, RecordedPart>();
  /** The latest record of each section, for what its recipe sets and looks at. */
  private readonly latest = new Map<string, RecordedSection>();
  private readonly reads = new Map<string, readonly string[]>();
  private readonly compared = new Map<string, readonly PlanReason[]>();
  private readonly buildoutChanges: ReadonlyMap<string, string>;

  constructor(private readonly input: PlanInput) {
    const { resolution, facts, record } = input;
    for (const section of Object.values(record?.sections ?? {})) this.latest.set(section.name, section);
    this.substitution = new Substitution(resolution.configuration, facts, (section, option) =>
      this.recipeOption(section, option),
    );
    this.installed = new Map(input.installed.parts.map((part) => [part.name, part]));
    for (const part of input.installed.parts) {
      const entry = this.findEntry(part);
      if (!entry) continue;
      this.entries.set(part.name, entry);
      const section = record!.sections[entry.section];
      if (section) this.latest.set(part.name, section);
    }
    this.buildoutChanges = this.compareBuildout();
  }

  plan(): BuildPlan {
    const { resolution, installed } = this.input;
    const parts = orderParts(resolution.configuration, this.substitution, (name) => this.lookedAt(name)).filter(
      ({ exists }) => exists,
    );
    const planned: PlannedPart[] = [];
    const stays = new Set(parts.map(({ name }) => name));
    const removed = new Set<string>();
    for (const { name, recipe } of parts) {
      const known = this.installed.get(name);
      if (!known) {
        planned.push({ part: name, recipe, action: "install", reasons: [{ kind: "never-installed" }] });
        continue;
      }
      const reasons = this.reasonsOf(known);
      if (reasons.length > 0) removed.add(name);
      planned.push({ part: name, recipe, action: reasons.length > 0 ? "reinstall" : "keep", reasons });
    }
    for (const { name, recipe } of installed.parts) {
      if (stays.has(name)) continue;
      removed.add(name);
      planned.push({
        part: name,
        recipe,
        action: "uninstall",
        reasons: [{ kind: "not-in-profile" }],
      });
    }
    const steps: BuildPlan["steps"][number][] = [];
    for (const { name } of [...installed.parts].reverse())
      if (removed.has(name)) steps.push({ action: "uninstall", part: name });
    for (const { part, action } of planned)
      if (action !== "uninstall") steps.push({ action: action === "keep" ? "update" : "install", part });
    return { steps, parts: planned, isExact: this.notes.size === 0, notes: [...this.notes] };
  }

  /** Which of the recorded entries is the installed one: that whose options are the saved ones. */
  private findEntry({ name, signature, options }: InstalledPart): RecordedPart | undefined {
    const { record } = this.input;
    const known = record?.parts[name]?.filter((entry) => record.sections[entry.section]) ?? [];
    const fitting = known.filter((entry) => entry.signature === signature);
    if (fitting.length <= 1) return fitting[0];
    return fitting.find((entry) => {
      const { given, set } = record!.sections[entry.section]!;
      return Object.entries({ ...given, ...set }).every(
        ([option, value]) => options.get(option)?.trim() === value.trim(),
      );
    });
  }

  /** What a recipe set the last time, where the profile does not say it anew. */
  private recipeOption(name: string, option: string): string | undefined {
    const section = this.latest.get(name);
    const value = section?.set[option];
    if (value === undefined) return undefined;
    if (!(option in section!.given)) {
      const options = this.substitution.rawOptions(name);
      if (!(options instanceof ResolutionProblem) && options.has(option)) return undefined;
    }
    return value;
  }

  private givenOptions(name: string): Map<string, string | undefined> | undefined {
    const options = this.substitution.rawOptions(name);
    if (options instanceof ResolutionProblem) return undefined;
    const given = new Map<string, string | undefined>();
    for (const option of options.keys()) {
      const value = this.substitution.value(name, option);
      given.set(option, typeof value === "string" ? value : undefined);
    }
    return given;
  }

  /** What the recipe is known to look at, and what it looked at the last time. */
  private lookedAt(name: string): readonly string[] {
    const kept = this.reads.get(name);
    if (kept) return kept;
    const reads = findRecipeReads(name, this.substitution, this.input.files.readText);
    const before = this.latest.get(name)?.lookedAt;
    if (reads?.missing !== undefined && !before) {
      this.notes.add(
        `What ${reads.missing} refers to is known once it is there: the run may install more parts for [${name}].`,
      );
    }
    const { sections } = this.input.resolution.configuration;
    const found = reads && reads.missing === undefined ? reads.sections : (before ?? []);
    const there = found.filter((section) => sections.has(section));
    this.reads.set(name, there);
    return there;
  }

  private text(section: string, option: string): string {
    const value = this.substitution.value(section, option);
    return typeof value === "string" ? value : "";
  }

  private usesOf(name: string): Set<string> {
    const options = this.substitution.rawOptions(name);
    const uses = new Set<string>(this.lookedAt(name));
    if (!(options instanceof ResolutionProblem)) for (const use of referredSections(name, options)) uses.add(use);
    uses.delete("buildout");
    uses.delete(name);
    return uses;
  }

  private reasonsOf(part: InstalledPart): PlanReason[] {
    const { record, engine, directory, files } = this.input;
    const entry = this.entries.get(part.name);
    const reasons: PlanReason[] = [];
    if (!record && this.input.md5OfSigned) {
      reasons.push(...this.compareSigned(part));
    } else if (!entry) {
      this.notes.add(
        "The last run left no record of what some parts were made from; their options alone are compared.",
      );
      reasons.push(...this.compareSaved(part));
    } else {
      if (record!.engine !== engine) reasons.push({ kind: "engine" });
      reasons.push(...this.compareEggs(entry, part.recipe));
      reasons.push(...this.compareSection(part.name, entry.section));
    }
    if (reasons.length === 0) {
      for (const file of part.paths) {
        const path = isAbsolutePath(file) ? file : joinPath(directory, file);
        if (files.exists(path)) continue;
        reasons.push({ kind: "missing-file", path });
        break;
      }
    }
    return reasons;
  }

  private compareSaved({ name, options }: InstalledPart): PlanReason[] {
    const reasons: PlanReason[] = [];
    for (const [option, after] of this.givenOptions(name) ?? []) {
      const before = options.get(option);
      if (before?.trim() !== after?.trim()) reasons.push({ kind: "option", section: name, option, before, after });
    }
    return reasons;
  }

  /**
   * SlapOS's own zc.buildout installs a part again when its options, its recipe's eggs or what its signature says of the
   * sections that it uses changed; of these, a part that is only missing a file is as it was. Local files do not count.
   */
  private compareSigned(part: InstalledPart): readonly PlanReason[] {
    const known = this.compared.get(part.name);
    if (known) return known;
    this.compared.set(part.name, []);
    const { eggs, sections } = parseSlaposSignature(part.signature ?? "");
    const reasons = [
      ...this.compareEggs({ section: "", signature: "", eggs }, part.recipe),
      ...this.compareSaved(part),
    ];
    // What a recipe of which nothing is known looked at, it will look at again.
    const reads = findRecipeReads(part.name, this.substitution, this.input.files.readText);
    const uses = this.usesOf(part.name);
    const stays = (use: string): boolean =>
      uses.has(use) || ((!reads || reads.missing !== undefined) && this.input.resolution.hasSection(use));
    const added = [...uses].filter((use) => !sections.has(use));
    const removed = [...sections.keys()].filter((use) => !stays(use));
    if ((added.length > 0 || removed.length > 0) && reasons.length === 0)
      reasons.push({ kind: "uses", added, removed });
    for (const [use, sum] of sections) {
      if (!stays(use)) continue;
      const because = this.compareSignedUse(use, sum);
      if (because) reasons.push({ kind: "dependency", section: use, because });
    }
    const sorted = this.rootsFirst(part.name, reasons);
    this.compared.set(part.name, sorted);
    return sorted;
  }

  /** Undefined for a section that is as its sum says. */
  private compareSignedUse(use: string, sum: string): readonly PlanReason[] | undefined {
    const part = this.installed.get(use);
    if (part) {
      const because = this.compareSigned(part);
      return because.length > 0 ? because : undefined;
    }
    const given = this.givenOptions(use);
    if (!given) return [{ kind: "section-gone", section: use }];
    if (given.has("recipe")) return [{ kind: "never-installed" }];
    const options = new Map(
      [...given].flatMap(([name, value]) => (name === "<" ? [] : [[name, value ?? ""] as const])),
    );
    return this.input.md5OfSigned!(toSignedText(options)) === sum ? undefined : [];
  }

  private compareEggs(entry: RecordedPart, recipe: string | undefined): PlanReason[] {
    const { record, files, resolution } = this.input;
    const reasons: PlanReason[] = [];
    const developed = this.input.developed ?? new Map<string, string>();
    const ofRecipe = toPackageName(recipe?.split(":")[0] ?? "");
    if (developed.has(ofRecipe) && !entry.eggs.some(({ name }) => toPackageName(name) === ofRecipe))
      reasons.push({ kind: "recipe-source", egg: ofRecipe, directory: developed.get(ofRecipe) });
    for (const egg of entry.eggs) {
      const sources = egg.sources === undefined ? undefined : record!.developed[egg.sources];
      const checkout = developed.get(toPackageName(egg.name));
      if (checkout !== undefined && sources?.directory !== checkout) {
        reasons.push({ kind: "recipe-source", egg: egg.name, directory: checkout });
        continue;
      }
      if (sources && checkout === undefined && !this.isDeveloped(sources.directory)) {
        reasons.push({ kind: "recipe-source", egg: egg.name });
        continue;
      }
      if (sources) {
        const changed = differingKeys(sources.files, files.sources(sources.directory));
        if (changed.length > 0) reasons.push({ kind: "recipe-code", egg: egg.name, files: changed });
        continue;
      }
      const { versionsSection } = resolution.configuration;
      const pin = versionsSection === "" ? "" : this.text(versionsSection, egg.name);
      if (/^[\w.!+-]+$/.test(pin) && pin !== egg.version)
        reasons.push({ kind: "recipe-version", egg: egg.name, before: egg.version, after: pin });
    }
    return reasons;
  }

  /** Whether `buildout:develop` names the directory; with a pattern in it, any directory may be meant. */
  private isDeveloped(directory: string): boolean {
    const base = this.text("buildout", "directory");
    return this.text("buildout", "develop")
      .split(/\s+/)
      .filter(Boolean)
      .some(
        (word) => /[*?[]/.test(word) || normalisePath(isAbsolutePath(word) ? word : joinPath(base, word)) === directory,
      );
  }

  /** `[buildout]` is no input of its own; where recipes keep its directories, their options change with them. */
  private compareBuildout(): ReadonlyMap<string, string> {
    const changed = new Map<string, string>();
    for (const [option, before] of Object.entries(this.input.record?.buildout ?? {})) {
      if (!option.endsWith("-directory") && option !== "directory") continue;
      const after = this.substitution.value("buildout", option);
      if (typeof after === "string" && normalisePath(after) !== normalisePath(before)) changed.set(before, option);
    }
    return changed;
  }

  private compareSection(name: string, key: string): readonly PlanReason[] {
    const known = this.compared.get(`${name}\n${key}`);
    if (known) return known;
    // Sections that use each other: each is looked at once.
    this.compared.set(`${name}\n${key}`, []);
    const reasons = this.differences(name, this.input.record!.sections[key]!);
    this.compared.set(`${name}\n${key}`, reasons);
    return reasons;
  }

  private differences(name: string, before: RecordedSection): PlanReason[] {
    const { record } = this.input;
    const given = this.givenOptions(name);
    if (!given) return [{ kind: "section-gone", section: name }];
    const reasons: PlanReason[] = [];
    for (const [option, after] of given) {
      if (option === "<" || (Object.hasOwn(before.given, option) && before.given[option] === after)) continue;
      reasons.push({ kind: "option", section: name, option, before: before.given[option], after });
    }
    for (const option of Object.keys(before.given)) {
      if (!given.has(option)) reasons.push({ kind: "option", section: name, option, before: before.given[option] });
    }
    for (const [path, option] of this.buildoutChanges) {
      if (!Object.values(before.set).some((value) => value === path || value.startsWith(`${path}/`))) continue;
      reasons.push({ kind: "option", section: "buildout", option, before: path, after: this.text("buildout", option) });
    }
    const uses = this.usesOf(name);
    const added = [...uses].filter((use) => !Object.hasOwn(before.uses, use));
    const removed = Object.keys(before.uses).filter((use) => !uses.has(use));
    if ((added.length > 0 || removed.length > 0) && reasons.length === 0)
      reasons.push({ kind: "uses", added, removed });
    for (const [use, key] of Object.entries(before.uses)) {
      if (!uses.has(use) || key === "" || !record!.sections[key]) continue;
      const because = this.compareSection(use, key);
      if (because.length > 0) reasons.push({ kind: "dependency", section: use, because });
    }
    for (const path of this.changedFiles(given, before)) reasons.push({ kind: "file", path });
    return this.rootsFirst(name, reasons);
  }

  /** An option that only shows what a section that it refers to came to is no root: the nearest root comes first. */
  private rootsFirst(name: string, reasons: readonly PlanReason[]): PlanReason[] {
    const changed = new Set(reasons.flatMap((reason) => (reason.kind === "dependency" ? [reason.section] : [])));
    const options = this.substitution.rawOptions(name);
    const rank = (reason: PlanReason): number => {
      if (reason.kind !== "option" || reason.section !== name || options instanceof ResolutionProblem)
        return depthOf(reason);
      const raw = options.get(reason.option);
      if (!raw) return 0;
      raw.template ??= parseTemplate(raw.value);
      return raw.template.references.some(({ section }) => changed.has(section)) ? Number.POSITIVE_INFINITY : 0;
    };
    return reasons
      .map((reason) => ({ reason, rank: rank(reason) }))
      .sort((a, b) => (a.rank === b.rank ? 0 : a.rank - b.rank))
      .map(({ reason }) => reason);
  }

  /** Local files that the options name, without those that the buildout makes itself. */
  private changedFiles(given: ReadonlyMap<string, string | undefined>, before: RecordedSection): string[] {
    const { directory, files } = this.input;
    const now: Record<string, string> = {};
    const values = [...given].flatMap(([option, value]) => (option in before.set ? [] : [value ?? ""]));
    for (const value of [...values, ...Object.values(before.set)]) {
      for (const word of value.split(/\s+/)) {
        const named = word.startsWith("file://") ? word.slice("file://".length) : word;
        if (!named.startsWith("/")) continue;
        const path = normalisePath(named);
        if (path.startsWith(`${directory}/`)) continue;
        const digest = files.digest(path);
        if (digest !== undefined) now[path] = digest;
      }
    }
    return differingKeys(before.files, now);
  }
}

function depthOf(reason: PlanReason): number {
  if (reason.kind !== "dependency") return 0;
  return 1 + (reason.because[0] ? depthOf(reason.because[0]) : 0);
}

function differingKeys(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): string[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].filter((key) => before[key] !== after[key]).sort();
}
