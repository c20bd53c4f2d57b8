/** Hints on values that replace others, and on those that only repeat what is there. */
import { createEngineFacts, directoryOf } from "@/lib/buildout";
import type { ProfileView } from "../analysis/profile-view";
import type { LanguageDiagnostic, RelatedPlace } from "../answers";
import type { DocumentOption, DocumentSection, ProfileDocument } from "../document/profile-document";

const DEFAULTS = createEngineFacts().default_options;
/** Options that every section sets for itself. */
const PERSONAL = new Set(["<", "extends", "_profile_base_location_", "recipe +"]);

interface Earlier {
  readonly value: string;
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly isDefault: boolean;
}

export function overrideDiagnostics(document: ProfileDocument, view: ProfileView): LanguageDiagnostic[] {
  const found: LanguageDiagnostic[] = [];
  for (const section of document.sections) {
    if (section.dynamic || section.header.expression !== undefined) continue;
    const sources = sourcesOf(document, view, section);
    if (!sources) continue;
    for (const option of section.options) {
      if (option.conditional || option.dynamic || PERSONAL.has(option.name)) continue;
      const earlier = earlierValue(document, view, section, option, sources);
      if (!earlier) continue;
      const own = valueText(document, option);
      const isElsewhere =
        own.includes("_profile_base_location_") && directoryOf(earlier.path) !== directoryOf(document.path);
      const same = option.operator === "=" && own === earlier.value && !isElsewhere;
      const related: RelatedPlace[] = [
        {
          location: { path: earlier.path, range: { start: earlier.start, end: earlier.end } },
          message: `${earlier.isDefault ? "default value" : "value"}: \`${earlier.value}\``,
        },
      ];
      found.push({
        range: option.value.end > option.value.start ? option.value : option.key,
        severity: same ? "information" : "hint",
        code: same ? "option/redundant" : "option/overrides",
        message: same
          ? `\`${option.name}\` already has value \`${own}\`.`
          : `\`${option.name}\` overrides an existing value.`,
        related,
        ...(same ? { tags: ["unnecessary"] as const } : {}),
        data: { section: section.name, option: option.name },
      });
    }
  }
  return found;
}

/** The value without indents, as written. */
export function valueText(document: ProfileDocument, option: DocumentOption): string {
  return document.text
    .slice(option.value.start, option.value.end)
    .split(/\r\n|\r|\n/)
    .filter((line) => !/^[#;]/.test(line))
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join("\n");
}

/** Where a section's options can have had a value before. */
interface EarlierSources {
  /** In the same file. */
  readonly sections: readonly DocumentSection[];
  /** The one that counts first. */
  readonly macros: readonly string[];
}

/** Undefined where there is none. */
function sourcesOf(document: ProfileDocument, view: ProfileView, section: DocumentSection): EarlierSources | undefined {
  const sections = document
    .sectionsNamed(section.name)
    .filter((other) => other !== section && other.start < section.start && other.header.expression === undefined);
  const macros = view.macros(section.name).toReversed();
  const isAlone = sections.length === 0 && macros.length === 0 && view.configuration.graph.byLastMerge.length === 1;
  return isAlone && section.name !== "buildout" ? undefined : { sections, macros };
}

function earlierValue(
  document: ProfileDocument,
  view: ProfileView,
  section: DocumentSection,
  option: DocumentOption,
  { sections, macros }: EarlierSources,
): Earlier | undefined {
  const before = sections
    .flatMap((other) => other.options)
    .findLast((other) => other.name === option.name && !other.conditional);
  if (before) return earlier(valueText(document, before), document.path, before);

  const extended = inheritedByExtends(document, view, section.name, option.name);
  if (extended) return extended;
  for (const macro of macros) {
    const value = macro === section.name ? undefined : view.option(macro, option.name);
    const place = value && view.places(value).at(-1);
    if (place) return earlier(normalise(value.value), place.path, place.node);
  }
  if (section.name === "buildout" && option.operator === "=" && Object.hasOwn(DEFAULTS, option.name)) {
    const value = DEFAULTS[option.name]!;
    if (value !== "" && value === valueText(document, option)) {
      return { value, path: document.path, start: section.start, end: section.headerEnd, isDefault: true };
    }
  }
  return undefined;
}

function earlier(value: string, path: string, node: { start: number; end: number }): Earlier {
  return { value, path, start: node.start, end: node.end, isDefault: false };
}

function normalise(value: string): string {
  return value
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join("\n");
}

/** What the option would be without this file: the last of the extended files that sets it. */
function inheritedByExtends(
  document: ProfileDocument,
  view: ProfileView,
  section: string,
  option: string,
): Earlier | undefined {
  const nodes = view.configuration.graph.byLastMerge;
  for (let i = nodes.length - 1; i >= 0; i--) {
    const { profile } = nodes[i]!;
    if (profile.path === document.path) continue;
    const options = profile.sections.get(section)?.options;
    const value = options?.get(option);
    const node = value?.definition?.nodes.at(-1);
    if (value && node) return earlier(normalise(value.value), profile.path, node);
  }
  return undefined;
}
