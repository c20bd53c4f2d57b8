/**
 * The engine's own reason, out of the last part of a failed run's log: one line for a person.
 *
 * zc.buildout ends a failure that it foresaw with `While:` … `Error: <reason>`, a profile that it cannot read with a
 * `ParsingError` and the lines it stumbled over, and everything else with a Python traceback. slapgrid prints all of it
 * at level INFO, and more lines after it. The drivers end with `webrunner: Error: …`.
 *
 * Never throws; `undefined` when the text holds none of these.
 */
import { toEngineLine } from "./engine-prefix";

const ERROR_LIMIT = 600;
const DRIVER = /^webrunner: Error: (.+)$/;
const BUILDOUT = /^Error: (.*)$/;
const PARSING = /^(?:[\w.]+\.)?(?:ParsingError|MissingSectionHeaderError): (.*)$/;
const PARSING_LINE = /^\s*\[line\s+(\d+)\]: (.*)$/;
const TRACEBACK = /^Traceback \(most recent call last\):$/;
const EXCEPTION = /^((?:[A-Za-z_]\w*\.)*[A-Z]\w*)(?:: (.*))?$/;
const PROMISE = /^(?:Promise '?([^']+?)'? failed(?:: | with: )?(.*)|Error with promises? .*)$/;
const COMPILER =
  /(?::\d+)?:\d+: (?:fatal )?error: |^configure: error: |^make(?:\[\d+\])?: \*\*\* |^(?:cc|gcc|ld): (?:fatal )?error: /;

export interface EngineErrorContext {
  /** Exit code of the run: after 2 the promise's words come first, as nothing else failed. */
  readonly code?: number;
}

export function findEngineError(logTail: string, context: EngineErrorContext = {}): string | undefined {
  const lines = logTail.split("\n").map(toEngineLine);
  const driver = findLast(lines, (line) => DRIVER.exec(line)?.[1]);
  if (context.code === 2) return clip(driver ?? findPromise(lines) ?? findFailure(lines));
  return clip(findFailure(lines) ?? driver ?? findPromise(lines));
}

function findFailure(lines: readonly string[]): string | undefined {
  for (let i = lines.length - 1; i >= 0; i--) {
    const line = lines[i]!;
    const parsing = PARSING.exec(line);
    if (parsing) return describeParsing(parsing[1]!, lines.slice(i + 1));
    const foreseen = BUILDOUT.exec(line);
    if (foreseen) return [foreseen[1]!, ...takeIndented(lines.slice(i + 1))].join(" ").trim();
    if (TRACEBACK.test(line)) {
      const raised = describeTraceback(lines.slice(i + 1));
      if (raised) return raised;
    }
  }
  return findLast(lines, (line) => (COMPILER.test(line) ? line.trim() : undefined));
}

/** `File contains parsing errors: software.cfg, line 3: 'this line is no option'` */
function describeParsing(what: string, after: readonly string[]): string {
  const stumbled: string[] = [];
  for (const line of after) {
    const match = PARSING_LINE.exec(line);
    if (!match) break;
    stumbled.push(`line ${match[1]}: ${match[2]!.replace(/\\n'$/, "'")}`);
  }
  return [what, ...stumbled].join(", ");
}

/** The last line of a traceback, with the compiler's words when it was a command that failed. */
function describeTraceback(after: readonly string[]): string | undefined {
  const at = after.findIndex((line) => line !== "" && !/^\s/.test(line));
  if (at < 0) return undefined;
  const match = EXCEPTION.exec(after[at]!);
  if (!match) return undefined;
  const name = match[1]!;
  const shortName = name.slice(name.lastIndexOf(".") + 1);
  return [`${shortName}${match[2] ? `: ${match[2]}` : ""}`, ...takeIndented(after.slice(at + 1))].join(" ").trim();
}

function findPromise(lines: readonly string[]): string | undefined {
  return findLast(lines, (line) => (PROMISE.test(line) ? line : undefined));
}

/** Details that buildout puts below its sentence: `  $.port: 'abc' does not match`. */
function takeIndented(lines: readonly string[]): string[] {
  const taken: string[] = [];
  for (const line of lines) {
    if (!/^\s+\S/.test(line)) break;
    taken.push(line.trim());
  }
  return taken;
}

function findLast<T>(lines: readonly string[], read: (line: string) => T | undefined): T | undefined {
  for (let i = lines.length - 1; i >= 0; i--) {
    const found = read(lines[i]!);
    if (found !== undefined) return found;
  }
  return undefined;
}

function clip(text: string | undefined): string | undefined {
  if (!text) return undefined;
  return text.length <= ERROR_LIMIT ? text : `${text.slice(0, ERROR_LIMIT - 1)}…`;
}
