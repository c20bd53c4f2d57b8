/**
 * Everything that is in the way of merging a release: its profiles, what they extend, what git does not have yet, hashes,
 * versions, JSON schemas, Python, promises. Executes nothing of the workspace.
 *
 * A finding's id is made of what it says, so that a mend asked for later is of the same finding or is refused.
 */
import { directoryOf } from "@/lib/buildout";
import { type Gesture, refuse } from "@/lib/gestures/gesture";
import type { PackageIndex } from "@/lib/language/service";
import type { OverrideInfo, PreMergeCheck } from "@/lib/protocol";
import { toConfinedPath } from "@/server/platform/confined-path";
import { type CheckedRelease, type Finding, openService } from "./check-finding";
import { fromHashes, fromInstances, fromJson, fromPython, type LintPython } from "./content-findings";
import type { GestureRepository } from "./gesture-repository";
import { type GestureTexts, toInner } from "./gesture-texts";
import { fromCrimes, fromDeveloped, fromOverrides, fromRepository } from "./profile-findings";

/** Ports to other features. */
export interface CheckPorts {
  readonly lintPython: LintPython;
  readonly packages: PackageIndex;
  /** Eggs that are used from their checkouts by the project's setting. */
  readonly listDeveloped: () => Promise<readonly string[]>;
  /** What a profile overrides, and what of that is stale. */
  readonly listOverrides: (opened: GestureTexts, profile: string) => Promise<readonly OverrideInfo[]>;
}

/** Larger than any release of SlapOS; a folder with more is not one. */
const MAX_FILES = 500;

export async function checkRelease(
  opened: GestureTexts,
  profile: string,
  repository: GestureRepository | undefined,
  ports: CheckPorts,
): Promise<PreMergeCheck> {
  const findings = await findAll(opened, profile, repository, ports);
  return {
    profile: toConfinedPath(profile),
    passed: !findings.some(({ severity }) => severity === "error"),
    findings: findings.map(({ mend: _mend, ...finding }) => finding),
  };
}

export async function mendFinding(
  opened: GestureTexts,
  profile: string,
  id: string,
  repository: GestureRepository | undefined,
  ports: CheckPorts,
): Promise<Gesture> {
  const finding = (await findAll(opened, profile, repository, ports)).find((one) => one.id === id);
  if (!finding) return refuse("That is not in the way any more.");
  return finding.mend ? finding.mend() : refuse(finding.fix.advice ?? "That is for you to decide.");
}

async function findAll(
  opened: GestureTexts,
  profile: string,
  repository: GestureRepository | undefined,
  ports: CheckPorts,
): Promise<Finding[]> {
  const path = toInner(toConfinedPath(profile));
  const release: CheckedRelease = {
    opened,
    path,
    service: openService(opened, ports.packages),
    packages: ports.packages,
    beside: opened.texts
      .all()
      .filter((file) => directoryOf(file).startsWith(directoryOf(path)))
      .slice(0, MAX_FILES),
  };
  const developed = await ports.listDeveloped();
  const found = [
    ...fromCrimes(release, repository, developed),
    ...developed.map((egg) => fromDeveloped(egg, path)),
    ...fromOverrides(await ports.listOverrides(opened, profile), path),
    ...(repository ? fromRepository(release, repository) : []),
    ...fromHashes(release),
    ...fromJson(release),
    ...(await fromPython(release, repository, ports.lintPython)),
    ...fromInstances(release),
  ];
  const seen = new Set<string>();
  return found
    .filter(({ id }) => !seen.has(id) && seen.add(id))
    .sort((a, b) => rank(a) - rank(b) || (a.path < b.path ? -1 : 1));
}

function rank({ severity }: Finding): number {
  return severity === "error" ? 0 : 1;
}
