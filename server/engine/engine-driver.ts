/** How the drivers of `webrunner_engine` are called; see docs/engine.md. */
export type DriverVerb =
  | "software"
  | "instance"
  | "buildout"
  | "proxy"
  | "supervisord"
  | "shutdown"
  | "status"
  | "destroy"
  | "promises"
  | "program"
  | "recipe"
  | "render"
  | "survey";

export function toDriverArgv(python: string, verb: DriverVerb, specPath: string): string[] {
  // -P: the working directory is the user's, and a file of theirs must not stand in for a module of Python's own.
  return [python, "-P", "-m", "webrunner_engine", verb, "--spec", specPath];
}

/** slapgrid would start the instances' supervisord inside a run when it died; it must outlive the run all the same. */
export function isInstanceSupervisord(commandLine: readonly string[]): boolean {
  return commandLine.slice(0, 4).some((word) => /(^|\/)supervisord$/.test(word) || word === "supervisor.supervisord");
}
