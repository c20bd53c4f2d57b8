"use client";
import { useState } from "react";
import { useApp } from "@/components/workbench/app-context";
import type { QuickFix } from "@/lib/protocol/explanations";

/** Makes fixes of what a run said: each in its document, which is shown and saved. */
export function useMending(run: string): {
  /** The one that is being made. */
  readonly mending: QuickFix | undefined;
  /** Resolves to false when the text is another than the fix is for, which is said. */
  readonly mend: (fix: QuickFix) => Promise<boolean>;
} {
  const { editors, notices, runControl } = useApp();
  const [mending, setMending] = useState<QuickFix>();
  const mend = async (fix: QuickFix): Promise<boolean> => {
    setMending(fix);
    try {
      const [edit] = fix.edits;
      editors.openFile({ path: fix.path, line: edit?.line, column: edit?.column }, { focus: false });
      if (await runControl.failures.apply(run, fix)) return true;
      notices.show({
        kind: "warning",
        title: "The fix was not made",
        detail: `${fix.path} is no longer as it was when the run ended, or could not be saved.`,
      });
      return false;
    } finally {
      setMending(undefined);
    }
  };
  return { mending, mend };
}
