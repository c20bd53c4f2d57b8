/**
 * Where everything lies below the data directory, said once.
 *
 * Owners, when the server runs as root: `workspace`, `slapos`, `build` and `downloads` of a project belong to the unprivileged
 * user that builds run as; all else belongs to the server, and no build can reach into it. What a build must read of
 * `runs` and `services` (its spec) is a file of its own there.
 */
import { join } from "node:path";

export interface ProjectLayout {
  readonly root: string;
  /** The user's git repository. */
  readonly workspace: string;
  /** Root of the SlapOS node of this project. */
  readonly slapos: string;
  /** Directories of plain buildout runs. */
  readonly build: string;
  /** The clone of what was pushed, while it is verified. */
  readonly verification: string;
  /** Files that builds downloaded, by their checksums. The builder's. */
  readonly downloads: string;
  /** How runs of this project are run. Server's own. */
  readonly runSettings: string;
  /** `runs/<id>/{request.json,log,exit.json,end.json}`. Server's own. */
  readonly runs: string;
  /** Logs and records of slapproxy. Server's own. */
  readonly services: string;
  /** What instances were asked for. Server's own, in a folder of its own. */
  readonly instances: string;
  /** Which recipe eggs are in development mode. Server's own. */
  readonly recipes: string;
  /** What Run all has come to. Server's own. */
  readonly runAll: string;
  /** What overrides overrode when they were first seen. */
  readonly overrides: string;
  /** Unsaved texts. Server's own. */
  readonly drafts: string;
  /** What was overwritten or deleted. Server's own. */
  readonly history: string;
  /** `project.json`. Server's own. */
  readonly record: string;
}

export interface DataLayout {
  readonly root: string;
  readonly lock: string;
  readonly serverLog: string;
  /** Server's own state: sessions, tokens, password. 0700. */
  readonly state: string;
  /** Home directory of builds and terminals when the server runs as root. */
  readonly home: string;
  readonly engine: string;
  readonly projects: string;
  project(id: string): ProjectLayout;
}

export function createDataLayout(dataDirectory: string, engineDirectory = join(dataDirectory, "engine")): DataLayout {
  const projects = join(dataDirectory, "projects");
  return {
    root: dataDirectory,
    lock: join(dataDirectory, "server.lock"),
    serverLog: join(dataDirectory, "server.log"),
    state: join(dataDirectory, "state"),
    home: join(dataDirectory, "home"),
    engine: engineDirectory,
    projects,
    project(id) {
      const root = join(projects, id);
      return {
        root,
        workspace: join(root, "workspace"),
        slapos: join(root, "slapos"),
        build: join(root, "build"),
        verification: join(root, "verification"),
        downloads: join(root, "downloads"),
        runSettings: join(root, "run-settings.json"),
        runs: join(root, "runs"),
        services: join(root, "services"),
        instances: join(root, "instances", "requests.json"),
        recipes: join(root, "recipes", "development.json"),
        runAll: join(root, "run-all", "last.json"),
        overrides: join(root, "overrides.json"),
        drafts: join(root, "drafts"),
        history: join(root, "history"),
        record: join(root, "project.json"),
      };
    },
  };
}

/** Where the data lie unless `WEBRUNNER_DATA` says otherwise; the command line finds a local server there too. */
export function defaultDataDirectory(
  environment: Readonly<Record<string, string | undefined>>,
  uid: number,
  home: string,
): string {
  if (uid === 0) return "/var/lib/webrunner";
  const base = environment.XDG_DATA_HOME?.startsWith("/") ? environment.XDG_DATA_HOME : join(home, ".local/share");
  return join(base, "webrunner");
}
