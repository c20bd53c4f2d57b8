/**
 * What the run buttons, keys and commands do: choose the release, save first, start, stop, and say how it ended.
 *
 * A run sees what is on the disk, so open files are saved before it; when one cannot be, the person decides. The
 * release is the one picked last in this project; before any was picked, the one of the file in the editor.
 */
import { createStore, type StoreApi } from "zustand/vanilla";
import { toDisposable } from "@/lib/base/disposable";
import { createEmitter, type Emitter } from "@/lib/base/emitter";
import type { ReleaseInfo } from "@/lib/protocol/project";
import type { RunInfo, RunRequest } from "@/lib/protocol/runs";
import type { ClientApp } from "./app";
import { toProgramName } from "./instance-words";
import { createInstancesStore, type InstancesStore } from "./instances";
import { createLogStore, type LogStore } from "./log";
import { createLogFolds, type LogFolds } from "./log-folds";
import { createLogSearch, type LogSearch } from "./log-search";
import { createLogTimes, type LogTimes } from "./log-times";
import { createRunFailures, type RunFailuresStore } from "./run-failures";
import type { RunPlace } from "./run-links";
import { createRunPlan, type RunPlanStore } from "./run-plan";
import { findLastRuns } from "./run-problems";
import { describeRun } from "./run-words";
import { createRunsStore, findCurrentRun, findRun, isGoingOn, type RunsStore } from "./runs";
import type { KeyValueStorage } from "./settings";
import { createTimelineStore, type TimelineStore } from "./timeline";

export const RUNS_VIEW = "runs";
export const PLAN_VIEW = "plan";
export const INSTANCES_VIEW = "instances";

/** Long enough to read it and reach its button. */
const NOTICE_MS = 8_000;

export interface OpenLog {
  readonly log: LogStore;
  readonly search: LogSearch;
  readonly timeline: TimelineStore;
  readonly folds: LogFolds;
  readonly times: LogTimes;
  /** A byte offset to bring into view; one that comes before there is a view is kept for it. */
  readonly reveal: Pick<Emitter<number>, "emit" | "on">;
}

/** Of software and buildout. */
export type RunOptions = Pick<RunRequest, "keepGoing" | "parts" | "preflight">;

export interface RunControl {
  readonly runs: RunsStore;
  readonly instances: InstancesStore;
  /** Why failed runs failed, and what runs warned of. */
  readonly failures: RunFailuresStore;
  /** What the next run would do. */
  readonly plan: RunPlanStore;
  /** Workspace path of the release picked last. */
  readonly picked: StoreApi<{ readonly profile: string | undefined }>;
  /** Which side of a run is shown, and whether the settings of runs are. */
  readonly view: StoreApi<{ readonly shown: string; readonly isKeepingOpen: boolean }>;
  /** Paths of the workspace, to find places in logs and terminals by. */
  readonly paths: StoreApi<ReadonlySet<string>>;
  /** Reads the paths anew; whoever shows text with places asks for it. */
  readPaths(): Promise<void>;
  findRelease(): ReleaseInfo | undefined;
  pick(profile: string): void;
  /** `software` builds the release, with plain buildout where that is its engine. */
  run(
    kind: "software" | "instance",
    options?: { readonly force?: boolean; readonly instance?: string } & RunOptions,
  ): Promise<void>;
  /** Builds what was pushed of a profile, from a clone of its own. */
  verify(profile: string): Promise<void>;
  stop(): Promise<void>;
  /** Tests the recipe of one section alone, and shows its log. */
  startRecipeTest(profile: string, section: string, instance?: string): Promise<void>;
  /** Shows a run and its log in the panel. */
  showRun(run: string): void;
  /** The same, at a part or a line of its log, as a link names it. */
  showPlace(place: RunPlace): Promise<void>;
  /** The log of a run; the one opened before is let go. */
  openLog(run: RunInfo): OpenLog;
  reload(): Promise<void>;
}

type App = Pick<
  ClientApp,
  "api" | "connection" | "project" | "editors" | "notices" | "dialogs" | "layout" | "workspace" | "showError"
>;

/** The release that a file belongs to: itself, or the nearest one in the folders above it. */
export function findReleaseOfFile(releases: readonly ReleaseInfo[], path: string): ReleaseInfo | undefined {
  const own = releases.find(({ profile }) => profile === path);
  if (own) return own;
  for (let folder = parentOf(path); folder !== ""; folder = parentOf(folder)) {
    const found = releases.find(({ profile }) => parentOf(profile) === folder);
    if (found) return found;
  }
  return undefined;
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

export function createRunControl(app: App, storage: KeyValueStorage): RunControl {
  const { api, connection } = app;
  const runs = createRunsStore({ api, connection });
  const instances = createInstancesStore({
    api,
    connection,
    onHandRunEnded({ group, name }) {
      const start = { title: "Start it again", run: () => instances.control(`${group}:${name}`, "start") };
      app.notices.show({ kind: "info", title: `${toProgramName(name)} by hand has ended`, actions: [start] });
    },
  });
  const failures = createRunFailures({ api, connection, workspace: app.workspace });
  const picked = createStore<{ profile: string | undefined }>(() => ({ profile: undefined }));
  const paths = createStore<ReadonlySet<string>>(() => new Set());
  const view = createStore(() => ({ shown: "run-log", isKeepingOpen: false }));
  let opened: OpenLog | undefined;
  let chosen: string | undefined;
  /** The notice of the last end: one is enough. */
  let notice: number | undefined;

  const pickedKey = (project: string): string => `webrunner.release.${project}`;
  const shownKey = (project: string): string => `webrunner.release-shown.${project}`;
  const currentProject = (): string | undefined => app.project.state.getState().project?.id;
  /** A run can be asked for from here on, before the socket is there: the answer comes over HTTP. */
  const choose = (project: string): void => {
    if (chosen === project) return;
    chosen = project;
    picked.setState({ profile: storage.getItem(pickedKey(project)) ?? undefined });
    runs.choose(project);
    instances.choose(project);
  };
  const reload = async (): Promise<void> => {
    const project = currentProject();
    if (project === undefined) return;
    choose(project);
    await Promise.all([runs.load(project), instances.load(project)]);
  };
  const readPaths = async (): Promise<void> => {
    const project = currentProject();
    if (project === undefined) return;
    try {
      paths.setState(new Set((await api.listFiles({ params: { project } })).paths), true);
    } catch {
      // Without the list, paths in logs are text and no links.
    }
  };

  runs.connect();
  instances.connect();
  /** Listens before it reads: an end that falls between the two would never be told. */
  const follow = async (): Promise<void> => {
    const project = currentProject();
    if (project === undefined) return;
    await connection.request("watchProject", { project }).catch(() => undefined); // Without events, what is read stands.
    await reload();
  };
  connection.onOnline(() => void follow());
  app.project.state.subscribe((state, before) => {
    if (state.project === undefined || state.project.id === before.project?.id) return;
    choose(state.project.id);
    if (connection.state.getState().state === "online") void follow();
  });
  connection.on("run:changed", (run) => {
    if (!isGoingOn(run) && run.project === currentProject()) void app.project.refreshReleases().catch(() => undefined);
  });
  // Chunks of a log that was let go meanwhile: unacknowledged, they would hold the credit of the next log.
  connection.on("log:chunk", (chunk, acknowledge) => {
    if (chunk.run !== opened?.log.run) acknowledge?.();
  });
  runs.finished.on((run) => tellEnd(run));
  // What they failed of and warned of stands among the problems.
  runs.state.subscribe(({ runs: known }) => {
    for (const run of findLastRuns(known)) {
      if (run.logSizeBytes === 0) continue;
      void failures.warnings.read(run.id);
      if (run.state === "failed") void failures.read(run.id);
    }
  });

  const findShownRelease = (): ReleaseInfo | undefined => {
    const { groups, activeGroup } = app.editors.state.getState();
    const group = groups.find(({ id }) => id === activeGroup);
    const tab = group?.tabs.find(({ id }) => id === group.active);
    return tab?.kind === "file" ? findReleaseOfFile(app.project.state.getState().releases, tab.path) : undefined;
  };
  /** The one picked; else that of the open file; for a file of no release (a component) the one that was open before. */
  const findRelease = (): ReleaseInfo | undefined => {
    const { releases } = app.project.state.getState();
    const project = currentProject();
    const before = project === undefined ? undefined : storage.getItem(shownKey(project));
    const byProfile = (name: string | null | undefined) => releases.find(({ profile }) => profile === name);
    return byProfile(picked.getState().profile) ?? findShownRelease() ?? byProfile(before) ?? releases[0];
  };
  const keepShownRelease = (): void => {
    const project = currentProject();
    const shown = findShownRelease();
    if (project !== undefined && shown) storage.setItem(shownKey(project), shown.profile);
  };
  app.editors.state.subscribe(keepShownRelease);
  app.project.state.subscribe(keepShownRelease);
  const plan = createRunPlan({ api, connection, project: app.project, picked, findRelease });
  const pick = (profile: string): void => {
    const project = currentProject();
    if (project !== undefined) storage.setItem(pickedKey(project), profile);
    picked.setState({ profile });
  };

  /** True when the disk has what the editors show, or the person wants to run without. */
  const saveOpenFiles = async (): Promise<boolean> => {
    const documents = app.workspace.getState()?.documents;
    if (!documents) return true;
    const dirty = (): string[] =>
      [...documents.state.getState().values()].filter((document) => document.dirty).map(({ path }) => path);
    if (dirty().length === 0) return true;
    await documents.saveAll();
    const unsaved = dirty();
    if (unsaved.length === 0) return true;
    const answer = await app.dialogs.choose({
      title: "Not everything is saved",
      detail: `A run sees what is on the disk. Not saved: ${unsaved.join(", ")}`,
      choices: [{ id: "run", title: "Run what is on the disk" }],
    });
    return answer === "run";
  };

  const forgetNotice = (): void => {
    if (notice !== undefined) app.notices.dismiss(notice);
    notice = undefined;
  };
  const showRun = (run: string): void => {
    forgetNotice();
    runs.select(run);
    app.layout.showPanelView(RUNS_VIEW);
  };
  const start = async (request: RunRequest): Promise<void> => {
    try {
      showRun((await runs.start(request)).id);
    } catch (error) {
      const busy = findBusy(error);
      if (busy === undefined) throw error;
      showRun(busy);
      app.notices.show({ kind: "info", title: "This is running already", detail: "Here is the run that goes on." });
    }
  };

  const findBusy = (error: unknown): string | undefined => {
    if (!(error instanceof Error) || (error as { code?: string }).code !== "run/busy") return undefined;
    const { run } = (error as unknown as { data: { run?: unknown } }).data;
    return typeof run === "string" ? run : runs.state.getState().runs.find(isGoingOn)?.id;
  };

  /** Whether the panel shows the run, which then tells of its end by itself. */
  const isInView = (run: RunInfo): boolean => {
    const { panelOpen, panelView } = app.layout.state.getState();
    const state = runs.state.getState();
    const shown = findRun(state, state.selected) ?? findCurrentRun(state);
    return panelOpen && panelView === RUNS_VIEW && shown?.id === run.id;
  };

  function tellEnd(run: RunInfo): void {
    const isDeployed = run.kind === "instance" && run.state === "succeeded" && !run.nothingToDo;
    const { sideBarOpen, sideView } = app.layout.state.getState();
    if (isDeployed ? sideBarOpen && sideView === INSTANCES_VIEW : isInView(run)) return;
    const words = describeRun(run);
    const show = { title: "Show log", run: () => showRun(run.id) };
    const actions = run.nothingToDo
      ? [
          {
            title: "Build anyway",
            run: () => start({ kind: run.kind, profile: run.profile, instance: run.instance, force: true }),
          },
          show,
        ]
      : isDeployed
        ? [{ title: "Show instance", run: () => app.layout.showSideView(INSTANCES_VIEW) }]
        : [show];
    forgetNotice();
    notice = app.notices.show({
      kind: words.tone === "bad" ? "error" : words.tone === "good" ? "success" : "info",
      title: words.ended,
      detail: run.error ?? run.reason ?? words.detail,
      actions,
      ...(words.tone === "bad" ? {} : { durationMs: NOTICE_MS }),
    });
  }

  const untilRunsAreRead = async (): Promise<void> => {
    if (runs.state.getState().status !== "loading") return;
    await new Promise<void>((resolve) => {
      const stop = runs.state.subscribe(({ status }) => {
        if (status === "loading") return;
        stop();
        resolve();
      });
    });
  };
  const openLog = (run: RunInfo): OpenLog => {
    if (opened?.log.run === run.id) return opened;
    opened?.search.dispose();
    opened?.log.dispose();
    opened?.timeline.dispose();
    const log = createLogStore({ api, connection, run: run.id, sizeBytes: run.logSizeBytes });
    const timeline = createTimelineStore({ api, connection, run: run.id });
    opened = {
      log,
      timeline,
      search: createLogSearch({ log, api }),
      folds: createLogFolds(timeline),
      times: createLogTimes({ api, log }),
      reveal: createReveal(),
    };
    void readPaths();
    return opened;
  };

  return {
    runs,
    instances,
    failures,
    plan,
    picked,
    view,
    paths,
    readPaths,
    findRelease,
    pick,
    showRun,
    async showPlace(place) {
      await untilRunsAreRead();
      const run = findRun(runs.state.getState(), place.run);
      if (!run) {
        app.notices.show({ kind: "error", title: "There is no such run", detail: "It may have been removed since." });
        return;
      }
      showRun(run.id);
      view.setState({ shown: "run-log" });
      const { line, part } = place;
      if (line === undefined && part === undefined) return;
      const { offset } = await api.findLogLine({ params: { run: run.id }, query: { line, part } });
      openLog(run).reveal.emit(offset);
    },
    reload,
    async run(kind, options = {}) {
      await app.project.whenRead();
      const release = findRelease();
      if (!release) {
        app.notices.show({
          kind: "warning",
          title: "There is nothing to run",
          detail: "The project has no software.cfg or buildout.cfg.",
        });
        return;
      }
      if (!(await saveOpenFiles())) return;
      pick(release.profile);
      const isInstance = kind === "instance";
      const known = instances.state.getState().instances.filter(({ profile }) => profile === release.profile);
      const selected = known.find(({ name }) => name === instances.state.getState().selected) ?? known[0];
      const engineKind = !isInstance && release.engine === "buildout" ? "buildout" : kind;
      const name = isInstance ? (options.instance ?? selected?.name) : undefined;
      const { force, keepGoing, parts, preflight } = options;
      const chosen = isInstance ? {} : { keepGoing, parts, preflight };
      await start({ kind: engineKind, profile: release.profile, instance: name, force, ...chosen });
    },
    async startRecipeTest(profile, section, instance) {
      showRun((await runs.start({ kind: "recipe", profile, section, instance })).id);
    },
    async verify(profile) {
      showRun((await runs.start({ kind: "verification", profile })).id);
    },
    async stop() {
      const run = findCurrentRun(runs.state.getState());
      if (run && isGoingOn(run)) await runs.stop(run.id);
    },
    openLog,
  };
}

/** An emitter whose first listener also hears what was said last before it came. */
function createReveal(): OpenLog["reveal"] {
  const emitter = createEmitter<number>(console.error);
  let pending: number | undefined;
  let listeners = 0;
  return {
    emit(offset) {
      if (listeners === 0) pending = offset;
      else emitter.emit(offset);
    },
    on(listener) {
      listeners++;
      const heard = emitter.on(listener);
      if (pending !== undefined) listener(pending);
      pending = undefined;
      return toDisposable(() => {
        listeners--;
        heard.dispose();
      });
    },
  };
}
