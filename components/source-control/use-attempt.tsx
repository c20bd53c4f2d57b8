"use client";
import { type ReactNode, useState } from "react";
import { useApp } from "@/components/workbench/app-context";
import { describeError } from "@/lib/client/describe-error";

export interface Attempt {
  readonly busy: boolean;
  /** Where a dialog says what went wrong: a notice would lie behind it. */
  readonly problem: ReactNode;
  try(work: () => Promise<unknown>): void;
}

/** Work of a dialog: one at a time, what went wrong is said in the dialog itself. */
export function useAttempt(): Attempt {
  const app = useApp();
  const [busy, setBusy] = useState(false);
  const [text, setText] = useState<string>();
  const run = async (work: () => Promise<unknown>): Promise<void> => {
    setBusy(true);
    setText(undefined);
    try {
      await work();
    } catch (error) {
      const { title, hint, code } = describeError(error);
      if (code === "access/required") app.showError(error);
      else setText(hint ? `${title} ${hint}` : title);
    } finally {
      setBusy(false);
    }
  };
  return {
    busy,
    problem:
      text === undefined ? null : (
        <p role="alert" className="text-xs text-bad">
          {text}
        </p>
      ),
    try: (work) => void run(work),
  };
}
