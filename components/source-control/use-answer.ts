"use client";
import { useCallback, useEffect, useState } from "react";
import { useApp, useValue } from "@/components/workbench/app-context";

export interface Answer<T> {
  /** The last good answer: it stays while a new one is asked for. */
  readonly value: T | undefined;
  readonly error: unknown;
  readonly reload: () => void;
}

/**
 * What branches, tags, stashes and commits depend on: it changes when the repository was moved, by whomever, and not
 * when only a file was saved.
 */
export function useHistoryMark(): string {
  const { git } = useApp();
  return useValue(
    git.state,
    ({ status, moves }) => `${moves} ${status?.head} ${status?.branch} ${status?.ahead} ${status?.behind}`,
  );
}

/** An answer of the repository, asked again when `key` changes. */
export function useAnswer<T>(ask: () => Promise<T>, key: string): Answer<T> {
  const [answer, setAnswer] = useState<{ value: T | undefined; error: unknown }>({
    value: undefined,
    error: undefined,
  });
  const [turn, setTurn] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again by its key; `ask` is made anew at every drawing
  useEffect(() => {
    let gone = false;
    ask().then(
      (value) => !gone && setAnswer({ value, error: undefined }),
      (error: unknown) => !gone && setAnswer(({ value }) => ({ value, error })),
    );
    return () => {
      gone = true;
    };
  }, [key, turn]);
  return { ...answer, reload: useCallback(() => setTurn((number) => number + 1), []) };
}
