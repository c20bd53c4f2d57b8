"use client";
import { ExternalLink, RotateCw } from "lucide-react";
import { useState } from "react";
import { EmptyState } from "@/components/ui/empty-state";
import { IconButton } from "@/components/ui/icon-button";
import { useApp, useValue } from "@/components/workbench/app-context";

/** The service of an instance in a tab beside the editor. Its page has an origin of its own and cannot act as ours. */
export function ServicePreview({ viewKey }: { readonly viewKey: string }) {
  const { runControl } = useApp();
  const { instances } = useValue(runControl.instances.state);
  const instance = instances.find(({ name }) => name === viewKey);
  const [turn, setTurn] = useState(0);
  if (!instance?.service) {
    return <EmptyState title={`${viewKey} has no web service`}>Run the instance; its address appears then.</EmptyState>;
  }
  return (
    <div className="flex h-full flex-col">
      <div className="flex h-8 shrink-0 items-center gap-1 border-b px-2 text-xs">
        <span className="min-w-0 flex-1 truncate font-mono text-muted">{instance.service}</span>
        <IconButton label="Load the page again" onClick={() => setTurn(turn + 1)}>
          <RotateCw size={13} />
        </IconButton>
        <a
          href={instance.service}
          target="_blank"
          rel="noopener noreferrer"
          aria-label="Open in a new tab"
          className="inline-grid size-6 place-items-center rounded-[5px] text-muted hover:bg-hover"
        >
          <ExternalLink size={13} />
        </a>
      </div>
      <iframe
        key={turn}
        title={`Service of ${viewKey}`}
        src={instance.service}
        sandbox="allow-scripts allow-forms allow-modals allow-popups allow-downloads"
        referrerPolicy="no-referrer"
        className="min-h-0 flex-1 border-0 bg-white"
      />
    </div>
  );
}
