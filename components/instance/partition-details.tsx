"use client";
import { SquareTerminal } from "lucide-react";
import { Button } from "@/components/ui/button";
import { IconButton } from "@/components/ui/icon-button";
import { useApp } from "@/components/workbench/app-context";
import { TERMINAL_VIEW } from "@/lib/client/terminals";
import type { PartitionInfo } from "@/lib/protocol/instances";
import { ProgramList } from "./program-list";
import { PromiseList } from "./promise-list";

/** One partition: its programs and its promises, with what can be done to them. */
export function PartitionDetails({
  partition,
  onShowLog,
  onShowFile,
}: {
  readonly partition: PartitionInfo;
  readonly onShowLog?: (log: string) => void;
  readonly onShowFile?: (path: string) => void;
}) {
  const app = useApp();
  const { instances } = app.runControl;
  const openShell = async () => {
    const terminal = await instances.openTerminal(partition.id);
    app.layout.showPanelView(TERMINAL_VIEW);
    app.terminals.select(terminal.id);
  };
  const control = (action: "start" | "stop" | "restart") =>
    void instances.control(`${partition.id}:*`, action).catch((error: unknown) => app.showError(error));
  return (
    <section aria-label={`Partition ${partition.id}`} className="py-1.5">
      <h4 className="flex items-center gap-2 px-3 text-xs font-medium">
        <span className="font-mono">{partition.id}</span>
        <span className="min-w-0 flex-1 truncate font-normal text-muted">
          {[partition.instance, partition.softwareType, partition.state].filter(Boolean).join(" · ")}
        </span>
        <IconButton
          label={`Shell in ${partition.id}`}
          size={20}
          onClick={() => void openShell().catch((error: unknown) => app.showError(error))}
        >
          <SquareTerminal size={13} />
        </IconButton>
      </h4>
      <Heading>Processes</Heading>
      <ProgramList partition={partition} onShowLog={onShowLog} onShowFile={onShowFile} />
      {partition.programs.length > 1 && (
        <div className="flex flex-wrap gap-1 px-3 pt-0.5">
          <Button size="small" variant="ghost" onClick={() => control("start")}>
            Start all
          </Button>
          <Button size="small" variant="ghost" onClick={() => control("restart")}>
            Restart all
          </Button>
          <Button size="small" variant="ghost" onClick={() => control("stop")}>
            Stop all
          </Button>
        </div>
      )}
      <Heading>Promises</Heading>
      <PromiseList partition={partition} onShowLog={onShowLog} />
    </section>
  );
}

function Heading({ children }: { readonly children: string }) {
  return <h5 className="px-3 pt-1.5 text-2xs font-semibold tracking-wide text-muted uppercase">{children}</h5>;
}
