/**
 * What a plan will download: which of it is here already, how large the rest is, and which of it cannot be had.
 *
 * Reading a plan asks nothing of the network; sizes, and what eggs require in turn, are what servers said when the user
 * had them asked (`check`). They are remembered while this server lives.
 */
import { createHash } from "node:crypto";
import { join, resolve } from "node:path";
import { isUrl, listDownloads, type PlannedDownloads, type PlannedFile, toPackageName } from "@/lib/buildout";
import type { PlanDownloads } from "@/lib/protocol";
import { EGG_FILES, findEggName } from "@/lib/slapos/egg-name";
import type { PlanDisk } from "@/server/platform/plan-disk";
import type { AskWeb, WebHead } from "@/server/platform/web-head";
import { type CheckoutAnswer, createEggFacts, type EggAnswer } from "./egg-facts";
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

/** The engine's survey of eggs and repositories. */
export type SurveyEggs = (
  preflight: PreflightSpec,
  options: {
    readonly signal: AbortSignal;
    readonly onLine: (line: {
      readonly done?: number;
      readonly total?: number;
      readonly egg?: EggAnswer;
      readonly checkout?: CheckoutAnswer;
    }) => void;
  },
) => Promise<void>;

export interface DownloadReader {
  describe(read: ReadPlan, places: DownloadPlaces): PlanDownloads;
  /** Asks the servers of all that is not here; `onAsked` tells how far that is. */
  check(
    read: ReadPlan,
    places: DownloadPlaces,
    options: {
      readonly signal: AbortSignal;
      readonly onAsked: (done: number, total: number) => void;
      readonly survey: SurveyEggs | undefined;
    },
  ): Promise<void>;
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
  const facts = createEggFacts();

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

  /** Normalised names of what no index is asked for: the engine's own, and what the buildout makes of sources that say its name. */
  const listOwnEggs = (read: ReadPlan, { directory }: DownloadPlaces): ReadonlySet<string> => {
    const developed = wordsOf(read, "develop").flatMap((name) => {
      const folder = resolve(directory, name.replace(/(?:^|\/)setup\.py$/, "") || ".");
      return EGG_FILES.flatMap((file) => findEggName(file, disk.readText(join(folder, file)) ?? "") ?? []);
    });
    return new Set([...listOwnPackages(), ...developed.map(toPackageName)]);
  };

  /** Eggs are had already that are the buildout's own or in its directory of eggs. */
  const describeEggs = (read: ReadPlan, places: DownloadPlaces, planned: PlannedDownloads): PlanDownloads["eggs"] => {
    if (planned.eggs.length === 0) return [];
    const own = listOwnEggs(read, places);
    const directory = directoryOf(read, places, "eggs-directory");
    const here = new Set<string>();
    for (const { name } of directory === undefined ? [] : disk.list(directory)) {
      const egg = /^(.+?)-([^-]+)(?:-.*)?\.egg$/.exec(name);
      if (egg) for (const version of ["", egg[2]!]) here.add(`${toPackageName(egg[1]!)} ${version}`);
    }
    return facts.describeEggs(
      planned,
      (name, version = "") => own.has(toPackageName(name)) || here.has(`${toPackageName(name)} ${version}`),
      (sha256) => disk.exists(join(places.store, `sha256-${sha256}`)),
    );
  };

  const toPreflight: DownloadReader["toPreflight"] = (read, places) => {
    const { files, eggs, checkouts, pins, hasDevelopEggs } = list(read);
    const [index] = wordsOf(read, "index");
    const hosts = wordsOf(read, "allow-hosts");
    const cache = cacheOf(read, places);
    const own = eggs.length > 0 ? listOwnEggs(read, places) : new Set();
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
      findLinks: wordsOf(read, "find-links"),
      allowHosts: hosts.length > 0 ? hosts : ["*"],
    };
  };

  return {
    describe(read, places) {
      const cache = cacheOf(read, places);
      let missingBytes = 0;
      let unknownCount = 0;
      const planned = list(read);
      const { files, checkouts } = planned;
      const described = files.map((file): PlanDownloads["files"][number] => {
        const kept = findKept(file, places, cache);
        const head = heads.get(file.url);
        const common = {
          part: file.part,
          url: withoutSecrets(file.url),
          place: placeOf(read, places.workspace, file.part, "url"),
        };
        if (kept !== undefined) return { ...common, state: "cached", sizeBytes: disk.sizeOf(kept) };
        if (head?.sizeBytes === undefined) unknownCount++;
        else missingBytes += head.sizeBytes;
        return { ...common, state: file.md5sum === undefined ? "unpinned" : "missing", ...head };
      });
      const eggs = describeEggs(read, places, planned);
      for (const { state, sizeBytes } of eggs) {
        if (state !== "missing") continue;
        if (sizeBytes === undefined) unknownCount++;
        else missingBytes += sizeBytes;
      }
      return {
        files: described,
        eggs,
        checkouts: checkouts.map((checkout) => ({
          part: checkout.part,
          repository: withoutSecrets(checkout.repository),
          reference: checkout.revision ?? checkout.branch,
          state:
            checkout.keptAt !== undefined && disk.exists(checkout.keptAt) ? ("present" as const) : ("missing" as const),
          problem: facts.problemOf(checkout),
          place: placeOf(read, places.workspace, checkout.part, "repository"),
        })),
        byOwnCode: [...planned.byOwnCode],
        missingBytes,
        unknownCount,
      };
    },

    async check(read, places, { signal, onAsked, survey }) {
      const cache = cacheOf(read, places);
      const waiting = list(read).files.filter((file) => findKept(file, places, cache) === undefined);
      if (heads.size + waiting.length > MAX_KNOWN) heads.clear();
      const asked = { files: 0, others: 0 };
      const total = { files: waiting.length, others: 0 };
      const tell = (): void => onAsked(asked.files + asked.others, total.files + total.others);
      tell();
      const work = async (): Promise<void> => {
        for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
          signal.throwIfAborted();
          heads.set(file.url, await ask(file.url, { timeoutMs: ASK_TIMEOUT_MS, signal }));
          asked.files++;
          tell();
        }
      };
      const surveyOthers = async (): Promise<void> => {
        const spec = toPreflight(read, places);
        if (!survey || spec.eggs.length + spec.checkouts.length === 0) return;
        await survey(spec, {
          signal,
          onLine({ done, total: all, egg, checkout }) {
            if (egg) facts.noteEgg(egg);
            if (checkout) facts.noteCheckout(checkout);
            if (done === undefined || all === undefined) return;
            asked.others = done;
            total.others = all;
            tell();
          },
        });
      };
      await Promise.all([...Array.from({ length: Math.min(CONNECTIONS, waiting.length) }, work), surveyOthers()]);
      signal.throwIfAborted();
    },

    toPreflight,
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

/** Of an option of the buildout. */
function wordsOf({ resolution }: ReadPlan, option: string): string[] {
  return (resolution.option("buildout", option)?.value ?? "").split(/\s+/).filter(Boolean);
}

function withoutSecrets(url: string): string {
  // `git@host:path` has no secret in it.
  if (!URL.canParse(url)) return url;
  const parsed = new URL(url);
  return `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
}

function placeOf({ resolution }: ReadPlan, workspace: string, part: string, option: string) {
  const last = resolution.option(part, option)?.contributions.at(-1);
  const node = last?.nodes.at(-1);
  if (!last?.profile || !node) return undefined;
  return toPlace(workspace, last.profile.path, last.profile.syntax.text, { start: node.keyStart, end: node.valueEnd });
}
