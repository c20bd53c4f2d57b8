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
  login: {
    summary: "sign in at a server, or make a link that signs a browser in",
    load: () => import("./login-command"),
  },
  project: { summary: "projects and their software releases", load: () => import("./project-command") },
  file: { summary: "list, read and write files of a project", load: () => import("./file-command") },
  run: { summary: "run software, instances and buildouts; their logs", load: () => import("./run-command") },
  doctor: { summary: "whether everything is there for the main job", load: () => import("./doctor-command") },
  tutorial: {
    summary: "the guided tutorial: how far it is, and doing a step",
    load: () => import("./tutorial-command"),
  },
  recipe: {
    summary: "use a recipe's egg from its checkout, test one recipe alone",
    load: () => import("./recipe-command"),
  },
  process: { summary: "programs of instances: start, stop, logs", load: () => import("./process-command") },
  promise: { summary: "promises of instances, checked now or as they were", load: () => import("./promise-command") },
  partition: { summary: "commands and a shell in a partition", load: () => import("./partition-command") },
  release: { summary: "a shell in a built release, and its rendered files", load: () => import("./release-command") },
  instance: { summary: "instances, their parameters and connections", load: () => import("./instance-command") },
  git: { summary: "changes, commits, branches, remotes and forks", load: () => import("./git/git-command") },
  engine: { summary: "state of the engine's environment", load: () => import("./engine-command") },
  token: { summary: "tokens for the command line and automation", load: () => import("./token-command") },
  profile: {
    summary: "resolve, explain and check Buildout profiles, without a server",
    load: () => import("./profile/profile-command"),
  },
  find: {
    summary: "sections of all profiles by name, without a server",
    load: () => import("./find-command"),
  },
  override: {
    summary: "override one option in a profile, without a server",
    load: async () => ({ run: (await import("./gestures/gesture-command")).runOverride }),
  },
  promote: {
    summary: "move an override to the file that defines it, without a server",
    load: async () => ({ run: (await import("./gestures/gesture-command")).runPromote }),
  },
  extends: {
    summary: "where what a profile extends comes from, and switching it",
    load: () => import("./gestures/extends-command"),
  },
  check: {
    summary: "what is in the way of merging a release, and its mends",
    load: () => import("./gestures/check-command"),
  },
  verify: {
    summary: "whether what was pushed of a release is what is here",
    load: async () => ({ run: (await import("./gestures/check-command")).runVerify }),
  },
  component: { summary: "new components, and changes of them", load: () => import("./gestures/component-command") },
  lsp: {
    summary: "language server for editors, on standard input and output",
    load: () => import("../lsp/lsp-command"),
  },
};
