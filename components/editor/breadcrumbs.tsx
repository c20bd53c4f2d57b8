"use client";
import { ChevronRight, LoaderCircle, Lock } from "lucide-react";
import { useApp } from "@/components/workbench/app-context";
import type { DocumentState } from "@/lib/client/documents";
import { listAncestors, toName } from "@/lib/client/file-tree";

/** Where the file lies; a folder opens in the explorer. At the right: read-only, saving. */
export function Breadcrumbs({
  path,
  document,
}: {
  readonly path: string;
  readonly document: DocumentState | undefined;
}) {
  const app = useApp();
  return (
    <nav
      aria-label="Path of the file"
      className="flex h-[22px] shrink-0 items-center gap-0.5 overflow-hidden px-3 text-xs text-faint"
    >
      {listAncestors(path).map((folder) => (
        <span key={folder} className="flex min-w-0 items-center gap-0.5">
          <button
            type="button"
            className="truncate rounded px-0.5 hover:text-text"
            onClick={() => app.commands.execute("explorer.reveal", folder)}
          >
            {toName(folder)}
          </button>
          <ChevronRight size={12} className="shrink-0" aria-hidden />
        </span>
      ))}
      <span className="truncate px-0.5 text-muted">{toName(path)}</span>
      <span className="ml-auto flex shrink-0 items-center gap-1.5 pl-3" aria-live="polite">
        {document?.readOnly && (
          <>
            <Lock size={12} aria-hidden /> Read-only
          </>
        )}
        {document?.saving && (
          <>
            <LoaderCircle size={12} className="animate-spin" aria-hidden /> Saving
          </>
        )}
      </span>
    </nav>
  );
}
