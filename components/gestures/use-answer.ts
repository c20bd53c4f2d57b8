"use client";
import { useCallback, useEffect, useRef, useState } from "react";
import { useApp } from "@/components/workbench/app-context";

/** Saving a file tells of it several times. */
const QUIET_MS = 300;

export interface Asked<Answer> {
  readonly answer: Answer | undefined;
  readonly error: unknown;
  readonly busy: boolean;
  again(): void;
}

/** An answer of the server about saved files: asked for anew when a file changes. */
export function useAnswer<Answer>(ask: () => Promise<Answer>, key: string): Asked<Answer> {
  const { connection } = useApp();
  const [found, setFound] = useState<{ answer?: Answer; error?: unknown; busy: boolean }>({ busy: true });
  const latest = useRef(0);
  const asking = useRef(ask);
  asking.current = ask;
  const again = useCallback(() => {
    const mine = ++latest.current;
    setFound((before) => ({ ...before, busy: true }));
    asking.current().then(
      (answer) => mine === latest.current && setFound({ answer, busy: false }),
      (error: unknown) => mine === latest.current && setFound((before) => ({ ...before, error, busy: false })),
    );
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another key is another question
  useEffect(() => {
    setFound({ busy: true });
    again();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const later = (): void => {
      clearTimeout(timer);
      timer = setTimeout(again, QUIET_MS);
    };
    const listening = [connection.on("file:changed", later), connection.on("git:changed", later)];
    return () => {
      clearTimeout(timer);
      for (const one of listening) one.dispose();
    };
  }, [again, connection, key]);
  return { answer: found.answer, error: found.error, busy: found.busy, again };
}
