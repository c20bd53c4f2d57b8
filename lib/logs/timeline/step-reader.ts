/**
 * The steps of a run as its log names them: the parts as they are taken up, the phases around them, and what the log
 * says of a part (built before and shared, failed, warned of).
 *
 * Parts of one run have unique keys: an instance run goes through several partitions, whose parts may have the same
 * names. Invariant: the answer depends on the lines only.
 */
import { cleanLogLine } from "../failure/failure-report";
import { readWarning } from "../failure/warning";
import { type PartAction, readPartLine } from "../run-progress";

export interface StepPlace {
  /** Byte offset of the line's start. */
  readonly offset: number;
  /** Zero-based. */
  readonly line: number;
}

/** `phase`: work between parts, from its line on. */
export type RunStep =
  | ({
      readonly kind: "part";
      readonly part: string;
      readonly action: PartAction;
      readonly partition?: string;
    } & StepPlace)
  | ({ readonly kind: "phase"; readonly title: string; readonly partition?: string } & StepPlace)
  | ({ readonly kind: "reused" | "failed"; readonly part: string; readonly partition?: string } & StepPlace)
  /** Of a run that keeps going: a part that is passed over, since another that it uses failed. */
  | ({ readonly kind: "blocked"; readonly part: string; readonly by: string; readonly partition?: string } & StepPlace)
  /** What the engine warned of, in its words. */
  | ({ readonly kind: "warning"; readonly text: string; readonly partition?: string } & StepPlace);

export interface StepReader {
  /** Of a line that tells of one; `text` as the log has it. */
  readLine(text: string, place: StepPlace): RunStep | undefined;
}

const PARTITION = /^Processing Computer Partition (\S+?)\.*$/;
const PROMISES = /^Checking (\S+) promises/;
const FINISHING = /^webrunner: The buildout is complete|^Finished (?:software releases|computer partitions)/;
/** What slapos.recipe.* logs, named after the part. */
const REUSED = /^(\S+): shared (?:part is already installed|at .* \(already built\))$/;
const BLOCKED =
  /^webrunner_engine: (?:Skipping|Leaving) (\S+?)(?: as it is)?: it uses (\S+), which is not installed\.$/;
/** Inside of what buildout prints after `While:`. */
const FAILED_PART = /^\s+(?:Installing|Updating) (\S*[^\s.])\.$/;

/** A line without any of these cannot tell of a step: the cheap look before the dear one. */
const TELLING = /ing |While:|shared |webrunner: |Finished |webrunner_engine: |unused option|t develop /;

export function createStepReader(): StepReader {
  let partition: string | undefined;
  let insideWhile = false;

  return {
    readLine(text, place) {
      if (!TELLING.test(text)) {
        insideWhile &&= /^\s/.test(cleanLogLine(text));
        return undefined;
      }
      const line = cleanLogLine(text);
      if (line === "While:") {
        insideWhile = true;
        return undefined;
      }
      if (insideWhile) {
        const failed = FAILED_PART.exec(line);
        if (failed) return { kind: "failed", part: failed[1]!, ...inPartition(partition), ...place };
        if (/^\s/.test(line)) return undefined;
        insideWhile = false;
      }
      const found = readPartLine(text);
      if (found) return { kind: "part", ...found, ...inPartition(partition), ...place };
      const shared = REUSED.exec(line);
      if (shared) return { kind: "reused", part: shared[1]!, ...inPartition(partition), ...place };
      const blocked = BLOCKED.exec(line);
      if (blocked) return { kind: "blocked", part: blocked[1]!, by: blocked[2]!, ...inPartition(partition), ...place };
      const entered = PARTITION.exec(line);
      if (entered) {
        partition = entered[1]!;
        return { kind: "phase", title: `Preparing ${partition}`, partition, ...place };
      }
      const checked = PROMISES.exec(line);
      if (checked) return { kind: "phase", title: `Promises of ${checked[1]!}`, partition: checked[1]!, ...place };
      if (readWarning(line)) return { kind: "warning", text: line, ...inPartition(partition), ...place };
      if (FINISHING.test(line)) return { kind: "phase", title: "Finishing", ...place };
      return undefined;
    },
  };
}

function inPartition(partition: string | undefined): { readonly partition?: string } {
  return partition === undefined ? {} : { partition };
}
