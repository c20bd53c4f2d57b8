/**
 * Where in the profiles a failed run's cause stands: from the engine's words to a range of a file.
 *
 * Asks the resolved profile, as it is now, for the option, reference, pin or `extends` that the cause speaks of. Never
 * throws; undefined where the cause stands in no profile (a full disk, a promise of a template that is not at hand).
 */
import type { ProfileAnalysis } from "@/lib/buildout";
import type { FailureReport } from "@/lib/logs/failure/failure-report";
import { sectionOf } from "@/lib/logs/failure/while-block";
import { createPlaceFinder, type FailurePlace, type PlaceFinder } from "./place-finder";

export function findFailurePlace(
  report: FailureReport,
  analysis: ProfileAnalysis,
  path: string,
): FailurePlace | undefined {
  const finder = createPlaceFinder(analysis, analysis.resolve(path));
  const { cause, part } = report;
  const inPart = (): FailurePlace | undefined => (part === undefined ? undefined : finder.section(part));
  /** The part that was installed, or whose recipe was made. */
  const maker = part ?? sectionOf(report.steps, cause.kind === "unknown-section" ? cause.section : undefined);
  const named = (text: string): FailurePlace | undefined =>
    maker === undefined ? undefined : (finder.named(maker, text) ?? finder.section(maker));

  switch (cause.kind) {
    case "unknown-section":
      if (cause.readBy)
        return (
          finder.text(cause.readBy.section, cause.readBy.option, `\${${cause.section}:`) ??
          finder.word(cause.readBy.section, cause.readBy.option, cause.section)
        );
      return (
        (maker === undefined
          ? undefined
          : (finder.containing(maker, cause.section) ?? finder.inTemplate(maker, `\${${cause.section}:`))) ??
        finder.word("buildout", "parts", cause.section)
      );
    case "unknown-option":
      if (!cause.readBy)
        return (
          (maker === undefined ? undefined : finder.inTemplate(maker, `\${${cause.section}:${cause.option}}`)) ??
          finder.section(cause.section)
        );
      return (
        finder.text(cause.readBy.section, cause.readBy.option, `\${${cause.section}:${cause.option}}`) ??
        finder.text(cause.readBy.section, cause.readBy.option, `\${:${cause.option}}`) ??
        finder.option(cause.readBy.section, cause.readBy.option)
      );
    case "bad-substitution":
      return cause.readBy && finder.text(cause.readBy.section, cause.readBy.option, cause.reference);
    case "circular-substitution": {
      const [first, second] = cause.options;
      if (!first) return undefined;
      const next = second && `\${${second.section === first.section ? "" : second.section}:${second.option}}`;
      return (next && finder.text(first.section, first.option, next)) || finder.option(first.section, first.option);
    }
    case "circular-macro":
      return finder.option(cause.sections[0] ?? "", "<");
    case "unknown-macro":
      return cause.readBy === undefined ? undefined : finder.word(cause.readBy, "<", cause.section);
    case "missing-option":
      return (
        finder.asked(cause.section, cause.option) ??
        (maker === undefined ? undefined : finder.containing(maker, `${cause.section}:${cause.option}`)) ??
        finder.section(cause.section)
      );
    case "develop":
      return finder.develop(cause.path);
    case "part-promise": {
      const named = /'([^']+)'/.exec(cause.text)?.[1];
      return (part !== undefined && named !== undefined && finder.containing(part, named)) || inPart();
    }
    case "circular-extends":
      return finder.extendsOf(cause.files.at(-1) ?? "", cause.files.at(-2));
    case "missing-profile":
      return finder.extendsOf(cause.file) ?? inPart();
    case "download":
      return (
        finder.extendsOf(cause.url) ?? (part === undefined ? undefined : finder.containing(part, cause.url)) ?? inPart()
      );
    case "syntax":
      return finder.line(cause.file, cause.lines[0]?.line ?? 1);
    case "md5-mismatch":
      return part === undefined
        ? undefined
        : (finder.option(part, "md5sum") ?? finder.containing(part, cause.url) ?? inPart());
    case "missing-distribution":
      return findDistribution(finder, cause.requirement, cause.recipe, report);
    case "pin-conflict":
      return finder.option("versions", toEggName(cause.requirement)) ?? inPart();
    case "unpinned":
      return (
        (part === undefined ? undefined : finder.containing(part, cause.egg)) ?? inPart() ?? finder.section("versions")
      );
    case "unknown-entry-point":
      return finder.recipe(cause.name) ?? inPart();
    case "inline-code":
      return finder.code(cause.section, cause.line) ?? finder.section(cause.section);
    case "recipe-error":
      return finder.line(cause.file, cause.line) ?? findCondition(finder, report) ?? named(cause.error);
    case "configure":
      return findConfigureOption(finder, part, cause.text) ?? inPart();
    case "no-instance-profile":
      return finder.option("buildout", "parts");
    case "version-conflict": {
      const egg = /^We already have: (\S+)/.exec(cause.text)?.[1];
      if (egg === undefined) return inPart();
      return (
        finder.option("versions", egg) ?? (part === undefined ? undefined : finder.containing(part, egg)) ?? inPart()
      );
    }
    case "command":
      return (
        (part !== undefined && report.command !== undefined && finder.commanded(part, report.command)) ||
        named(cause.text)
      );
    case "compiler":
      return inPart();
    case "promise":
      return finder.promise(cause.promise) ?? inPart();
    case "parameters":
    case "busy":
    case "disk-full":
      return inPart();
    case "other":
      return named(cause.text);
  }
}

function findDistribution(
  finder: PlaceFinder,
  requirement: string,
  recipe: string | undefined,
  report: FailureReport,
): FailurePlace | undefined {
  if (recipe !== undefined) {
    const named = finder.recipe(recipe);
    if (named) return named;
  }
  const egg = toEggName(requirement);
  // A pin that no index has is the more precise answer than the part that asked for it.
  if (/[=<>]/.test(requirement)) {
    const pin = finder.option("versions", egg);
    if (pin) return pin;
  }
  if (report.part === undefined) return finder.word("buildout", "extensions", egg);
  return finder.containing(report.part, egg) ?? finder.section(report.part);
}

function findConfigureOption(finder: PlaceFinder, part: string | undefined, text: string): FailurePlace | undefined {
  if (part === undefined) return undefined;
  const flag = /--[\w-]+/.exec(text)?.[0];
  return (flag && finder.containing(part, flag)) || finder.option(part, "configure-options");
}

/** buildout evaluates the condition of a header as Python. */
function findCondition(finder: PlaceFinder, { cause, traceback }: FailureReport): FailurePlace | undefined {
  if (cause.kind !== "recipe-error" || !traceback) return undefined;
  const name = /^NameError: name '(\w+)' is not defined/.exec(cause.error)?.[1];
  const isRead = traceback.frames.some(({ file }) => file.endsWith("/zc/buildout/configparser.py"));
  return name !== undefined && isRead ? finder.condition(name) : undefined;
}

function toEggName(requirement: string): string {
  return /^[\w.-]+/.exec(requirement.trim())?.[0] ?? requirement;
}
