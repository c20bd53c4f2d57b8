"use client";
import { CircleX, Download, Square } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { useApp, useValue } from "@/components/workbench/app-context";
import { type DownloadItem, describeDownloads, describeOwnCode, listDownloads } from "@/lib/client/download-words";
import type { PlanDownloads } from "@/lib/protocol/explanations";

/** Of what cannot be had this many are shown at once: without a network it is everything. */
const SHOWN_PROBLEMS = 8;

/** What the parts to be installed will fetch, how much of it is known, and what cannot be had. */
export function PlanDownloadsLine({ downloads }: { readonly downloads: PlanDownloads }) {
  const app = useApp();
  const { plan } = app.runControl;
  const { check } = useValue(plan.state);
  const [showsAll, setShowsAll] = useState(false);
  const items = listDownloads(downloads);
  const dead = items.filter(({ problem }) => problem !== undefined);
  const ownCode = describeOwnCode(downloads);
  if (items.length + downloads.files.length + downloads.eggs.length === 0 && !ownCode) return null;
  const ask = (): void =>
    void plan.checkDownloads().catch((error) => app.showError(error, "The downloads could not be checked"));
  return (
    <div className="mb-2" data-plan-downloads={items.length}>
      <p className="flex flex-wrap items-center gap-2">
        <Download size={13} aria-hidden className="shrink-0 text-muted" />
        <span>{describeDownloads(downloads)}</span>
        {check ? (
          <>
            <span className="text-muted" role="status">
              {check.total === undefined ? "Asking …" : `Asking: ${check.done} of ${check.total}`}
            </span>
            <Button size="small" icon={<Square size={11} aria-hidden />} onClick={() => plan.stopCheck()}>
              Stop asking
            </Button>
          </>
        ) : (
          items.length > 0 && (
            <Button
              size="small"
              data-tip="Asks the servers for the size of each download, whether it is there, and what eggs require in turn"
              onClick={ask}
            >
              Check downloads
            </Button>
          )
        )}
        {items.length > 0 && (
          <Button size="small" variant="ghost" aria-expanded={showsAll} onClick={() => setShowsAll(!showsAll)}>
            {showsAll ? "Hide them" : "Show them"}
          </Button>
        )}
      </p>
      {ownCode && <p className="mt-1 text-muted">{ownCode}</p>}
      {(showsAll || dead.length > 0) && (
        <ul className="mt-1 flex flex-col gap-1" aria-label={showsAll ? "Downloads" : "Downloads that cannot be had"}>
          {(showsAll ? items : dead.slice(0, SHOWN_PROBLEMS)).map((item) => (
            <DownloadRow key={`${item.part} ${item.what}`} item={item} />
          ))}
        </ul>
      )}
      {!showsAll && dead.length > SHOWN_PROBLEMS && (
        <p className="mt-1 text-bad">{dead.length - SHOWN_PROBLEMS} more cannot be had.</p>
      )}
    </div>
  );
}

function DownloadRow({ item: { part, what, details, problem, place } }: { readonly item: DownloadItem }) {
  const app = useApp();
  return (
    <li className="flex items-baseline gap-2">
      {problem !== undefined && <CircleX size={13} aria-hidden className="shrink-0 self-center text-bad" />}
      <span className="shrink-0 font-mono font-medium">{part}</span>
      {place ? (
        <button
          type="button"
          className="min-w-0 truncate font-mono text-accent hover:underline"
          data-tip={`${place.path}:${place.line}`}
          onClick={() => app.editors.openFile({ path: place.path, line: place.line, column: place.column })}
        >
          {what}
        </button>
      ) : (
        <span className="min-w-0 truncate font-mono text-muted">{what}</span>
      )}
      {details.length > 0 && <span className="shrink-0 text-muted">{details.join(" · ")}</span>}
      {problem !== undefined && <span className="shrink-0 text-bad">{problem}</span>}
    </li>
  );
}
