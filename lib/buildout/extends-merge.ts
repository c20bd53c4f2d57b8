/**
 * Merges the files of an extends graph into one configuration, with the result that buildout gets by merging each file
 * once for every path that leads to it, at the cost of merging it once.
 *
 * For options that are only set, the last merge wins. For those with `+=` or `-=` the sequence of contributions is
 * walked backwards from the end until a `=` makes what came before irrelevant; each step of that walk is one
 * contribution to the value, so the walk costs what the value is long.
 */
import { createDiagnostic, type Diagnostic } from "./diagnostics";
import type { ExtendsGraph, ExtendsNode } from "./extends-graph";
import { addToValue, type OptionMap, type OptionValue, removeFromValue, setValue, VALUE_SOURCES } from "./option-value";
import type { ProfileSection } from "./profile";
import { isOperatorKey, operatorBase, updateConfiguration } from "./section-merge";

/** A value that adds up over a diamond of extends is cut off here; buildout itself would go on for hours. */
const MAX_VALUE_LENGTH = 1 << 20;
const MAX_CONTRIBUTIONS = 100_000;
/** Of all options of a profile together; each still gets `MIN_CONTRIBUTIONS` after that. */
const MAX_TOTAL_CONTRIBUTIONS = 250_000;
const MIN_CONTRIBUTIONS = 1_000;

const IMPLICIT = setValue("", VALUE_SOURCES.implicit);

export interface MergedProfiles {
  readonly sections: ReadonlyMap<string, OptionMap>;
  /** Sections in which some file has `+=` or `-=`: only these may still have keys with a sign. */
  readonly withOperators: ReadonlySet<string>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Sections merged from the same parts, shared between profiles. */
export class MergeCache {
  private sections = new Map<string, OptionMap>();

  get(parts: readonly ProfileSection[]): OptionMap {
    const key = parts.map((part) => part.id).join();
    let merged = this.sections.get(key);
    if (merged === undefined) {
      merged = overlay(parts);
      if (this.sections.size >= MAX_CACHED_SECTIONS) this.sections.clear();
      this.sections.set(key, merged);
    }
    return merged;
  }
}

/** More than a tree of a thousand profiles needs; edits leave unused entries behind. */
const MAX_CACHED_SECTIONS = 20_000;

function overlay(parts: readonly ProfileSection[]): Map<string, OptionValue> {
  const result = new Map(parts[0]!.options);
  for (let i = 1; i < parts.length; i++) {
    parts[i]!.options.forEach((value, key) => {
      result.set(key, value);
    });
  }
  return result;
}

export function mergeExtends(graph: ExtendsGraph, cache: MergeCache): MergedProfiles {
  const diagnostics: Diagnostic[] = [];
  const parts = new Map<string, ProfileSection[]>();
  const withOperators = new Set<string>();
  for (const node of graph.byLastMerge)
    node.sections.forEach((section) => {
      const known = parts.get(section.name);
      if (known === undefined) parts.set(section.name, [section]);
      else known.push(section);
      if (section.hasOperators) withOperators.add(section.name);
    });

  const sections = new Map<string, OptionMap>();
  let walker: ContributionWalker | undefined;
  for (const [name, contributing] of parts) {
    if (withOperators.has(name)) {
      walker ??= new ContributionWalker(graph, diagnostics);
      sections.set(name, walker.merge(name, contributing));
    } else sections.set(name, contributing.length === 1 ? contributing[0]!.options : cache.get(contributing));
  }
  return { sections, withOperators, diagnostics };
}

interface Contribution {
  readonly node: ExtendsNode;
  readonly section: ProfileSection;
}

interface Walk {
  /** Oldest first. */
  readonly contributions: readonly Contribution[];
  /** Whether the oldest is the very first of all. */
  readonly complete: boolean;
  readonly truncated: boolean;
}

class ContributionWalker {
  private readonly parents: ExtendsNode[][];
  private total = 0;

  constructor(
    private readonly graph: ExtendsGraph,
    private readonly diagnostics: Diagnostic[],
  ) {
    this.parents = graph.nodes.map(() => []);
    for (const node of graph.nodes) for (const child of node.children) this.parents[child.index]!.push(node);
  }

  merge(name: string, parts: readonly ProfileSection[]): OptionMap {
    const bases = new Set<string>();
    for (const part of parts)
      if (part.hasOperators)
        for (const key of part.options.keys()) {
          if (!isOperatorKey(key)) continue;
          const base = operatorBase(key);
          if (base === undefined) return this.mergeStepByStep(name, parts);
          bases.add(base);
        }
    const first = this.graph.byFirstMerge.find((node) => node.sections.has(name))!;
    const holders = this.graph.nodes.filter((node) => node.sections.has(name));
    const result = new Map<string, OptionValue>();
    for (const part of parts)
      for (const [key, value] of part.options) if (!isOperatorKey(key) && !bases.has(key)) result.set(key, value);
    for (const base of bases) this.mergeOption(name, base, first, holders, result);
    return result;
  }

  private mergeOption(
    name: string,
    base: string,
    first: ExtendsNode,
    holders: readonly ExtendsNode[],
    result: Map<string, OptionValue>,
  ): void {
    const plus = `${base} +`;
    const minus = `${base} -`;
    const firstSection = first.sections.get(name)!;
    const walk = this.walk(
      holders.filter((node) => {
        const { options } = node.sections.get(name)!;
        return options.has(base) || options.has(plus) || options.has(minus);
      }),
      name,
      // In a new section with a macro `=` and `+=` stay apart, so there the walk must know whether it is the first.
      ({ node, section }) =>
        section.options.has(base) &&
        !(node === first && section.hasMacro && (section.options.has(plus) || section.options.has(minus))),
      (section) => (section.options.get(plus)?.value.length ?? 0) + 1,
    );

    let value: OptionValue | undefined;
    for (const [i, { node, section }] of walk.contributions.entries()) {
      const set = section.options.get(base);
      let added = section.options.get(plus);
      let removed = section.options.get(minus);
      let next = set ?? value;
      if (i === 0 && node === first && walk.complete) {
        if (section.hasMacro) {
          value = set;
          continue;
        }
        if (set === undefined && added !== undefined) {
          next = added;
          added = undefined;
        } else if (set === undefined && removed !== undefined) {
          next = removeFromValue(removed, removed, VALUE_SOURCES.implicit);
          removed = undefined;
        }
      }
      if (added !== undefined) next = addToValue(next ?? IMPLICIT, added);
      if (removed !== undefined) next = removeFromValue(next ?? IMPLICIT, removed);
      value = next;
    }
    if (value !== undefined) result.set(base, value);
    if (firstSection.hasMacro)
      for (const key of [plus, minus]) {
        const kept = firstSection.options.get(key);
        if (kept !== undefined) result.set(key, kept);
      }
    if (walk.truncated) this.reportTruncated(name, base, value);
  }

  private reportTruncated(section: string, option: string, value: OptionValue | undefined): void {
    const definition = value?.definition;
    this.diagnostics.push(
      createDiagnostic(
        "value/truncated",
        `${section}:${option} adds up to more than 1 MiB over the ways that files extend each other; it is cut off here.`,
        definition?.profile.path ?? this.graph.top!.profile.path,
        definition?.nodes[0],
      ),
    );
  }

  /** The sequence of merges, backwards from the last, of those files that matter. */
  private walk(
    touching: readonly ExtendsNode[],
    name: string,
    isReset: (contribution: Contribution) => boolean,
    sizeOf: (section: ProfileSection) => number,
  ): Walk {
    const { top, nodes } = this.graph;
    const leads = new Uint8Array(nodes.length);
    const pending = [...touching];
    for (const node of pending) leads[node.index] = 2;
    for (let node = pending.pop(); node !== undefined; node = pending.pop())
      for (const parent of this.parents[node.index]!)
        if (leads[parent.index] === 0) {
          leads[parent.index] = 1;
          pending.push(parent);
        }

    const limit = Math.max(Math.min(MAX_CONTRIBUTIONS, MAX_TOTAL_CONTRIBUTIONS - this.total), MIN_CONTRIBUTIONS);
    const backwards: Contribution[] = [];
    const stack: ExtendsNode[] = leads[top!.index] ? [top!] : [];
    let size = 0;
    let reset = false;
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      for (const child of node.children) if (leads[child.index]) stack.push(child);
      if (leads[node.index] !== 2) continue;
      const contribution = { node, section: node.sections.get(name)! };
      backwards.push(contribution);
      this.total++;
      reset = isReset(contribution);
      if (reset) break;
      size += sizeOf(contribution.section);
      if (size > MAX_VALUE_LENGTH || backwards.length >= limit)
        return { contributions: backwards.reverse(), complete: false, truncated: true };
    }
    return { contributions: backwards.reverse(), complete: stack.length === 0, truncated: false };
  }

  /** For names with several signs or none before the sign, where one option can take part in another. */
  private mergeStepByStep(name: string, parts: readonly ProfileSection[]): OptionMap {
    const walk = this.walk(
      this.graph.nodes.filter((node) => node.sections.has(name)),
      name,
      () => false,
      (section) => section.options.size,
    );
    let merged: ReadonlyMap<string, OptionMap> = new Map();
    for (const { section } of walk.contributions) {
      const next = updateConfiguration(merged, new Map([[name, section.options]]));
      if (next === undefined) {
        const definition = section.options.values().next().value?.definition;
        this.diagnostics.push(
          createDiagnostic(
            "load/internal",
            `Buildout fails with an internal error on the option names of [${name}].`,
            definition?.profile.path ?? this.graph.top!.profile.path,
            section.headers[0],
          ),
        );
        return overlay(parts);
      }
      merged = next;
    }
    if (walk.truncated) this.reportTruncated(name, "*", undefined);
    return merged.get(name) ?? new Map();
  }
}
