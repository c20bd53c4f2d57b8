"use client";
import { Eraser, FoldVertical, RefreshCw, Replace, Search, X } from "lucide-react";
import { useMemo } from "react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { FileIcon } from "@/components/ui/file-icon";
import { IconButton } from "@/components/ui/icon-button";
import { Tree, type TreeItem } from "@/components/ui/tree";
import { useApp, useValue } from "@/components/workbench/app-context";
import { toName, toParent } from "@/lib/client/file-tree";
import { countMatches, groupHits } from "@/lib/client/replacements";
import type { SearchHit } from "@/lib/protocol/files";
import { HitLine } from "./hit-line";
import { replaceHits } from "./replace-hits";
import { SearchForm } from "./search-form";

type Row = TreeItem & { readonly path: string; readonly hit?: SearchHit; readonly count: number };

/** Lines of all files that match, by file, and what replaces them. */
export function SearchView() {
  const app = useApp();
  const { fileSearch } = app;
  const { hits, replaces, progress, folded, selected } = useValue(fileSearch.state);
  const rows = useMemo(() => toRows(hits, folded), [hits, folded]);
  const open = ({ path, hit }: Row, keep: boolean): void => {
    if (hit) app.editors.openFile({ path, line: hit.line, column: hit.column }, { preview: !keep, focus: keep });
  };
  return (
    <div className="flex h-full min-h-0 flex-col">
      <SearchForm onReplaceAll={() => void replaceHits(app)} />
      <SearchOutcome />
      {progress && (
        <div className="flex items-center gap-2 px-3 pb-2 text-xs text-muted" role="status">
          <progress className="min-w-0 flex-1" value={progress.done} max={progress.total} aria-label="Files replaced" />
          <Button size="small" onClick={() => fileSearch.stop()}>
            Stop
          </Button>
        </div>
      )}
      <div className="min-h-0 flex-1">
        {rows.length > 0 && (
          <Tree
            label="Results"
            items={rows}
            selected={selected}
            onSelect={({ key }) => fileSearch.select(key)}
            onToggle={({ path }) => fileSearch.toggleFold(path)}
            onOpen={(row, { keep }) => (row.hit ? open(row, keep) : fileSearch.toggleFold(row.path))}
            onKey={(event, row) => {
              if (event.key !== "Delete" || !row) return;
              event.preventDefault();
              fileSearch.dismiss(row.path, row.hit?.line);
            }}
          >
            {(row, isSelected) => (
              <div
                className={`group flex h-full items-center gap-1.5 pr-1 text-xs ${isSelected ? "bg-selected" : "hover:bg-hover"}`}
                style={{ paddingLeft: row.hit ? 26 : 10 }}
              >
                {row.hit ? <HitLine hit={row.hit} replaces={replaces} /> : <FileRow path={row.path} />}
                <span className="ml-auto hidden shrink-0 group-hover:flex group-focus-within:flex">
                  {replaces && (
                    <IconButton
                      label={row.hit ? `Replace in line ${row.hit.line}` : `Replace in ${row.path}`}
                      size={20}
                      onClick={(event) => {
                        event.stopPropagation();
                        void replaceHits(app, { path: row.path, ...(row.hit ? { line: row.hit.line } : {}) });
                      }}
                    >
                      <Replace size={13} />
                    </IconButton>
                  )}
                  <IconButton
                    label="Take out of the results"
                    size={20}
                    onClick={(event) => {
                      event.stopPropagation();
                      fileSearch.dismiss(row.path, row.hit?.line);
                    }}
                  >
                    <X size={13} />
                  </IconButton>
                </span>
                {!row.hit && <span className="rounded-full bg-pressed px-1.5 text-2xs text-muted">{row.count}</span>}
              </div>
            )}
          </Tree>
        )}
      </div>
    </div>
  );
}

/** How many there are, or why there are none. */
function SearchOutcome() {
  const { fileSearch } = useApp();
  const { phase, query, hits, truncated, error } = useValue(fileSearch.state);
  if (phase === "failed") return <ErrorState error={error} onRetry={() => fileSearch.search()} />;
  if (phase === "idle") {
    return (
      <EmptyState icon={<Search size={28} strokeWidth={1.5} />} title="Find in all files">
        Text or an expression, in what is saved.
      </EmptyState>
    );
  }
  const files = groupHits(hits).length;
  const matches = countMatches(hits);
  const sentence =
    matches === 0
      ? "Nothing found"
      : `${matches} result${matches > 1 ? "s" : ""} in ${files} file${files > 1 ? "s" : ""}`;
  return (
    <p className="shrink-0 px-3 pb-1.5 text-xs text-muted" role="status">
      {phase === "searching" && hits.length === 0
        ? "Searching…"
        : `${sentence}${matches === 0 ? ` for ${query.text}` : ""}.`}
      {truncated && " Only the first of them are shown: search for more letters or in fewer files."}
    </p>
  );
}

function FileRow({ path }: { readonly path: string }) {
  return (
    <>
      <FileIcon path={path} />
      <span className="shrink-0 font-medium">{toName(path)}</span>
      <span className="min-w-0 truncate text-faint">{toParent(path)}</span>
    </>
  );
}

export function SearchActions() {
  const { fileSearch } = useApp();
  return (
    <>
      <IconButton label="Search again" onClick={() => void fileSearch.search()}>
        <RefreshCw size={14} />
      </IconButton>
      <IconButton label="Clear the search" onClick={() => fileSearch.clear()}>
        <Eraser size={14} />
      </IconButton>
      <IconButton label="Fold all results" onClick={() => fileSearch.foldAll()}>
        <FoldVertical size={14} />
      </IconButton>
    </>
  );
}

function toRows(hits: readonly SearchHit[], folded: ReadonlySet<string>): Row[] {
  return groupHits(hits).flatMap(({ path, hits: own, count }): Row[] => {
    const expanded = !folded.has(path);
    const file: Row = { key: path, label: toName(path), depth: 0, expanded, path, count };
    const lines = own.map((hit): Row => {
      const key = `${path}:${hit.line}`;
      return { key, label: hit.text.trim(), depth: 1, expanded: undefined, path, hit, count: 0 };
    });
    return expanded ? [file, ...lines] : [file];
  });
}
