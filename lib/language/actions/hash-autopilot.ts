/**
 * Keeps `md5sum` entries in step with the files they are of, as slapos.git's `update-hash` does: of every section with
 * a file and an `md5sum` in a `buildout.hash.cfg`, the value becomes the file's.
 */

import { directoryOf, joinPath } from "@/lib/buildout";
import type { Analysis } from "../analysis/analysis";
import { hashEntries, isHashFile } from "../analysis/hash-entries";
import type { FileEdit } from "../answers";
import type { FileDigest } from "../service";
import { md5sumEdit } from "./code-actions";

/** Edits of all hash files that have entries for `path`; of the hash file itself, of all its entries. */
export function hashEdits(analysis: Analysis, path: string, digest: FileDigest): FileEdit[] {
  const files: FileEdit[] = [];
  for (const candidate of hashFilesFor(analysis, path)) {
    const document = analysis.document(candidate);
    if (!document) continue;
    const edits = hashEntries(analysis, document, analysis.view(candidate))
      .filter((entry) => entry.md5sum !== undefined && (candidate === path || entry.path === path))
      .flatMap((entry) => {
        const value = digest(entry.path);
        const edit = value === undefined ? undefined : md5sumEdit(document, entry.section, entry.md5sum, value);
        return edit ? [edit] : [];
      });
    if (edits.length > 0) files.push({ path: candidate, edits });
  }
  return files;
}

function hashFilesFor(analysis: Analysis, path: string): string[] {
  if (isHashFile(path)) return [path];
  const found: string[] = [];
  let at = directoryOf(path);
  for (;;) {
    for (const entry of analysis.files.list(at)) if (isHashFile(entry.name)) found.push(joinPath(at, entry.name));
    const above = directoryOf(at);
    if (analysis.files.roots.includes(at) || above === at || above === "") break;
    at = above;
  }
  return found;
}
