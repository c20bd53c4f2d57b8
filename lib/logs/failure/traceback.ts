/**
 * Python tracebacks in a log: frames and the exception, as Python prints them.
 *
 * A frame whose file is no path is inline code of an option: slapos.recipe.build compiles it under the section's name.
 */
export interface PythonFrame {
  readonly file: string;
  /** One-based, within the file, or within the option's code for an inline frame. */
  readonly line: number;
  readonly function?: string;
  /** The file is the name of a section, whose option holds the code. */
  readonly inline: boolean;
}

export interface PythonTraceback {
  readonly frames: readonly PythonFrame[];
  /** `subprocess.CalledProcessError` */
  readonly exception: string;
  /** What stands behind the exception's name, with its further lines. */
  readonly message: string;
  /** Indices of the lines that it covers, end exclusive. */
  readonly start: number;
  readonly end: number;
}

const HEAD = /^Traceback \(most recent call last\):$/;
const FRAME = /^ {2}File "(.+)", line (\d+)(?:, in (.+))?$/;
const EXCEPTION = /^([A-Za-z_][\w.]*)(?:: ?(.*))?$/;

/** The last traceback of the lines; a chain ("During handling …") counts as its last link. */
export function findLastTraceback(lines: readonly string[]): PythonTraceback | undefined {
  for (let start = lines.length - 1; start >= 0; start--) {
    if (HEAD.test(lines[start]!)) return parseTraceback(lines, start);
  }
  return parseBareSyntaxError(lines);
}

function parseTraceback(lines: readonly string[], start: number): PythonTraceback | undefined {
  const frames: PythonFrame[] = [];
  let index = start + 1;
  for (; index < lines.length; index++) {
    const line = lines[index]!;
    const frame = FRAME.exec(line);
    if (frame) frames.push(toFrame(frame));
    else if (!line.startsWith("  ") && line !== "") break;
  }
  const exception = EXCEPTION.exec(lines[index] ?? "");
  if (!exception) return undefined;
  let end = index + 1;
  while (end < lines.length && /^[\t ]/.test(lines[end]!)) end++;
  const message = [exception[2] ?? "", ...lines.slice(index + 1, end)].join("\n").trimEnd();
  return { frames, exception: exception[1]!, message, start, end };
}

/** A syntax error of compiled code is printed without a traceback head: the frame, the code, a caret, the error. */
function parseBareSyntaxError(lines: readonly string[]): PythonTraceback | undefined {
  for (let end = lines.length; end > 0; end--) {
    const error = /^((?:Syntax|Indentation|Tab)Error): (.*)$/.exec(lines[end - 1]!);
    if (!error) continue;
    for (let start = end - 2; start >= 0 && start > end - 6; start--) {
      const frame = FRAME.exec(lines[start]!);
      if (frame) return { frames: [toFrame(frame)], exception: error[1]!, message: error[2]!, start, end };
    }
  }
  return undefined;
}

function toFrame(match: RegExpExecArray): PythonFrame {
  const file = match[1]!;
  return { file, line: Number(match[2]), function: match[3], inline: !file.includes("/") && !file.startsWith("<") };
}
