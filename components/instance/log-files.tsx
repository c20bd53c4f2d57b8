"use client";
import { useEffect, useState } from "react";
import { ErrorState } from "@/components/ui/error-state";
import { useApp } from "@/components/workbench/app-context";
import { toProgramName } from "@/lib/client/instance-words";
import { describeBytes } from "@/lib/client/run-words";
import type { PartitionInfo } from "@/lib/protocol/instances";
import type { LogFileInfo } from "@/lib/protocol/processes";
import { LogTail } from "./log-tail";

const LOOK_MS = 5_000;

/** The log files of a partition, and the chosen one as it grows. */
export function LogFiles({
  partition,
  selected,
  onSelect,
}: {
  readonly partition: PartitionInfo;
  readonly selected: string | undefined;
  readonly onSelect: (path: string) => void;
}) {
  const { runControl } = useApp();
  const [logs, setLogs] = useState<readonly LogFileInfo[]>();
  const [error, setError] = useState<unknown>();
  const { id } = partition;
  // Places in what is printed are links.
  useEffect(() => void runControl.readPaths(), [runControl]);
  useEffect(() => {
    let isStale = false;
    const read = () =>
      runControl.instances.listLogs(id).then(
        (found) => {
          if (isStale) return;
          setLogs(found);
          setError(undefined);
        },
        (failure: unknown) => isStale || setError(failure),
      );
    void read();
    const timer = setInterval(() => void read(), LOOK_MS);
    return () => {
      isStale = true;
      clearInterval(timer);
    };
  }, [runControl, id]);
  if (error !== undefined && !logs) return <ErrorState error={error} />;
  const path = selected ?? logs?.[0]?.path;
  return (
    <div className="flex h-full min-h-0 max-[700px]:flex-col">
      <ul
        aria-label={`Log files of ${id}`}
        className="w-56 shrink-0 overflow-auto border-r py-1 text-xs max-[700px]:max-h-1/4 max-[700px]:w-full max-[700px]:border-r-0 max-[700px]:border-b"
      >
        {logs?.length === 0 && <li className="px-3 py-1 text-muted">No log yet</li>}
        {logs?.map((log) => (
          <li key={log.path}>
            <button
              type="button"
              aria-current={log.path === path}
              onClick={() => onSelect(log.path)}
              className={`block w-full truncate px-3 py-0.5 text-left ${log.path === path ? "bg-selected" : "hover:bg-hover"}`}
              data-tip={log.path}
            >
              {log.program === undefined ? log.path : toProgramName(log.program)}
              <span className="ml-1.5 text-2xs text-faint">
                {describeBytes(log.sizeBytes)}
                {log.rotated > 0 ? ` in ${log.rotated + 1} files` : ""}
              </span>
            </button>
          </li>
        ))}
      </ul>
      <div className="min-h-0 min-w-0 flex-1">
        {path && <LogTail key={`${id} ${path}`} partition={id} path={path} />}
      </div>
    </div>
  );
}
