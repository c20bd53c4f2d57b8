"use client";
import { FileCode, Hand, Play, RotateCw, ScrollText, Square } from "lucide-react";
import { useEffect, useState } from "react";
import { IconButton } from "@/components/ui/icon-button";
import { Spinner } from "@/components/ui/spinner";
import { useApp, useValue } from "@/components/workbench/app-context";
import { toProgramFile, toProgramName, toProgramTone } from "@/lib/client/instance-words";
import { describeSeconds } from "@/lib/client/run-words";
import { TERMINAL_VIEW } from "@/lib/client/terminals";
import type { PartitionInfo, ProgramInfo } from "@/lib/protocol/instances";
import type { ProcessAction } from "@/lib/protocol/processes";
import { StateMark } from "./state-mark";

/** The programs of a partition: how each is, and start, stop, restart and run it by hand. */
export function ProgramList({
  partition,
  onShowLog,
  onShowFile,
}: {
  readonly partition: PartitionInfo;
  readonly onShowLog?: (log: string) => void;
  readonly onShowFile?: (path: string) => void;
}) {
  const { programs } = partition;
  if (programs.length === 0) return <p className="px-3 text-xs text-muted">None</p>;
  return (
    <ul className="px-3" aria-label={`Processes of ${partition.id}`}>
      {programs.map((program) => (
        <ProgramRow
          key={`${program.group}:${program.name}`}
          program={program}
          onShowLog={onShowLog}
          onShowFile={onShowFile}
        />
      ))}
    </ul>
  );
}

function ProgramRow({
  program,
  onShowLog,
  onShowFile,
}: {
  readonly program: ProgramInfo;
  readonly onShowLog: ((log: string) => void) | undefined;
  readonly onShowFile: ((path: string) => void) | undefined;
}) {
  const app = useApp();
  const { instances } = app.runControl;
  const { terminals } = useValue(app.terminals.state);
  const [isBusy, setIsBusy] = useState(false);
  const name = toProgramName(program.name);
  const id = `${program.group}:${program.name}`;
  const { log } = program;
  const isUp = program.state === "RUNNING" || program.state === "STARTING";
  const byHand = program.terminal === undefined ? undefined : terminals.find((each) => each.id === program.terminal);

  const work = (step: () => Promise<unknown>) => {
    setIsBusy(true);
    step()
      .catch((error: unknown) => app.showError(error))
      .finally(() => setIsBusy(false));
  };
  const control = (action: ProcessAction) => work(() => instances.control(id, action));
  const runByHand = () =>
    work(async () => {
      const terminal = await instances.openTerminal(program.group, program.name);
      app.layout.showPanelView(TERMINAL_VIEW);
      app.terminals.select(terminal.id);
    });
  return (
    <li className="py-0.5 text-xs" data-program={name} data-state={program.state}>
      <div className="flex items-center gap-1.5">
        <StateMark tone={toProgramTone(program)} />
        <span className="min-w-0 flex-1 truncate font-mono" data-tip={`${program.name}\n${program.description}`}>
          {name}
        </span>
        {isBusy ? (
          <Spinner size={12} label={`${name} is being changed`} />
        ) : (
          <>
            {isUp ? (
              <IconButton label={`Restart ${name}`} size={20} onClick={() => control("restart")}>
                <RotateCw size={12} />
              </IconButton>
            ) : (
              <IconButton label={`Start ${name}`} size={20} onClick={() => control("start")}>
                <Play size={12} />
              </IconButton>
            )}
            <IconButton label={`Stop ${name}`} size={20} disabled={!isUp} onClick={() => control("stop")}>
              <Square size={11} />
            </IconButton>
            <IconButton label={`Run ${name} by hand in a terminal`} size={20} onClick={runByHand}>
              <Hand size={12} />
            </IconButton>
            {onShowFile && (
              <IconButton label={`What ${name} runs`} size={20} onClick={() => onShowFile(toProgramFile(program.name))}>
                <FileCode size={12} />
              </IconButton>
            )}
            {onShowLog && log !== undefined && (
              <IconButton label={`Log of ${name}`} size={20} onClick={() => onShowLog(log)}>
                <ScrollText size={12} />
              </IconButton>
            )}
          </>
        )}
      </div>
      <p className="pl-5 text-2xs text-muted">
        {program.state}
        {program.pid === undefined ? "" : ` · pid ${program.pid}`}
        {program.exitStatus === undefined || isUp || program.state === "STOPPED"
          ? ""
          : describeExit(program.exitStatus)}
        {isUp && program.startedAt ? (
          <>
            {" · up "}
            <Uptime since={program.startedAt} />
          </>
        ) : (
          ""
        )}
        {!isUp && program.stoppedAt ? ` · at ${new Date(program.stoppedAt).toLocaleTimeString()}` : ""}
      </p>
      {program.terminal !== undefined && !isUp && (
        <p className="flex flex-wrap items-center gap-x-2 pl-5 text-2xs text-warn">
          {byHand?.state === "running" ? "Run by hand in a terminal." : "The run by hand has ended."}
          <button type="button" className="underline underline-offset-2" onClick={() => control("start")}>
            Start it again
          </button>
        </p>
      )}
    </li>
  );
}

const UPTIME_MS = 1_000;

/** How long a program has been running. */
function Uptime({ since }: { readonly since: string }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), UPTIME_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <time dateTime={since} className="tabular-nums" data-tip={`since ${new Date(since).toLocaleString()}`}>
      {describeSeconds(Math.max(0, now - Date.parse(since)))}
    </time>
  );
}

function describeExit(status: number): string {
  return status < 0 ? " · killed" : ` · exit ${status}`;
}
