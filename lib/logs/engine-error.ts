/**
 * The engine's own reason, out of the last part of a failed run's log: one line for a person, and for the run's record.
 *
 * The cause is found by `reportFailures`, the first one where there are several; a driver's `webrunner: Error: …` speaks
 * where the engine said nothing that is known, and always after exit code 2, when nothing but a promise failed. Never
 * throws.
 */
import { cleanLogLine } from "./failure/failure-report";
import { reportFailures } from "./failure/report-failures";

const ERROR_LIMIT = 600;
const DRIVER = /^webrunner: Error: (.+)$/;
/** `\t[line  3]: 'text\n'`, below a sentence that ends with the file's name. */
const PARSING_LINE = /^\s*\[line\s+(\d+)\]: (.*?)(?:\\n'|')$/;
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g;

export interface EngineErrorContext {
  readonly code?: number;
}

export function findEngineError(logTail: string, { code }: EngineErrorContext = {}): string | undefined {
  const lines = logTail.split("\n").map(cleanLogLine);
  const driver = findDriverError(lines);
  if (code === 2 && driver) return clip(driver);
  const [report, ...others] = reportFailures(logTail);
  if (driver && report.cause.kind === "other") return clip(driver);
  const below = report.cause.kind === "syntax" || report.cause.kind === "parameters";
  const details = below ? lines.slice(report.start + 1, report.end).map(toDetail) : [];
  const sentence = report.message
    .replace(/^(?:webrunner: )?Error: /, "")
    .replace(/^(?:[a-z_]\w*\.)+(?=[A-Z]\w*: )/, "");
  const text = [sentence, ...details].join(details.length > 0 && !sentence.endsWith(":") ? ", " : " ").trim();
  return clip(others.length > 0 ? `${text} (the first of ${1 + others.length} failures)` : text);
}

function findDriverError(lines: readonly string[]): string | undefined {
  const line = lines.findLast((candidate) => DRIVER.test(candidate));
  return line && DRIVER.exec(line)![1];
}

function toDetail(line: string): string {
  const match = PARSING_LINE.exec(line);
  return match ? `line ${match[1]}: ${match[2]}'` : line.trim();
}

function clip(raw: string | undefined): string | undefined {
  const text = raw?.replace(CONTROL, "");
  if (text === undefined || text.length <= ERROR_LIMIT) return text || undefined;
  return `${text.slice(0, ERROR_LIMIT - 1)}…`;
}
