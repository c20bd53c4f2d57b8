/**
 * One profile, resolved: every section and option with its final value, its provenance and what is wrong with it.
 *
 * Everything is computed when first asked for and then kept; a resolution belongs to one state of the files and is
 * thrown away when one of them changes.
 */
import type { TextPosition } from "@/lib/base/text-range";
import type { AnnotatedConfiguration } from "./configuration";
import { createDiagnostic, type Diagnostic, stopsLoading } from "./diagnostics";
import type { EngineFacts } from "./facts";
import { type OptionMap, type OptionValue, valueHistory, withoutRepeats } from "./option-value";
import { orderParts, type Part } from "./parts";
import type { Dialect, Profile } from "./profile";
import { ResolutionProblem, type ResolvedValue, Substitution } from "./substitution";
import type { OptionNode, OptionOperator } from "./syntax";

/** One step of how a value came about. */
export interface Contribution {
  readonly operation: OptionOperator;
  /** The file's path, or `DEFAULT_VALUE` and the like. */
  readonly source: string;
  /** The value after this step. */
  readonly value: string;
  /** Where it is written; absent for what no file holds. */
  readonly profile: Profile | undefined;
  readonly nodes: readonly OptionNode[];
  /** Zero-based, of the option's name. */
  readonly position: TextPosition | undefined;
}

export interface ResolvedOption {
  readonly section: string;
  readonly name: string;
  /** Before substitution, after macros. */
  readonly raw: string;
  /** The final value; undefined if it has none. */
  readonly value: string | undefined;
  readonly problem: ResolutionProblem | undefined;
  /** Oldest first: the last `=` and what was added to it or taken from it since. */
  readonly contributions: readonly Contribution[];
  /** The macro's section that the option comes from, if it is not the section's own. */
  readonly fromMacro: string | undefined;
  /** The raw value if each place contributed once, where extending a file by several ways repeats lines. */
  readonly withoutRepeats: string | undefined;
}

function toContribution(value: OptionValue): Contribution {
  const { definition } = value;
  const offset = definition?.nodes[0]?.keyStart;
  return {
    operation: value.operation,
    source: value.source,
    value: value.value,
    profile: definition?.profile,
    nodes: definition?.nodes ?? [],
    position: offset === undefined ? undefined : definition!.profile.syntax.toPosition(offset),
  };
}

export class Resolution {
  private substituted: Substitution | undefined;
  private ordered: readonly Part[] | undefined;
  private problems: readonly Diagnostic[] | undefined;

  constructor(
    readonly path: string,
    readonly dialect: Dialect,
    readonly configuration: AnnotatedConfiguration,
    private readonly facts: EngineFacts,
  ) {}

  /** Profile files in the order of their first reading. */
  get files(): readonly string[] {
    return this.configuration.files;
  }

  /** Whether buildout could load the profile at all. */
  get loads(): boolean {
    return !this.configuration.diagnostics.some(stopsLoading);
  }

  get substitution(): Substitution {
    this.substituted ??= new Substitution(this.configuration, this.facts);
    return this.substituted;
  }

  sectionNames(): string[] {
    return [...this.configuration.sections.keys()];
  }

  hasSection(name: string): boolean {
    return this.configuration.sections.has(name);
  }

  /** Names of a section's options, after macros. */
  optionNames(section: string): string[] {
    return this.substitution.optionNames(section);
  }

  /** Every option of the section; empty if there is no such section. */
  section(name: string): ResolvedOption[] {
    return this.optionNames(name).map((option) => this.option(name, option)!);
  }

  option(section: string, option: string): ResolvedOption | undefined {
    const options = this.substitution.rawOptions(section);
    if (options instanceof ResolutionProblem) return undefined;
    const raw = options.get(option);
    const value = this.substitution.value(section, option);
    if (value === undefined) return undefined;
    return {
      section,
      name: option,
      raw: raw?.value ?? "",
      value: typeof value === "string" ? this.present(value) : undefined,
      problem: typeof value === "string" ? undefined : value,
      contributions: raw === undefined ? [] : valueHistory(raw).map(toContribution),
      fromMacro: raw && this.macroOf(section, option, raw),
      withoutRepeats: raw && withoutRepeats(raw),
    };
  }

  /** The final value of a text that stands in a section, for an editor's hover. */
  substitute(section: string, text: string): ResolvedValue {
    const value = this.substitution.substitute(section, text);
    return typeof value === "string" ? this.present(value) : value;
  }

  /** What the slapos dialect does to a value when it hands it out. */
  present(value: string): string {
    return this.dialect === "slapos" && value.includes("$${") ? value.replaceAll("$${", "${") : value;
  }

  private macroOf(section: string, option: string, raw: OptionValue): string | undefined {
    const own = this.configuration.sections.get(section);
    if (own === undefined || !own.has("<") || own.get(option) === raw || raw.operation !== "=") return undefined;
    return raw.definition?.section;
  }

  get parts(): readonly Part[] {
    this.ordered ??= orderParts(this.configuration, this.substitution);
    return this.ordered;
  }

  /** All that is wrong, in all files it reaches; what only fails when it is resolved as well. */
  get diagnostics(): readonly Diagnostic[] {
    this.problems ??= [...this.configuration.diagnostics, ...this.resolutionDiagnostics()];
    return this.problems;
  }

  private resolutionDiagnostics(): Diagnostic[] {
    const found = new Map<string, Diagnostic>();
    const add = (diagnostic: Diagnostic): void => {
      found.set(`${diagnostic.path}:${diagnostic.range.start}:${diagnostic.code}:${diagnostic.message}`, diagnostic);
    };
    const { substitution } = this;
    for (const section of substitution.sectionNames()) {
      const options = substitution.rawOptions(section);
      if (options instanceof ResolutionProblem) {
        add(this.locate(options, this.configuration.sections.get(section)?.get("<")));
        continue;
      }
      for (const [option, raw] of options) {
        const value = substitution.value(section, option);
        if (value instanceof ResolutionProblem) add(this.locate(value, raw));
      }
    }
    const { startProblem } = substitution;
    if (startProblem?.code === "start/failed") add(this.locate(startProblem, undefined));
    return [...found.values()];
  }

  /** The place of a problem: the reference itself where the text still holds it as written, else its option. */
  private locate(problem: ResolutionProblem, value: OptionValue | undefined): Diagnostic {
    let holder = value;
    const { at } = problem;
    if (at !== undefined) {
      const options: OptionMap | ResolutionProblem = this.substitution.rawOptions(at.section);
      holder = (options instanceof ResolutionProblem ? undefined : options.get(at.option)) ?? value;
    }
    for (let step = holder; step !== undefined; step = step.previous) {
      const { definition } = step;
      for (const node of definition?.nodes ?? []) {
        if (at === undefined)
          return createDiagnostic(problem.code, problem.message, definition!.profile.path, node, problem.target);
        const text = definition!.profile.syntax.text;
        const start = text.indexOf(at.reference.text, node.valueStart);
        if (start >= 0 && start < node.valueEnd) {
          const range = { start, end: start + at.reference.text.length };
          return createDiagnostic(problem.code, problem.message, definition!.profile.path, range, problem.target);
        }
      }
    }
    const definition = holder?.definition;
    return createDiagnostic(
      problem.code,
      problem.message,
      definition?.profile.path ?? this.path,
      definition?.nodes[0],
      problem.target,
    );
  }
}

/** Whether a diagnostic is only about an option that the recipe of an existing part sets when it runs. */
export function isRecipeOption(resolution: Resolution, { code, target }: Diagnostic): boolean {
  if (code !== "resolve/option-missing" || target === undefined) return false;
  const recipe = resolution.substitution.value(target.section, "recipe");
  return recipe !== undefined && recipe !== "";
}
