"use client";
import { useEffect, useState } from "react";
import { useApp } from "@/components/workbench/app-context";
import { countRoots } from "@/lib/client/repository-roots";
import type { Workspace } from "@/lib/client/workspace";

/** How many components, stacks, releases and recipes there are; each leads to a search among them. */
export function RepositoryRoots({ workspace }: { readonly workspace: Workspace }) {
  const app = useApp();
  const [paths, setPaths] = useState<readonly string[]>([]);
  useEffect(() => {
    let gone = false;
    const read = async (): Promise<void> => {
      const found = await workspace.files.listPaths();
      if (!gone) setPaths(found.paths);
    };
    const ignore = (): void => undefined; // Without the list there are no counts; the tree says what is wrong.
    void read().catch(ignore);
    const listener = app.connection.on("git:changed", () => void read().catch(ignore));
    return () => {
      gone = true;
      listener.dispose();
    };
  }, [app, workspace]);
  const counts = countRoots(paths);
  if (counts.length === 0) return null;
  return (
    <nav aria-label="Places of the repository" className="flex shrink-0 flex-wrap gap-1 border-b px-2 py-1.5">
      {counts.map(({ root: { prefix, title, folder }, count }) => (
        <button
          key={prefix}
          type="button"
          className="rounded border px-1 text-2xs text-muted hover:bg-hover"
          data-tip={`${folder}/  Search with ${prefix}: in Ctrl+P`}
          onClick={() => app.palette.show(`${prefix}:`)}
        >
          <b className="font-semibold text-text">{count}</b> {count === 1 ? title.replace(/s$/, "") : title}
        </button>
      ))}
    </nav>
  );
}
