/** The order of Python versions (PEP 440), as far as published versions need it. */
interface ParsedVersion {
  readonly epoch: number;
  readonly release: readonly number[];
  /** Negative before the release, positive after. */
  readonly phase: number;
  readonly phaseNumber: number;
  readonly post: number;
  readonly dev: number;
}

const VERSION =
  /^v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(a|alpha|b|beta|c|rc|pre|preview)[-_.]?(\d*))?(?:(?:[-_.]?(?:post|rev|r)[-_.]?(\d*))|-(\d+))?(?:[-_.]?dev[-_.]?(\d*))?/i;
const PHASES: Record<string, number> = { a: -3, alpha: -3, b: -2, beta: -2, c: -1, rc: -1, pre: -1, preview: -1 };

function parseVersion(text: string): ParsedVersion | undefined {
  const match = VERSION.exec(text.trim());
  if (!match) return undefined;
  const [, epoch, release, phase, phaseNumber, post, implicitPost, dev] = match;
  return {
    epoch: Number(epoch ?? 0),
    release: release!.split(".").map(Number),
    phase: phase ? PHASES[phase.toLowerCase()]! : 0,
    phaseNumber: Number(phaseNumber || 0),
    post: post !== undefined || implicitPost !== undefined ? Number(post || implicitPost || 0) + 1 : 0,
    dev: dev === undefined ? Number.POSITIVE_INFINITY : Number(dev || 0),
  };
}

export function compareVersions(left: string, right: string): number {
  const a = parseVersion(left);
  const b = parseVersion(right);
  if (!a || !b) return a ? 1 : b ? -1 : 0;
  if (a.epoch !== b.epoch) return a.epoch - b.epoch;
  for (let i = 0; i < Math.max(a.release.length, b.release.length); i++) {
    const difference = (a.release[i] ?? 0) - (b.release[i] ?? 0);
    if (difference !== 0) return difference;
  }
  const devOnly = (version: ParsedVersion): number =>
    version.phase === 0 && version.post === 0 && version.dev !== Number.POSITIVE_INFINITY ? -4 : version.phase;
  return (
    devOnly(a) - devOnly(b) ||
    a.phaseNumber - b.phaseNumber ||
    a.post - b.post ||
    (a.dev === b.dev ? 0 : a.dev < b.dev ? -1 : 1)
  );
}

export function isNewerVersion(candidate: string, than: string): boolean {
  return compareVersions(candidate, than) > 0;
}
