/** Where in the profiles stands what the engine warned of. */
import type { ProfileAnalysis } from "@/lib/buildout";
import { type EngineWarning, readWarning } from "@/lib/logs/failure/warning";
import { createPlaceFinder, type FailurePlace } from "./place-finder";

export interface WarningPlace {
  readonly kind: EngineWarning["kind"];
  /** The engine's words of this one thing. */
  readonly message: string;
  /** The section, of an option that is not used. */
  readonly section?: string;
  readonly place: FailurePlace | undefined;
}

/** One for each option that a line names; empty for a line that warns of nothing. */
export function findWarningPlaces(line: string, analysis: ProfileAnalysis, path: string): readonly WarningPlace[] {
  const warning = readWarning(line);
  if (!warning) return [];
  const finder = createPlaceFinder(analysis, analysis.resolve(path));
  if (warning.kind === "undeveloped")
    return [{ kind: warning.kind, message: line, place: finder.develop(warning.path) }];
  const { kind, section, options } = warning;
  return options.map((option) => ({
    kind,
    message: `Section \`${section}\` contains unused option(s): '${option}'.`,
    section,
    place: finder.name(section, option),
  }));
}
