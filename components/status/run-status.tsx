"use client";
import { useEffect, useRef, useState } from "react";
import { Elapsed } from "@/components/runs/elapsed";
import { describeProgress } from "@/components/runs/run-header";
import { RunIcon } from "@/components/runs/run-icon";
import { useApp, useValue } from "@/components/workbench/app-context";
import { StatusItem } from "@/components/workbench/status-item";
import { describeRun } from "@/lib/client/run-words";
import { findCurrentRun, isGoingOn } from "@/lib/client/runs";

/** A reader is not interrupted more often than this. */
const ANNOUNCE_EVERY_MS = 10_000;

/** The run that goes on, or the last one: state, time, part at work. */
export function RunStatusItem() {
  const { runControl } = useApp();
  const state = useValue(runControl.runs.state);
  const run = findCurrentRun(state);
  const words = run && describeRun(run);
  const goesOn = run !== undefined && isGoingOn(run);
  const announced = useAnnouncement(run && goesOn ? `${words?.title}: ${describeProgress(run)}` : "");
  if (!run || !words) return null;
  return (
    <>
      <StatusItem tip={`${words.title}: ${run.profile}`} onClick={() => runControl.showRun(run.id)}>
        <RunIcon state={run.state} size={12} />
        <span>
          <span className="max-[500px]:sr-only">{words.title}: </span>
          {words.state}
        </span>
        <Elapsed run={run} />
        {goesOn && <span className="max-w-80 truncate max-[900px]:hidden">{describeProgress(run)}</span>}
      </StatusItem>
      <span className="sr-only" aria-live="polite">
        {announced}
      </span>
    </>
  );
}

/** The text, at most every ten seconds. */
function useAnnouncement(text: string): string {
  const [said, setSaid] = useState("");
  const last = useRef(0);
  useEffect(() => {
    const waitMs = text === "" ? 0 : Math.max(0, last.current + ANNOUNCE_EVERY_MS - Date.now());
    const timer = setTimeout(() => {
      last.current = Date.now();
      setSaid(text);
    }, waitMs);
    return () => clearTimeout(timer);
  }, [text]);
  return said;
}
