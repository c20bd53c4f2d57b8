"use client";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { useValue } from "@/components/workbench/app-context";
import type { LogStore } from "@/lib/client/log";

/** What a screen reader goes through at once without waiting for it. */
const PAGE_ROWS = 1000;

/** The log as one read-only text field, a page at a time: for screen readers, which cannot follow drawn rows. */
export function LogPlainText({ log }: { readonly log: LogStore }) {
  useValue(log.state, ({ version }) => version);
  /** Pages back from the end. */
  const [back, setBack] = useState(0);
  const { window } = log;
  const end = Math.max(window.firstRow, window.endRow - back * PAGE_ROWS);
  const start = Math.max(window.firstRow, end - PAGE_ROWS);
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="flex shrink-0 items-center gap-2 px-2 py-1 text-2xs text-muted">
        <Button size="small" disabled={start <= window.firstRow} onClick={() => setBack(back + 1)}>
          Earlier lines
        </Button>
        <Button size="small" disabled={back === 0} onClick={() => setBack(back - 1)}>
          Later lines
        </Button>
        <span aria-live="polite">
          {window.endRow === window.firstRow
            ? "No lines yet"
            : `Rows ${(start - window.firstRow + 1).toLocaleString()} to ${(end - window.firstRow).toLocaleString()} of ${(window.endRow - window.firstRow).toLocaleString()}`}
        </span>
      </div>
      <textarea
        readOnly
        aria-label="Log as plain text"
        data-focus-first
        className="min-h-0 flex-1 resize-none bg-raised px-2 font-mono text-xs whitespace-pre"
        value={window.copyText(start, end)}
      />
    </div>
  );
}
