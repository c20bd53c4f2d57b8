/**
 * Notices that a program's state changed, within about a second, while somebody is there to be told (FT15).
 *
 * supervisord tells nobody by itself who is outside; so it is asked every `LOOK_MS`. A look that takes longer than that
 * is not asked a second time meanwhile. Nobody watching: nothing is asked.
 */
import type { SupervisedProgram } from "./supervisor-client";

const LOOK_MS = 1_000;

export interface ProcessWatch {
  /** Until `release`, as often as it was held. */
  hold(project: string): void;
  release(project: string): void;
  dispose(): void;
}

export interface ProcessWatchOptions {
  readonly list: (project: string) => Promise<readonly SupervisedProgram[] | undefined>;
  readonly onChanged: (project: string) => void;
  readonly onError: (error: unknown) => void;
}

interface Watched {
  holds: number;
  seen: string | undefined;
  looking: boolean;
}

export function createProcessWatch({ list, onChanged, onError }: ProcessWatchOptions): ProcessWatch {
  const projects = new Map<string, Watched>();
  let timer: NodeJS.Timeout | undefined;

  const look = async (project: string, watched: Watched): Promise<void> => {
    if (watched.looking) return;
    watched.looking = true;
    try {
      const seen = toFingerprint(await list(project));
      const before = watched.seen;
      watched.seen = seen;
      if (before !== undefined && before !== seen && projects.get(project) === watched) onChanged(project);
    } catch (error) {
      onError(error);
    } finally {
      watched.looking = false;
    }
  };

  return {
    hold(project) {
      const known = projects.get(project);
      if (known) {
        known.holds++;
        return;
      }
      const watched: Watched = { holds: 1, seen: undefined, looking: false };
      projects.set(project, watched);
      void look(project, watched);
      timer ??= setInterval(() => {
        for (const [id, each] of projects) void look(id, each);
      }, LOOK_MS);
    },
    release(project) {
      const watched = projects.get(project);
      if (!watched || --watched.holds > 0) return;
      projects.delete(project);
      if (projects.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    },
    dispose() {
      projects.clear();
      clearInterval(timer);
      timer = undefined;
    },
  };
}

/** What a person would see as a change: not the running time. */
function toFingerprint(programs: readonly SupervisedProgram[] | undefined): string {
  if (!programs) return "no answer";
  return programs
    .map(({ group, name, state, pid, exitStatus, startedAt }) =>
      [group, name, state, pid, exitStatus, startedAt].join(" "),
    )
    .sort()
    .join("\n");
}
