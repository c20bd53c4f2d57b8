/**
 * What the engine warned of in a run, and where that stands in the workspace.
 *
 * Buildout says of an option that it is not used when it installs the part, and never again while it keeps it. So what
 * an earlier run said stands as long as the part was not taken up anew and the text is the same.
 */
import { posix } from "node:path";
import type { Resolution } from "@/lib/buildout";
import type { Place, QuickFix, RunWarning, WarningRecord } from "@/lib/protocol";
import { findWarningPlaces } from "@/lib/slapos/warning-place";
import { findOptionFixes } from "./option-fix";
import { withoutRoots } from "./places";
import type { EndedRun, RunPlaces } from "./run-places";

export interface WarnedRun extends EndedRun {
  readonly id: string;
  readonly said: readonly { readonly text: string; readonly offset: number; readonly partition?: string }[];
  /** The parts that it installed or removed. */
  readonly takenUp: ReadonlySet<string>;
  /** Of the run of the same profile before it. */
  readonly before: readonly WarningRecord[];
  /** What the run failed of is not warned of beside. */
  readonly failedAt: readonly (Place | undefined)[];
  readonly roots: readonly string[];
}

export interface WarningReader {
  record(run: WarnedRun): WarningRecord[];
  /** `profile` is the workspace path of what was run. */
  explain(records: readonly WarningRecord[], workspace: string, profile: string): RunWarning[];
}

/** A profile with more has one that is worth all others. */
const MAX_WARNINGS = 200;

export function createWarningReader(places: RunPlaces): WarningReader {
  const readSaid = (run: WarnedRun): WarningRecord[] => {
    const { analysis, toPath } = places.open(run);
    return run.said.slice(0, MAX_WARNINGS).flatMap(({ text, offset, partition }) =>
      findWarningPlaces(text, analysis, toPath(partition)).map(
        ({ kind, message, section, place }): WarningRecord => ({
          run: run.id,
          kind,
          message: withoutRoots(message, run.roots),
          section,
          logOffset: offset,
          ...places.take(run, place),
        }),
      ),
    );
  };

  return {
    record(run) {
      const stands = run.before.filter((warning) => {
        const isSaidAnew = warning.section === undefined ? run.takenUp.size > 0 : run.takenUp.has(warning.section);
        return !isSaidAnew && !places.isEdited(warning, run.workspace);
      });
      const taken = new Set(run.failedAt.map(toKey));
      // What stands nowhere in the workspace is the engine's own affair.
      const found = [...readSaid(run), ...stands].filter(({ place }) => {
        const isNew = place !== undefined && !taken.has(toKey(place));
        taken.add(toKey(place));
        return isNew;
      });
      return found.slice(0, MAX_WARNINGS);
    },
    explain(records, workspace, profile) {
      if (records.length === 0) return [];
      const look = places.look(workspace);
      const absolute = posix.join(workspace, profile);
      const { analysis } = places.open({ workspace, profile: absolute, findPartitionProfile: () => "" });
      const resolution = analysis.resolve(absolute);
      return records.map(({ placeText, ...warning }) => {
        const { isEdited, fixes } = look({ ...warning, placeText });
        const near = isEdited ? [] : findNear(resolution, warning.section, placeText, warning.place);
        return { ...warning, isEdited, fixes: [...near, ...fixes] };
      });
    },
  };
}

function findNear(
  resolution: Resolution,
  section: string | undefined,
  option: string | undefined,
  place: Place | undefined,
): readonly QuickFix[] {
  const recipe = section === undefined ? undefined : resolution.option(section, "recipe")?.value;
  if (section === undefined || option === undefined || !recipe || !place) return [];
  const given = new Set(resolution.section(section).map(({ name }) => name));
  return findOptionFixes(option, place, { recipe, given });
}

function toKey(place: Place | undefined): string {
  return place ? `${place.path}:${place.line}:${place.column}` : "";
}
