/**
 * Macros and substitution: what `buildout[section][option]` gives, without any recipe.
 *
 * Follows buildout's own order of work, since that shows: a section is prepared when it is first referred to, all its
 * substitutions are made then, and a value that still has `${` after that is substituted once more when it is read.
 * One broken option does not spoil the others. An option that only a recipe would set is an error here.
 *
 * Never throws; depth and size are bounded, and an error is remembered, so that no profile takes more than its length.
 */
import type { AnnotatedConfiguration } from "./configuration";
import type { DiagnosticCode, OptionName } from "./diagnostics";
import type { EngineFacts } from "./facts";
import { type OptionMap, OptionValue } from "./option-value";
import { joinPath } from "./paths";
import { pythonStrip, sortAsPython } from "./python-text";
import { updateSection } from "./section-merge";
import { type OptionReference, parseTemplate, type ValueTemplate } from "./value-template";

/** Longest value that substitution may make, and the longest all values of one profile may be together. */
const MAX_VALUE_LENGTH = 1 << 20;
const MAX_TOTAL_LENGTH = 1 << 26;
/** Longest chain of references; buildout's own limit is about 300. */
const MAX_DEPTH = 1_000;

/** Why an option or a section has no value. */
export class ResolutionProblem {
  constructor(
    readonly code: DiagnosticCode,
    readonly message: string,
    /** The reference that fails, and the option whose value it is in; absent for a macro's problem. */
    readonly at?: OptionName & { readonly reference: OptionReference },
    /** The option that is missing. */
    readonly target?: OptionName,
  ) {}
}

export type ResolvedValue = string | ResolutionProblem;

class SectionOptions {
  raw: OptionMap;
  macroProblem: ResolutionProblem | undefined;
  readonly cooked = new Map<string, string>();
  readonly values = new Map<string, string>();
  problems: Map<string, ResolutionProblem> | undefined;

  constructor(
    readonly name: string,
    raw: OptionMap,
  ) {
    this.raw = raw;
  }
}

/** What a recipe sets in a section when it is made: found by no reading, but known from an earlier run. */
export type RecipeOptions = (section: string, option: string) => string | undefined;

interface OpenReference {
  readonly section: SectionOptions;
  readonly option: string;
}

export class Substitution {
  private readonly raw: Map<string, OptionMap>;
  private readonly sections = new Map<string, SectionOptions>();
  private readonly expanded = new Map<string, OptionMap | ResolutionProblem>();
  private depth = 0;
  private total = 0;
  /** Why buildout would stop while it starts, if it would. */
  startProblem: ResolutionProblem | undefined;

  constructor(
    private readonly configuration: AnnotatedConfiguration,
    facts: EngineFacts,
    private readonly recipeOptions?: RecipeOptions,
  ) {
    this.raw = new Map(configuration.sections);
    const problem = this.start(facts);
    if (problem instanceof ResolutionProblem) this.startProblem = problem;
  }

  sectionNames(): string[] {
    return sortAsPython([...this.raw.keys()]);
  }

  /** Options of a section after macros, or why it has none. */
  rawOptions(name: string): OptionMap | ResolutionProblem {
    const section = this.sections.get(name);
    if (section !== undefined) return section.macroProblem ?? section.raw;
    const raw = this.raw.get(name);
    return raw === undefined ? missingSection(name) : this.expandMacros(name, raw);
  }

  optionNames(name: string): string[] {
    const section = this.section(name);
    if (section instanceof ResolutionProblem) return [];
    const names = [...section.raw.keys()];
    for (const option of section.values.keys()) if (!section.raw.has(option)) names.push(option);
    return names;
  }

  /** Undefined if there is no such option. */
  value(name: string, option: string): ResolvedValue | undefined {
    const section = this.section(name);
    if (section instanceof ResolutionProblem) return section;
    return this.get(section, option, undefined);
  }

  /** What a text would be if it stood in the section. */
  substitute(name: string, text: string): ResolvedValue {
    const section = this.section(name);
    if (section instanceof ResolutionProblem) return section;
    return this.fill(section, "", text, parseTemplate(text), [{ section, option: "" }]);
  }

  private section(name: string): SectionOptions | ResolutionProblem {
    const known = this.sections.get(name);
    if (known !== undefined) return known.macroProblem ?? known;
    const raw = this.raw.get(name);
    if (raw === undefined) return missingSection(name);
    if (this.depth >= MAX_DEPTH) return tooDeep();
    const section = new SectionOptions(name, raw);
    this.sections.set(name, section);
    this.prepare(section);
    return section.macroProblem ?? section;
  }

  private prepare(section: SectionOptions): void {
    if (section.raw.has("<")) {
      const expanded = this.expandMacros(section.name, section.raw);
      if (expanded instanceof ResolutionProblem) {
        section.macroProblem = expanded;
        return;
      }
      section.raw = expanded;
    }
    const substituted: string[] = [];
    section.raw.forEach((value, option) => {
      value.template ??= parseTemplate(value.value);
      if (value.template.literals.length > 0) substituted.push(option);
    });
    if (substituted.length === 0) return;
    this.depth++;
    for (const option of sortAsPython(substituted)) {
      const { value, template } = section.raw.get(option)!;
      const cooked = this.fill(section, option, value, template!, [{ section, option }]);
      if (typeof cooked === "string") section.cooked.set(option, cooked);
    }
    this.depth--;
  }

  private get(section: SectionOptions, option: string, open: OpenReference[] | undefined): ResolvedValue | undefined {
    const known = section.values.get(option);
    if (known !== undefined) return known;
    const problem = section.problems?.get(option);
    if (problem !== undefined) return problem;
    const raw = section.raw.get(option);
    const cooked = section.cooked.get(option);
    if (raw === undefined && cooked === undefined) return undefined;
    let text: string;
    let template: ValueTemplate;
    if (cooked === undefined || cooked === raw?.value) {
      text = raw!.value;
      raw!.template ??= parseTemplate(text);
      template = raw!.template;
    } else {
      text = cooked;
      template = parseTemplate(cooked);
    }
    if (template.literals.length === 0) return text;

    if (open === undefined) open = [];
    else if (open.some((one) => one.section === section && one.option === option))
      return new ResolutionProblem("resolve/reference-cycle", `${section.name}:${option} refers to itself.`);
    if (this.depth >= MAX_DEPTH) return tooDeep();
    open.push({ section, option });
    this.depth++;
    const value = this.fill(section, option, text, template, open);
    this.depth--;
    open.pop();
    if (typeof value === "string") section.values.set(option, value);
    else if (value.code !== "resolve/too-deep") {
      section.problems ??= new Map();
      section.problems.set(option, value);
    }
    return value;
  }

  private fill(
    section: SectionOptions,
    option: string,
    text: string,
    { literals, references }: ValueTemplate,
    open: OpenReference[],
  ): ResolvedValue {
    if (references.length === 0) return text;
    let result = literals[0]!;
    for (let i = 0; i < references.length; i++) {
      const reference = references[i]!;
      const value = this.dereference(section, reference, open);
      if (typeof value !== "string")
        return value.at === undefined || value.code === "resolve/too-deep"
          ? new ResolutionProblem(value.code, value.message, { section: section.name, option, reference }, value.target)
          : value;
      result += value + literals[i + 1]!;
      if (result.length > MAX_VALUE_LENGTH) return tooLarge(section.name, option, reference);
    }
    this.total += result.length;
    if (this.total > MAX_TOTAL_LENGTH) return tooLarge(section.name, option, references[0]!);
    return result;
  }

  private dereference(from: SectionOptions, reference: OptionReference, open: OpenReference[]): ResolvedValue {
    if (reference.problem !== undefined) return new ResolutionProblem("resolve/reference-syntax", reference.problem);
    const target = reference.section === "" ? this.section(from.name) : this.section(reference.section);
    if (target instanceof ResolutionProblem) return target;
    // A section's own references are made before its recipe is.
    const set = target === from ? undefined : this.recipeOptions?.(target.name, reference.option);
    if (set !== undefined) return set;
    const value = this.get(target, reference.option, open);
    if (value !== undefined) return value;
    if (reference.option === "_buildout_section_name_") return from.name;
    return new ResolutionProblem(
      "resolve/option-missing",
      `The referenced option, ${target.name}:${reference.option}, does not exist.`,
      undefined,
      { section: target.name, option: reference.option },
    );
  }

  private expandMacros(name: string, options: OptionMap): OptionMap | ResolutionProblem {
    if (name === "buildout") return options;
    const macros = options.get("<");
    if (macros === undefined) return options;
    const known = this.expanded.get(name);
    if (known !== undefined) return known;
    if (this.depth >= MAX_DEPTH) return tooDeep();
    this.expanded.set(name, new ResolutionProblem("resolve/macro-cycle", `The macros of ${name} lead back to it.`));
    this.depth++;
    const result = this.mergeMacros(macros.value, options);
    this.depth--;
    if (result instanceof ResolutionProblem && result.code === "resolve/too-deep") this.expanded.delete(name);
    else this.expanded.set(name, result);
    return result;
  }

  private mergeMacros(names: string, options: OptionMap): OptionMap | ResolutionProblem {
    const base = new Map<string, OptionValue>();
    for (const line of names.split("\n")) {
      const macro = pythonStrip(line);
      if (macro === "") continue;
      const raw = this.raw.get(macro);
      if (raw === undefined)
        return new ResolutionProblem(
          "resolve/macro-missing",
          `There is no section named ${macro} to take options from.`,
        );
      const expanded = this.expandMacros(macro, raw);
      if (expanded instanceof ResolutionProblem) return expanded;
      expanded.forEach((value, key) => {
        base.set(key, value);
      });
    }
    const result = updateSection(base, options);
    if (result === undefined) return new ResolutionProblem("load/internal", "Buildout fails on an option's name.");
    result.delete("<");
    return result;
  }

  /** What buildout does with `[buildout]` before it does anything else. The first problem stops it. */
  private start(facts: EngineFacts): ResolutionProblem | undefined {
    const raw = new Map(this.raw.get("buildout"));
    this.raw.set("buildout", raw);
    let directory = raw.get("directory")?.value ?? "";
    const setDirectories = (
      get: (name: string) => ResolvedValue | undefined,
      set: (name: string, value: string) => void,
    ) => {
      for (const name of ["bin", "parts", "eggs", "develop-eggs"]) {
        const value = get(`${name}-directory`);
        if (typeof value !== "string") return value;
        set(`${name}-directory`, value.includes("${") ? value : joinPath(directory, value));
      }
      return undefined;
    };
    setDirectories(
      (name) => raw.get(name)?.value,
      (name, value) => {
        const before = raw.get(name)!;
        raw.set(name, new OptionValue(value, before.operation, before.source, before.definition, before.previous));
      },
    );
    const rawBoolean = (name: string) => checkBoolean(name, raw.get(name)?.value);
    const offline = rawBoolean("offline");
    if (offline instanceof ResolutionProblem) return offline;
    if (!offline) {
      const newest = rawBoolean("newest");
      if (newest instanceof ResolutionProblem) return newest;
    }

    const options = this.section("buildout");
    if (options instanceof ResolutionProblem) return options;
    const read = (name: string): ResolvedValue =>
      this.get(options, name, undefined) ??
      new ResolutionProblem("resolve/option-missing", `The option buildout:${name} is missing.`);
    const firstProblem = (...names: string[]): ResolutionProblem | undefined => {
      for (const name of names) {
        const value = read(name);
        if (typeof value !== "string") return value;
      }
      return undefined;
    };
    const boolean = (name: string, otherwise?: string): boolean | ResolutionProblem => {
      const value = this.get(options, name, undefined) ?? otherwise;
      return value instanceof ResolutionProblem ? value : checkBoolean(name, value);
    };

    const missing = firstProblem("find-links", "allow-hosts", "directory");
    if (missing) return missing;
    directory = read("directory") as string;
    const misplaced = setDirectories(read, (name, value) => options.values.set(name, value));
    if (misplaced instanceof ResolutionProblem) return misplaced;
    const installed = read("installed");
    if (typeof installed !== "string") return installed;
    if (installed !== "") options.values.set("installed", joinPath(directory, installed));

    const logging = this.checkLogging(read, options);
    if (logging) return logging;
    const timeout = firstProblem("socket-timeout");
    if (timeout) return timeout;
    const versions = this.checkVersions();
    if (versions) return versions;
    const named = firstProblem("versions");
    if (named) return named;
    for (const name of ["prefer-final", "use-dependency-links"]) {
      const value = boolean(name);
      if (value instanceof ResolutionProblem) return value;
    }
    const index = this.get(options, "index", undefined);
    if (index instanceof ResolutionProblem) return index;
    for (const name of ["allow-picked-versions", "show-picked-versions"]) {
      const value = boolean(name);
      if (value instanceof ResolutionProblem) return value;
    }
    const update = firstProblem("update-versions-file");
    if (update) return update;
    for (const name of ["download-cache", "extends-cache"]) {
      const value = this.get(options, name, undefined);
      if (value instanceof ResolutionProblem) return value;
    }
    const version = read("eggs-directory-version");
    if (typeof version !== "string") return version;
    if (version !== "") {
      const eggs = read("eggs-directory");
      if (typeof eggs !== "string") return eggs;
      options.values.set("eggs-directory", joinPath(eggs, version));
    }
    const abi = boolean("abi-tag-eggs", "false");
    if (abi instanceof ResolutionProblem) return abi;
    if (abi) {
      const [major, minor] = facts.marker_environment.python_version?.split(".") ?? [];
      options.values.set("eggs-directory", joinPath(read("eggs-directory") as string, `cp${major}${minor}`));
    }
    const fromCache = boolean("install-from-cache");
    if (fromCache instanceof ResolutionProblem) return fromCache;
    if (fromCache && offline)
      return new ResolutionProblem("start/failed", "buildout:install-from-cache cannot be used with offline mode.");
    return firstProblem(...Object.keys(facts.default_options));
  }

  private checkLogging(read: (name: string) => ResolvedValue, options: SectionOptions): ResolutionProblem | undefined {
    const format = read("log-format");
    if (typeof format !== "string") return format;
    const level = read("log-level");
    if (typeof level !== "string") return level;
    if (!/^(DEBUG|INFO|WARNING|ERROR|CRITICAL)$/.test(level) && !isInteger(level))
      return new ResolutionProblem("start/failed", `buildout:log-level is not a logging level: ${level}`);
    const verbosity = this.get(options, "verbosity", undefined) ?? "0";
    if (typeof verbosity !== "string") return verbosity;
    if (!isInteger(verbosity))
      return new ResolutionProblem("start/failed", `buildout:verbosity is not a number: ${verbosity}`);
    return undefined;
  }

  private checkVersions(): ResolutionProblem | undefined {
    const { versionsSection } = this.configuration;
    if (versionsSection === "") return undefined;
    const versions = this.section(versionsSection);
    if (versions instanceof ResolutionProblem) return versions;
    for (const option of [...versions.raw.keys()]) {
      const value = this.get(versions, option, undefined);
      if (value instanceof ResolutionProblem) return value;
    }
    return undefined;
  }
}

function checkBoolean(name: string, value: string | undefined): boolean | ResolutionProblem {
  if (value === "true" || value === "false") return value === "true";
  return new ResolutionProblem("start/failed", `buildout:${name} must be true or false, not ${value}`);
}

function isInteger(text: string): boolean {
  return /^\s*[-+]?\d+(?:_?\d+)*\s*$/.test(text);
}

function missingSection(name: string): ResolutionProblem {
  return new ResolutionProblem("resolve/section-missing", `The referenced section, ${name}, was not defined.`);
}

function tooDeep(): ResolutionProblem {
  return new ResolutionProblem("resolve/too-deep", `References go deeper than ${MAX_DEPTH} levels.`);
}

function tooLarge(section: string, option: string, reference: OptionReference): ResolutionProblem {
  return new ResolutionProblem("resolve/too-large", `${section}:${option} grows beyond 1 MiB.`, {
    section,
    option,
    reference,
  });
}
