/**
 * What a plan will download: which of it is here already, how large the rest is, and which of it cannot be had.
 *
 * Reading a plan asks nothing of the network; sizes are those that servers said when the user had them asked (`check`).
 * They are remembered by address while this server lives.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { isUrl, listDownloads, type PlannedDownloads, type PlannedFile, toPackageName } from "@/lib/buildout";
import type { PlanDownloads } from "@/lib/protocol";
import type { PlanDisk } from "@/server/platform/plan-disk";
import type { AskWeb, WebHead } from "@/server/platform/web-head";
import { toPlace } from "./places";
import type { ReadPlan } from "./plan-reader";

const ASK_TIMEOUT_MS = 10_000;
const CONNECTIONS = 16;
/** Sizes of this many addresses are remembered. */
const MAX_KNOWN = 20_000;

export interface DownloadPlaces {
  readonly workspace: string;
  /** Where downloads of all builds of the project are kept. */
  readonly store: string;
  readonly directory: string;
}

/** What the driver's preflight is told; see docs/engine.md. */
export interface PreflightSpec {
  readonly files: readonly PlannedFile[];
  readonly eggs: PlannedDownloads["eggs"];
  /** Repositories that parts clone. */
  readonly checkouts: PlannedDownloads["checkouts"];
  /** Profiles that are extended by their address. */
  readonly extends: readonly { readonly url: string }[];
  /** Version by name of each pinned package: of what eggs require in turn, these are looked for. */
  readonly pins: Readonly<Record<string, string>>;
  /** Where zc.buildout keeps copies of what is extended. */
  readonly extendsCache?: string;
  /** A name that the index does not know may be an egg that the buildout develops itself. */
  readonly eggsMayBeLocal: boolean;
  readonly downloadCache?: string;
  readonly eggsDirectory?: string;
  readonly index?: string;
  readonly findLinks: readonly string[];
  readonly allowHosts: readonly string[];
}

export interface DownloadReader {
  describe(read: ReadPlan, places: DownloadPlaces): PlanDownloads;
  /** Asks the servers of all files that are not here. */
  check(read: ReadPlan, places: DownloadPlaces): Promise<void>;
  toPreflight(read: ReadPlan, places: DownloadPlaces): PreflightSpec;
}

export interface DownloadReaderOptions {
  readonly disk: PlanDisk;
  readonly ask: AskWeb;
  /** Whose packages stand in for pinned ones. */
  readonly engineDirectory: string;
}

export function createDownloadReader({ disk, ask, engineDirectory }: DownloadReaderOptions): DownloadReader {
  const heads = new Map<string, WebHead>();

  /** A directory that an option of the buildout names. */
  const directoryOf = ({ resolution }: ReadPlan, { directory }: DownloadPlaces, option: string): string | undefined => {
    const path = resolution.option("buildout", option)?.value?.trim();
    return path ? join(path.startsWith("/") ? "" : directory, path) : undefined;
  };
  const cacheOf = (read: ReadPlan, places: DownloadPlaces): string | undefined =>
    directoryOf(read, places, "download-cache");

  const findKept = (file: PlannedFile, places: DownloadPlaces, cache: string | undefined): string | undefined => {
    if (file.md5sum === undefined) return undefined;
    const named = cache === undefined ? [] : cachedNames(file.url).map((name) => join(cache, name));
    return [join(places.store, `md5-${file.md5sum}`), ...named].find((path) => disk.exists(path));
  };

  /** Of a profile that cannot be loaded nobody knows what it would be; an offline one asks nothing of the network. */
  const list = ({ resolution, plan }: ReadPlan): PlannedDownloads =>
    listDownloads(resolution, resolution.loads && !isOffline(resolution) ? plan.parts : []);

  /** Normalised names of what the engine's own environment has. */
  const listOwnPackages = (): ReadonlySet<string> => {
    const lib = join(engineDirectory, "venv/lib");
    const found = disk.list(lib).flatMap(({ name }) => disk.list(join(lib, name, "site-packages")));
    return new Set(
      found.flatMap(({ name }) => {
        const match = /^(.+?)-[^-]+\.dist-info$/.exec(name);
        return match ? [toPackageName(match[1]!)] : [];
      }),
    );
  };

  return {
    describe(read, places) {
      const cache = cacheOf(read, places);
      let missingBytes = 0;
      let unknownCount = 0;
      const { files, eggs } = list(read);
      const described = files.map((file): PlanDownloads["files"][number] => {
        const kept = findKept(file, places, cache);
        const head = heads.get(file.url);
        const common = { part: file.part, url: withoutSecrets(file.url), place: placeOf(read, places.workspace, file) };
        if (kept !== undefined) return { ...common, state: "cached", sizeBytes: disk.sizeOf(kept) };
        if (head?.sizeBytes === undefined) unknownCount++;
        else missingBytes += head.sizeBytes;
        return { ...common, state: file.md5sum === undefined ? "unpinned" : "missing", ...head };
      });
      return {
        files: described,
        eggs: eggs.map(({ part, requirement }) => ({ part, requirement })),
        missingBytes,
        unknownCount,
      };
    },

    async check(read, places) {
      const cache = cacheOf(read, places);
      const waiting = list(read).files.filter((file) => findKept(file, places, cache) === undefined);
      if (heads.size + waiting.length > MAX_KNOWN) heads.clear();
      const work = async (): Promise<void> => {
        for (let file = waiting.pop(); file !== undefined; file = waiting.pop())
          heads.set(file.url, await ask(file.url, { timeoutMs: ASK_TIMEOUT_MS }));
      };
      await Promise.all(Array.from({ length: Math.min(CONNECTIONS, waiting.length) }, work));
    },

    toPreflight(read, places) {
      const { files, eggs, checkouts, pins, hasDevelopEggs } = list(read);
      const words = (option: string): string[] =>
        (read.resolution.option("buildout", option)?.value ?? "").split(/\s+/).filter(Boolean);
      const [index] = words("index");
      const hosts = words("allow-hosts");
      const cache = cacheOf(read, places);
      const own = eggs.length > 0 ? listOwnPackages() : new Set();
      // What is here needs no preflight: a build without downloads begins at once.
      return {
        files: files.filter((file) => findKept(file, places, cache) === undefined),
        eggs: eggs.filter(({ name }) => !own.has(toPackageName(name))),
        checkouts: checkouts.filter(({ keptAt }) => keptAt === undefined || !disk.exists(keptAt)),
        extends: isOffline(read.resolution) ? [] : listExtendedUrls(read).map((url) => ({ url })),
        pins: eggs.length > 0 ? Object.fromEntries(pins) : {},
        eggsMayBeLocal: hasDevelopEggs,
        downloadCache: cache,
        extendsCache: directoryOf(read, places, "extends-cache"),
        eggsDirectory: directoryOf(read, places, "eggs-directory"),
        index,
        findLinks: words("find-links"),
        allowHosts: hosts.length > 0 ? hosts : ["*"],
      };
    },
  };
}

/** By the files that could be read: what those behind an address extend in turn is not known. */
function listExtendedUrls({ resolution, analysis }: ReadPlan): string[] {
  const urls = resolution.files.flatMap((file) => {
    const profile = analysis.profile(file);
    return "problem" in profile
      ? []
      : profile.extends.flatMap(({ option, path }) => (option === "extends" && isUrl(path) ? [path] : []));
  });
  return [...new Set(urls)];
}

function isOffline(resolution: ReadPlan["resolution"]): boolean {
  const isTrue = (option: string): boolean => resolution.option("buildout", option)?.value?.trim() === "true";
  return isTrue("offline") || isTrue("install-from-cache");
}

/** zc.buildout names a cached file by its address's MD5 or by the last part of its path. */
function cachedNames(url: string): string[] {
  const last = new URL(url).pathname.split("/").filter(Boolean).at(-1);
  return [createHash("md5").update(url).digest("hex"), ...(last === undefined ? [] : [last])];
}

function withoutSecrets(url: string): string {
  const parsed = new URL(url);
  return `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
}

function placeOf({ resolution }: ReadPlan, workspace: string, { part }: PlannedFile) {
  const last = resolution.option(part, "url")?.contributions.at(-1);
  const node = last?.nodes.at(-1);
  if (!last?.profile || !node) return undefined;
  return toPlace(workspace, last.profile.path, last.profile.syntax.text, { start: node.keyStart, end: node.valueEnd });
}
