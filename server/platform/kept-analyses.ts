/**
 * Profiles of a folder that stay parsed and resolved for as long as their files stay as they are, for what asks the same
 * of them again and again. Opening costs one stat a file that was read before.
 */
import { statSync } from "node:fs";
import { ProfileAnalysis, type ProfileSource } from "@/lib/buildout";
import { isUrl } from "@/lib/buildout/paths";
import { createPlanDisk } from "./plan-disk";

/** Each holds a few megabytes for a release of hundreds of files. */
const MAX_KEPT = 4;

export interface KeptAnalyses {
  /** Of the files as they are at this moment: when one of them changed since, all is read anew. */
  open(root: string): ProfileAnalysis;
}

export function createKeptAnalyses(): KeptAnalyses {
  const kept = new Map<string, { readonly analysis: ProfileAnalysis; readonly seen: ReadonlyMap<string, string> }>();

  const make = (root: string) => {
    const { profiles } = createPlanDisk([root]);
    const seen = new Map<string, string>();
    const note = (path: string): string => {
      if (!isUrl(path) && !seen.has(path)) seen.set(path, identityOf(path));
      return path;
    };
    const source: ProfileSource = {
      read: (path) => profiles.read(note(path)),
      exists: (path) => profiles.exists(note(path)),
    };
    return { analysis: new ProfileAnalysis({ source, dialect: "slapos" }), seen };
  };

  return {
    open(root) {
      const known = kept.get(root);
      const holds = known !== undefined && [...known.seen].every(([path, identity]) => identityOf(path) === identity);
      const opened = holds ? known : make(root);
      // The one that was used last stays longest.
      kept.delete(root);
      kept.set(root, opened);
      if (kept.size > MAX_KEPT) kept.delete(kept.keys().next().value!);
      return opened.analysis;
    },
  };
}

function identityOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stats === undefined ? "" : `${stats.size} ${stats.mtimeNs} ${stats.ino}`;
}
