/**
 * Which profiles of a workspace can be run, from its file paths alone.
 *
 * A software release is what SlapOS calls one: a `software.cfg`, mostly `software/<name>/software.cfg`. Components and
 * stacks are extended, not run, so their `buildout.cfg` is none. A `software.sandbox.cfg` is a release with overrides that
 * are tried out; it has the title and the parameters of the one that it extends.
 */
import { posix } from "node:path";
import type { ReleaseInfo } from "@/lib/protocol";

export type ReleaseCandidate = Pick<ReleaseInfo, "profile" | "engine"> & {
  /** `software.cfg.json`, which has the title, if there is one. */
  readonly descriptor?: string;
};

const EXTENDED_ONLY = /^(component|stack)\//;

export function findReleases(paths: readonly string[]): ReleaseCandidate[] {
  const known = new Set(paths);
  return paths
    .filter((path) => /(^|\/)(software|buildout)(\.sandbox)?\.cfg$/.test(path) && !EXTENDED_ONLY.test(path))
    .map((profile): ReleaseCandidate => {
      const beside = (name: string): string => posix.join(posix.dirname(profile), name);
      const names = [`${profile}.json`, `${toSandboxed(profile)}.json`];
      const descriptor = names.find((name) => known.has(name));
      const isSoftware = posix.basename(toSandboxed(profile)) === "software.cfg";
      const hasInstance = known.has(beside("instance.cfg")) || known.has(beside("instance.cfg.in"));
      const isSlapos = isSoftware && (profile.startsWith("software/") || hasInstance || descriptor !== undefined);
      return { profile, engine: isSlapos ? "slapos" : "buildout", descriptor };
    })
    .sort((a, b) => (a.profile < b.profile ? -1 : 1));
}

/** The profile that a sandbox extends; any other is its own. */
export function toSandboxed(profile: string): string {
  return profile.replace(/\.sandbox\.cfg$/, ".cfg");
}

/** The descriptor's name, else the folder's, else the file's. */
export function toReleaseTitle(profile: string, descriptorText: string | undefined): string {
  const name = descriptorText === undefined ? undefined : readName(descriptorText);
  const folder = posix.basename(posix.dirname(profile));
  const title = name ?? (folder === "." || folder === "" ? posix.basename(profile) : folder);
  return toSandboxed(profile) === profile ? title : `${title} (sandbox)`;
}

function readName(text: string): string | undefined {
  try {
    const document: unknown = JSON.parse(text);
    const name = typeof document === "object" && document !== null ? (document as { name?: unknown }).name : undefined;
    return typeof name === "string" && name.trim() !== "" ? name.trim().slice(0, 200) : undefined;
  } catch {
    // Being edited: the folder's name serves.
    return undefined;
  }
}
