"use client";
import { PanelRight, Pause, Play, RotateCcw, Square } from "lucide-react";
import type { ReactNode } from "react";
import { useState } from "react";
import { INSTANCE_TAB } from "@/components/instance/instance-actions";
import { ServiceLink } from "@/components/instance/service-link";
import { Button } from "@/components/ui/button";
import { useApp, useValue } from "@/components/workbench/app-context";
import { describeProgress as describeTransfer } from "@/lib/client/git-transfer";
import { describeRun, toReleaseName } from "@/lib/client/run-words";
import { isGoingOn } from "@/lib/client/runs";
import type { RunInfo } from "@/lib/protocol/runs";
import { Elapsed } from "./elapsed";
import { RunIcon } from "./run-icon";

/** What the run is and how far it has come; stop it, or run it again. */
export function RunHeader({ run, children }: { readonly run: RunInfo; readonly children?: ReactNode }) {
  const { runControl } = useApp();
  const words = describeRun(run);
  const goesOn = isGoingOn(run);
  const again = () => {
    if (run.section !== undefined) return runControl.startRecipeTest(run.profile, run.section, run.instance);
    if (run.kind === "verification") return runControl.verify(run.profile);
    runControl.pick(run.profile);
    return runControl.run(run.kind === "instance" ? "instance" : "software", { instance: run.instance });
  };
  return (
    <div
      className="flex min-h-8 shrink-0 flex-wrap items-center gap-x-2 border-b px-3 text-xs"
      data-run-state={run.state}
    >
      <RunIcon state={run.state} />
      <span className="font-medium whitespace-nowrap">{words.state}</span>
      <span className="whitespace-nowrap text-muted">
        <Elapsed run={run} />
      </span>
      <span className="min-w-0 flex-1 truncate text-muted" data-tip={run.profile}>
        {goesOn ? describeProgress(run) : `${words.title} · ${run.instance ?? toReleaseName(run.profile)}`}
        {run.verification &&
          ` · ${run.verification.remote}/${run.verification.branch} at ${run.verification.commit.slice(0, 10)}`}
        {run.code !== undefined && run.code !== 0 ? ` · exit code ${run.code}` : ""}
      </span>
      {children}
      {run.retries && (
        <span
          className="max-w-full truncate rounded-full bg-pressed px-1.5 text-2xs text-muted"
          data-tip="The network was asked again for these"
        >
          {run.retries.count} {run.retries.count === 1 ? "retry" : "retries"}: {run.retries.reason}
        </span>
      )}
      {run.state === "running" && <PauseButton run={run} />}
      {run.kind === "instance" && !goesOn && <InstanceLinks name={run.instance} />}
      {goesOn ? (
        <Button size="small" icon={<Square size={11} />} onClick={() => void runControl.runs.stop(run.id)}>
          Stop
        </Button>
      ) : (
        <Button size="small" variant="ghost" icon={<RotateCcw size={12} />} onClick={() => void again()}>
          Run again
        </Button>
      )}
    </div>
  );
}

/** From a run to what it deployed: the service, and the page of the instance. */
function InstanceLinks({ name }: { readonly name: string | undefined }) {
  const { editors, runControl } = useApp();
  const instance = useValue(runControl.instances.state, ({ instances }) => instances.find((one) => one.name === name));
  if (!instance) return null;
  return (
    <>
      {instance.service && <ServiceLink service={instance.service} />}
      <Button
        size="small"
        variant="ghost"
        icon={<PanelRight size={12} aria-hidden />}
        data-tip="Its processes, promises, parameters and logs"
        onClick={() => editors.openView(INSTANCE_TAB, instance.name, instance.name)}
      >
        Instance
      </Button>
    </>
  );
}

function PauseButton({ run }: { readonly run: RunInfo }) {
  const app = useApp();
  const [busy, setBusy] = useState(false);
  const toggle = async () => {
    setBusy(true);
    try {
      await (run.paused ? app.runChoices.resume(run.id) : app.runChoices.pause(run.id));
    } catch (error) {
      app.showError(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button
      size="small"
      variant="ghost"
      busy={busy}
      icon={run.paused ? <Play size={11} aria-hidden /> : <Pause size={11} aria-hidden />}
      data-tip={run.paused ? "Let all processes of the run go on" : "Hold all processes of the run where they are"}
      onClick={() => void toggle()}
    >
      {run.paused ? "Resume" : "Pause"}
    </Button>
  );
}

/** "Installing gmp (3 parts)" */
export function describeProgress(run: RunInfo): string {
  if (run.downloading !== undefined && run.part === undefined) return `Downloading ${run.downloading}`;
  if (run.cloning) return `Cloning what was pushed · ${describeTransfer(run.cloning)}`;
  if (run.part === undefined) return run.state === "queued" ? "Waiting for its turn" : "Beginning";
  const count = run.partsDone === undefined ? "" : ` (${run.partsDone} ${run.partsDone === 1 ? "part" : "parts"})`;
  return `Installing ${run.part}${count}`;
}
