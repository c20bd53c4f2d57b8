"use client";
import { useEffect, useMemo, useRef } from "react";
import { useApp } from "@/components/workbench/app-context";
import { createGitLog, type GitLog, type LogFilter } from "@/lib/client/git-log";
import { useHistoryMark } from "./use-answer";

/** A log for as long as a view is there; read again when the repository moved, and the old rows stay until then. */
export function useGitLog(filter: LogFilter): GitLog {
  const { api, git } = useApp();
  const key = JSON.stringify(filter);
  const mark = useHistoryMark();
  const log = useMemo(() => createGitLog(api, git, {}), [api, git]);
  const seen = useRef(mark);
  useEffect(() => log.filter(JSON.parse(key) as LogFilter), [log, key]);
  useEffect(() => {
    if (seen.current === mark) return;
    seen.current = mark;
    void log.reload();
  }, [log, mark]);
  return log;
}
