/** A profile as a whole, in the words of the wire: paths of the workspace, one-based places. */
import type { EffectiveSection, ExtendsView, PlannedOrder, ProfilePlace } from "@/lib/language/features/profile-views";
import type {
  EffectiveSectionInfo,
  ExtendsViewInfo,
  PartsInfo,
  ProfilePlace as WirePlace,
} from "@/lib/protocol/language";
import { LANGUAGE_ROOT } from "@/lib/protocol/language-root";

const BUILTIN_SOURCES: Readonly<Record<string, string>> = {
  DEFAULT_VALUE: "buildout's default",
  COMPUTED_VALUE: "computed by buildout",
  COMMAND_LINE_VALUE: "command line",
  IMPLICIT_VALUE: "implied",
};

/** A path as the page names it; whatever is not in the workspace names itself. */
export function toWorkspacePath(path: string, roots: readonly string[]): string {
  for (const root of roots) {
    if (path === root) return "";
    if (path.startsWith(`${root}/`)) return path.slice(root.length + 1);
  }
  return path;
}

export function createProfileAnswers(roots: readonly string[] = [LANGUAGE_ROOT]): {
  effective(found: EffectiveSection): EffectiveSectionInfo;
  extendsView(found: ExtendsView): ExtendsViewInfo;
  parts(found: readonly PlannedOrder[]): PartsInfo;
  paths(found: readonly string[]): string[];
} {
  const toPath = (path: string): string => toWorkspacePath(path, roots);
  const toPlace = ({ path, position }: ProfilePlace): WirePlace => ({
    path: toPath(path),
    line: position.line + 1,
    column: position.column + 1,
  });
  return {
    effective: (found) => ({
      ...found,
      macros: [...found.macros],
      places: found.places.map(toPlace),
      sections: [...found.sections],
      options: found.options.map(({ problem, fromMacro, steps, ...option }) => ({
        ...option,
        ...(problem === undefined ? {} : { problem }),
        ...(fromMacro === undefined ? {} : { fromMacro }),
        steps: steps.map(({ operation, text, place, source, times }) => ({
          operation,
          text,
          source: BUILTIN_SOURCES[source] ?? toPath(source),
          times,
          ...(place ? { place: toPlace(place) } : {}),
        })),
      })),
    }),
    paths: (found) => found.map(toPath),
    extendsView: ({ files, problems }) => ({
      files: files.map((file) => ({
        ...file,
        path: toPath(file.path),
        extends: file.extends.map(toPath),
        cycles: file.cycles.map(toPath),
      })),
      problems: problems.map(({ place, message }) => ({ place: toPlace(place), message })),
    }),
    parts: (found) => ({
      parts: found.map(({ recipe, place, dependencies, ...part }) => ({
        ...part,
        dependencies: [...dependencies],
        ...(recipe === undefined ? {} : { recipe }),
        ...(place ? { place: toPlace(place) } : {}),
      })),
    }),
  };
}
