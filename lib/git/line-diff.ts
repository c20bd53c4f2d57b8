/**
 * The line changes between two texts: Myers' algorithm in linear space, over line numbers of equal lines.
 *
 * Texts are byte strings (one character a byte), so any file has a diff and nothing of it is lost. Lines that are
 * on one side only are taken out before the search; a search that grows beyond `MAX_COST` settles for a
 * good split, so the time stays bounded on files that have nothing in common.
 *
 * Invariant: the old text with every change applied is the new text; changes are in order and do not touch.
 */
export interface LineChange {
  /** Zero-based lines, end exclusive. */
  readonly oldStart: number;
  readonly oldEnd: number;
  readonly newStart: number;
  readonly newEnd: number;
}

/** Edit steps on one level of the search; 1,000 keeps the worst case of two 20,000-line files below a second. */
const MAX_COST = 1000;

/** Lines with their line ends; the last one may have none. */
export function splitLines(text: string): string[] {
  const lines: string[] = [];
  let from = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", from)) {
    lines.push(text.slice(from, at + 1));
    from = at + 1;
  }
  if (from < text.length) lines.push(text.slice(from));
  return lines;
}

export function diffLines(oldLines: readonly string[], newLines: readonly string[]): LineChange[] {
  const ids = new Map<string, number>();
  const number = (lines: readonly string[]): Int32Array => {
    const result = new Int32Array(lines.length);
    for (let i = 0; i < lines.length; i++) {
      let id = ids.get(lines[i]!);
      if (id === undefined) {
        id = ids.size;
        ids.set(lines[i]!, id);
      }
      result[i] = id;
    }
    return result;
  };
  const before = number(oldLines);
  const after = number(newLines);
  const oldChanged = new Uint8Array(before.length + 1);
  const newChanged = new Uint8Array(after.length + 1);

  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let oldEnd = before.length;
  let newEnd = after.length;
  while (oldEnd > start && newEnd > start && before[oldEnd - 1] === after[newEnd - 1]) {
    oldEnd--;
    newEnd--;
  }
  const inOld = new Uint8Array(ids.size);
  const inNew = new Uint8Array(ids.size);
  for (let i = start; i < oldEnd; i++) inOld[before[i]!] = 1;
  for (let i = start; i < newEnd; i++) inNew[after[i]!] = 1;
  const oldAt: number[] = [];
  const newAt: number[] = [];
  for (let i = start; i < oldEnd; i++) {
    if (inNew[before[i]!]) oldAt.push(i);
    else oldChanged[i] = 1;
  }
  for (let i = start; i < newEnd; i++) {
    if (inOld[after[i]!]) newAt.push(i);
    else newChanged[i] = 1;
  }
  searchChanges(before, after, oldAt, newAt, oldChanged, newChanged);
  slideDown(before, oldChanged, newChanged);
  slideDown(after, newChanged, oldChanged);
  return collect(oldChanged, newChanged, before.length, after.length);
}

function searchChanges(
  before: Int32Array,
  after: Int32Array,
  oldAt: readonly number[],
  newAt: readonly number[],
  oldChanged: Uint8Array,
  newChanged: Uint8Array,
): void {
  const a = Int32Array.from(oldAt, (i) => before[i]!);
  const b = Int32Array.from(newAt, (i) => after[i]!);
  const offset = b.length + 1;
  const forward = new Int32Array(a.length + b.length + 3);
  const backward = new Int32Array(a.length + b.length + 3);
  const pending: [number, number, number, number][] = [[0, a.length, 0, b.length]];
  while (pending.length > 0) {
    let [aStart, aEnd, bStart, bEnd] = pending.pop()!;
    while (aStart < aEnd && bStart < bEnd && a[aStart] === b[bStart]) {
      aStart++;
      bStart++;
    }
    while (aStart < aEnd && bStart < bEnd && a[aEnd - 1] === b[bEnd - 1]) {
      aEnd--;
      bEnd--;
    }
    if (aStart === aEnd) {
      for (let i = bStart; i < bEnd; i++) newChanged[newAt[i]!] = 1;
    } else if (bStart === bEnd) {
      for (let i = aStart; i < aEnd; i++) oldChanged[oldAt[i]!] = 1;
    } else {
      const [x, y] = findSplit(a, b, aStart, aEnd, bStart, bEnd, forward, backward, offset);
      pending.push([aStart, x, bStart, y], [x, aEnd, y, bEnd]);
    }
  }
}

/** A point on a shortest edit path, searched from both ends. Diagonals are `x - y`. */
function findSplit(
  a: Int32Array,
  b: Int32Array,
  aStart: number,
  aEnd: number,
  bStart: number,
  bEnd: number,
  forward: Int32Array,
  backward: Int32Array,
  offset: number,
): [number, number] {
  const lowest = aStart - bEnd;
  const highest = aEnd - bStart;
  const forwardMiddle = aStart - bStart;
  const backwardMiddle = aEnd - bEnd;
  const odd = ((forwardMiddle - backwardMiddle) & 1) !== 0;
  let forwardLow = forwardMiddle;
  let forwardHigh = forwardMiddle;
  let backwardLow = backwardMiddle;
  let backwardHigh = backwardMiddle;
  forward[offset + forwardMiddle] = aStart;
  backward[offset + backwardMiddle] = aEnd;
  for (let cost = 1; ; cost++) {
    if (forwardLow > lowest) forward[offset + --forwardLow - 1] = -1;
    else forwardLow++;
    if (forwardHigh < highest) forward[offset + ++forwardHigh + 1] = -1;
    else forwardHigh--;
    for (let d = forwardHigh; d >= forwardLow; d -= 2) {
      const below = forward[offset + d - 1]!;
      const above = forward[offset + d + 1]!;
      let x = below >= above ? below + 1 : above;
      let y = x - d;
      while (x < aEnd && y < bEnd && a[x] === b[y]) {
        x++;
        y++;
      }
      forward[offset + d] = x;
      if (odd && d >= backwardLow && d <= backwardHigh && backward[offset + d]! <= x) return [x, y];
    }
    if (backwardLow > lowest) backward[offset + --backwardLow - 1] = 0x7fffffff;
    else backwardLow++;
    if (backwardHigh < highest) backward[offset + ++backwardHigh + 1] = 0x7fffffff;
    else backwardHigh--;
    for (let d = backwardHigh; d >= backwardLow; d -= 2) {
      const below = backward[offset + d - 1]!;
      const above = backward[offset + d + 1]!;
      let x = below < above ? below : above - 1;
      let y = x - d;
      while (x > aStart && y > bStart && a[x - 1] === b[y - 1]) {
        x--;
        y--;
      }
      backward[offset + d] = x;
      if (!odd && d >= forwardLow && d <= forwardHigh && x <= forward[offset + d]!) return [x, y];
    }
    if (cost >= MAX_COST) {
      let best = -1;
      let split: [number, number] = [aStart, bStart];
      for (let d = forwardHigh; d >= forwardLow; d -= 2) {
        const x = Math.min(forward[offset + d]!, aEnd);
        const y = Math.min(x - d, bEnd);
        if (y >= bStart && x + y > best) {
          best = x + y;
          split = [y === x - d ? x : y + d, y];
        }
      }
      if (split[0] + split[1] > aStart + bStart) return split;
      return [aEnd, bStart];
    }
  }
}

/** A run of changes moves down while the line it leaves equals the one it takes in, as git shows it. */
function slideDown(lines: Int32Array, changed: Uint8Array, otherChanged: Uint8Array): void {
  let other = 0;
  let at = 0;
  while (at < lines.length) {
    if (!changed[at]) {
      while (otherChanged[other]) other++;
      other++;
      at++;
      continue;
    }
    let start = at;
    while (changed[at]) at++;
    const otherStart = other;
    while (otherChanged[other]) other++;
    if (other > otherStart) continue;
    while (at < lines.length && lines[start] === lines[at] && !otherChanged[other + 1]) {
      changed[start++] = 0;
      changed[at++] = 1;
      other++;
      while (changed[at]) at++;
    }
  }
}

function collect(oldChanged: Uint8Array, newChanged: Uint8Array, oldCount: number, newCount: number): LineChange[] {
  const changes: LineChange[] = [];
  let oldLine = 0;
  let newLine = 0;
  while (oldLine < oldCount || newLine < newCount) {
    if (!oldChanged[oldLine] && !newChanged[newLine]) {
      oldLine++;
      newLine++;
      continue;
    }
    const oldStart = oldLine;
    const newStart = newLine;
    while (oldLine < oldCount && oldChanged[oldLine]) oldLine++;
    while (newLine < newCount && newChanged[newLine]) newLine++;
    changes.push({ oldStart, oldEnd: oldLine, newStart, newEnd: newLine });
  }
  return changes;
}
