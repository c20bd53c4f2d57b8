/**
 * The configuration of a profile as `buildout annotate` shows it: defaults, the user's defaults, the files, what the
 * command line says, the versions section, absolute directories. Before macros and substitution.
 *
 * Follows the steps of buildout's start-up one by one, since each can fail and each sees what those before it left.
 */
import { createDiagnostic, type Diagnostic, type DiagnosticCode } from "./diagnostics";
import {
  buildExtendsGraph,
  type ExtendsGraph,
  type ExtendsNode,
  type GraphInput,
  orderByFirstMerge,
  orderByLastMerge,
} from "./extends-graph";
import { MergeCache, mergeExtends } from "./extends-merge";
import type { EngineFacts } from "./facts";
import { type OptionMap, OptionValue, setValue, VALUE_SOURCES } from "./option-value";
import { absolutePath, directoryOf, isAbsolutePath, isUrl, joinPath, normalisePath } from "./paths";
import type { ProfileSection } from "./profile";
import { pythonWords } from "./python-text";
import { type Configuration, hasOperatorKeys, updateConfiguration, updateSection } from "./section-merge";

/** `section:option=value` on the command line. */
export interface Assignment {
  readonly section: string;
  readonly option: string;
  readonly value: string;
}

export interface ConfigurationInput extends GraphInput {
  readonly facts: EngineFacts;
  readonly assignments: readonly Assignment[];
  /** The user's `default.cfg`, where there is one. */
  readonly userDefaults: string | undefined;
  /** For `~/` in directories. */
  readonly homeDirectory: string | undefined;
  readonly cache: MergeCache;
}

export interface AnnotatedConfiguration {
  readonly sections: Configuration;
  readonly graph: ExtendsGraph;
  /** Profile files in the order of their first reading. */
  readonly files: readonly string[];
  /** The same up to where buildout would stop, if it cannot load the profile. */
  readonly filesBeforeFailure: readonly string[];
  readonly paths: ReadonlySet<string>;
  readonly diagnostics: readonly Diagnostic[];
  /** The section that `buildout:versions` names; empty for none. */
  readonly versionsSection: string;
}

/** `section:option=value`, or `option=value` for `[buildout]`; undefined for what is neither. */
export function parseAssignment(text: string): Assignment | undefined {
  const equals = text.indexOf("=");
  if (equals < 0) return undefined;
  const names = text.slice(0, equals).split(":");
  if (names.length > 2) return undefined;
  const [section, option] = names.length === 1 ? ["buildout", names[0]!] : [names[0]!, names[1]!];
  return { section: section.trim(), option: option.trim(), value: text.slice(equals + 1).trim() };
}

function assignedSections(assignments: readonly Assignment[]): Map<string, Map<string, OptionValue>> {
  const sections = new Map<string, Map<string, OptionValue>>();
  const ordered = [...assignments].sort(
    (a, b) => compare(a.section, b.section) || compare(a.option, b.option) || compare(a.value, b.value),
  );
  for (const { section, option, value } of ordered) {
    let options = sections.get(section);
    if (options === undefined) {
      options = new Map();
      sections.set(section, options);
    }
    options.set(option, setValue(value, VALUE_SOURCES.commandLine));
  }
  return sections;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const BOOLEANS = new Set(["true", "false"]);
const ABSOLUTE_DIRECTORIES = ["download-cache", "eggs-directory", "extends-cache"] as const;

class Assembly {
  readonly diagnostics: Diagnostic[] = [];
  readonly paths = new Set<string>();
  readonly files = new Set<string>();
  readonly filesBeforeFailure = new Set<string>();
  private stopped = false;

  constructor(
    private readonly topPath: string,
    private readonly input: ConfigurationInput,
  ) {}

  fail(code: DiagnosticCode, message: string, value?: OptionValue): void {
    const { definition } = value ?? {};
    this.diagnostics.push(
      createDiagnostic(code, message, definition?.profile.path ?? this.topPath, definition?.nodes[0]),
    );
  }

  /** The options that buildout looks at before it opens a file. */
  checkDownload(options: OptionMap | undefined, override: OptionMap): void {
    if (options === undefined) return;
    const effective = updateSection(options, override);
    const newest = effective?.get("newest");
    if (newest !== undefined && !BOOLEANS.has(newest.value))
      this.fail("load/invalid-option", "buildout:newest must be true or false.", newest);
    const cache = effective?.get("extends-cache");
    if (cache !== undefined && /\$\{[^}]*\}/.test(cache.value))
      this.fail("load/invalid-option", "buildout:extends-cache may not contain a substitution.", cache);
  }

  /** Opens a root file and merges everything it extends. */
  open(
    path: string,
    userDefaults: Configuration,
    download: OptionMap,
    override: OptionMap,
  ): [Configuration, ExtendsGraph, ReadonlySet<string>] {
    this.checkDownload(download, override);
    let graph = buildExtendsGraph(path, this.input);
    if (userDefaults.size > 0 && graph.top !== undefined) graph = this.withUserDefaults(graph, userDefaults);
    const own = graph.top?.sections.get("buildout")?.options;
    let readable = graph.readBeforeFailure ?? Number.POSITIVE_INFINITY;
    if (own !== undefined && graph.top!.children.length > 0) {
      const before = this.diagnostics.length;
      this.checkDownload(updateSection(download, own), override);
      if (this.diagnostics.length > before) readable = 1;
    }
    for (const one of graph.paths) this.paths.add(one);
    for (const node of graph.nodes) {
      this.files.add(node.profile.path);
      if (!this.stopped && node.index < readable) this.filesBeforeFailure.add(node.profile.path);
      this.diagnostics.push(...node.profile.diagnostics);
    }
    this.diagnostics.push(...graph.diagnostics);
    if (readable !== Number.POSITIVE_INFINITY) this.stopped = true;
    const merged = mergeExtends(graph, this.input.cache);
    this.diagnostics.push(...merged.diagnostics);
    return [merged.sections, graph, merged.withOperators];
  }

  /**
   * A user's defaults go below the first file that extends nothing, and only below its first reading: so the way down
   * to it gets nodes of its own.
   */
  private withUserDefaults(graph: ExtendsGraph, userDefaults: Configuration): ExtendsGraph {
    const added: ExtendsNode[] = [];
    const copy = (node: ExtendsNode): ExtendsNode => {
      const extendsSomething = node.profile.extends.some((reference) => reference.option === "extends");
      const children = [...node.children];
      const index = graph.nodes.length + added.length;
      const mine: ExtendsNode = { index, profile: node.profile, children, sections: node.sections };
      added.push(mine);
      if (extendsSomething && children[0] !== undefined) children[0] = copy(children[0]);
      else if (!extendsSomething)
        (mine as { sections: ExtendsNode["sections"] }).sections = this.below(node, userDefaults);
      return mine;
    };
    const top = copy(graph.top!);
    const nodes = [...graph.nodes, ...added];
    const byLastMerge = orderByLastMerge(top, nodes.length);
    return { ...graph, top, nodes, byLastMerge, byFirstMerge: orderByFirstMerge(top, nodes.length) };
  }

  private below(node: ExtendsNode, userDefaults: Configuration): Map<string, ProfileSection> {
    const own = new Map<string, OptionMap>([...node.sections].map(([name, section]) => [name, section.options]));
    const { optionalExtends } = node.profile;
    if (optionalExtends !== undefined) {
      const options = new Map(own.get("buildout"));
      own.set("buildout", options.set("optional-extends", optionalExtends));
    }
    const merged = updateConfiguration(userDefaults, own);
    if (merged === undefined) this.fail("load/internal", "Buildout fails with an internal error on an option's name.");
    const sections = new Map<string, ProfileSection>();
    for (const [name, options] of merged ?? own) {
      const section = node.sections.get(name);
      const headers = section?.headers ?? [];
      sections.set(name, {
        name,
        id: this.nextId--,
        headers,
        options,
        hasOperators: hasOperatorKeys(options),
        hasMacro: options.has("<"),
      });
    }
    return sections;
  }

  private nextId = -1;
}

/** Sections made here get negative ids, which are unique in one assembly only: they must not meet a shared cache. */
function privateCache(input: ConfigurationInput): ConfigurationInput {
  return input.userDefaults === undefined ? input : { ...input, cache: new MergeCache() };
}

export function assembleConfiguration(topPath: string, sharedInput: ConfigurationInput): AnnotatedConfiguration {
  const input = privateCache(sharedInput);
  const { facts } = input;
  const assembly = new Assembly(topPath, input);
  const defaults = new Map<string, OptionValue>();
  for (const [name, value] of Object.entries(facts.default_options))
    defaults.set(name, setValue(value, VALUE_SOURCES.default));
  defaults.set("directory", setValue(directoryOf(topPath), VALUE_SOURCES.computed));
  let data: Configuration = new Map([["buildout", defaults]]);

  const assigned = assignedSections(input.assignments);
  const override = new Map(assigned.get("buildout"));
  const update = (changes: Configuration): void => {
    const next = updateConfiguration(data, changes);
    if (next === undefined)
      assembly.fail("load/internal", "Buildout fails with an internal error on an option's name.");
    else data = next;
  };

  let userDefaults: Configuration = new Map();
  let download: OptionMap = defaults;
  if (input.userDefaults !== undefined) {
    [userDefaults] = assembly.open(input.userDefaults, new Map(), defaults, override);
    download = updateConfiguration(data, userDefaults)?.get("buildout") ?? defaults;
  }
  const [own, graph, withOperators] = assembly.open(topPath, userDefaults, download, override);
  // As `update`, without looking at each option of the sections that have nothing to add or take away.
  const merged = new Map(own);
  const changes = new Map<string, OptionMap>();
  for (const name of ["buildout", ...withOperators]) {
    const options = own.get(name);
    if (options !== undefined) changes.set(name, options);
  }
  update(changes);
  data.forEach((options, name) => {
    merged.set(name, options);
  });
  data = merged;

  const commandLineExtends = assigned.get("buildout")?.get("extends");
  assigned.get("buildout")?.delete("extends");
  for (const name of pythonWords(commandLineExtends?.value ?? ""))
    update(assembly.open(normalisePath(name), userDefaults, download, override)[0]);
  update(assigned);

  const { sections, versionsSection } = addVersions(data, facts, assembly);
  makeDirectoriesAbsolute(sections, input, assembly);
  return {
    sections,
    graph,
    files: [...assembly.files],
    filesBeforeFailure: [...assembly.filesBeforeFailure],
    paths: assembly.paths,
    diagnostics: assembly.diagnostics,
    versionsSection,
  };
}

function addVersions(
  data: Configuration,
  facts: EngineFacts,
  assembly: Assembly,
): { sections: Map<string, OptionMap>; versionsSection: string } {
  const sections = new Map(data);
  const buildout = new Map(sections.get("buildout"));
  sections.set("buildout", buildout);
  if (!buildout.has("versions")) {
    buildout.set("versions", setValue("versions", VALUE_SOURCES.default));
    if (!sections.has("versions")) sections.set("versions", new Map());
  }
  const named = buildout.get("versions")!;
  if (named.value === "") return { sections, versionsSection: "" };
  if (!sections.has(named.value))
    assembly.fail("load/versions-section", `The versions section, ${named.value}, was not defined.`, named);
  const versions = named.value === "buildout" ? buildout : new Map(sections.get(named.value));
  for (const [name, value] of Object.entries(facts.default_versions))
    if (!versions.has(name)) versions.set(name, setValue(value, VALUE_SOURCES.default));
  sections.set(named.value, versions);
  return { sections, versionsSection: named.value };
}

function expandHome(path: string, home: string | undefined): string {
  if (home === undefined || !(path === "~" || path.startsWith("~/"))) return path;
  const base = home.replace(/\/+$/, "");
  return base + path.slice(1) || "/";
}

function makeDirectoriesAbsolute(
  sections: Map<string, OptionMap>,
  input: ConfigurationInput,
  assembly: Assembly,
): void {
  const buildout = sections.get("buildout") as Map<string, OptionValue>;
  const withoutFile = new Set<string>([VALUE_SOURCES.default, VALUE_SOURCES.computed, VALUE_SOURCES.commandLine]);
  for (const name of ABSOLUTE_DIRECTORIES) {
    const value = buildout.get(name);
    if (value === undefined || value.value.includes("${") || isAbsolutePath(value.value)) continue;
    let base: string;
    if (withoutFile.has(value.source)) base = buildout.get("directory")?.value ?? input.workingDirectory;
    else if (isUrl(value.source)) {
      assembly.fail("load/invalid-option", `buildout:${name} must be absolute in a file read from a URL.`, value);
      continue;
    } else base = directoryOf(value.source);
    const expanded = expandHome(value.value, input.homeDirectory);
    const directory = isAbsolutePath(expanded) ? expanded : joinPath(base, expanded);
    const absolute = absolutePath(directory, input.workingDirectory);
    buildout.set(name, new OptionValue(absolute, "=", value.source, value.definition, undefined));
  }
}
