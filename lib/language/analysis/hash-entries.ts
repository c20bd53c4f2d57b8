/**
 * The `md5sum` options of a document and the files of the workspace that they are of.
 *
 * In `buildout.hash.cfg` (slapos.git, README.update-hash) the file is named by `_update_hash_filename_` or, in older
 * ones, `filename`, relative to that file's directory; elsewhere by the section's `url`.
 */
import { baseNameOf, directoryOf, joinPath, normalisePath } from "@/lib/buildout";
import type { DocumentOption, DocumentSection, ProfileDocument } from "../document/profile-document";
import type { Analysis } from "./analysis";
import type { ProfileView } from "./profile-view";

export interface HashEntry {
  readonly section: DocumentSection;
  readonly md5sum: DocumentOption | undefined;
  /** Names the file. */
  readonly source: DocumentOption;
  readonly path: string;
  readonly written: string;
}

export function isHashFile(path: string): boolean {
  return baseNameOf(path).endsWith(".hash.cfg");
}

const FILE_NAMES = ["_update_hash_filename_", "filename"] as const;
/** A section without any of these is no entry. */
const ENTRY_NAMES: ReadonlySet<string> = new Set(["md5sum", "_update_hash_filename_"]);
const ENTRY_NAMES_OF_HASH_FILE: ReadonlySet<string> = new Set([...ENTRY_NAMES, "filename"]);

export function hashEntries(analysis: Analysis, document: ProfileDocument, view: ProfileView | undefined): HashEntry[] {
  const entries: HashEntry[] = [];
  const names = isHashFile(document.path) ? ENTRY_NAMES_OF_HASH_FILE : ENTRY_NAMES;
  for (const section of document.sections) {
    if (!section.options.some((option) => names.has(option.name))) continue;
    const optionNamed = (name: string): DocumentOption | undefined =>
      section.options.findLast((option) => option.name === name && option.operator === "=");
    const md5sum = optionNamed("md5sum");
    const named = FILE_NAMES.map(optionNamed).find((option) => option !== undefined);
    const text = (option: DocumentOption): string => document.text.slice(option.value.start, option.value.end).trim();
    if (named && (named.name === "_update_hash_filename_" || isHashFile(document.path))) {
      const written = text(named);
      if (written === "" || /[$\ue000]/.test(written)) continue;
      const path = normalisePath(joinPath(directoryOf(document.path), written));
      entries.push({ section, md5sum, source: named, path, written });
      continue;
    }
    const url = optionNamed("url") ?? optionNamed("template") ?? optionNamed("input");
    if (!md5sum || !url || !view) continue;
    const path = analysis.renderers.pathOf(view, section.name, view.option(section.name, url.name)?.value ?? "");
    if (path === undefined || analysis.files.kindOf(path) !== "file") continue;
    entries.push({ section, md5sum, source: url, path, written: text(url) });
  }
  return entries;
}
