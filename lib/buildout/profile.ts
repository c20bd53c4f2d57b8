/**
 * One file as buildout reads it: its sections and raw options, after conditions and before anything is merged.
 *
 * Made from the syntax tree, one set of facts and a dialect. Reading never fails: lines that buildout would refuse are
 * diagnostics, and the rest is read as if they were not there.
 *
 * The state that buildout keeps while reading has its surprises, which are kept: after a dropped section header the
 * option before it is still open, and a dropped section does not count as one.
 */
import { type ConditionEvaluator, createConditionEvaluator } from "./condition/condition";
import { createDiagnostic, type Diagnostic } from "./diagnostics";
import type { EngineFacts } from "./facts";
import { type OptionMap, OptionValue } from "./option-value";
import { directoryOf, resolveExtendsName } from "./paths";
import { isPythonSpace, normaliseBlockValue, pythonRightStrip, pythonStrip, pythonWords } from "./python-text";
import { type HeaderNode, type OptionNode, type ProfileSyntax, parseSyntax, type StrayNode } from "./syntax";
import { parseChangedSyntax, UnchangedSections } from "./unchanged-sections";

export type Dialect = "upstream" | "slapos";

export const PROFILE_BASE_LOCATION = "_profile_base_location_";
const PROFILE_BASE_LOCATION_REFERENCE = `\${:${PROFILE_BASE_LOCATION}}`;

/** A section of one file: all its headers of that name that were not dropped, together. */
export interface ProfileSection {
  readonly name: string;
  /** Unique in the process: two sections with one id are the same. */
  readonly id: number;
  readonly headers: readonly HeaderNode[];
  /** By key, so `name +` stands beside `name`. */
  readonly options: OptionMap;
  /** Whether some key ends with an operator's sign. */
  readonly hasOperators: boolean;
  /** Whether the section has `<`. */
  readonly hasMacro: boolean;
}

/** A header with a condition, and what it came to. */
export interface ConditionResult {
  readonly header: HeaderNode;
  /** Undefined where it could not be evaluated; the section is then read. */
  readonly holds: boolean | undefined;
}

/** One name in `extends` or `optional-extends`. */
export interface ExtendsReference {
  /** As written. */
  readonly name: string;
  readonly option: "extends" | "optional-extends";
  /** The path or URL that it stands for in this file. */
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

export interface Profile {
  /** Normalised path or URL. */
  readonly path: string;
  readonly syntax: ProfileSyntax;
  readonly sections: ReadonlyMap<string, ProfileSection>;
  section(name: string): ProfileSection | undefined;
  readonly conditions: readonly ConditionResult[];
  readonly extends: readonly ExtendsReference[];
  /** Taken out of the options, like `extends`; it comes back where a user's defaults are merged below the file. */
  readonly optionalExtends: OptionValue | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

export interface ReadingRules {
  readonly dialect: Dialect;
  readonly conditions: ConditionEvaluator;
}

export function createReadingRules(dialect: Dialect, facts: EngineFacts): ReadingRules {
  return { dialect, conditions: createConditionEvaluator(facts) };
}

let nextSectionId = 1;

/** A value while its file is read; `+=` of the same option may still come. */
interface ValueUnderWay {
  /** The value is these, concatenated. */
  readonly pieces: string[];
  readonly nodes: OptionNode[];
}

class SectionUnderWay implements ProfileSection {
  readonly id = nextSectionId++;
  readonly headers: HeaderNode[] = [];
  readonly options = new Map<string, OptionValue>();
  readonly values = new Map<string, ValueUnderWay>();
  hasOperators = false;
  hasMacro = false;

  constructor(readonly name: string) {}
}

/** Takes the white space from the end of a value in pieces. */
function stripPieces(pieces: string[]): void {
  while (pieces.length > 0) {
    const last = pythonRightStrip(pieces.pop()!);
    if (last === "") continue;
    pieces.push(last);
    return;
  }
}

function continuation(text: string, node: OptionNode, keepIndent: boolean): string {
  if (node.lines === undefined) return "";
  let result = "";
  for (let i = 0; i < node.lines.length; i += 2) {
    const line = text.slice(node.lines[i], node.lines[i + 1]);
    if (keepIndent) result += `\n${pythonRightStrip(line)}`;
    else {
      const content = pythonStrip(line);
      if (content !== "") result += `\n${content}`;
    }
  }
  return result;
}

function hasIndentedText(text: string, node: OptionNode): boolean {
  if (node.lines === undefined) return false;
  for (let i = 0; i < node.lines.length; i += 2)
    if (pythonStrip(text.slice(node.lines[i], node.lines[i + 1])) !== "") return true;
  return false;
}

/** The words of an option's value with their places in the file. */
export function valueWords(text: string, node: OptionNode): { name: string; start: number; end: number }[] {
  const words: { name: string; start: number; end: number }[] = [];
  const scan = (from: number, to: number): void => {
    for (let at = from; at < to; ) {
      while (at < to && isPythonSpace(text.charCodeAt(at))) at++;
      const start = at;
      while (at < to && !isPythonSpace(text.charCodeAt(at))) at++;
      if (at > start) words.push({ name: text.slice(start, at), start, end: at });
    }
  };
  scan(node.valueStart, node.valueStart + node.firstLine.length);
  if (node.lines !== undefined) for (let i = 0; i < node.lines.length; i += 2) scan(node.lines[i]!, node.lines[i + 1]!);
  return words;
}

/** `before` is the same file with another text: what both have is taken from it. */
export function readProfile(path: string, text: string, rules: ReadingRules, before?: Profile): Profile {
  if (before === undefined) return readSyntax(path, parseSyntax(text), rules);
  const parsed = parseChangedSyntax(before.syntax, text);
  return readSyntax(path, parsed.syntax, rules, new UnchangedSections(before, parsed));
}

export function readSyntax(
  path: string,
  syntax: ProfileSyntax,
  rules: ReadingRules,
  unchanged?: UnchangedSections,
): Profile {
  const { text } = syntax;
  const sections = new Map<string, SectionUnderWay>();
  const conditions: ConditionResult[] = [];
  const diagnostics: Diagnostic[] = [];
  /** The section that options go to; a dropped header does not change it. */
  let current: SectionUnderWay | undefined;
  let kept = true;
  /** Whether an indented line now continues an option. */
  let optionOpen = false;

  const refuse = (node: StrayNode | OptionNode): void => {
    if (current === undefined)
      diagnostics.push(
        createDiagnostic("load/no-section-header", "This line stands before any section header.", path, node),
      );
    else
      diagnostics.push(
        createDiagnostic("load/not-an-option", "This is neither an option nor a section header.", path, node),
      );
  };

  const enter = (header: HeaderNode): void => {
    kept = true;
    if (header.expression) {
      const outcome = rules.conditions.evaluate(header.expression, header.tail);
      const holds = "holds" in outcome ? outcome.holds : undefined;
      conditions.push({ header, holds });
      if ("message" in outcome) {
        const code = outcome.kind === "failed" ? "load/condition-failed" : "load/condition-unsupported";
        const range = { start: header.expressionStart, end: header.expressionEnd };
        diagnostics.push(
          createDiagnostic(code, `The condition of [${header.name}] fails: ${outcome.message}.`, path, range),
        );
      }
      if (holds === false) {
        kept = false;
        return;
      }
    }
    current = sections.get(header.name);
    if (current === undefined) {
      current = new SectionUnderWay(header.name);
      sections.set(header.name, current);
    }
    current.headers.push(header);
    optionOpen = false;
  };

  const readOption = (section: SectionUnderWay, node: OptionNode): void => {
    const { key, operator } = node;
    let value = operator === "=" ? undefined : section.values.get(key);
    if (value !== undefined) {
      stripPieces(value.pieces);
      value.nodes.push(node);
      if (node.firstLine !== "") value.pieces.push("\n", node.firstLine);
    } else {
      if (operator === "=" && section.hasOperators) {
        section.values.delete(`${key} +`);
        section.values.delete(`${key} -`);
      }
      value = { pieces: [node.firstLine], nodes: [node] };
      section.values.set(key, value);
    }
    if (node.lines !== undefined) value.pieces.push(continuation(text, node, node.firstLine === ""));
    if (operator !== "=") section.hasOperators = true;
    if (key === "<") section.hasMacro = true;
  };

  const profile: Profile = {
    path,
    syntax,
    sections,
    section: (name) => sections.get(name),
    conditions,
    extends: [],
    optionalExtends: undefined,
    diagnostics,
  };

  for (let i = 0; i < syntax.nodes.length; i++) {
    const node = syntax.nodes[i]!;
    if (node.kind === "header") {
      enter(node);
      const known = unchanged?.find(i, node);
      if (known !== undefined && current !== undefined) {
        known.copyTo(current.options, profile);
        current.hasOperators = known.section.hasOperators;
        current.hasMacro = known.section.hasMacro;
        optionOpen = known.section.options.size > 0;
        i = known.end - 1;
      }
    } else if (node.kind === "option") {
      if (current === undefined) refuse(node);
      else if (kept) {
        readOption(current, node);
        optionOpen = true;
      } else if (!optionOpen && hasIndentedText(text, node)) refuse(node);
    } else if (node.kind === "stray") {
      if (!node.indented || current === undefined || !optionOpen) refuse(node);
    }
  }

  for (const section of sections.values()) finishValues(profile, section);
  if (rules.dialect === "slapos") exposeBaseLocation(profile, sections);
  takeExtends(profile, sections.get("buildout"), diagnostics);
  return profile;
}

function finishValues(profile: Profile, section: SectionUnderWay): void {
  section.values.forEach(({ pieces, nodes }, key) => {
    let value = pieces.length === 1 ? pieces[0]! : pieces.join("");
    // A value whose first line is empty loses its indent.
    if (value !== "" && isPythonSpace(value.charCodeAt(0))) value = normaliseBlockValue(value);
    const definition = { profile, section: section.name, nodes };
    section.options.set(key, new OptionValue(value, "=", profile.path, definition, undefined));
  });
  section.values.clear();
}

/**
 * The rule of SlapOS's buildout: each section of the file in which some value has exactly `${:_profile_base_location_}`
 * gets an option of that name, the directory of the file.
 */
function exposeBaseLocation(profile: Profile, sections: ReadonlyMap<string, SectionUnderWay>): void {
  if (!profile.syntax.text.includes(PROFILE_BASE_LOCATION)) return;
  const directory = directoryOf(profile.path);
  for (const section of sections.values())
    for (const option of section.options.values()) {
      if (!option.value.includes(PROFILE_BASE_LOCATION_REFERENCE)) continue;
      const definition = { profile, section: section.name, nodes: [] };
      section.options.set(PROFILE_BASE_LOCATION, new OptionValue(directory, "=", profile.path, definition, undefined));
      break;
    }
}

/** `extends` and its relatives are read and taken out before anything is merged. */
function takeExtends(profile: Profile, buildout: SectionUnderWay | undefined, diagnostics: Diagnostic[]): void {
  if (buildout === undefined) return;
  const references = profile.extends as ExtendsReference[];
  const directory = directoryOf(profile.path);
  for (const option of ["extends", "optional-extends"] as const) {
    const value = buildout.options.get(option);
    if (value === undefined) continue;
    buildout.options.delete(option);
    if (option === "optional-extends") (profile as { optionalExtends: OptionValue }).optionalExtends = value;
    const places = value.definition!.nodes.flatMap((node) => valueWords(profile.syntax.text, node));
    for (const [i, name] of pythonWords(value.value).entries()) {
      const place = places[i];
      references.push({
        name,
        option,
        path: resolveExtendsName(name, directory),
        start: place?.start ?? 0,
        end: place?.end ?? 0,
      });
    }
  }
  const extendedBy = buildout.options.get("extended-by");
  if (extendedBy !== undefined)
    diagnostics.push(
      createDiagnostic(
        "load/extended-by",
        "Buildout no longer reads extended-by.",
        profile.path,
        extendedBy.definition!.nodes[0],
      ),
    );
}
