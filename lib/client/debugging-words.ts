/** Steps from a file to its source, and last changes, in words; the key of a preview's tab. */
import type { FileStepInfo, LastChange, RenderTarget } from "@/lib/protocol/debugging";

export function describeStep({ kind, part }: Pick<FileStepInfo, "kind" | "part">): string {
  switch (kind) {
    case "part":
      return "made by";
    case "copy":
      return "copied by slapgrid";
    case "output":
      return "printed by a program";
    case "promise":
      return "slapgrid's note of a promise";
    case "state":
      return "kept by slapgrid and buildout for themselves";
    case "written":
      return part === undefined
        ? "written by a program of the instance"
        : "written by a program of the instance, in a directory of";
    case "source":
      return "its source";
  }
}

export function describeChange({ kind, summary, author, at, commit }: LastChange): string {
  const when = at === undefined ? undefined : new Date(at).toLocaleString();
  const who = [author, when, commit?.slice(0, 8)].filter(Boolean).join(", ");
  const what = kind === "commit" ? `Last changed by “${summary}”` : summary;
  return who === "" ? what : `${what} (${who})`;
}

/** What a preview is of: a file of a partition, or of a release's software. */
export type PreviewTarget = Pick<RenderTarget, "partition" | "path"> & { readonly profile?: string };

export function toPreviewKey({ partition, profile, path }: PreviewTarget): string {
  return JSON.stringify(partition === undefined ? { profile, path } : { partition, path });
}

/** Undefined for a key that is none: tabs are kept over versions of the page. */
export function fromPreviewKey(key: string): PreviewTarget | undefined {
  try {
    const value = JSON.parse(key) as Partial<Record<"partition" | "profile" | "path", unknown>>;
    if (typeof value.path !== "string") return undefined;
    const { path, partition, profile } = value;
    if (typeof partition === "string") return { partition, path };
    return typeof profile === "string" ? { profile, path } : undefined;
  } catch {
    // Not one of ours.
    return undefined;
  }
}

export function toPreviewTitle({ path }: PreviewTarget): string {
  return `${path.slice(path.lastIndexOf("/") + 1)} (preview)`;
}
