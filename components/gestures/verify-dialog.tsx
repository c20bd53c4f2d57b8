"use client";
import { CircleCheck, CircleX } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Spinner } from "@/components/ui/spinner";
import { useApp } from "@/components/workbench/app-context";
import { describeError } from "@/lib/client/describe-error";
import { getProjectId } from "@/lib/client/project-store";
import type { RunPlanInfo } from "@/lib/protocol/explanations";
import type { Verification } from "@/lib/protocol/gestures";
import { useAnswer } from "./use-answer";

/** Is what was pushed what is here, and what would a run do? Then build it from a clone of what was pushed. */
export function VerifyDialog({ path, onClose }: { readonly path: string; readonly onClose: () => void }) {
  const app = useApp();
  const { answer, error } = useAnswer<Verification>(
    () => app.api.verifyRelease({ params: { project: getProjectId(app.project) }, query: { path } }),
    path,
  );
  const plan = usePlan(path);
  const build = (): void => {
    onClose();
    app.runControl.verify(path).catch((failure: unknown) => app.showError(failure));
  };
  return (
    <Dialog
      title="Verify what was pushed"
      width="medium"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Close</Button>
          <Button variant="primary" disabled={answer?.commit === undefined} onClick={build}>
            Build the pushed commit
          </Button>
        </>
      }
    >
      {!answer && error === undefined && <Spinner label="Resolving the pushed commit" />}
      {error !== undefined && (
        <p role="alert" className="text-bad">
          {describeError(error).title}
        </p>
      )}
      {answer && (
        <ul className="flex flex-col gap-2" aria-label="Verification">
          <Line ok={answer.pushed}>
            {answer.commit === undefined
              ? (answer.problem ?? "Nothing was pushed yet.")
              : answer.pushed
                ? `${answer.remote}/${answer.branch} is at ${answer.commit.slice(0, 10)}, the commit that is here.`
                : `${answer.remote}/${answer.branch} is at ${answer.commit.slice(0, 10)}, which is not the commit here: push or fetch.`}
          </Line>
          <Line ok={answer.changed.length === 0}>
            {answer.changed.length === 0
              ? "Every file of the release is committed."
              : `Not committed: ${answer.changed.join(", ")}`}
          </Line>
          {answer.missing.length > 0 && (
            <Line ok={false}>
              The pushed commit does not have {answer.missing.join(", ")}, which the release names: commit and push.
            </Line>
          )}
          {answer.commit !== undefined && (
            <Line ok={answer.equal}>
              {answer.equal
                ? "The pushed commit resolves to the configuration that is here: all values are equal."
                : (answer.problem ??
                  `${answer.differenceCount} values of the pushed commit differ: ${answer.differences
                    .slice(0, 5)
                    .map(({ section, option }) => (option === undefined ? `[${section}]` : `[${section}] ${option}`))
                    .join(", ")}`)}
            </Line>
          )}
          {plan && <Line ok={plan.ok}>{plan.text}</Line>}
        </ul>
      )}
    </Dialog>
  );
}

function Line({ ok, children }: { readonly ok: boolean; readonly children: ReactNode }) {
  return (
    <li className="flex items-start gap-2 text-text">
      {ok ? (
        <CircleCheck size={16} className="mt-0.5 shrink-0 text-good" aria-label="Yes" />
      ) : (
        <CircleX size={16} className="mt-0.5 shrink-0 text-warn" aria-label="No" />
      )}
      <span className="min-w-0 break-words">{children}</span>
    </li>
  );
}

/** What a run would do now, in one sentence. */
function usePlan(path: string): { readonly ok: boolean; readonly text: string } | undefined {
  const app = useApp();
  const [found, setFound] = useState<{ ok: boolean; text: string }>();
  useEffect(() => {
    let gone = false;
    const release = app.project.state.getState().releases.find(({ profile }) => profile === path);
    const kind = release?.engine === "buildout" ? "buildout" : "software";
    app.api.readPlan({ params: { project: getProjectId(app.project) }, query: { profile: path, kind } }).then(
      (plan) => !gone && setFound(describePlan(plan)),
      (error: unknown) => !gone && setFound({ ok: false, text: describeError(error).title }),
    );
    return () => {
      gone = true;
    };
  }, [app, path]);
  return found;
}

function describePlan({ outcome, because, parts }: RunPlanInfo): { ok: boolean; text: string } {
  if (outcome === "blocked") return { ok: false, text: `A run cannot begin: ${because}` };
  const changing = parts.filter(({ action }) => action !== "keep");
  if (changing.length === 0) return { ok: true, text: "No part changes: a run has nothing to build anew." };
  const first = changing
    .slice(0, 3)
    .map(({ part, reasons }) => (reasons[0] ? `${part} (${reasons[0].text})` : part))
    .join(", ");
  const more = changing.length > 3 ? ` and ${changing.length - 3} more` : "";
  return { ok: false, text: `A run would build ${first}${more}.` };
}
