/**
 * Programs that a person runs by hand: stopped in supervisord, started in a terminal with exactly supervisord's
 * command, environment and directory.
 *
 * Promise: the offer to start the program again stands until it is started, also after the page was reloaded.
 */
import { WebrunnerError } from "@/lib/base/errors";
import type { TerminalInfo } from "@/lib/protocol";

export interface ProgramCommand {
  readonly argv: readonly string[];
  readonly directory?: string;
  /** The whole environment. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface HandRuns {
  /** `process/not-found` */
  start(project: string, group: string, name: string, size: TerminalSize): Promise<TerminalInfo>;
  /** The terminal that the program is being run in, or was, since it was stopped for it. */
  findTerminal(project: string, group: string, name: string): string | undefined;
  /** It runs under supervisord again: no offer any more. */
  settle(project: string, group: string, name: string): void;
}

export interface TerminalSize {
  readonly columns?: number;
  readonly rows?: number;
}

export interface HandRunsOptions {
  readonly describeProgram: (project: string, group: string, name: string) => Promise<ProgramCommand>;
  readonly stopProgram: (project: string, group: string, name: string) => Promise<void>;
  readonly openTerminal: (
    request: TerminalSize & {
      readonly project: string;
      readonly name: string;
      readonly directory: string;
      readonly argv: readonly string[];
      readonly environment: Readonly<Record<string, string>>;
      readonly bare: true;
    },
  ) => TerminalInfo;
  readonly toDirectory: (project: string, partition: string) => string;
  readonly onChanged: (project: string) => void;
}

export function createHandRuns(options: HandRunsOptions): HandRuns {
  const terminals = new Map<string, string>();
  const toKey = (project: string, group: string, name: string): string => [project, group, name].join("\n");

  return {
    async start(project, group, name, size) {
      const command = await options.describeProgram(project, group, name);
      if (command.argv.length === 0) {
        throw new WebrunnerError("process/failed", { message: `${group}:${name} has no command.` });
      }
      await options.stopProgram(project, group, name);
      const terminal = options.openTerminal({
        ...size,
        project,
        name: `${name} by hand`.slice(0, 60),
        directory: command.directory ?? options.toDirectory(project, group),
        argv: command.argv,
        environment: command.environment,
        bare: true,
      });
      terminals.set(toKey(project, group, name), terminal.id);
      options.onChanged(project);
      return terminal;
    },
    findTerminal: (project, group, name) => terminals.get(toKey(project, group, name)),
    settle: (project, group, name) => void terminals.delete(toKey(project, group, name)),
  };
}
