/** The part of the composition that changes profiles by gestures. */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { WebrunnerError } from "@/lib/base/errors";
import type { PushedReleases } from "./engine/verification-builds";
import { listExtendsSources } from "./gestures/extends-sources";
import { type GestureProject, hostsOf, makeGesture, openTexts } from "./gestures/gesture-maker";
import type { WithRepository } from "./gestures/gesture-repository";
import { openGestureTexts, toInner } from "./gestures/gesture-texts";
import { acceptOverride, type SeenBases, type SeenStore, watchOverrides } from "./gestures/override-watch";
import { type CheckPorts, checkRelease } from "./gestures/pre-merge-check";
import { findForgotten, getPushedRelease } from "./gestures/pushed-release";
import { createSourceDownloads } from "./gestures/source-downloads";
import { verifyRelease } from "./gestures/verification";
import { readWebProfile } from "./gestures/web-profile";
import { createWebTexts, type WebTexts } from "./gestures/web-texts";
import type { GitService } from "./git/git-service";
import { clonePushed } from "./git/pushed-clone";
import { readSourceFacts } from "./git/source-facts";
import { createGestureHandlers } from "./http/gesture-handlers";
import type { Handlers } from "./http/route";
import { findConfinedPath } from "./platform/confined-path";
import type { DataLayout } from "./platform/data-layout";
import type { Files } from "./platform/files";
import { type JsonState, openJsonState, type StateLog } from "./platform/json-state";
import { createProfileUrls } from "./platform/profile-urls";
import { digestFromWeb } from "./platform/web-download";
import type { Projects } from "./workspace/projects";

/** As long as an upload may be. */
const MAX_SOURCE_BYTES = 500 * 1024 * 1024;

export interface GestureContainerOptions {
  readonly projects: Projects;
  readonly git: GitService;
  readonly check: (project: string) => Omit<CheckPorts, "listOverrides">;
  readonly files: Files;
  readonly layout: DataLayout;
  /** The home directory of the user that builds run as. */
  readonly home: string;
  readonly log: StateLog;
}

const seenSchema = z.record(z.string(), z.record(z.string(), z.string().nullable()));

export interface GestureContainer {
  readonly handlers: ReturnType<typeof createGestureHandlers> & Partial<Handlers>;
  readonly openProject: (project: string) => Promise<GestureProject>;
  /** What a verification of a release builds. */
  readonly pushed: PushedReleases;
  dispose(): void;
}

export function createGestureContainer({
  projects,
  git,
  check,
  files,
  layout,
  home,
  log,
}: GestureContainerOptions): GestureContainer {
  const webs = new Map<string, WebTexts>();
  const downloads = createSourceDownloads({
    digest: (url, options, allowedHosts) =>
      digestFromWeb(url, { ...options, allowedHosts, maxBytes: MAX_SOURCE_BYTES }),
    newId: () => randomUUID().replaceAll("-", ""),
  });

  const webOf = (project: string): WebTexts => {
    const known = webs.get(project);
    if (known) return known;
    const made = createWebTexts({
      fetch: (url, allowedHosts) => createProfileUrls({ allowedHosts }).fetch(url),
      now: () => new Date(),
    });
    webs.set(project, made);
    return made;
  };

  const withRepository =
    (project: string): WithRepository =>
    async (path, work) => {
      const own = (await git.list(project))
        .filter((one) => one === "" || path.startsWith(`${one}/`))
        .sort((a, b) => b.length - a.length)[0];
      if (own === undefined) return work(undefined);
      try {
        return await git.run(project, own, (opened) => work({ path: own, ...readSourceFacts(opened) }));
      } catch (error) {
        // Removed meanwhile, or of a kind that is not read: gestures go on without it.
        if (error instanceof WebrunnerError && /^git\/(no-repository|unsupported)$/.test(error.code))
          return work(undefined);
        throw error;
      }
    };

  const seen = new Map<string, Promise<JsonState<SeenBases>>>();
  const openSeen = async (project: string): Promise<SeenStore> => {
    const { overrides } = layout.project(project);
    const opening =
      seen.get(project) ??
      openJsonState({ files, path: overrides, schema: seenSchema, initial: {}, log, now: () => Date.now() });
    seen.set(project, opening);
    opening.catch(() => seen.delete(project));
    const state = await opening;
    return { read: () => state.value, replace: (value) => state.replace({ ...value }) };
  };

  const openProject = async (project: string): Promise<GestureProject> => {
    const { tree, workspace } = await projects.get(project);
    return {
      directory: tree.root,
      files: workspace,
      web: webOf(project),
      withRepository: withRepository(project),
      check: {
        ...check(project),
        listOverrides: async (opened, profile) => watchOverrides(opened, profile, await openSeen(project)),
      },
    };
  };

  return {
    openProject,
    pushed: {
      async find(project, profile) {
        const { remote, branch, commit } = await getPushedRelease(withRepository(project), profile);
        return { remote, branch, commit };
      },
      async clone(project, profile, { commit }, directory, account, signal, onCloning) {
        const { url, branch, repository } = await getPushedRelease(withRepository(project), profile);
        const context = {
          ...git.context(account),
          ...(signal && { signal }),
          ...(onCloning && { onProgress: onCloning }),
        };
        await clonePushed(context, home, directory, repository, { url, branch, commit });
      },
      async findForgotten(project, profile, paths) {
        const { tree } = await projects.get(project);
        const { texts } = openGestureTexts(tree.root, []);
        const isFile = (path: string): boolean =>
          findConfinedPath(path) !== undefined && texts.kindOf(toInner(path)) === "file";
        return findForgotten(withRepository(project), profile, paths, isFile);
      },
    },
    handlers: createGestureHandlers({
      make: makeGesture,
      listSources: listExtendsSources,
      readWebProfile,
      async check(project, profile) {
        const opened = await openTexts(project, profile);
        return project.withRepository(profile, (repository) =>
          checkRelease(opened, profile, repository, project.check),
        );
      },
      async verify(project, profile) {
        const opened = await openTexts(project, profile);
        return project.withRepository(profile, (repository) => verifyRelease(opened, profile, repository));
      },
      async listOverrides(project, profile) {
        const opened = await openProject(project);
        return watchOverrides(await openTexts(opened, profile), profile, await openSeen(project));
      },
      async acceptOverride(project, place) {
        const opened = await openProject(project);
        await acceptOverride(await openTexts(opened, place.path), place, await openSeen(project));
      },
      downloads,
      openProject,
      async listHosts(project) {
        await projects.get(project);
        return withRepository(project)("", (repository) => (repository ? hostsOf(repository) : []));
      },
    }),
    dispose: () => downloads.dispose(),
  };
}
