/**
 * What a log tells of a run's progress: the part at work, how many have been taken up, and whether there was anything
 * to do. Fed with the log's text in pieces of any size; a line counts once it is complete.
 *
 * Invariant: the answer depends on the concatenated text only, not on where it was cut. Memory is bounded: of a line
 * longer than `LINE_LIMIT` only the beginning is kept.
 */
import { cleanLogLine } from "./failure/failure-report";

/** A line that tells something is short; the rest of a longer one is not looked at. */
const LINE_LIMIT = 4096;
/** Buildout's `Installing x.`, at the line's start; slapgrid's `Installing software release …` has no full stop. */
const PART = /^(Installing|Updating|Uninstalling) ([^\s'"]*[^\s'".])\.$/;
const NOTHING_TO_DO = /^webrunner: Nothing to do\b/;
/** Of the preflight and of the layer, see docs/engine.md. */
const DOWNLOADS = /^webrunner: Downloads: (\d+ of \d+, .*?)(?:, took .*)?$/;
const RETRY = /^webrunner(?:_engine)?: Trying again \(\d+ of \d+\) after (.+): \S+$/;

export type PartAction = "installing" | "updating" | "uninstalling";

export interface RunProgress {
  /** The part named last. */
  readonly part?: string;
  readonly action?: PartAction;
  /** Distinct parts that have been installed or updated, the one at work among them. */
  readonly partsDone: number;
  readonly nothingToDo: boolean;
  /** `12 of 40, 3.2 MB of 41.0 MB`, until the first part. */
  readonly downloading?: string;
  /** How often the network was asked again, and why the last time. */
  readonly retries?: { readonly count: number; readonly reason: string };
}

export interface RunProgressReader {
  readonly progress: RunProgress;
  push(text: string): void;
  /** One complete line, for a caller that cuts the text itself. */
  pushLine(line: string): void;
}

export function readPartLine(line: string): { readonly action: PartAction; readonly part: string } | undefined {
  const match = PART.exec(cleanLogLine(line));
  if (!match) return undefined;
  return { action: match[1]!.toLowerCase() as PartAction, part: match[2]! };
}

export function createRunProgressReader(): RunProgressReader {
  const taken = new Set<string>();
  let pending = "";
  let progress: RunProgress = { partsDone: 0, nothingToDo: false };

  const readOwnLine = (line: string): void => {
    const downloads = DOWNLOADS.exec(line);
    if (downloads) progress = { ...progress, downloading: downloads[1]! };
    const retry = RETRY.exec(line);
    if (retry) progress = { ...progress, retries: { count: (progress.retries?.count ?? 0) + 1, reason: retry[1]! } };
  };

  const readLine = (line: string): void => {
    if (line.includes("ing ")) {
      const found = readPartLine(line);
      if (found) {
        if (found.action !== "uninstalling") taken.add(found.part);
        const { downloading: _over, ...rest } = progress;
        progress = { ...rest, ...found, partsDone: taken.size };
        return;
      }
    }
    if (line.includes("webrunner")) readOwnLine(cleanLogLine(line));
    if (!progress.nothingToDo && NOTHING_TO_DO.test(cleanLogLine(line))) progress = { ...progress, nothingToDo: true };
  };

  return {
    get progress() {
      return progress;
    },
    pushLine: readLine,
    push(text) {
      let from = 0;
      for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", from)) {
        if (pending.length + end - from <= LINE_LIMIT) readLine(pending + text.slice(from, end));
        pending = "";
        from = end + 1;
      }
      pending = (pending + text.slice(from, from + LINE_LIMIT + 1)).slice(0, LINE_LIMIT + 1);
    },
  };
}
