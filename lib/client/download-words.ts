/** A plan's downloads in words, the same in the page and on the command line. */
import { count } from "@/lib/base/count";
import type { PlanDownloads } from "@/lib/protocol/explanations";

/** One thing that is still to be fetched. */
export interface DownloadItem {
  readonly part: string;
  /** An address, an egg's requirement, or a repository. */
  readonly what: string;
  /** `4.2 MB`, `required by x`, `branch y`. */
  readonly details: readonly string[];
  readonly problem?: string;
  readonly place?: NonNullable<PlanDownloads["files"][number]["place"]>;
}

/** `3 files, 2 eggs and 1 repository to download, 4.2 MB and 1 of unknown size` */
export function describeDownloads(downloads: PlanDownloads): string {
  const { files, eggs, checkouts = [], missingBytes, unknownCount } = downloads;
  const missingFiles = files.filter(({ state }) => state !== "cached").length;
  const missingEggs = eggs.filter(({ state }) => state === "missing").length;
  const repositories = checkouts.filter(({ state }) => state === "missing").length;
  const kinds = [
    missingFiles > 0 && count(missingFiles, "file"),
    missingEggs > 0 && count(missingEggs, "egg"),
    repositories > 0 && count(repositories, "repository", "repositories"),
  ].filter((kind) => kind !== false);
  if (kinds.length === 0) {
    const here = files.length + eggs.length + checkouts.length;
    return here === 0 ? "Nothing to download" : "Nothing to download: all is here already";
  }
  const known = missingFiles + missingEggs - unknownCount;
  const sizes = [
    known > 0 && describeMegabytes(missingBytes),
    unknownCount > 0 && (known > 0 ? `${unknownCount} of unknown size` : "size unknown"),
  ].filter((size) => size !== false);
  return `${join(kinds)} to download${sizes.length > 0 ? `, ${join(sizes)}` : ""}`;
}

/** Undefined where all that code in options downloads could be read. */
export function describeOwnCode({ byOwnCode = [] }: PlanDownloads): string | undefined {
  if (byOwnCode.length === 0) return undefined;
  const names = `${byOwnCode.slice(0, 5).join(", ")}${byOwnCode.length > 5 ? ` and ${byOwnCode.length - 5} more` : ""}`;
  const [download, their] = byOwnCode.length === 1 ? ["downloads", "its"] : ["download", "their"];
  return `What ${names} ${download} by code of ${their} own is not known.`;
}

/** Those that cannot be had come first. */
export function listDownloads({ files, eggs, checkouts = [] }: PlanDownloads): DownloadItem[] {
  const size = (sizeBytes: number | undefined): string[] =>
    sizeBytes === undefined ? [] : [describeMegabytes(sizeBytes)];
  const items: DownloadItem[] = [
    ...files
      .filter(({ state }) => state !== "cached")
      .map(({ part, url, sizeBytes, problem, place }) => ({
        part,
        what: url,
        details: size(sizeBytes),
        problem,
        place,
      })),
    ...checkouts
      .filter(({ state }) => state === "missing")
      .map(({ part, repository, reference, problem, place }) => ({
        part,
        what: repository,
        details: ["git", ...(reference === undefined ? [] : [reference])],
        problem,
        place,
      })),
    ...eggs
      .filter(({ state }) => state === "missing")
      .map(({ part, requirement, requiredBy, version, sizeBytes, problem }) => ({
        part,
        what: requirement,
        details: [
          ...(version === undefined || requirement.endsWith(`==${version}`) ? [] : [version]),
          ...size(sizeBytes),
          ...(requiredBy === undefined ? [] : [`required by ${requiredBy}`]),
        ],
        problem,
      })),
  ];
  return [
    ...items.filter(({ problem }) => problem !== undefined),
    ...items.filter(({ problem }) => problem === undefined),
  ];
}

function describeMegabytes(bytes: number): string {
  return bytes < 50_000 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function join(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
