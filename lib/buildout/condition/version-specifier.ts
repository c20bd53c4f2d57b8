/**
 * Versions and version specifiers of Python packaging (PEP 440), as environment markers compare them.
 */
const VERSION =
  /^v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(alpha|beta|preview|pre|a|b|c|rc)[-_.]?(\d*))?(?:-(\d+)|[-_.]?(post|rev|r)[-_.]?(\d*))?([-_.]?dev[-_.]?(\d*))?(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?$/i;

interface Version {
  readonly epoch: number;
  readonly release: readonly number[];
  readonly pre: readonly [number, number] | undefined;
  readonly post: number | undefined;
  readonly dev: number | undefined;
  readonly local: readonly (number | string)[] | undefined;
}

function preRank(word: string): number {
  const name = word.toLowerCase();
  if (name === "a" || name === "alpha") return 0;
  return name === "b" || name === "beta" ? 1 : 2;
}

export function parseVersion(text: string): Version | undefined {
  const match = VERSION.exec(text.trim());
  if (match === null) return undefined;
  const [, epoch, release, preWord, preNumber, implicitPost, postWord, postNumber, devWord, devNumber, local] = match;
  return {
    epoch: Number(epoch ?? 0),
    release: release!.split(".").map(Number),
    pre: preWord === undefined ? undefined : [preRank(preWord), Number(preNumber || 0)],
    post:
      implicitPost !== undefined ? Number(implicitPost) : postWord === undefined ? undefined : Number(postNumber || 0),
    dev: devWord === undefined ? undefined : Number(devNumber || 0),
    local: local?.split(/[-_.]/).map((part) => (/^\d+$/.test(part) ? Number(part) : part.toLowerCase())),
  };
}

function compareReleases(left: readonly number[], right: readonly number[]): number {
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Before all pre-releases stands a development release of the final one, after them the final one itself. */
function preKey({ pre, post, dev }: Version): readonly [number, number] {
  if (pre !== undefined) return pre;
  return post === undefined && dev !== undefined ? [-1, 0] : [3, 0];
}

function compareLocals(left: Version["local"], right: Version["local"]): number {
  if (left === undefined || right === undefined) return (left === undefined ? 0 : 1) - (right === undefined ? 0 : 1);
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const a = left[i]!;
    const b = right[i]!;
    if (a === b) continue;
    if (typeof a === "number") return typeof b === "number" ? a - b : 1;
    if (typeof b === "number") return -1;
    return a < b ? -1 : 1;
  }
  return left.length - right.length;
}

function comparePublic(left: Version, right: Version): number {
  const [leftRank, leftNumber] = preKey(left);
  const [rightRank, rightNumber] = preKey(right);
  return (
    left.epoch - right.epoch ||
    compareReleases(left.release, right.release) ||
    leftRank - rightRank ||
    leftNumber - rightNumber ||
    (left.post ?? -1) - (right.post ?? -1) ||
    Math.sign((left.dev ?? Number.MAX_VALUE) - (right.dev ?? Number.MAX_VALUE))
  );
}

export function compareVersions(left: Version, right: Version): number {
  return comparePublic(left, right) || compareLocals(left.local, right.local);
}

function startsWithRelease(version: Version, prefix: Version): boolean {
  if (version.epoch !== prefix.epoch) return false;
  return prefix.release.every((number, i) => (version.release[i] ?? 0) === number);
}

/** Whether a version meets `operator` and `bound`; undefined where these are no specifier. */
export function meetsSpecifier(text: string, operator: string, bound: string): boolean | undefined {
  const wanted = bound.trim();
  if (operator === "===") {
    if (/[\s;)]/.test(wanted)) return undefined;
    return text.toLowerCase() === wanted.toLowerCase();
  }
  const isPrefix = wanted.endsWith(".*") && (operator === "==" || operator === "!=");
  const limit = parseVersion(isPrefix ? wanted.slice(0, -2) : wanted);
  if (limit === undefined) return undefined;
  if (isPrefix && (limit.pre || limit.post !== undefined || limit.dev !== undefined || limit.local)) return undefined;
  if (limit.local !== undefined && operator !== "==" && operator !== "!=") return undefined;
  if (operator === "~=" && limit.release.length < 2) return undefined;
  if (!["==", "!=", "<=", ">=", "<", ">", "~="].includes(operator)) return undefined;

  const version = parseVersion(text);
  if (version === undefined) return false;
  const isEqual = isPrefix
    ? startsWithRelease(version, limit)
    : limit.local === undefined
      ? comparePublic(version, limit) === 0
      : compareVersions(version, limit) === 0;
  const order = comparePublic(version, limit);
  const sameRelease = version.epoch === limit.epoch && compareReleases(version.release, limit.release) === 0;
  switch (operator) {
    case "==":
      return isEqual;
    case "!=":
      return !isEqual;
    case "<=":
      return order <= 0;
    case ">=":
      return order >= 0;
    case "<": {
      const limitIsPre = limit.pre !== undefined || limit.dev !== undefined;
      const versionIsPre = version.pre !== undefined || version.dev !== undefined;
      return order < 0 && !(versionIsPre && !limitIsPre && sameRelease && version.post === undefined);
    }
    case ">": {
      if (order <= 0) return false;
      return !(version.post !== undefined && limit.post === undefined && sameRelease);
    }
    default:
      return order >= 0 && startsWithRelease(version, { ...limit, release: limit.release.slice(0, -1) });
  }
}
