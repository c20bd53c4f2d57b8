import { expect, test } from "vitest";
import { createStore } from "zustand/vanilla";
import { createRunControl, findReleaseOfFile } from "@/lib/client/run-control";
import type { ReleaseInfo } from "@/lib/protocol/project";
import type { RunRequest } from "@/lib/protocol/runs";
import { settle } from "./log-fixture";

const release = (profile: string, engine: ReleaseInfo["engine"] = "slapos"): ReleaseInfo => ({
  profile,
  engine,
  title: profile,
  built: false,
});
const hello = release("software/hello-web/software.cfg");
const other = release("software/other/software.cfg");
const plain = release("buildout.cfg", "buildout");

interface ProjectFake {
  readonly project: { readonly id: string } | undefined;
  readonly releases: readonly ReleaseInfo[];
}

function open(
  options: {
    releases?: ReleaseInfo[];
    activeFile?: string;
    dirty?: string[];
    saves?: boolean;
    /** The project is not known yet when the page is drawn. */
    isUnread?: boolean;
  } = {},
) {
  const asked: RunRequest[] = [];
  const acts: string[] = [];
  const events = new Map<string, ((payload: never) => void)[]>();
  const stored = new Map<string, string>();
  const dirty = new Map((options.dirty ?? []).map((path) => [path, { path, dirty: true }]));
  const documents = {
    state: createStore<ReadonlyMap<string, { path: string; dirty: boolean }>>(() => dirty),
    async saveAll() {
      acts.push("save");
      if (options.saves !== false) documents.state.setState(new Map(), true);
    },
  };
  const tab = { id: "t", kind: "file", path: options.activeFile };
  const project = { id: "main", name: "main", createdAt: "2026-11-23T19:24:55.000Z" };
  const read: ProjectFake = { project, releases: options.releases ?? [hello, other] };
  let finishReading = (): void => undefined;
  const reading = options.isUnread
    ? new Promise<void>((resolve) => {
        finishReading = () => {
          app.project.state.setState(read);
          resolve();
        };
      })
    : Promise.resolve();
  const app = {
    api: {
      listRuns: async () => ({ runs: [] }),
      listInstances: async () => ({ instances: [] }),
      listFiles: async () => ({ paths: [] }),
      async startRun({ body }: { body: RunRequest }) {
        acts.push(`run ${body.kind}`);
        asked.push(body);
        return { ...body, id: "1", project: "main", state: "queued", createdAt: project.createdAt, logSizeBytes: 0 };
      },
    },
    connection: {
      state: createStore(() => ({ state: "connecting" })),
      on: (name: string, listener: (payload: never) => void) => {
        events.set(name, [...(events.get(name) ?? []), listener]);
        return { dispose() {} };
      },
      onOnline: () => ({ dispose() {} }),
      request: async () => ({}),
    },
    project: {
      state: createStore<ProjectFake>(() => (options.isUnread ? { project: undefined, releases: [] } : read)),
      refreshReleases: async () => undefined,
      whenRead: () => reading,
    },
    editors: {
      state: createStore(() => ({
        activeGroup: 1,
        groups: [{ id: 1, active: "t", tabs: options.activeFile ? [tab] : [] }],
      })),
    },
    notices: { show: (notice: { title: string }) => acts.push(`notice ${notice.title}`), dismiss: () => undefined },
    dialogs: {
      choose: async ({ detail }: { detail: string }) => {
        acts.push(`ask ${detail}`);
        return undefined;
      },
    },
    layout: {
      state: createStore(() => ({ panelOpen: false, panelView: "runs", sideBarOpen: true, sideView: "explorer" })),
      showPanelView(view: string) {
        acts.push(`show ${view}`);
        app.layout.state.setState({ panelOpen: true });
      },
    },
    workspace: createStore(() => ({ documents })),
    showError: () => undefined,
  };
  const storage = {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
    removeItem: (key: string) => void stored.delete(key),
  };
  const create = () => createRunControl(app as never, storage);
  const show = (path: string): void => {
    app.editors.state.setState({ groups: [{ id: 1, active: "t", tabs: [{ ...tab, path }] }] });
  };
  const emit = (name: string, payload: unknown) => {
    for (const listener of events.get(name) ?? []) listener(payload as never);
  };
  return { create, show, asked, acts, emit, app, finishReading: () => finishReading() };
}

test("a file belongs to the release beside or above it", () => {
  const releases = [plain, hello, other];
  expect(findReleaseOfFile(releases, "software/other/instance.cfg.in")).toBe(other);
  expect(findReleaseOfFile(releases, "software/hello-web/templates/app.py.in")).toBe(hello);
  expect(findReleaseOfFile(releases, "buildout.cfg")).toBe(plain);
  expect(findReleaseOfFile(releases, "component/gmp/buildout.cfg")).toBeUndefined();
});

test("the release of the file in the editor is run, until one is picked", async () => {
  const { create, asked } = open({ activeFile: "software/other/instance.cfg.in" });
  const control = create();
  await control.reload();
  await control.run("software");
  control.pick(hello.profile);
  await control.run("software");
  expect(asked.map(({ profile }) => profile)).toEqual([other.profile, hello.profile]);
});

test("a component is tried in the release that was open before it, also after a reload of the page", async () => {
  const { create, show } = open();
  const before = create();
  await before.reload();
  show("software/other/software.cfg");
  show("component/gmp/buildout.cfg");
  expect(before.findRelease()).toEqual(other);
  expect(create().findRelease()).toEqual(other);
});

test("the release picked last is run after a reload of the page", async () => {
  const { create } = open();
  const before = create();
  await before.reload();
  before.pick(other.profile);
  const after = create();
  await after.reload();
  expect(after.findRelease()).toEqual(other);
});

test("open files are saved before a run", async () => {
  const { create, acts } = open({ dirty: ["software/hello-web/software.cfg"] });
  const control = create();
  await control.reload();
  await control.run("software");
  expect(acts).toEqual(["save", "run software", "show runs"]);
});

test("a file that cannot be saved is named, and nothing runs without a yes", async () => {
  const { create, acts } = open({ dirty: ["a.cfg"], saves: false });
  const control = create();
  await control.reload();
  await control.run("software");
  await settle();
  expect(acts).toEqual(["save", "ask A run sees what is on the disk. Not saved: a.cfg"]);
});

test("a run that is asked for before the project is known, or the socket is there, begins as soon as it can", async () => {
  const { create, acts, asked, finishReading } = open({ isUnread: true });
  const control = create();
  const running = control.run("software");
  await settle();
  expect(acts).toEqual([]);
  finishReading();
  await running;
  expect(asked).toMatchObject([{ kind: "software", profile: hello.profile }]);
  expect(acts).toEqual(["run software", "show runs"]);
});

test("a plain buildout is run as one", async () => {
  const { create, asked } = open({ releases: [plain] });
  const control = create();
  await control.reload();
  await control.run("software");
  expect(asked[0]?.kind).toBe("buildout");
});

test("a project without a release says so", async () => {
  const { create, acts } = open({ releases: [] });
  const control = create();
  await control.reload();
  await control.run("software");
  expect(acts).toEqual(["notice There is nothing to run"]);
});

test("the end of a run is told by a notice, unless its panel is in view", async () => {
  const { create, acts, emit, app } = open();
  const control = create();
  await control.reload();
  await control.run("software");
  const run = control.runs.state.getState().runs[0]!;
  app.layout.state.setState({ panelOpen: false });
  emit("run:changed", { ...run, state: "running" });
  emit("run:changed", { ...run, state: "succeeded" });
  expect(acts.at(-1)).toBe("notice hello-web is built");

  app.layout.state.setState({ panelOpen: true });
  emit("run:changed", { ...run, id: "2", state: "running" });
  control.showRun("2");
  emit("run:changed", { ...run, id: "2", state: "failed" });
  expect(acts.at(-1)).toBe("show runs");
});
