/**
 * A profile with everything that it extends, as editor features ask for it.
 *
 * A view on the resolver's result for one file: sections and options with the places that define them, values as far as
 * they can be known. What only a recipe or a template engine would know is not missing but unknown.
 */
import {
  type AnnotatedConfiguration,
  type HeaderNode,
  type OptionMap,
  type OptionNode,
  type OptionValue,
  type Profile,
  ReferenceCycles,
  type Resolution,
  ResolutionProblem,
  valueHistory,
} from "@/lib/buildout";
import { HOLE, hasHole, holePattern, withoutGaps } from "../document/template-mask";

export interface OptionPlace {
  readonly path: string;
  readonly section: string;
  readonly node: OptionNode;
  readonly profile: Profile;
}

export interface HeaderPlace {
  readonly path: string;
  readonly header: HeaderNode;
}

/** Longest value that is put together for display. */
const MAX_DISPLAY_LENGTH = 20_000;
const MAX_DISPLAY_DEPTH = 40;

export class ProfileView {
  private headers: Map<string, HeaderPlace[]> | undefined;
  private patterns: { name: string; test: RegExp }[] | undefined;
  private readonly displayed = new Map<string, string>();
  private names: string[] | undefined;
  private cycles: ReferenceCycles | undefined;

  constructor(
    readonly path: string,
    readonly resolution: Resolution,
    /** Something that it extends is not known. */
    readonly incomplete: boolean,
    /** Values of options that recipes generate, where they can be told. */
    private readonly generated: (view: ProfileView, section: string, option: string) => string | undefined,
  ) {}

  get files(): readonly string[] {
    return this.configuration.files;
  }

  get configuration(): AnnotatedConfiguration {
    return this.resolution.configuration;
  }

  private get resolved(): Resolution["substitution"] {
    return this.resolution.substitution;
  }

  private get headerMap(): Map<string, HeaderPlace[]> {
    if (!this.headers) {
      this.headers = new Map();
      for (const { profile } of this.configuration.graph.byLastMerge) {
        for (const [name, section] of profile.sections) {
          const places = this.headers.get(name) ?? [];
          for (const header of section.headers) places.push({ path: profile.path, header });
          this.headers.set(name, places);
        }
      }
    }
    return this.headers;
  }

  /** Sections that some file defines, and `buildout`. */
  sectionNames(): readonly string[] {
    this.names ??= [
      ...new Set(["buildout", ...[...this.headerMap.keys()].filter((name) => !hasHole(name)).map(withoutGaps)]),
    ];
    return this.names;
  }

  hasSection(name: string): boolean {
    return name === "buildout" || this.headerMap.has(name);
  }

  /** Names with holes, of sections that a template makes. */
  private get sectionPatterns(): { name: string; test: RegExp }[] {
    this.patterns ??= [...this.headerMap.keys()].filter(hasHole).map((name) => ({ name, test: holePattern(name) }));
    return this.patterns;
  }

  /** The section of that name, or one whose pattern it fits. */
  mayHaveSection(name: string): boolean {
    return this.hasSection(name) || this.sectionPatterns.some(({ test }) => test.test(name));
  }

  /** Where a section's headers are, the file that decides last. */
  sectionPlaces(name: string): readonly HeaderPlace[] {
    const places = this.headerMap.get(name);
    if (places) return places;
    return this.sectionPatterns
      .filter(({ test }) => test.test(name))
      .flatMap((pattern) => this.headerMap.get(pattern.name)!);
  }

  /** After extends and macros. Of a section whose macros cannot be followed, its own options. */
  options(name: string): OptionMap | undefined {
    if (!this.configuration.sections.has(name)) return undefined;
    const options = this.resolved.rawOptions(name);
    return options instanceof ResolutionProblem ? this.configuration.sections.get(name) : options;
  }

  macroProblem(name: string): ResolutionProblem | undefined {
    if (!this.configuration.sections.has(name)) return undefined;
    const options = this.resolved.rawOptions(name);
    return options instanceof ResolutionProblem ? options : undefined;
  }

  option(section: string, name: string): OptionValue | undefined {
    return this.options(section)?.get(name);
  }

  /** Of the file's own section and those it extends, before macros. */
  optionBeforeMacros(section: string, name: string): OptionValue | undefined {
    return this.configuration.sections.get(section)?.get(name);
  }

  /** Whether some option of the section has a name that a template makes and that may be this one. */
  mayHaveOption(section: string, name: string): boolean {
    const options = this.options(section);
    if (!options) return false;
    if (options.has(name)) return true;
    for (const key of options.keys()) {
      if (key.includes("\ue001") && withoutGaps(key) === name) return true;
      if (key.includes(HOLE) && holePattern(key).test(name)) return true;
    }
    return false;
  }

  /** Names of the sections that `<` names, as written. */
  macros(section: string): readonly string[] {
    const value = this.configuration.sections.get(section)?.get("<")?.value ?? "";
    return value
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "");
  }

  /** The sections that a section takes options from, nearest first, itself not among them. */
  macroChain(section: string): readonly string[] {
    const chain: string[] = [];
    const visit = (name: string): void => {
      for (const macro of this.macros(name)) {
        if (macro === section || chain.includes(macro)) continue;
        chain.push(macro);
        visit(macro);
      }
    };
    visit(section);
    return chain;
  }

  /** Places that wrote a value, oldest first. */
  places(value: OptionValue): readonly OptionPlace[] {
    const places: OptionPlace[] = [];
    for (const step of valueHistory(value)) {
      const { definition } = step;
      for (const node of definition?.nodes ?? []) {
        if (places.some((place) => place.node === node)) continue;
        places.push({
          path: definition!.profile.path,
          section: definition!.section,
          node,
          profile: definition!.profile,
        });
      }
    }
    return places;
  }

  optionPlaces(section: string, name: string): readonly OptionPlace[] {
    const value = this.option(section, name);
    return value ? this.places(value) : [];
  }

  recipe(section: string): string | undefined {
    const value = this.option(section, "recipe");
    if (!value) return undefined;
    const text = value.value.includes("${") ? this.display(section, "recipe") : value.value;
    return text.trim() || undefined;
  }

  /** The value with every reference replaced that can be; the others stay as they are. */
  display(section: string, name: string): string {
    const key = `${section}:${name}`;
    let text = this.displayed.get(key);
    if (text === undefined) {
      text = this.fill(section, name, []);
      this.displayed.set(key, text);
    }
    return text;
  }

  /** A text as it would be in the section. */
  displayText(section: string, text: string): string {
    return this.fillText(section, text, []);
  }

  private fill(section: string, name: string, open: readonly string[]): string {
    const value = this.option(section, name);
    if (!value) return this.generated(this, section, name) ?? `\${${section}:${name}}`;
    if (!value.value.includes("${")) return value.value;
    const exact = this.resolved.value(section, name);
    if (typeof exact === "string") return exact;
    return this.fillText(section, value.value, [...open, `${section}:${name}`]);
  }

  private fillText(section: string, text: string, open: readonly string[]): string {
    if (open.length > MAX_DISPLAY_DEPTH || text.length > MAX_DISPLAY_LENGTH) return text;
    return text.replace(
      /(\$?)\$\{([^}:\n]*):([^}:\n]+)\}/g,
      (whole, escaped: string, target: string, option: string) => {
        if (escaped) return whole;
        const from = target === "" ? section : target;
        if (open.includes(`${from}:${option}`)) return whole;
        if (this.option(from, option)) return this.fill(from, option, open);
        if (option === "_buildout_section_name_" && this.hasSection(from)) return section;
        return this.generated(this, from, option) ?? whole;
      },
    );
  }

  /** The value when all of it is known. */
  exact(section: string, name: string): string | undefined {
    const value = this.display(section, name);
    return /\$\{[^}]*\}/.test(value) || hasHole(value) ? undefined : value;
  }

  /** Whether the value of an option leads back to itself. */
  isCircular(section: string, name: string): boolean {
    this.cycles ??= new ReferenceCycles((target) => {
      const options = this.resolved.rawOptions(target);
      return options instanceof ResolutionProblem ? undefined : options;
    });
    if (!this.cycles.mayLeadBack(section, name)) return false;
    const value = this.resolved.value(section, name);
    return value instanceof ResolutionProblem && value.code === "resolve/reference-cycle";
  }

  partNames(): string[] {
    return (this.option("buildout", "parts")?.value ?? "").split(/\s+/).filter((name) => name !== "");
  }
}
