"use client";
import { CircleCheck, CircleX, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Spinner } from "@/components/ui/spinner";
import { useApp, useValue } from "@/components/workbench/app-context";
import { GIT_VIEW } from "@/lib/client/git";
import { getProjectId } from "@/lib/client/project-store";
import type { CheckFinding, PreMergeCheck } from "@/lib/protocol/gestures";
import { PlaceLink } from "../profile/place-link";
import { openChange } from "./open-change";
import { useAnswer } from "./use-answer";

/** What is in the way of merging a release; each finding with the button that mends it. */
export function CheckView({ viewKey: path }: { readonly viewKey: string }) {
  const app = useApp();
  const workspace = useValue(app.workspace);
  const { answer, error, busy, again } = useAnswer<PreMergeCheck>(
    () => app.api.checkRelease({ params: { project: getProjectId(app.project) }, query: { path } }),
    path,
  );
  const [mending, setMending] = useState<string>();
  const mend = async (finding: CheckFinding): Promise<void> => {
    setMending(finding.id);
    try {
      await makeMend(finding);
    } catch (failure) {
      app.showError(failure);
    } finally {
      setMending(undefined);
      again();
    }
  };
  const makeMend = async ({ kind, fix, id, path: file, line, column }: CheckFinding): Promise<void> => {
    if (fix.how === "commit") {
      await app.git.stage({ paths: [file] });
      return app.layout.showSideView(GIT_VIEW);
    }
    if (fix.how === "accept-override") {
      const [section = "", ...option] = id.split(" ").slice(2).join(" ").split(":");
      const body = { path, section, option: option.join(":") };
      await app.api.acceptOverride({ params: { project: getProjectId(app.project) }, body });
      return;
    }
    if (fix.how === "promote" || fix.how === "open") return app.editors.openFile({ path: file, line, column });
    if (fix.how === "release-recipe" && fix.egg) {
      await app.api.releaseRecipe({ params: { project: getProjectId(app.project), egg: fix.egg } });
      return;
    }
    await workspace?.documents.saveAll();
    const proposal = await app.gestures.propose({ gesture: "mend", profile: path, finding: id });
    if (proposal.kind === "refused") {
      app.notices.show({ kind: "warning", title: "It could not be mended", detail: proposal.reason });
      return;
    }
    if (!(await app.gestures.make(proposal, proposal.summary))) return;
    for (const { path: changed, fate } of proposal.files) if (!fate) await workspace?.documents.save(changed);
    const written = proposal.files.find((one) => one.path === file);
    if (kind === "promise" && written) openChange(app, written, "promise");
  };
  const errors = answer?.findings.filter(({ severity }) => severity === "error").length ?? 0;
  const warnings = (answer?.findings.length ?? 0) - errors;
  return (
    <section className="flex h-full min-h-0 flex-col bg-bg" aria-busy={busy} aria-label="Pre-merge check">
      <header className="flex shrink-0 flex-wrap items-center gap-3 border-b px-4 py-2">
        <h2 className="text-sm font-semibold">Before merging</h2>
        <span className="min-w-0 truncate font-mono text-xs text-faint">{path}</span>
        <div className="ml-auto flex items-center gap-2">
          {busy && <Spinner size={14} label="Checking" />}
          <Button size="small" disabled={busy} onClick={again}>
            Check again
          </Button>
        </div>
      </header>
      <div className="min-h-0 flex-1 overflow-auto">
        {error !== undefined && <ErrorState error={error} onRetry={again} />}
        {answer && (
          <p role="status" className="flex items-center gap-2 border-b px-4 py-2 text-sm">
            {answer.passed ? (
              <CircleCheck size={16} className="text-good" aria-hidden />
            ) : (
              <CircleX size={16} className="text-bad" aria-hidden />
            )}
            {answer.passed ? "Nothing is in the way" : `${errors} in the way`}
            {warnings > 0 && (
              <span className="text-muted">{warnings === 1 ? "1 warning" : `${warnings} warnings`}</span>
            )}
          </p>
        )}
        <ul aria-label="Findings">
          {answer?.findings.map((finding) => (
            <li key={finding.id} className="flex items-start gap-3 border-b px-4 py-2 text-sm hover:bg-hover">
              {finding.severity === "error" ? (
                <CircleX size={14} className="mt-0.5 shrink-0 text-bad" aria-label="Error" />
              ) : (
                <TriangleAlert size={14} className="mt-0.5 shrink-0 text-warn" aria-label="Warning" />
              )}
              <div className="min-w-0 flex-1">
                <p className="break-words">
                  <span className="mr-2 text-xs text-faint">{TITLES[finding.kind]}</span>
                  {finding.message}
                </p>
                {finding.fix.advice && <p className="break-words text-muted text-xs">{finding.fix.advice}</p>}
                <span className="text-xs">
                  <PlaceLink place={{ path: finding.path, line: finding.line, column: finding.column }} />
                </span>
              </div>
              <Button
                size="small"
                className="max-w-64 shrink-0"
                busy={mending === finding.id}
                disabled={mending !== undefined}
                onClick={() => void mend(finding)}
              >
                <span className="truncate">{finding.fix.title}</span>
              </Button>
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}

const TITLES: Readonly<Record<CheckFinding["kind"], string>> = {
  profile: "Profile",
  develop: "Develop egg",
  sandbox: "Sandbox",
  override: "Override",
  extends: "Extends",
  changes: "Not committed",
  hash: "Hash",
  version: "Version",
  schema: "Schema",
  python: "Python",
  promise: "Promise",
};
