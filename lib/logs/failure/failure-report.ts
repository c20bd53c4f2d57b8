/**
 * From the log of a failure to one report: phase, part, cause, and the lines that say so.
 *
 * Promises: never throws, linear in the lines given; every report has a cause, in the worst case the last line that
 * looks like an error. Line numbers count from the first line given.
 */
import type { FailureCause } from "./cause";
import { CAUSE_RULES, type CauseRule, ENDED_RULES, PREFLIGHT, TOOL_RULES } from "./cause-rules";
import { findLastTraceback, type PythonTraceback } from "./traceback";
import { type BuildoutStep, findLastWhileBlock, partOf, sectionOf } from "./while-block";

export type FailurePhase =
  | "downloading"
  | "reading"
  | "preparing"
  | "installing"
  | "deploying"
  | "promises"
  | "unknown";

export interface FailureReport {
  readonly phase: FailurePhase;
  /** The part that was being installed. */
  readonly part?: string;
  /** `slappart0`, when an instance's buildout or promise failed. */
  readonly partition?: string;
  readonly cause: FailureCause;
  /** The engine's line, without the prefix of slapgrid. */
  readonly message: string;
  /** The lines that show the root, end exclusive. */
  readonly start: number;
  readonly end: number;
  readonly steps: readonly BuildoutStep[];
  readonly traceback?: PythonTraceback;
  /** What slapos.recipe.cmmi and its kin had the shell do. */
  readonly command?: string;
}

/** `2026-11-23 19:24:55 slapos[123] INFO `, `slapos[123] INFO `, or only the level. */
const PREFIX =
  /^(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:[.,]\d+)? )?(?:[\w.-]+\[\d+\] )?(?:DEBUG|INFO|WARNING|ERROR|CRITICAL) ?/;
const PART_LINE = /^(?:Installing|Updating|Uninstalling) ([^\s'"][^'"]*)\.$/;
/** A shell's code for a program that a signal ended: 128 and the signal. */
const ENDED = /^webrunner: Error: Buildout failed \(exit code (1(?:29|[3-5]\d))\)$/;
const SIGKILL = 9;
// Built so that no control character stands in the source.
const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");

export function cleanLogLine(line: string): string {
  return line.replace(COLOURS, "").replace(/\r$/, "").replace(PREFIX, "");
}

/** The one thing that these lines, cleaned, ended in. */
export function reportLines(lines: readonly string[]): FailureReport {
  const block = findLastWhileBlock(lines);
  const steps = block?.steps ?? [];
  const partLine = findLast(lines, block?.start ?? lines.length, PART_LINE);
  const part = partOf(steps);
  const command = part === undefined ? undefined : findCommand(lines, partLine ?? 0, block?.start ?? lines.length);
  const base = { part, partition: findPartition(lines), steps, phase: phaseOf(steps, part, lines), command };

  const traceback = findLastTraceback(block ? lines.slice(block.end) : lines);
  const offset = block?.end ?? 0;
  const shifted = traceback && { ...traceback, start: traceback.start + offset, end: traceback.end + offset };

  const found = (
    cause: FailureCause,
    start: number,
    end: number,
    message = toMessage(lines[start]!),
  ): FailureReport => ({
    ...base,
    part: part ?? ("part" in cause ? cause.part : undefined),
    phase: cause.kind === "promise" ? "promises" : PREFLIGHT.test(lines[start] ?? "") ? "downloading" : base.phase,
    cause,
    start,
    end,
    message,
    traceback: shifted,
  });

  const stated = findStated(lines, steps);
  if (stated && stated.cause.kind !== "promise")
    return found(stated.cause, stated.index, stated.index + extentOf(stated.cause, lines, stated.index));

  const tool =
    part === undefined
      ? undefined
      : findFirst(lines, [...TOOL_RULES, ...ENDED_RULES], partLine ?? 0, block?.start ?? lines.length, steps);
  if (tool) return found(tool.cause, tool.index, tool.index + 1);
  if (shifted) {
    const egg = findEggThatDidNotBuild(lines);
    const cause = toTracebackCause(shifted, lines, steps, egg);
    if (cause.kind !== "command") return found(cause, shifted.start, shifted.end, lastLineOf(lines, shifted));
    return found(cause, egg?.reason?.start ?? shifted.start, egg?.reason?.end ?? shifted.end, cause.text);
  }
  if (stated) return found(stated.cause, stated.index, stated.index + 1);

  const ended = lines.findLastIndex((line) => ENDED.test(line));
  if (!block && ended >= 0) {
    const signal = Number(ENDED.exec(lines[ended]!)![1]) - 128;
    const text = `Buildout was ended by signal ${signal}${signal === SIGKILL ? ": by hand, or as the machine's memory was used up" : ""}.`;
    const last = partLine === undefined ? undefined : PART_LINE.exec(lines[partLine]!)?.[1];
    return { ...found({ kind: "other", text }, ended, ended + 1, text), part: last };
  }
  // The driver's last line says no more than that it failed.
  const own = block && lines.findIndex((line, at) => at >= block.end && /^Error: /.test(line));
  if (own !== undefined && own >= 0)
    return found({ kind: "other", text: lines[own]!.slice("Error: ".length) }, own, own + 1);

  const index = findLast(
    lines,
    lines.length,
    /^\s*(?:\w+\.)*\w*(?:Error|Exception|error): |^webrunner: Error: |\berror: |^fatal: (?!not a git repository)/,
  );
  const at =
    index ??
    Math.max(
      0,
      lines.findLastIndex((line) => line.trim() !== ""),
    );
  const text = lines[at]!.trim().replace(/^(?:webrunner: )?Error: /, "");
  return found({ kind: "other", text }, at, at + 1);
}

function findStated(
  lines: readonly string[],
  steps: readonly BuildoutStep[],
): { cause: FailureCause; index: number } | undefined {
  for (let index = lines.length - 1; index >= 0; index--) {
    for (const { pattern, toCause } of CAUSE_RULES) {
      const match = pattern.exec(lines[index]!);
      const cause = match && toCause(match, { lines, index, steps });
      if (cause) return { cause, index };
    }
  }
  return undefined;
}

function findFirst(
  lines: readonly string[],
  rules: readonly CauseRule[],
  from: number,
  to: number,
  steps: readonly BuildoutStep[],
): { cause: FailureCause; index: number } | undefined {
  for (const { pattern, toCause } of rules) {
    for (let index = from; index < to; index++) {
      const match = pattern.exec(lines[index]!);
      const cause = match && toCause(match, { lines, index, steps });
      if (cause) return { cause, index };
    }
  }
  return undefined;
}

function toTracebackCause(
  traceback: PythonTraceback,
  lines: readonly string[],
  steps: readonly BuildoutStep[],
  egg: UnbuiltEgg | undefined,
): FailureCause {
  const error = lastLineOf(lines, traceback);
  if (steps.at(-1)?.kind === "initializing") {
    const missing =
      /^(?:FileNotFoundError: \[Errno 2\] No such file or directory|IsADirectoryError: \[Errno 21\] Is a directory|PermissionError: \[Errno 13\] Permission denied): '(.+)'$/.exec(
        error,
      );
    if (missing) return { kind: "missing-profile", file: missing[1]! };
    // The one section that buildout asks for then is that of the versions.
    const section = /^KeyError: '(.+)'$/.exec(error);
    if (section)
      return { kind: "unknown-section", section: section[1]!, readBy: { section: "buildout", option: "versions" } };
  }
  const inline = traceback.frames.findLast((frame) => frame.inline);
  if (inline) return { kind: "inline-code", section: inline.file, line: inline.line, error };
  const setup = findSetupFailure(lines);
  if (setup) return { kind: "recipe-error", ...setup };
  if (egg) {
    const why = egg.reason ? `: ${egg.reason.text}` : ".";
    return { kind: "command", text: `The egg '${egg.name}' ${egg.version} could not be built${why}` };
  }
  const own =
    traceback.frames.findLast(({ file }) => !/\/(?:lib\/python3|zc\/buildout\/)/.test(file)) ?? traceback.frames.at(-1);
  if (!own) return { kind: "other", text: error };
  return { kind: "recipe-error", file: own.file, line: own.line, error };
}

/** pip prints the traceback of a develop egg's setup.py, which it ran as text, before buildout prints its own. */
function findSetupFailure(lines: readonly string[]): { file: string; line: number; error: string } | undefined {
  const from = lines.findLastIndex((line) => /^Failed to run command:$/.test(line));
  const develop = lines.findLast((line) => /^Develop: '/.test(line));
  if (from < 0 || !develop) return undefined;
  const at = lines.findIndex(
    (line, index) => index > from && /^ {2,}File "<string>", line \d+, in <module>$/.test(line),
  );
  if (at < 0) return undefined;
  const error = lines.slice(at + 1).find((line) => /^\s+[A-Za-z_.]+(?:Error|Exception|Exit)\b/.test(line));
  return {
    file: `${/'(.+)'/.exec(develop)![1]}/setup.py`,
    line: Number(/line (\d+)/.exec(lines[at]!)![1]),
    error: (error ?? "setup.py failed").trim(),
  };
}

interface UnbuiltEgg {
  readonly name: string;
  readonly version: string;
  /** What its own build said, and the lines around that, end exclusive. */
  readonly reason?: { readonly text: string; readonly start: number; readonly end: number };
}

/** pip was given its archive, after buildout had said that it is what it gets. */
function findEggThatDidNotBuild(lines: readonly string[]): UnbuiltEgg | undefined {
  const at = lines.findLastIndex((line) => /^(?:Exception: )?Failed to run command:$/.test(line));
  const pip = at < 0 ? undefined : lines.slice(at, at + 3).find((line) => /'-m', 'pip', 'install'/.test(line));
  const file = pip && /'[^']*\/([^'/]+?)-(\d[^'/]*?)(?:\.tar\.(?:gz|bz2|xz)|\.zip|\.tgz)'/.exec(pip);
  return file ? { name: file[1]!, version: file[2]!, reason: findBuildError(lines) } : undefined;
}

/** Between pip's `[21 lines of output]` and `[end of output]`: what a compiler said first, or an exception last. */
function findBuildError(lines: readonly string[]): UnbuiltEgg["reason"] {
  const end = lines.findLastIndex((line) => /^\s*\[end of output\]$/.test(line));
  const begin = lines.slice(0, Math.max(end, 0)).findLastIndex((line) => /\[\d+ lines? of output\]$/.test(line));
  if (begin < 0) return undefined;
  const output = lines.slice(begin + 1, end);
  const compiler = output.findIndex((line) => /\w: (?:fatal )?error: |: undefined reference to /.test(line));
  const error =
    compiler >= 0 ? compiler : output.findLastIndex((line) => /^\s*(?:[\w.]*(?:Error|Exception)|error): /.test(line));
  const index = error >= 0 ? error : output.findLastIndex((line) => line.trim() !== "");
  if (index < 0) return undefined;
  const start = begin + 1 + index;
  return { text: output[index]!.trim(), start: Math.max(begin + 1, start - 1), end: Math.min(end, start + 4) };
}

function lastLineOf(lines: readonly string[], traceback: PythonTraceback): string {
  const text = lines.slice(traceback.start, traceback.end).find((line) => line.startsWith(traceback.exception));
  return text?.trim() ?? `${traceback.exception}: ${traceback.message}`;
}

function toMessage(line: string): string {
  return line.trim().replace(/^webrunner: (?=Cannot )/, "");
}

function extentOf(cause: FailureCause, lines: readonly string[], index: number): number {
  if (PREFLIGHT.test(lines[index] ?? "")) {
    const after = lines.slice(index).findIndex((line) => !line.startsWith("webrunner: Cannot download"));
    return after < 0 ? lines.length - index : after;
  }
  if (cause.kind === "part-promise") return 1 + cause.text.split("; ").length;
  if (cause.kind === "syntax") return 1 + cause.lines.length;
  if (cause.kind === "parameters") return 1 + cause.errors.length;
  return 1;
}

/**
 * `a: Command 'set -e;make' returned non-zero exit status 2.`, or `a: Running 'make'` of plone.recipe.command; a command
 * may have several lines.
 */
function findCommand(lines: readonly string[], from: number, to: number): string | undefined {
  for (let start = to - 1; start >= from; start--) {
    const begin = /^\S+: (?:Command '(?:set -e;)?|Running ')/.exec(lines[start]!);
    if (!begin) continue;
    const text = lines.slice(start, to).join("\n").slice(begin[0].length);
    const end = text.search(/' (?:returned non-zero exit status|died with)|'$/m);
    if (end >= 0) return text.slice(0, end);
  }
  return undefined;
}

function phaseOf(steps: readonly BuildoutStep[], part: string | undefined, lines: readonly string[]): FailurePhase {
  if (steps.some((step) => step.kind === "initializing")) return "reading";
  if (part !== undefined) return "installing";
  if (steps.length > 0) return sectionOf(steps) === undefined ? "preparing" : "reading";
  if (findPartition(lines) !== undefined) return "deploying";
  return "unknown";
}

function findPartition(lines: readonly string[]): string | undefined {
  const pattern = /^\s*(slappart\d+)\[.*?\]: |^Processing Computer Partition (slappart\d+)\.$/;
  for (let index = lines.length - 1; index >= 0; index--) {
    const match = pattern.exec(lines[index]!);
    if (match) return match[1] ?? match[2];
  }
  return undefined;
}

function findLast(lines: readonly string[], before: number, pattern: RegExp): number | undefined {
  for (let index = before - 1; index >= 0; index--) if (pattern.test(lines[index]!)) return index;
  return undefined;
}
