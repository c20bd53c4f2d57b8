"use client";
import { useEffect, useState } from "react";
import { createStore } from "zustand/vanilla";
import { useApp, useValue } from "@/components/workbench/app-context";
import type { GestureAnswer, GestureIntent } from "@/lib/protocol/gestures";

const noNumber = createStore<number>(() => 0);

/** A burst of keys is one question. */
const QUIET_MS = 200;

export type Proposed =
  | { readonly state: "none" }
  | { readonly state: "waiting"; readonly last?: GestureAnswer }
  | { readonly state: "here"; readonly answer: GestureAnswer }
  | { readonly state: "failed"; readonly error: unknown };

/** What would come of the intent, asked for anew when it or a text changes; nothing is asked without one. */
export function useProposal(intent: GestureIntent | undefined): Proposed {
  const { gestures, language } = useApp();
  const client = useValue(language);
  const revision = useValue(client?.revision ?? noNumber);
  const [found, setFound] = useState<Proposed>({ state: "none" });
  const key = intent === undefined ? undefined : JSON.stringify(intent);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the revision is why it is asked again
  useEffect(() => {
    if (key === undefined) return setFound({ state: "none" });
    const abort = new AbortController();
    setFound((before) => ({ state: "waiting", ...(before.state === "here" && { last: before.answer }) }));
    const timer = setTimeout(() => {
      gestures.propose(JSON.parse(key), abort.signal).then(
        (answer) => !abort.signal.aborted && setFound({ state: "here", answer }),
        (error: unknown) => !abort.signal.aborted && setFound({ state: "failed", error }),
      );
    }, QUIET_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [gestures, key, revision]);
  return found;
}
