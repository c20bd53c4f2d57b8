/** Wrong `md5sum` of a local file: the build would stop at it. */
import type { Analysis } from "../analysis/analysis";
import { hashEntries } from "../analysis/hash-entries";
import type { ProfileView } from "../analysis/profile-view";
import type { LanguageDiagnostic } from "../answers";
import type { ProfileDocument } from "../document/profile-document";
import type { FileDigest } from "../service";

const MD5 = /^[0-9a-f]{32}$/;

export function hashDiagnostics(
  analysis: Analysis,
  document: ProfileDocument,
  view: ProfileView | undefined,
  digest: FileDigest,
): LanguageDiagnostic[] {
  const found: LanguageDiagnostic[] = [];
  for (const { section, md5sum, source, path, written } of hashEntries(analysis, document, view)) {
    const actual = digest(path);
    if (actual === undefined) {
      found.push({
        range: source.value,
        severity: "warning",
        code: "hash/missing-file",
        source: "slapos",
        message: `There is no file \`${written}\`.`,
      });
      continue;
    }
    if (!md5sum) continue;
    const value = document.text.slice(md5sum.value.start, md5sum.value.end).trim();
    if (value === actual || (value !== "" && !MD5.test(value))) continue;
    found.push({
      range: md5sum.value.end > md5sum.value.start ? md5sum.value : md5sum.key,
      severity: "warning",
      code: "hash/mismatch",
      source: "slapos",
      message: `The md5sum of \`${written}\` is ${actual}.`,
      data: { section: section.name, md5sum: actual },
    });
  }
  return found;
}
