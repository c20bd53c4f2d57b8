/**
 * What a package index says of projects and their versions, over its JSON interface.
 *
 * Answers are remembered for an hour, failures for a minute; at most a few questions are under way at once, so that a
 * `[versions]` section of hundreds of pins is neither slow nor rude.
 */
import { createTurns } from "@/lib/base/turns";
import type { PackageIndex, PackageRelease, PackageVulnerability } from "@/lib/language/service";
import type { WebFetch } from "@/server/platform/web-fetch";

const LIMITS = { timeoutMs: 10_000, maxBytes: 8 << 20 };
const ANSWER_LIFE_MS = 3_600_000;
const FAILURE_LIFE_MS = 60_000;
const AT_ONCE = 16;

interface Kept {
  readonly until: number;
  readonly release: PackageRelease | undefined;
}

interface ProjectAnswer {
  readonly info?: { readonly version?: string };
  readonly releases?: Readonly<Record<string, readonly { readonly yanked?: boolean }[]>>;
  readonly vulnerabilities?: readonly {
    readonly id?: string;
    readonly aliases?: readonly string[];
    readonly summary?: string | null;
    readonly details?: string;
    readonly link?: string;
    readonly fixed_in?: readonly string[];
    readonly withdrawn?: string | null;
  }[];
}

export interface PackageIndexOptions {
  readonly fetch: WebFetch;
  readonly now: () => number;
  readonly url: () => string;
}

export function createPackageIndex({ fetch, now, url }: PackageIndexOptions): PackageIndex {
  const kept = new Map<string, Kept>();
  const asked = new Map<string, Promise<PackageRelease | undefined>>();
  const inTurn = createTurns(AT_ONCE);

  const ask = (path: string): Promise<ProjectAnswer | undefined> =>
    inTurn(async () => {
      const bytes = await fetch(`${url()}/pypi/${path}/json`, LIMITS);
      return bytes && (JSON.parse(new TextDecoder().decode(bytes)) as ProjectAnswer);
    });

  const toVulnerabilities = (answer: ProjectAnswer | undefined): PackageVulnerability[] =>
    (answer?.vulnerabilities ?? [])
      .filter((found) => !found.withdrawn)
      .map((found) => ({
        id: found.id ?? found.aliases?.[0] ?? "vulnerability",
        summary: found.summary ?? found.details ?? "",
        link: found.link ?? "",
        fixedIn: found.fixed_in ?? [],
      }));

  const askRelease = async (project: string, version: string): Promise<PackageRelease | undefined> => {
    const [whole, one] = await Promise.all([
      ask(encodeURIComponent(project)),
      ask(`${encodeURIComponent(project)}/${encodeURIComponent(version)}`),
    ]);
    if (!whole && !one) return { exists: false, latest: undefined, versions: [], vulnerabilities: [] };
    const versions = Object.keys(whole?.releases ?? {});
    if (one && !versions.includes(version)) versions.push(version);
    return { exists: true, latest: whole?.info?.version, versions, vulnerabilities: toVulnerabilities(one) };
  };

  return {
    async release(project, version) {
      if (url() === "") return undefined;
      const key = `${url()} ${project} ${version}`;
      const known = kept.get(key);
      if (known && known.until > now()) return known.release;
      let answer = asked.get(key);
      if (!answer) {
        answer = askRelease(project, version)
          .then((release) => {
            kept.set(key, { until: now() + ANSWER_LIFE_MS, release });
            return release;
          })
          .catch(() => {
            // The index cannot be asked or talks nonsense: nothing is known, and nothing is said to be wrong.
            kept.set(key, { until: now() + FAILURE_LIFE_MS, release: undefined });
            return undefined;
          })
          .finally(() => asked.delete(key));
        asked.set(key, answer);
      }
      return answer;
    },
    known(project, version) {
      const exact = version === undefined ? undefined : kept.get(`${url()} ${project} ${version}`);
      if (exact) return exact.release;
      for (const [key, { release }] of kept) if (release && key.startsWith(`${url()} ${project} `)) return release;
      return undefined;
    },
    projectPage: (project, version) => `${url()}/project/${project}/${version ? `${version}/` : ""}`,
  };
}
