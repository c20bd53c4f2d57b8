/** References, highlights and renaming of sections and options. */
import type { TextRange } from "@/lib/base/text-range";
import { isUrl } from "@/lib/buildout";
import type { Analysis } from "../analysis/analysis";
import { levelOf, namesOf, slapgridOptions, viewsFor } from "../analysis/reference-target";
import { sectionMentions } from "../analysis/section-mentions";
import { SLAPGRID_SECTIONS } from "../analysis/slapgrid-sections";
import type { FileEdit, Location, RenameAnswer } from "../answers";
import { cursorAt, meantOffset } from "../document/cursor";
import type { ProfileDocument } from "../document/profile-document";
import { parameterReferences } from "../parameters/parameter-features";
import { eggUses, versionsSection } from "./eggs";
import { findOccurrences, type Occurrence, type OccurrenceTarget, occurrencesIn, scopeOf } from "./occurrences";

export interface NameAtCursor extends OccurrenceTarget {
  readonly range: TextRange;
  readonly own: boolean;
}

/** The section or option that the cursor is on, wherever it is written. */
export function nameAt(analysis: Analysis, document: ProfileDocument, asked: number): NameAtCursor | undefined {
  const offset = meantOffset(document, asked);
  const cursor = cursorAt(document, offset);
  const home = document.path;
  if (cursor.kind === "reference") {
    const { reference } = cursor;
    const level = levelOf(document, reference);
    const [view] = viewsFor(analysis, document, level);
    const names = namesOf(reference, cursor.section);
    if (!view || names.section === "") return undefined;
    const base = { section: names.section, home: view.path, own: level === "own" };
    if (cursor.part === "section" && reference.sectionName !== "") {
      return { ...base, option: undefined, range: reference.section };
    }
    return names.option && reference.option ? { ...base, option: names.option, range: reference.option } : undefined;
  }
  if (cursor.kind === "header") {
    const { section } = cursor;
    return { section: section.name, option: undefined, home, own: true, range: section.nameRange };
  }
  if (cursor.kind === "key") {
    if (!cursor.option || !cursor.section || cursor.option.name === "<") return undefined;
    return { section: cursor.section.name, option: cursor.option.name, home, own: true, range: cursor.option.key };
  }
  if (cursor.kind === "value") {
    for (const mention of sectionMentions(document)) {
      const { sectionRange, optionRange } = mention;
      if (optionRange && optionRange.start <= offset && offset <= optionRange.end) {
        return { section: mention.section, option: mention.optionName!, home, own: true, range: optionRange };
      }
      if (sectionRange.start <= offset && offset <= sectionRange.end && sectionRange.end > sectionRange.start) {
        return { section: mention.section, option: undefined, home, own: true, range: sectionRange };
      }
    }
  }
  return undefined;
}

export function referencesAt(
  analysis: Analysis,
  document: ProfileDocument,
  offset: number,
  withDeclaration: boolean,
): Location[] {
  const parameter = parameterReferences(analysis, document, offset, withDeclaration);
  if (parameter) return parameter;
  const name = nameAt(analysis, document, offset);
  if (!name) return [];
  const uses =
    name.option !== undefined && name.section === versionsSection(analysis, document)
      ? eggUses(analysis, document, name.option)
      : [];
  const found = findOccurrences(analysis, name)
    .filter((occurrence) => withDeclaration || !occurrence.isDeclaration)
    .map(({ path, range }) => ({ path, range }));
  return [...found, ...uses];
}

export function highlightsAt(analysis: Analysis, document: ProfileDocument, offset: number): TextRange[] {
  const name = nameAt(analysis, document, offset);
  if (!name) return [];
  const found: Occurrence[] = [];
  occurrencesIn(document, name, new Set([name.section]), name.own, found);
  return found.map(({ range }) => range);
}

const VALID_SECTION = /^[-\w.][-\w. ]*$/;
const VALID_OPTION = /^[-\w.]+$/;

export function prepareRenameAt(
  analysis: Analysis,
  document: ProfileDocument,
  offset: number,
): { range: TextRange; name: string } | undefined {
  const name = nameAt(analysis, document, offset);
  if (!name || whyFixed(analysis, document, name)) return undefined;
  return { range: name.range, name: name.option ?? name.section };
}

/** Why a name is not the user's to change. */
function whyFixed(analysis: Analysis, document: ProfileDocument, name: NameAtCursor): string | undefined {
  if (name.section === "buildout") return "The section [buildout] belongs to Buildout.";
  if (/[\ue000\ue001]/.test(name.section + (name.option ?? ""))) return "A template makes this name.";
  const view = analysis.view(name.home);
  if (!view?.hasSection(name.section)) {
    return slapgridOptions(document, name.section)
      ? "The node provides this section."
      : `There is no section \`${name.section}\`.`;
  }
  if (name.option === undefined) {
    const versions = view.option("buildout", "versions")?.value.trim();
    return name.section === versions ? "Buildout reads versions from this section." : undefined;
  }
  if (name.option === "recipe" || name.option === "_profile_base_location_")
    return "Buildout gives this option its meaning.";
  if (!view.option(name.section, name.option)) return `\`${name.option}\` is not set in a profile.`;
  const recipe = view.recipe(name.section);
  const known = recipe ? analysis.catalogue.find(recipe) : undefined;
  if (known && (Object.hasOwn(known.options, name.option) || Object.hasOwn(known.generated, name.option))) {
    return `The recipe \`${recipe}\` reads \`${name.option}\` by this name.`;
  }
  if (known?.anyOption) return `The recipe \`${recipe}\` reads its options by name.`;
  return undefined;
}

export function renameAt(analysis: Analysis, document: ProfileDocument, offset: number, newName: string): RenameAnswer {
  const name = nameAt(analysis, document, offset);
  if (!name) return { refused: "There is no section or option here." };
  const fixed = whyFixed(analysis, document, name);
  if (fixed) return { refused: fixed };
  const old = name.option ?? name.section;
  if (!(name.option === undefined ? VALID_SECTION : VALID_OPTION).test(newName) || newName.trim() !== newName) {
    return { refused: `\`${newName}\` is not a name that \${section:option} could refer to.` };
  }
  if (newName === old) return { edits: [] };
  if (name.option === undefined && (newName === "buildout" || Object.hasOwn(SLAPGRID_SECTIONS, newName))) {
    return { refused: `[${newName}] has a meaning of its own.` };
  }
  const captured = capturedName(analysis, name, newName);
  if (captured) return { refused: captured };
  const edits = new Map<string, { range: TextRange; newText: string }[]>();
  for (const { path, range } of findOccurrences(analysis, name)) {
    if (isUrl(path) || !analysis.files.roots.some((root) => path.startsWith(`${root}/`))) {
      return { refused: `\`${path}\` uses this name and is not in the workspace.` };
    }
    const list = edits.get(path) ?? [];
    if (!list.some((edit) => edit.range.start === range.start)) list.push({ range, newText: newName });
    edits.set(path, list);
  }
  const files: FileEdit[] = [...edits].map(([path, list]) => ({
    path,
    edits: list.sort((a, b) => a.range.start - b.range.start),
  }));
  return { edits: files };
}

/** A place where the new name means something already. */
function capturedName(analysis: Analysis, name: NameAtCursor, newName: string): string | undefined {
  const wanted = `[${newName}]`;
  for (const path of scopeOf(analysis, name)) {
    const text = analysis.files.read(path);
    if (!text?.includes(newName)) continue;
    const document = analysis.document(path);
    if (!document) continue;
    if (name.option === undefined) {
      if (newName === "buildout" || document.sectionsNamed(newName).length > 0) {
        return `\`${path.slice(path.lastIndexOf("/") + 1)}\` already has ${wanted}.`;
      }
      if (document.references.some((reference) => reference.sectionName === newName)) {
        return `\`${path.slice(path.lastIndexOf("/") + 1)}\` already refers to ${wanted}.`;
      }
    } else {
      const sections = document.sectionsNamed(name.section);
      if (sections.some((section) => section.options.some((option) => option.name === newName))) {
        return `[${name.section}] already has \`${newName}\`.`;
      }
      const view = analysis.view(path);
      if (view?.option(name.section, newName)) return `[${name.section}] already has \`${newName}\`.`;
      const heir = document.sections.find(
        (section) =>
          section.options.some((option) => option.name === newName) &&
          view?.macroChain(section.name).includes(name.section),
      );
      if (heir) return `[${heir.name}], which takes options from [${name.section}], already has \`${newName}\`.`;
    }
  }
  return undefined;
}
