/**
 * Puts the features together: every feature gets the ports it needs, and nothing else knows of all of them.
 *
 * Invariant: made once a start; nothing in here or below keeps state at module level.
 */
import { randomUUID } from "node:crypto";
import { rgPath } from "@vscode/ripgrep";
import type { Broadcaster, EventHandlers } from "@/server/realtime/event";
import type { AccessKeeper } from "./access/access-keeper";
import { createGestureContainer } from "./gesture-container";
import { createCredentialStore } from "./git/credentials";
import { createGitService } from "./git/git-service";
import { findLastChange } from "./git/last-change";
import { listGitDirectories } from "./git/open-repository";
import { createSshKeyStore } from "./git/ssh-keys";
import { createTrustStore } from "./git/trust";
import { createGuideContainer } from "./guide-container";
import { createAccessHandlers } from "./http/access-handlers";
import type { Credentials } from "./http/credentials";
import { createGitHandlers, toTask } from "./http/git-handlers";
import { createLanguageHandlers } from "./http/language-handlers";
import { createNewProjectHandlers } from "./http/new-project-handlers";
import type { ErrorLog } from "./http/problems";
import { createDraftHandlers, createFileHandlers, createProjectHandlers } from "./http/project-handlers";
import type { Handlers } from "./http/route";
import { createTerminalHandlers } from "./http/terminal-handlers";
import type { ServiceTarget } from "./instance/service-proxy";
import { createLanguageKeeper } from "./language/language-keeper";
import { createPackageIndex } from "./language/package-index";
import { createPythonLint } from "./language/python-lint";
import { createCommands } from "./platform/command";
import type { DataLayout } from "./platform/data-layout";
import { watchFiles } from "./platform/file-watcher";
import type { Files } from "./platform/files";
import { createGitTransport } from "./platform/git-transport";
import type { StateLog } from "./platform/json-state";
import { createNodePtys } from "./platform/pty";
import type { RunIdentity } from "./platform/run-identity";
import { fetchFromWeb } from "./platform/web-fetch";
import { createLanguageEventHandlers } from "./realtime/language-stream";
import { createProjectEventHandlers } from "./realtime/project-events";
import { createTerminalEventHandlers } from "./realtime/terminal-stream";
import { createRemovalContainer } from "./removal-container";
import { createRunContainer } from "./run-container";
import type { Settings } from "./settings";
import { createTerminalKeeper } from "./terminal/terminal-keeper";
import { createKeepCopy } from "./workspace/keep-copy";
import { createLastProjects } from "./workspace/last-projects";
import { createProjectWatch } from "./workspace/project-watch";
import { createProjects, type Projects } from "./workspace/projects";
import { createSearch } from "./workspace/search";

export interface ContainerOptions {
  readonly files: Files;
  readonly layout: DataLayout;
  readonly identity: RunIdentity;
  readonly access: AccessKeeper;
  readonly credentials: Credentials;
  readonly broadcaster: Broadcaster;
  readonly log: StateLog & ErrorLog;
  /** Where the project is installed: its sample, its engine's Python and its pages lie below. */
  readonly installDirectory: string;
  readonly version: string;
  /** Makes the engine's environment at the start; else it is made when it is asked for. */
  readonly provisionsEngine: boolean;
  readonly buildout: Settings["buildout"];
  /** PEM of authorities that remotes may have besides the system's. */
  readonly gitCertificates?: string | undefined;
}

export interface Container {
  readonly projects: Projects;
  readonly handlers: Handlers;
  readonly events: EventHandlers;
  /** Where the web service of an instance is. */
  findService(name: string): Promise<ServiceTarget | undefined>;
  /** What must be there before the first request: the sample project, the runs of an earlier server. */
  prepare(): Promise<void>;
  /** Ends what listens and follows; runs go on. */
  dispose(): Promise<void>;
}

export function createContainer(options: ContainerOptions): Container {
  const { files, layout, identity, access, credentials, broadcaster, log } = options;
  const now = (): number => Date.now();
  const commands = createCommands(identity);
  const ownCommands = createCommands({ ...identity, switched: false });
  const search = createSearch({ program: rgPath, commands, ownCommands });

  const projects = createProjects({
    files,
    layout,
    identity,
    commands,
    search,
    sampleDirectory: `${options.installDirectory}/server/engine/sample`,
    log,
    now,
    isBuilt: (project, profile) => running.isBuilt(project, profile),
  });
  const terminals = createTerminalKeeper({
    ptys: createNodePtys(identity),
    now: () => new Date(),
    newId: () => randomUUID().replaceAll("-", ""),
    onChanged: (terminal) => broadcaster.toProject(terminal.project, "terminal:changed", terminal),
  });
  const terminalEnvironment = (project: string): Record<string, string> => ({
    PATH: `${layout.engine}/venv/bin:${process.env.PATH ?? "/usr/local/bin:/usr/bin:/bin"}`,
    SLAPOS_CONFIGURATION: `${layout.project(project).slapos}/etc/slapos.cfg`,
    SLAPOS_CLIENT_CONFIGURATION: `${layout.project(project).slapos}/etc/slapos.cfg`,
  });
  const running = createRunContainer({
    files,
    layout,
    identity,
    commands,
    broadcaster,
    log,
    provisionsEngine: options.provisionsEngine,
    buildout: options.buildout,
    engineSources: `${options.installDirectory}/server/engine/python`,
    openTree: (project) => openTree(project),
    listUnsaved: async (project) => (await projects.get(project)).workspace.listDrafts(),
    listReleases: async (project) =>
      (await projects.listReleases(await projects.get(project))).map(({ profile }) => profile),
    async findEngine(project, profile) {
      const releases = await projects.listReleases(await projects.get(project));
      return releases.find((release) => release.profile === profile)?.engine ?? "buildout";
    },
    pushed: {
      find: (...release) => gestures.pushed.find(...release),
      clone: (...release) => gestures.pushed.clone(...release),
      findForgotten: (...release) => gestures.pushed.findForgotten(...release),
    },
    findLastChange: (project, path, text, range) => findLastChange(git, project, path, text, range),
    listDeveloped: (project) => guide.listDeveloped(project),
    listProjects: async () => (await projects.list()).map(({ id }) => id),
    git: () => git,
    gitLogins: () => gitLogins,
    terminals,
    terminalEnvironment,
  });
  projects.onDraftChanged.on(({ project, path }) => broadcaster.toProject(project, "draft:changed", { project, path }));
  const language = createLanguageKeeper({
    program: `${options.installDirectory}/dist/language-worker.mjs`,
    environmentOf: () => ({
      WEBRUNNER_PYTHON: `${layout.engine}/venv/bin/python`,
      ...(process.env.WEBRUNNER_PYPI_URL ? { WEBRUNNER_PYPI_URL: process.env.WEBRUNNER_PYPI_URL } : {}),
      ...(process.env.PIP_INDEX_URL ? { PIP_INDEX_URL: process.env.PIP_INDEX_URL } : {}),
    }),
    newId: () => randomUUID().replaceAll("-", ""),
    log,
  });
  const directoryOf = async (project: string): Promise<string> => (await openTree(project)).root;
  const projectWatch = createProjectWatch({
    watch: watchFiles,
    onChange(change) {
      broadcaster.toProject(change.project, "file:changed", change);
      language.fileChanged(change.project, change.path, change.change === "removed");
    },
    listRepositories: listGitDirectories,
    onRepositoryChange: (project, repository) => broadcaster.toProject(project, "git:changed", { project, repository }),
    log,
  });

  const lastProjects = createLastProjects({ files, path: `${layout.state}/last-projects.json`, log, now: Date.now });
  const openTree = async (project: string) => (await projects.get(project)).tree;

  const gitLogins = createCredentialStore({ files, directory: layout.state });
  const sshKeys = createSshKeyStore(files, layout.state);
  const gitTrust = createTrustStore(files, layout.state);
  const git = createGitService({
    workspaceOf: async (project) => {
      const { tree } = await projects.get(project);
      await files.ensureDirectory(layout.project(project).history);
      return tree.root;
    },
    home: identity.home,
    transport: createGitTransport({
      identity,
      fallbackProgram: `${options.installDirectory}/server/platform/git-transport-fallback.mjs`,
    }),
    credentials: gitLogins,
    async trustOf(account, url) {
      if (url.protocol === "ssh") {
        const [knownHosts, identities] = [await gitTrust.knownHosts(account), await sshKeys.identities(account)];
        return { ssh: { knownHosts, identities } };
      }
      const own = await gitTrust.certificatesOf(account, url.origin);
      const certificates = `${options.gitCertificates ?? ""}\n${own ?? ""}`.trim();
      return certificates === "" ? {} : { certificates: `${certificates}\n` };
    },
    keepCopyOf: (project) => createKeepCopy(layout.project(project).history, () => new Date()),
    onChanged: (project, repository) => broadcaster.toProject(project, "git:changed", { project, repository }),
    onTask: (task) => broadcaster.toProject(task.project, "git:task-changed", toTask(task)),
    newId: () => randomUUID().replaceAll("-", ""),
    now: () => new Date(),
  });

  const guide = createGuideContainer({
    files,
    layout,
    projects,
    search,
    git,
    gitLogins,
    running,
    broadcaster,
    log,
  });
  const lintPython = createPythonLint(() => `${layout.engine}/venv/bin/python`);
  const packageIndex = createPackageIndex({
    fetch: fetchFromWeb,
    now,
    url: () => (process.env.WEBRUNNER_PYPI_URL ?? process.env.PIP_INDEX_URL ?? "").replace(/\/simple\/?$|\/+$/, ""),
  });
  const gestures = createGestureContainer({
    projects,
    git,
    files,
    layout,
    home: identity.home,
    log,
    check: (project) => ({
      async lintPython(sources) {
        const found = await lintPython(sources.map((source) => ({ source, builtins: [] })));
        return sources.map((_source, index) => found.filter(({ snippet }) => snippet === index));
      },
      packages: packageIndex,
      listDeveloped: async () => (await guide.listDeveloped(project)).map(({ egg }) => egg),
    }),
  });

  return {
    projects,
    findService: running.findService,
    handlers: {
      health: () => ({ status: "ok", version: options.version }),
      ...createAccessHandlers({ access, credentials }),
      ...createProjectHandlers({ projects, lastProjects, search }),
      ...createFileHandlers({ projects }),
      ...createDraftHandlers({ projects }),
      ...createTerminalHandlers({ terminals, openTree, environmentOf: terminalEnvironment }),
      ...createLanguageHandlers({ language, directoryOf }),
      ...createNewProjectHandlers({ projects, git, credentials: gitLogins }),
      ...createRemovalContainer({ projects, git, running, terminals, language, projectWatch, broadcaster }).handlers,
      ...createGitHandlers({ git, credentials: gitLogins, sshKeys, trust: gitTrust }),
      ...gestures.handlers,
      ...guide.handlers,
      ...running.handlers,
    },
    events: {
      ...createProjectEventHandlers({ projects, lastProjects, projectWatch }),
      ...createTerminalEventHandlers(terminals),
      ...createLanguageEventHandlers({ language, directoryOf }),
      ...running.events,
    },
    async prepare() {
      await projects.prepare();
      const ids = (await projects.list()).map(({ id }) => id);
      await running.prepare(ids);
      await guide.prepare(ids);
    },
    async dispose() {
      git.dispose();
      gestures.dispose();
      guide.dispose();
      terminals.dispose();
      running.dispose();
      projectWatch.dispose();
      language.dispose();
    },
  };
}
