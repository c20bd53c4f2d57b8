"use client";
import { ChevronRight, Folder } from "lucide-react";
import { useEffect, useState } from "react";
import { ErrorState } from "@/components/ui/error-state";
import { FileIcon } from "@/components/ui/file-icon";
import { useApp } from "@/components/workbench/app-context";
import { describeBytes } from "@/lib/client/run-words";
import type { PartitionEntry } from "@/lib/protocol/processes";

/** The files of a partition, to read: folders at the left, the chosen file at the right. */
export function PartitionBrowser({ partition }: { readonly partition: string }) {
  const { runControl } = useApp();
  const [folder, setFolder] = useState("");
  const [entries, setEntries] = useState<readonly PartitionEntry[]>([]);
  const [error, setError] = useState<unknown>();
  const [path, setPath] = useState<string>();
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
    <div className="flex h-full min-h-0 text-xs">
      <div className="flex w-56 shrink-0 flex-col border-r">
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
      <div className="min-w-0 flex-1 overflow-auto">
        {path && <PartitionFile key={path} partition={partition} path={path} />}
      </div>
    </div>
  );
}

function PartitionFile({ partition, path }: { readonly partition: string; readonly path: string }) {
  const { runControl } = useApp();
  const [text, setText] = useState<string>();
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    runControl.instances.readFile(partition, path).then(setText, setError);
  }, [runControl, partition, path]);
  if (error !== undefined) return <ErrorState error={error} />;
  return (
    <pre
      role="document"
      aria-label={path}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by keys
      tabIndex={0}
      className="min-h-full p-3 font-mono text-xs whitespace-pre-wrap select-text"
    >
      {text}
    </pre>
  );
}
