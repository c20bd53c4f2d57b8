"use client";
import { useEffect, useState } from "react";
import { createStore } from "zustand/vanilla";
import { useApp, useValue } from "@/components/workbench/app-context";
import type { LanguagePhase, ProfileRequests } from "@/lib/client/language";

const noNumber = createStore<number>(() => 0);
const noPhase = createStore<{ phase: LanguagePhase }>(() => ({ phase: "starting" }));

/** A burst of keys is one question. */
const QUIET_MS = 150;

export type ProfileAnswer<Answer> =
  | { readonly state: "waiting" }
  | { readonly state: "none" }
  | { readonly state: "here"; readonly answer: Answer };

/** The service's answer about a profile, asked for again whenever a text or a file changes. */
export function useProfile<Name extends keyof ProfileRequests>(
  name: Name,
  path: string,
  params: ProfileRequests[Name]["params"],
): ProfileAnswer<ProfileRequests[Name]["answer"]> {
  const language = useValue(useApp().language);
  const revision = useValue(language?.revision ?? noNumber);
  const phase = useValue(language?.state ?? noPhase, (state) => state.phase);
  const [found, setFound] = useState<ProfileAnswer<ProfileRequests[Name]["answer"]>>({ state: "waiting" });
  const key = JSON.stringify(params);
  const isFirst = found.state === "waiting";

  // biome-ignore lint/correctness/useExhaustiveDependencies: another question has another answer
  useEffect(() => setFound({ state: "waiting" }), [path, key, name]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the revision is why it is asked again
  useEffect(() => {
    if (!language || phase !== "ready") return;
    let gone = false;
    const timer = setTimeout(
      async () => {
        const answer = await language.askProfile(name, path, JSON.parse(key));
        if (gone) return;
        setFound(answer === undefined ? { state: "none" } : { state: "here", answer });
      },
      isFirst ? 0 : QUIET_MS,
    );
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [language, phase, revision, name, path, key]);
  return found;
}
