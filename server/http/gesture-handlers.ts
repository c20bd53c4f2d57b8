/** Routes of gestures. */
import type {
  ExtendsSources,
  GestureAnswer,
  OverrideInfo,
  PreMergeCheck,
  Verification,
  WebProfile,
} from "@/lib/protocol";
import type { GestureProject, GestureRequest } from "@/server/gestures/gesture-maker";
import type { SourceDownloads } from "@/server/gestures/source-downloads";
import type { Handlers } from "./route";

export interface GestureHandlersDependencies {
  readonly make: (project: GestureProject, request: GestureRequest) => Promise<GestureAnswer>;
  readonly listSources: (project: GestureProject, profile: string, reach: boolean) => Promise<ExtendsSources>;
  readonly readWebProfile: (project: GestureProject, url: string) => Promise<WebProfile>;
  readonly check: (project: GestureProject, profile: string) => Promise<PreMergeCheck>;
  readonly verify: (project: GestureProject, profile: string) => Promise<Verification>;
  readonly listOverrides: (project: string, profile: string) => Promise<OverrideInfo[]>;
  readonly acceptOverride: (
    project: string,
    place: { readonly path: string; readonly section: string; readonly option: string },
  ) => Promise<void>;
  readonly downloads: SourceDownloads;
  /** `project/not-found`. */
  readonly openProject: (project: string) => Promise<GestureProject>;
  /** Hosts that the project's user has to do with, which may be in a private network. */
  readonly listHosts: (project: string) => Promise<readonly string[]>;
}

export function createGestureHandlers({
  make,
  listSources,
  readWebProfile,
  check,
  verify,
  listOverrides,
  acceptOverride,
  downloads,
  openProject,
  listHosts,
}: GestureHandlersDependencies): Pick<
  Handlers,
  | "makeGesture"
  | "listExtendsSources"
  | "readWebProfile"
  | "checkRelease"
  | "verifyRelease"
  | "listOverrides"
  | "acceptOverride"
  | "downloadSource"
  | "readSourceDownload"
  | "cancelSourceDownload"
> {
  return {
    async makeGesture({ params, body: { intent, texts = [], dryRun = texts.length > 0 } }) {
      return make(await openProject(params.project), { intent, texts, dryRun });
    },
    async listExtendsSources({ params, query: { path, reach } }) {
      return listSources(await openProject(params.project), path, reach === "true");
    },
    async readWebProfile({ params, query: { url } }) {
      return readWebProfile(await openProject(params.project), url);
    },
    async checkRelease({ params, query: { path } }) {
      return check(await openProject(params.project), path);
    },
    async verifyRelease({ params, query: { path } }) {
      return verify(await openProject(params.project), path);
    },
    listOverrides: async ({ params: { project }, query: { path } }) => ({
      overrides: await listOverrides(project, path),
    }),
    async acceptOverride({ params: { project }, body }) {
      await acceptOverride(project, body);
    },
    async downloadSource({ params: { project }, body: { url } }) {
      return downloads.start(project, url, await listHosts(project));
    },
    readSourceDownload: ({ params: { project, download }, query: { waitMs = 0 }, signal }) =>
      downloads.wait(project, download, waitMs, signal),
    async cancelSourceDownload({ params: { project, download } }) {
      downloads.cancel(project, download);
    },
  };
}
