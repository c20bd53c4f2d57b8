"use client";
import { CircleX, Download } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { useApp } from "@/components/workbench/app-context";
import type { Place, PlanDownloads } from "@/lib/protocol/explanations";

/** What the parts to be installed will fetch, how much of it is known, and what cannot be had. */
export function PlanDownloadsLine({ downloads }: { readonly downloads: PlanDownloads }) {
  const app = useApp();
  const [asking, setAsking] = useState(false);
  const missing = downloads.files.filter(({ state }) => state !== "cached");
  const dead = missing.filter(({ problem }) => problem !== undefined);
  if (downloads.files.length === 0) return null;
  const check = async () => {
    setAsking(true);
    try {
      await app.runControl.plan.checkDownloads();
    } catch (error) {
      app.showError(error, "The downloads could not be checked");
    } finally {
      setAsking(false);
    }
  };
  return (
    <div className="mb-2" data-plan-downloads={missing.length}>
      <p className="flex flex-wrap items-center gap-2">
        <Download size={13} aria-hidden className="shrink-0 text-muted" />
        <span>{describeDownloads(downloads)}</span>
        {missing.length > 0 && (
          <Button
            size="small"
            busy={asking}
            data-tip="Asks the servers for the size of each file, and whether it is there"
            onClick={() => void check()}
          >
            Check downloads
          </Button>
        )}
      </p>
      {dead.length > 0 && (
        <ul className="mt-1 flex flex-col gap-1" aria-label="Downloads that cannot be had">
          {dead.map(({ part, url, problem, place }) => (
            <li key={`${part} ${url}`} className="flex items-baseline gap-2">
              <CircleX size={13} aria-hidden className="shrink-0 self-center text-bad" />
              <span className="shrink-0 font-mono font-medium">{part}</span>
              <span className="shrink-0 text-bad">{problem}</span>
              <DownloadAddress url={url} place={place} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function DownloadAddress({ url, place }: { readonly url: string; readonly place: Place | undefined }) {
  const app = useApp();
  if (!place) return <span className="min-w-0 truncate font-mono text-muted">{url}</span>;
  return (
    <button
      type="button"
      className="min-w-0 truncate font-mono text-accent hover:underline"
      data-tip={`${place.path}:${place.line}`}
      onClick={() => app.editors.openFile({ path: place.path, line: place.line, column: place.column })}
    >
      {url}
    </button>
  );
}

export function describeDownloads({ files, missingBytes, unknownCount }: PlanDownloads): string {
  const missing = files.filter(({ state }) => state !== "cached").length;
  if (missing === 0) return `Nothing to download: ${count(files.length, "file is", "files are")} here already`;
  const known = missing - unknownCount;
  const size = known === 0 ? "size unknown" : `${(missingBytes / 1e6).toFixed(1)} MB`;
  const unknown = known > 0 && unknownCount > 0 ? ` and ${unknownCount} of unknown size` : "";
  return `${count(missing, "file", "files")} to download, ${size}${unknown}`;
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
