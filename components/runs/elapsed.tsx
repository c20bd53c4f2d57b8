"use client";
import { useEffect, useState } from "react";
import { describeDuration, describeSeconds, elapsedMs } from "@/lib/client/run-words";
import { isGoingOn } from "@/lib/client/runs";
import type { RunInfo } from "@/lib/protocol/runs";

const TICK_MS = 1_000;

/** How long a run has taken; ticks by the page's own clock while it goes on. */
export function Elapsed({ run }: { readonly run: RunInfo }) {
  const goesOn = isGoingOn(run);
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!goesOn) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, [goesOn]);
  const duration = elapsedMs(run, now);
  return <span className="tabular-nums">{goesOn ? describeSeconds(duration) : describeDuration(duration)}</span>;
}
