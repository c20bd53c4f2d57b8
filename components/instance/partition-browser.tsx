"use client";
import { ChevronRight, CornerDownRight, FileDiff, Folder } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { FileIcon } from "@/components/ui/file-icon";
import { useApp, useValue } from "@/components/workbench/app-context";
import { describeBytes } from "@/lib/client/run-words";
import type { FileSource } from "@/lib/protocol/debugging";
import type { PartitionEntry } from "@/lib/protocol/processes";
import { openPreview } from "./render-commands";
import { SourceTrail } from "./source-trail";

/** Of a longer file the lines are not told apart: each costs the page an element. */
const NUMBERED_LINES = 5_000;

/** The files of a partition, to read: folders at the left, the chosen file at the right. */
export function PartitionBrowser({
  partition,
  opened,
}: {
  readonly partition: string;
  /** Shown at first. */
  readonly opened?: string;
}) {
  const { runControl } = useApp();
  const [folder, setFolder] = useState(opened?.includes("/") ? opened.slice(0, opened.lastIndexOf("/")) : "");
  const [entries, setEntries] = useState<readonly PartitionEntry[]>([]);
  const [error, setError] = useState<unknown>();
  const [path, setPath] = useState<string | undefined>(opened);
  useEffect(() => {
    let isStale = false;
    runControl.instances.listEntries(partition, folder).then(
      (found) => {
        if (isStale) return;
        setEntries(found);
        setError(undefined);
      },
      (failure: unknown) => isStale || setError(failure),
    );
    return () => {
      isStale = true;
    };
  }, [runControl, partition, folder]);
  const names = folder === "" ? [] : folder.split("/");
  return (
    <div className="flex h-full min-h-0 text-xs max-[700px]:flex-col">
      <div className="flex w-56 shrink-0 flex-col border-r max-[700px]:max-h-2/5 max-[700px]:w-full max-[700px]:border-r-0 max-[700px]:border-b">
        <nav aria-label="Folder" className="flex flex-wrap items-center border-b px-2 py-1">
          <button type="button" className="font-mono hover:underline" onClick={() => setFolder("")}>
            {partition}
          </button>
          {names.map((name, index) => (
            <span key={names.slice(0, index + 1).join("/")} className="flex items-center">
              <ChevronRight size={11} aria-hidden className="text-faint" />
              <button
                type="button"
                className="font-mono hover:underline"
                onClick={() => setFolder(names.slice(0, index + 1).join("/"))}
              >
                {name}
              </button>
            </span>
          ))}
        </nav>
        {error !== undefined ? (
          <ErrorState compact error={error} />
        ) : (
          <ul aria-label={`Files of ${partition}`} className="min-h-0 flex-1 overflow-auto py-1">
            {entries.map((entry) => (
              <li key={entry.path}>
                <button
                  type="button"
                  aria-current={entry.path === path}
                  disabled={entry.kind === "other"}
                  onClick={() => (entry.kind === "directory" ? setFolder(entry.path) : setPath(entry.path))}
                  className={`flex w-full items-center gap-1.5 truncate px-2 py-0.5 text-left ${entry.path === path ? "bg-selected" : "hover:bg-hover"}`}
                >
                  {entry.kind === "directory" ? (
                    <Folder size={13} aria-hidden className="shrink-0 text-muted" />
                  ) : (
                    <FileIcon path={entry.path} />
                  )}
                  <span className="min-w-0 flex-1 truncate font-mono">{entry.name}</span>
                  {entry.kind === "file" && (
                    <span className="text-2xs text-faint">{describeBytes(entry.sizeBytes)}</span>
                  )}
                </button>
              </li>
            ))}
          </ul>
        )}
      </div>
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        {!path && <EmptyState title="Choose a file">It shows what is in it, and where it comes from.</EmptyState>}
        {path && <PartitionFile key={path} partition={partition} path={path} />}
      </div>
    </div>
  );
}

function PartitionFile({ partition, path }: { readonly partition: string; readonly path: string }) {
  const app = useApp();
  const { runControl } = app;
  const project = useValue(app.project.state, (state) => state.project?.id ?? "");
  const [text, setText] = useState<string>();
  const [error, setError] = useState<unknown>();
  const [source, setSource] = useState<FileSource>();
  const [line, setLine] = useState<number>();
  useEffect(() => {
    runControl.instances.readFile(partition, path).then(setText, setError);
  }, [runControl, partition, path]);
  useEffect(() => {
    let isStale = false;
    const query = line === undefined ? { path } : { path, line };
    app.api
      .readFileSource({ params: { project, partition }, query })
      .then((found) => isStale || setSource(found))
      // The file is shown all the same.
      .catch(() => undefined);
    return () => {
      isStale = true;
    };
  }, [app, project, partition, path, line]);
  const lines = text?.split("\n") ?? [];
  const origin = source?.origin;
  const isRendered = source?.steps[0]?.kind === "part" || source?.steps[0]?.kind === "copy";
  return (
    <>
      <section aria-label={`Where ${path} comes from`} className="flex shrink-0 items-start gap-2 border-b px-3 py-1.5">
        <div className="min-w-0 flex-1">
          {source ? (
            <SourceTrail source={source} label={`From ${path} to its source`} />
          ) : (
            <div className="skeleton h-4 w-2/3" />
          )}
        </div>
        {origin && (
          <Button
            size="small"
            icon={<CornerDownRight size={12} aria-hidden />}
            onClick={() =>
              app.editors.openFile({ path: origin.path, line: origin.line, column: origin.column }, { focus: true })
            }
          >
            Go to source
          </Button>
        )}
        {isRendered && (
          <Button
            size="small"
            icon={<FileDiff size={12} aria-hidden />}
            onClick={() => openPreview(app, { partition, path })}
          >
            Render preview
          </Button>
        )}
      </section>
      {error !== undefined ? (
        <ErrorState error={error} />
      ) : (
        <div className="min-h-0 flex-1 overflow-auto">
          {lines.length > NUMBERED_LINES ? (
            <pre
              role="document"
              aria-label={path}
              // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by keys
              tabIndex={0}
              className="p-3 font-mono text-xs whitespace-pre-wrap select-text"
            >
              {text}
            </pre>
          ) : (
            <ol aria-label={path} className="min-h-full py-2 font-mono text-xs">
              {lines.map((each, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a line is known by its number
                <li key={index} className={index + 1 === line ? "flex bg-selected" : "flex hover:bg-hover"}>
                  <button
                    type="button"
                    tabIndex={-1}
                    aria-label={`Where line ${index + 1} comes from`}
                    onClick={() => setLine(index + 1)}
                    className="w-10 shrink-0 pr-2 text-right text-faint select-none hover:text-text"
                  >
                    {index + 1}
                  </button>
                  <span className="min-w-0 flex-1 pr-3 break-all whitespace-pre-wrap select-text">{each}</span>
                </li>
              ))}
            </ol>
          )}
        </div>
      )}
    </>
  );
}
