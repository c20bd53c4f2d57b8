/**
 * Which sections the templates of a workspace name in `${section:option}`: enough to know which of them a search has to
 * read, without keeping their texts.
 */
import type { LanguageFiles } from "../service";
import { isProfileName } from "./levels";

/** Sources, documents and data that no section renders. */
const NEVER_RENDERED =
  /\.(?:py|json|md|rst|patch|diff|js|css|svg|png|jpg|gif|ico|lock|po|c|h|cc|cpp|go|rb|pl|php|tar|gz|zip|bin|crt|pem|key|csv|sum|html|ipynb)$/;
const OUTER = /(?<!\$)\$\{([-\w. ]+):/g;

export interface OuterNames {
  /** Files that may be templates and name one of the sections. */
  filesNaming(sections: readonly string[]): string[];
  /** Looks through some more files; false when all are known. */
  readAhead(count: number): boolean;
  invalidate(path: string): void;
  invalidateAll(): void;
}

export function createOuterNames(files: LanguageFiles): OuterNames {
  const known = new Map<string, readonly string[]>();
  let ahead = 0;

  const namesIn = (path: string): readonly string[] => {
    let names = known.get(path);
    if (!names) {
      const text = isProfileName(path) || !files.peek ? files.read(path) : files.peek(path);
      names = text?.includes("${") ? [...new Set(Array.from(text.matchAll(OUTER), (match) => match[1]!))] : [];
      known.set(path, names);
    }
    return names;
  };

  return {
    filesNaming(sections) {
      return files
        .all()
        .filter((path) => !NEVER_RENDERED.test(path) && namesIn(path).some((name) => sections.includes(name)));
    },
    readAhead(count) {
      const all = files.all();
      const end = Math.min(ahead + count, all.length);
      for (; ahead < end; ahead++) if (!NEVER_RENDERED.test(all[ahead]!)) namesIn(all[ahead]!);
      return ahead < all.length;
    },
    invalidate: (path) => void known.delete(path),
    invalidateAll: () => known.clear(),
  };
}
