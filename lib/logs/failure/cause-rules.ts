/**
 * The engine's error messages, one rule each, in the order in which they are tried on every line from the last
 * upwards. The words are those of zc.buildout 4–6, slapos.core 1.2x and the usual recipes, as they were printed.
 */
import type { FailureCause } from "./cause";
import { readWarning } from "./warning";
import { type BuildoutStep, optionOf, sectionOf } from "./while-block";

export interface RuleContext {
  readonly lines: readonly string[];
  /** Index of the line that the rule's pattern fits. */
  readonly index: number;
  readonly steps: readonly BuildoutStep[];
}

export interface CauseRule {
  readonly pattern: RegExp;
  toCause(match: RegExpExecArray, context: RuleContext): FailureCause | undefined;
}

function rule(pattern: RegExp, toCause: CauseRule["toCause"]): CauseRule {
  return { pattern, toCause };
}

/** Of the preflight, see docs/engine.md: what cannot be downloaded, before the engine was begun. */
export const PREFLIGHT = /^webrunner: Cannot download for (?:part (\S+)|extends): (\S+): (.+)$/;

function toPreflightCause([, part, what, reason]: RegExpExecArray): FailureCause {
  // `git@host:path` is the address of a repository.
  if (!/:\/\/|^[^@]+@/.test(what!)) return { kind: "missing-distribution", requirement: what!, part };
  if (reason!.startsWith("MD5 ")) return { kind: "md5-mismatch", url: what!, part };
  return { kind: "download", url: what!, reason: reason!, part };
}

/** Messages that name the cause outright; the last one in the log is the one that ended the run. */
export const CAUSE_RULES: readonly CauseRule[] = [
  // The first of them, since they are all of one kind.
  rule(PREFLIGHT, (match, { lines, index }) =>
    PREFLIGHT.test(lines[index - 1] ?? "") ? undefined : toPreflightCause(match),
  ),
  rule(/^Error: The referenced section, '(.+)', was not defined\.$/, ([, section], { steps }) => ({
    kind: "unknown-section",
    section: section!,
    readBy: optionOf(steps),
  })),
  rule(/^Error: Referenced option does not exist: (\S+) (.+)$/, ([, section, option], { steps }) => ({
    kind: "unknown-option",
    section: section!,
    option: option!,
    readBy: optionOf(steps),
  })),
  rule(/^Error: Circular reference in substitutions\.$/, (_match, { steps }) => ({
    kind: "circular-substitution",
    options: steps.flatMap((step) => (step.kind === "option" ? [{ section: step.section, option: step.option }] : [])),
  })),
  rule(/^Error: Infinite extending loop '(.+)'$/, ([, section], { steps }) => {
    const chain = steps.flatMap((step) => (step.kind === "macro" ? [step.section] : []));
    return { kind: "circular-macro", sections: chain.length > 0 ? chain : [section!] };
  }),
  rule(/^Error: No section named '(.+)'$/, ([, section], { steps }) => ({
    kind: "unknown-macro",
    section: section!,
    readBy: sectionOf(steps, section) ?? macroOf(steps),
  })),
  rule(/^Error: Recursive file include \[(.*)\] (.+)$/, ([, seen, file]) => ({
    kind: "circular-extends",
    files: [...[...seen!.matchAll(/'((?:[^'\\]|\\.)*)'/g)].map((match) => match[1]!), file!],
  })),
  rule(/^Error: Missing option: ([^:]+):(.+)$/, ([, section, option]) => ({
    kind: "missing-option",
    section: section!,
    option: option!,
  })),
  rule(/^Error: Error downloading extends for URL (\S+): (.+)$/, ([, url, reason]) => ({
    kind: "download",
    url: url!,
    reason: reason!,
  })),
  rule(
    /^Error: MD5 checksum mismatch (?:for local resource at '(.+)'|for cached download from '(.+?)' at .+|downloading '(.+)')\.?$/,
    ([, path, cached, url]) => ({
      kind: "md5-mismatch",
      url: (path ?? cached ?? url)!,
    }),
  ),
  rule(
    /^Error: (?:Couldn't find a (?:source )?distribution for '(.+)'\.|We don't have a distribution for (.+)|Couldn't (?:download distribution|install:) (.+?)\.?)$/,
    ([, found, offline, broken], { lines, steps }) => {
      // Buildout only warns of it, and then misses what would have been there.
      const warnings = lines.map(readWarning);
      const undeveloped = warnings.findLast((warning) => warning?.kind === "undeveloped");
      if (undeveloped) return { kind: "develop", path: undeveloped.path };
      const recipe = steps.find((step) => step.kind === "recipe");
      return {
        kind: "missing-distribution",
        requirement: (found ?? offline ?? broken)!,
        recipe: recipe?.kind === "recipe" ? recipe.recipe : undefined,
      };
    },
  ),
  rule(
    /^Error: The requirement \('(.+)'\) is not allowed by your \[versions\] constraint \((.+)\)$/,
    ([, requirement, version]) => ({
      kind: "pin-conflict",
      requirement: requirement!,
      version: version!,
    }),
  ),
  rule(/^Error: Picked: (\S+) = (\S+)$/, ([, egg, version]) => ({ kind: "unpinned", egg: egg!, version: version! })),
  rule(
    /^Error: The (?:(?:section|option) name in )?substitution, (\$\{.*\}),$/,
    ([, reference], { lines, index, steps }) => ({
      kind: "bad-substitution",
      reference: reference!,
      text: (lines[index + 1] ?? "").trim(),
      readBy: optionOf(steps),
    }),
  ),
  rule(/^Error: Promise not met, found issues:$/, (_match, { lines, index }) => ({
    kind: "part-promise",
    text: takeIndented(lines, index + 1).join("; "),
  })),
  rule(/^Error: Couldn't download '(.+)' in offline mode\.$/, ([, url]) => ({
    kind: "download",
    url: url!,
    reason: "offline mode",
  })),
  rule(/^Error: There is a version conflict\.$/, (_match, { lines, index }) => ({
    kind: "version-conflict",
    text: lines
      .slice(index + 1, index + 4)
      .map((line) => line.trim())
      .filter(Boolean)
      .join(" "),
  })),
  rule(/^Error: Non zero exit code \((-?\d+)\) while running command\.$/, ([, code]) => ({
    kind: "command",
    text: `The command ended with exit status ${code}.`,
  })),
  rule(/^Error: Invalid parameters:$/, (_match, { lines, index }) => ({
    kind: "parameters",
    errors: takeParameterErrors(lines, index + 1),
  })),
  rule(/^(?:[\w.]+\.)?ParsingError: File contains parsing errors: (.+)$/, ([, file], { lines, index }) => ({
    kind: "syntax",
    file: file!,
    lines: takeParsingErrors(lines, index + 1),
  })),
  rule(/^(?:[\w.]+\.)?MissingSectionHeaderError: File contains no section headers\.$/, (_match, { lines, index }) => {
    const place = /^file: '?(.+?)'?, line: (\d+)$/.exec(lines[index + 1]?.trim() ?? "");
    if (!place) return undefined;
    const text = lines[index + 2]?.trim().replace(/^['"]|(?:\\n)?['"]$/g, "") ?? "";
    return { kind: "syntax", file: place[1]!, lines: [{ line: Number(place[2]), text }] };
  }),
  rule(/^ImportError: Entry point \('zc\.buildout', '(.+)'\) not found$/, ([, name], { steps }) => {
    const recipe = steps.find((step) => step.kind === "recipe");
    return { kind: "unknown-entry-point", name: recipe?.kind === "recipe" ? recipe.recipe : name! };
  }),
  rule(/^OSError: Software Release .+ is not correctly installed\. Missing file: (.+)$/, ([, file]) => ({
    kind: "no-instance-profile",
    file: file!,
  })),
  rule(/^(?:OSError: )?\[Errno 28\] No space left on device|: No space left on device$|^OSError: \[Errno 28\]/, () => ({
    kind: "disk-full",
  })),
  rule(/another slapos process is (?:aleady|already) running with pid (\d+)/, ([, pid]) => ({
    kind: "busy",
    pid: Number(pid),
  })),
  rule(/^(?:ERROR )?Promise '(.+?)' failed with output: (.*)$/, ([, promise, text]) => ({
    kind: "promise",
    promise: promise!,
    text: text!,
  })),
  rule(/^\s*slappart\d+\[.*?\]: Promise '(.+?)' failed with output: (.*)$/, ([, promise, text]) => ({
    kind: "promise",
    promise: promise!,
    text: text!,
  })),
];

/** Output of compilers and configure scripts: the first of these inside the failing part is the root, the rest follows from it. */
export const TOOL_RULES: readonly CauseRule[] = [
  rule(/^(\S+?\.[A-Za-z+]+):(\d+):(?:(\d+):)? (?:fatal )?error: (.+)$/, ([, file, line, column, text]) => ({
    kind: "compiler",
    file: file!,
    line: Number(line),
    column: column === undefined ? undefined : Number(column),
    text: text!,
  })),
  rule(/^configure: error: (.+)$/, ([, text]) => ({ kind: "configure", text: text! })),
  rule(/^\S*sh: (?:line )?\d+: (.+): (?:command )?(?:not found|Permission denied)$/, ([text]) => ({
    kind: "command",
    text: text!.replace(/^\S*sh: (?:line )?\d+: /, ""),
  })),
  rule(/^(?:CMake Error.*|.*undefined reference to .*|.*: cannot find -l\S+.*|.*: command not found)$/, ([text]) => ({
    kind: "command",
    text: text!.trim(),
  })),
  // What git says of what it was to clone; a note of it while the profile is read is no failure of the part.
  rule(/^fatal: (?!not a git repository)(.+)$/, ([, text]) => ({ kind: "command", text: `git: ${text}` })),
  rule(/^\S+: Cannot parse the entry point (.+)\.$/, ([, name]) => ({
    kind: "other",
    text: `Cannot parse the entry point '${name}'.`,
  })),
  rule(/^make(?:\[\d+\])?: \*\*\* (.+)$/, ([, text]) => ({ kind: "command", text: `make: ${text}` })),
  rule(/^patch: \*\*\*\* (.+)$|^\d+ out of \d+ hunks? FAILED.*$/, ([text]) => ({
    kind: "command",
    text: text!.trim(),
  })),
];

/** Tried after those: a program that was ended from outside wrote nothing itself. */
export const ENDED_RULES: readonly CauseRule[] = [
  rule(/' died with <Signals\.(\w+): \d+>\.$/, ([, signal]) => ({
    kind: "command",
    text: `The command was ended by ${signal}.`,
  })),
];

function macroOf(steps: readonly BuildoutStep[]): string | undefined {
  const macro = steps.findLast((step) => step.kind === "macro");
  return macro?.kind === "macro" ? macro.section : undefined;
}

function takeParsingErrors(lines: readonly string[], from: number): { line: number; text: string }[] {
  const errors: { line: number; text: string }[] = [];
  for (let index = from; index < lines.length; index++) {
    const match = /^\s*\[line\s+(\d+)\]: ['"](.*?)(?:\\n)?['"]$/.exec(lines[index]!);
    if (!match) break;
    errors.push({ line: Number(match[1]), text: match[2]! });
  }
  return errors;
}

function takeIndented(lines: readonly string[], from: number): string[] {
  const end = lines.slice(from).findIndex((line) => !/^\s+\S/.test(line));
  return lines.slice(from, end < 0 ? undefined : from + end).map((line) => line.trim());
}

function takeParameterErrors(lines: readonly string[], from: number): { pointer: string; text: string }[] {
  const errors: { pointer: string; text: string }[] = [];
  for (let index = from; index < lines.length; index++) {
    const match = /^\s*(\$\S*): (.+)$/.exec(lines[index]!);
    if (!match) break;
    errors.push({ pointer: match[1]!, text: match[2]! });
  }
  return errors;
}
