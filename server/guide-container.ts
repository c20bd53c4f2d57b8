/**
 * The part of the composition that leads a person through the main job: recipe development mode, Run all, the first-run
 * checklist, the tutorial. They need most other features, which only meet here.
 */
import { createHash } from "node:crypto";
import { join, posix } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { WebrunnerError } from "@/lib/base/errors";
import type { RunInfo, RunRequest } from "@/lib/protocol";
import type { Broadcaster } from "@/server/realtime/event";
import { createDoctor } from "./doctor/doctor";
import { findUpstream, readHead } from "./git/branches";
import { createCommit, findIdentity } from "./git/commit";
import type { createCredentialStore } from "./git/credentials";
import { compareCommits } from "./git/differences";
import { pushBranch, testPush } from "./git/exchange";
import type { GitService, OpenedRepository } from "./git/git-service";
import { getAllowedUrl, getRemoteUrl, listRemotes, saveRemote } from "./git/remotes";
import { stagePaths } from "./git/staging";
import { readStatus } from "./git/status";
import { createWaitingClone } from "./git/waiting-clone";
import { createDoctorHandlers } from "./http/doctor-handlers";
import type { ErrorLog } from "./http/problems";
import { createRecipeHandlers } from "./http/recipe-handlers";
import type { Handlers } from "./http/route";
import { createRunAllHandlers } from "./http/run-all-handlers";
import { createTutorialHandlers } from "./http/tutorial-handlers";
import { findServiceUrl } from "./instance/service-address";
import { createPythonLint } from "./language/python-lint";
import type { DataLayout } from "./platform/data-layout";
import type { Files } from "./platform/files";
import type { StateLog } from "./platform/json-state";
import { createKeptAnalyses } from "./platform/kept-analyses";
import { readMachineState } from "./platform/machine";
import { createPlanDisk } from "./platform/plan-disk";
import { createRecipeDevelopment } from "./recipes/recipe-development";
import { checkPython } from "./run-all/python-check";
import { createRunAllKeeper, type StepEnd } from "./run-all/run-all";
import type { RunContainer } from "./run-container";
import type { TutorialFacts } from "./tutorial/tutorial-checks";
import { createTutorialKeeper, type TutorialPorts } from "./tutorial/tutorial-keeper";
import type { Projects } from "./workspace/projects";
import { findReleases } from "./workspace/releases";
import type { Search } from "./workspace/search";

const LOOK_MS = 200;
const PROBE_MS = 1_000;
const PARTITIONS = 10;

export interface GuideContainerOptions {
  readonly files: Files;
  readonly layout: DataLayout;
  readonly projects: Projects;
  readonly search: Search;
  readonly git: GitService;
  readonly gitLogins: ReturnType<typeof createCredentialStore>;
  readonly running: RunContainer;
  readonly broadcaster: Broadcaster;
  readonly log: StateLog & ErrorLog;
}

export type GuideHandlerName =
  | "listRecipes"
  | "developRecipe"
  | "releaseRecipe"
  | "startRunAll"
  | "readRunAll"
  | "stopRunAll"
  | "readDoctor"
  | "fixDoctorCheck"
  | "readTutorial"
  | "doTutorialStep"
  | "restartTutorial";

export interface GuideContainer {
  readonly handlers: Pick<Handlers, GuideHandlerName>;
  listDeveloped(project: string): Promise<{ egg: string; directory: string }[]>;
  prepare(projects: readonly string[]): Promise<void>;
  dispose(): void;
}

export function createGuideContainer(options: GuideContainerOptions): GuideContainer {
  const { files, layout, projects, search, git, gitLogins, running, broadcaster, log } = options;
  const now = (): Date => new Date();
  const python = (): string => `${layout.engine}/venv/bin/python`;
  const lint = createPythonLint(python);

  const openTree = async (project: string) => (await projects.get(project)).tree;
  const listPaths = async (root: string): Promise<readonly string[]> => (await search.listPaths(root)).paths;
  const listReleases = async (project: string) => projects.listReleases(await projects.get(project));
  const clone = createWaitingClone(git, gitLogins);
  /** In the workspace's own repository; undefined where it is none. */
  const inRepository = async <T>(
    project: string,
    path: string,
    work: (opened: OpenedRepository) => Promise<T> | T,
    changes = false,
  ): Promise<T | undefined> => {
    try {
      return await git.run(project, path, work, { changes });
    } catch (error) {
      if (error instanceof WebrunnerError && error.code === "git/no-repository") return undefined;
      throw error;
    }
  };

  const recipes = createRecipeDevelopment({
    files,
    layout,
    openTree,
    listPaths,
    async listBuilt(project) {
      const { root } = await openTree(project);
      const built = findReleases(await listPaths(root)).map(async ({ profile }) =>
        (await running.listBuildDirectories(project, profile)).map((directory) => ({ profile, directory })),
      );
      return (await Promise.all(built)).flat();
    },
    readBranch: (project, path) => inRepository(project, path, ({ repository }) => readHead(repository).branch),
    onChanged: (project) => broadcaster.toProject(project, "recipe:changed", { project }),
    log,
    now,
  });

  /** The workspace's repository and those of developed checkouts, by workspace path. */
  const listRepositories = async (project: string): Promise<string[]> => {
    const { root } = await openTree(project);
    const developed = (await recipes.listDeveloped(project)).map(({ directory }) => directory.slice(root.length + 1));
    // All others are looked for in the whole tree.
    if (developed.length === 0) return [""];
    const known = await git.list(project);
    return known.filter((path) => path === "" || developed.some((one) => one === path || one.startsWith(`${path}/`)));
  };

  /** What differs from what is committed, by workspace path, and whether git knows it; new folders with all their files. */
  const listUncommitted = async (project: string): Promise<{ path: string; isNew: boolean }[]> => {
    const { root } = await openTree(project);
    let repositories: ReadonlySet<string> | undefined;
    const found: { path: string; isNew: boolean }[] = [];
    for (const path of await listRepositories(project)) {
      const entries = await inRepository(project, path, ({ repository, tree, submodule }) =>
        readStatus(repository, tree, { submodule }),
      );
      for (const entry of entries ?? []) {
        const name = posix.join(path, entry.path);
        const isNew = entry.unstaged === "?" || entry.staged === "A";
        if (!name.endsWith("/")) {
          found.push({ path: name, isNew });
          continue;
        }
        repositories ??= new Set(await git.list(project));
        // A repository inside of this one is no change of it.
        if (!repositories.has(name.slice(0, -1)))
          for (const below of await listPaths(join(root, name))) found.push({ path: `${name}${below}`, isNew });
      }
    }
    return found;
  };

  /** What the branch follows has, as far as is known here. */
  const findUpstreamCommit = (repository: OpenedRepository["repository"]): string | undefined => {
    const { branch } = readHead(repository);
    const upstream = branch === undefined ? undefined : findUpstream(repository, branch);
    return upstream && repository.refs.resolve(upstream.tracking);
  };

  /** What differs from what the upstream of a repository has; undefined for one that follows none. */
  const listUnpushed = ({ repository }: OpenedRepository): ReadonlySet<string> | undefined => {
    const since = findUpstreamCommit(repository);
    if (since === undefined) return undefined;
    return new Set(compareCommits(repository, since, "HEAD").map(({ path }) => path));
  };

  /** Whether a file is not as the server has it that its repository was cloned from: all files of one that follows none. */
  const findOwnFiles = async (
    project: string,
    uncommitted: ReadonlySet<string>,
  ): Promise<(path: string) => boolean> => {
    const unpushed = new Map<string, ReadonlySet<string> | undefined>();
    for (const path of await listRepositories(project))
      unpushed.set(path, await inRepository(project, path, listUnpushed));
    // The innermost first.
    const folders = [...unpushed.keys()].sort((a, b) => b.length - a.length);
    return (path) => {
      const folder = folders.find((one) => one === "" || path.startsWith(`${one}/`)) ?? "";
      const changed = unpushed.get(folder);
      return changed === undefined || uncommitted.has(path) || changed.has(posix.relative(folder, path));
    };
  };

  const pythonProblems = async (project: string): Promise<StepEnd> => {
    const tree = await openTree(project);
    const changed = (await listUncommitted(project)).map(({ path }) => path);
    const isOwn = await findOwnFiles(project, new Set(changed));
    return checkPython({ tree, paths: await listPaths(tree.root), changed, isOwn, lint });
  };

  const commitAll = async (project: string, message: string): Promise<StepEnd> => {
    const made: string[] = [];
    for (const path of await listRepositories(project)) {
      const commit = await inRepository(
        project,
        path,
        async ({ repository, tree, submodule }) => {
          const paths = readStatus(repository, tree, { submodule }).flatMap((entry) => [
            entry.path,
            ...(entry.from === undefined ? [] : [entry.from]),
          ]);
          if (paths.length === 0) return undefined;
          await stagePaths(repository, tree, paths);
          try {
            return await createCommit(repository, { message });
          } catch (error) {
            // A repository inside of this one is no change of it.
            if (error instanceof WebrunnerError && error.code === "git/nothing-to-do") return undefined;
            throw error;
          }
        },
        true,
      );
      if (commit) made.push(`${commit.id.slice(0, 8)} ${commit.subject}`);
    }
    if (made.length === 0) return { state: "skipped", summary: "There is nothing to commit." };
    return { state: "done", summary: made.join(", ") };
  };

  const runToEnd = async (project: string, request: RunRequest): Promise<RunInfo> => {
    const { id } = await running.runs.start(project, request);
    for (;;) {
      const run = running.runs.get(id);
      if (run.finishedAt !== undefined) return run;
      await wait(LOOK_MS);
    }
  };

  const checkPromises = async (project: string, name: string): Promise<StepEnd> => {
    const { partitions } = await running.instances.get(project, name);
    let kept = 0;
    const problems: { text: string }[] = [];
    for (const { id } of partitions) {
      for (const promise of await running.slapos.checkPromises(project, id, undefined)) {
        if (promise.state === "ok") kept++;
        else problems.push({ text: `${promise.name}: ${promise.message.trim()}` });
      }
    }
    const [first] = problems;
    if (first) return { state: "failed", summary: `A promise is not kept: ${first.text}`, problems, code: 2 };
    return { state: "done", summary: `${kept} ${kept === 1 ? "promise is" : "promises are"} kept.` };
  };

  const runAll = createRunAllKeeper({
    files,
    layout,
    async engineOf(project, profile) {
      const release = (await listReleases(project)).find((one) => one.profile === profile);
      if (release) return release.engine;
      if (await (await openTree(project)).findEntry(profile as never)) return "slapos";
      throw new WebrunnerError("run/refused", {
        message: `There is no profile ${profile}.`,
        hint: "Name a software.cfg of the workspace.",
      });
    },
    checkPython: pythonProblems,
    commit: commitAll,
    startRun: (project, request) => running.runs.start(project, request),
    getRun: (id) => running.runs.get(id),
    stopRun: (id) => running.runs.stop(id),
    checkPromises,
    async findService(project, name) {
      const { connection, service } = await running.instances.get(project, name);
      const url = findServiceUrl(connection)?.href;
      return { ...(url && { url }), ...(service && { service }) };
    },
    onChanged: (info) => broadcaster.toProject(info.project, "run-all:changed", info),
    log,
    now,
  });

  const findPushRemote = ({ repository }: OpenedRepository): { name: string; url: string } | undefined => {
    const remotes = listRemotes(repository);
    const { branch } = readHead(repository);
    const followed = branch === undefined ? undefined : findUpstream(repository, branch)?.remote;
    const found =
      remotes.find(({ name }) => name === followed) ??
      remotes.find(({ name }) => name === "fork") ??
      (remotes.length === 1 ? remotes[0] : undefined);
    return found && { name: found.name, url: found.url };
  };

  const probeProxy = async (project: string): Promise<"answers" | "silent" | "none"> => {
    const bytes = await files.find(join(layout.project(project).slapos, "etc", "proxy-port"));
    if (!bytes) return "none";
    const port = Number(new TextDecoder().decode(bytes));
    try {
      // Any answer is one: what is asked is whether it works at all.
      await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(PROBE_MS), redirect: "manual" });
      return "answers";
    } catch {
      return "silent";
    }
  };

  const doctor = createDoctor({
    findIdentity: (project) => inRepository(project, "", ({ repository }) => findIdentity(repository)),
    findFork: (project) => inRepository(project, "", findPushRemote),
    async testFork(project, account, remote) {
      await git.run(project, "", ({ repository }, apart) =>
        testPush(repository, { ...git.context(account), apart }, getRemoteUrl(repository, remote, "push")),
      );
    },
    engineStatus: () => running.environment.status,
    probeProxy,
    proxyEvents: (project) => running.slapos.proxyEvents(project),
    partitions: PARTITIONS,
    readMachine: () => readMachineState(layout.root),
    listReleases,
    provision: () => void running.environment.provision(),
    startProxy: (project) => running.slapos.resume(project),
    runSoftware: (project, profile) => running.runs.start(project, { kind: "software", profile }),
    now: () => Date.now(),
  });

  const readHistory = async (project: string, baseline: string | undefined) => {
    const changed = new Set<string>();
    const added = new Set<string>();
    for (const path of await listRepositories(project)) {
      await inRepository(project, path, ({ repository }) => {
        // Of a clone that was made for a recipe: what its server does not have yet.
        const since = path === "" ? baseline : findUpstreamCommit(repository);
        for (const difference of since === undefined ? [] : compareCommits(repository, since, "HEAD")) {
          changed.add(posix.join(path, difference.path));
          if (difference.before === undefined) added.add(posix.join(path, difference.path));
        }
      });
    }
    const uncommitted = await listUncommitted(project);
    for (const { path, isNew } of uncommitted) {
      changed.add(path);
      if (isNew) added.add(path);
    }
    const head = await inRepository(project, "", (opened) => {
      const { repository } = opened;
      const { id, branch } = readHead(repository);
      const remote = findPushRemote(opened);
      const upstream = branch === undefined ? undefined : findUpstream(repository, branch);
      const remoteId = upstream && repository.refs.resolve(upstream.tracking);
      const detail = !remote
        ? "No fork is connected."
        : remoteId === undefined
          ? `${branch} was never pushed to ${remote.name}.`
          : remoteId === id
            ? `${upstream!.tracking.replace("refs/remotes/", "")} is ${id?.slice(0, 8)}`
            : `${remote.name} has not what is committed here.`;
      const at = id && id !== baseline ? repository.objects.readCommit(id).committer.seconds : undefined;
      return { pushed: { ok: remoteId !== undefined && remoteId === id, detail }, at };
    });
    return { changed, added, head, uncommitted: new Set(uncommitted.map(({ path }) => path)) };
  };

  const readTemplates = async (project: string, release: string | undefined) => {
    if (release === undefined) return [];
    const tree = await openTree(project);
    const folder = posix.dirname(release);
    const hashes = await readText(project, `${folder}/buildout.hash.cfg`);
    const found: TutorialFacts["templates"][number][] = [];
    for (const [, name, written] of (hashes ?? "").matchAll(
      /^filename *= *(\S+)\n(?:.*\n)*?md5sum *= *([0-9a-f]{32})$/gm,
    )) {
      const path = posix.join(folder, name!);
      if (!/\.(?:in|jinja2?|j2)$/.test(path) || !(await tree.findEntry(path as never))) continue;
      const { bytes } = await tree.read(path as never, 1024 * 1024);
      found.push({ path, written: written!, actual: createHash("md5").update(bytes).digest("hex") });
    }
    return found;
  };

  const readText = async (project: string, path: string): Promise<string | undefined> => {
    try {
      return (await (await projects.get(project)).workspace.readText(path)).text;
    } catch (error) {
      if (error instanceof WebrunnerError && error.code === "file/not-found") return undefined;
      throw error;
    }
  };

  const analyses = createKeptAnalyses();
  const tutorials = createTutorialKeeper({
    files,
    path: join(layout.state, "tutorials.json"),
    async findStart(project) {
      const baseline = await inRepository(project, "", ({ repository }) => readHead(repository).id);
      const { root } = await openTree(project);
      const releases = findReleases(await listPaths(root)).filter(({ engine }) => engine === "slapos");
      // SlapOS's own lessons begin with its helloworld: small, and soon built.
      const first = releases.find(({ profile }) => profile.startsWith("software/hello")) ?? releases[0];
      return { baseline, release: first?.profile };
    },
    async readFacts(project, { baseline, release, startedAt, done }): Promise<TutorialFacts> {
      const tree = await openTree(project);
      const { root } = tree;
      const { changed, added, head, uncommitted } = await readHistory(project, baseline);
      const { status } = running.environment;
      const own = findReleases([...added]).find(({ profile, engine }) => engine === "slapos" && profile !== release);
      const identity = await inRepository(project, "", ({ repository }) => findIdentity(repository));
      // A process of its own: only while somebody is at the step that asks for it, and of what was changed.
      const isAsked = done.has("step-9") && !done.has("step-10");
      const lintEnd = isAsked
        ? await checkPython({ tree, paths: [], changed: [...changed], isOwn: () => true, lint })
        : undefined;
      const notAsked = done.has("step-10") ? undefined : "looked at once a recipe is in development mode";
      return {
        engineReady: status.phase === "ready",
        engineDetail: status.message,
        identity: identity && `${identity.name} <${identity.email}>`,
        root,
        analysis: analyses.open(root),
        release,
        own: own?.profile,
        runs: running.runs.list(project),
        done,
        startedAt,
        changed,
        uncommitted,
        pushed: head?.pushed ?? { ok: false, detail: "The workspace is no git repository." },
        committedAt: head?.at === undefined ? undefined : new Date(head.at * 1000).toISOString(),
        templates: await readTemplates(project, release),
        developed: (await recipes.listUsed(project))[0],
        pythonErrors: lintEnd ? (lintEnd.state === "failed" ? lintEnd.summary : undefined) : notAsked,
        instances: await running.instances.list(project),
        runAll: await runAll.find(project),
      };
    },
    async openActions(project, account, say): Promise<TutorialPorts> {
      const { tree, workspace } = await projects.get(project);
      return {
        readText: (path) => readText(project, path),
        async writeText(path, text) {
          const tag = await workspace.readText(path).then(
            (found) => found.tag,
            () => null, // Not there yet: it is made.
          );
          await workspace.replaceText(path, text, tag);
          broadcaster.toProject(project, "file:changed", { project, path, change: "changed" });
        },
        listPaths: () => listPaths(tree.root),
        analysisOptions: { source: createPlanDisk([tree.root]).profiles, dialect: "slapos" },
        run: (request) => runToEnd(project, request),
        async runAll(request) {
          await runAll.start(project, request);
          for (;;) {
            const info = await runAll.find(project);
            if (info && info.state !== "running") return info;
            await wait(LOOK_MS);
          }
        },
        async provision() {
          const status = await running.environment.provision();
          if (status.phase !== "ready") {
            throw new WebrunnerError("engine/not-ready", {
              message: status.message,
              ...(status.hint && { hint: status.hint }),
            });
          }
        },
        async saveIdentity(name, email) {
          const change = ({ repository }: OpenedRepository) =>
            repository.changeConfig([
              { section: "user", key: "name", value: name },
              { section: "user", key: "email", value: email },
            ]);
          await git.run(project, "", change, { changes: true });
        },
        commit: async (message) => void (await commitAll(project, message)),
        async push(fork) {
          await git.run(
            project,
            "",
            async (opened, apart) => {
              const { repository } = opened;
              const context = { ...git.context(account), apart };
              if (fork) {
                const url = getAllowedUrl(fork.url);
                const login = fork.password === "" ? undefined : { user: fork.user || "git", password: fork.password };
                await testPush(repository, { ...context, ...(login && { login: async () => login }) }, url);
                if (login) await gitLogins.save(account, url.url, login);
                await saveRemote(repository, "fork", url.url);
              }
              const remote = findPushRemote(opened);
              if (!remote) {
                throw new WebrunnerError("git/not-found", {
                  message: "No fork is connected.",
                  hint: "Give the address of your fork.",
                });
              }
              await pushBranch(repository, context, { remote: remote.name, setUpstream: true });
            },
            { changes: true },
          );
        },
        async listCheckouts() {
          return (await recipes.list(project)).filter(({ checkouts }) => checkouts.length > 0).map(({ egg }) => egg);
        },
        async develop(egg, url) {
          await recipes.develop(project, egg, url === undefined ? {} : { url }, (folder, address, branch) =>
            clone({ project, account, folder, url: address, branch, user: undefined, password: undefined }),
          );
        },
        async requestInstance(name, profile, parameters) {
          await running.instances.request(project, name, { profile, parameters });
        },
        say,
      };
    },
    onChanged: (project) => broadcaster.toProject(project, "tutorial:changed", { project }),
    log,
    now,
  });

  return {
    handlers: {
      ...createRecipeHandlers({ recipes, clone }),
      ...createRunAllHandlers({ runAll, ensureProject: async (project) => void (await projects.get(project)) }),
      ...createDoctorHandlers(doctor),
      ...createTutorialHandlers(tutorials),
    },
    listDeveloped: (project) => recipes.listDeveloped(project),
    prepare: (ids) => runAll.resume(ids),
    dispose: () => runAll.dispose(),
  };
}
