/**
 * The nouns of the command line, each with the module that does its verbs.
 *
 * A module is loaded only when its noun is asked for, so that one command does not pay for all.
 */
export interface CommandModule {
  /** Gives the exit status. */
  run(args: readonly string[]): number | Promise<number>;
}

export interface Command {
  readonly summary: string;
  load(): Promise<CommandModule>;
}

export const COMMANDS: Readonly<Record<string, Command>> = {
  profile: {
    summary: "resolve, explain and check Buildout profiles, without a server",
    load: () => import("./profile/profile-command"),
  },
};
