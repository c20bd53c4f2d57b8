"use client";
import { CircleMinus, CirclePlus, ListChecks, RefreshCw } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Spinner } from "@/components/ui/spinner";
import { useApp, useValue } from "@/components/workbench/app-context";
import { describeDuration, toReleaseName } from "@/lib/client/run-words";
import type { Place, PlannedPartInfo, RunPlanInfo } from "@/lib/protocol/explanations";
import { PlanDownloadsLine } from "./plan-downloads";

/** What the next run would do, part by part and why; follows what is edited. */
export function PlanView() {
  const { runControl } = useApp();
  const { plan: store } = runControl;
  const { plan, error, asking, profile } = useValue(store.state);
  useEffect(() => {
    const watch = store.watch();
    return () => watch.dispose();
  }, [store]);
  if (error !== undefined && !asking) return <ErrorState error={error} onRetry={() => store.reload()} />;
  if (!plan) {
    return asking ? (
      <div className="flex items-center gap-2 p-4 text-xs text-muted" role="status">
        <Spinner size={13} /> Working out what would be done
      </div>
    ) : (
      <EmptyState icon={<ListChecks size={28} strokeWidth={1.5} />} title="There is nothing to run">
        The plan of a software.cfg or buildout.cfg appears here.
      </EmptyState>
    );
  }
  return (
    <section
      aria-label="Plan of the next run"
      className="flex h-full min-h-0 flex-col text-xs"
      data-plan-outcome={plan.outcome}
      data-plan-busy={asking}
    >
      <div className="flex h-8 shrink-0 items-center gap-2 border-b px-3">
        <span className="font-medium">{toReleaseName(profile ?? plan.profile)}</span>
        <span className="min-w-0 flex-1 truncate text-muted">
          {describeCounts(plan)}
          {plan.estimate && plan.outcome === "run" && (
            <span data-plan-estimate data-tip={describeEstimate(plan.estimate)}>
              {` · about ${describeDuration(plan.estimate.durationMs)}`}
            </span>
          )}
        </span>
        {asking && <Spinner size={12} />}
        <Button size="small" onClick={() => void runControl.run("software")}>
          Run software
        </Button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled by keys too */}
      <div className="min-h-0 flex-1 overflow-y-auto px-3 py-2" tabIndex={0}>
        <PlanParts plan={plan} />
      </div>
    </section>
  );
}

function PlanParts({ plan }: { readonly plan: RunPlanInfo }) {
  const [showsKept, setShowsKept] = useState(false);
  if (plan.outcome === "blocked") {
    return (
      <p className="text-bad" role="alert">
        The profile cannot be loaded: {plan.because} <PlaceLink place={plan.place} />
      </p>
    );
  }
  if (plan.outcome === "nothing") return <p>Nothing to do. {plan.because}</p>;
  const kept = plan.parts.filter(({ action }) => action === "keep");
  const rest = plan.parts.filter(({ action }) => action !== "keep");
  return (
    <>
      {plan.because && <p className="mb-2 text-muted">{plan.because}</p>}
      {plan.downloads && <PlanDownloadsLine downloads={plan.downloads} />}
      {plan.notes.map((note) => (
        <p key={note} className="mb-2 text-warn">
          {note}
        </p>
      ))}
      <ul className="flex flex-col gap-1">
        {rest.map((part) => (
          <PlannedPartRow key={`${part.action} ${part.part}`} part={part} />
        ))}
      </ul>
      {kept.length > 0 && (
        <div className="mt-2">
          <Button size="small" variant="ghost" aria-expanded={showsKept} onClick={() => setShowsKept(!showsKept)}>
            {kept.length} {kept.length === 1 ? "part is" : "parts are"} kept
          </Button>
          {showsKept && <p className="mt-1 font-mono text-muted">{kept.map(({ part }) => part).join("  ")}</p>}
        </div>
      )}
    </>
  );
}

const ICONS: Readonly<Record<PlannedPartInfo["action"], ReactNode>> = {
  install: <CirclePlus size={13} aria-hidden className="shrink-0 text-good" />,
  reinstall: <RefreshCw size={13} aria-hidden className="shrink-0 text-warn" />,
  uninstall: <CircleMinus size={13} aria-hidden className="shrink-0 text-bad" />,
  keep: undefined,
};
const WORDS: Readonly<Record<PlannedPartInfo["action"], string>> = {
  install: "install",
  reinstall: "install again",
  uninstall: "uninstall",
  keep: "keep",
};

function PlannedPartRow({ part: { part, action, reasons } }: { readonly part: PlannedPartInfo }) {
  const [reason] = reasons;
  return (
    <li className="flex items-baseline gap-2" data-planned-part={part} data-planned-action={action}>
      <span className="self-center">{ICONS[action]}</span>
      <span className="shrink-0 font-mono font-medium">{part}</span>
      <span className="shrink-0 text-muted">{WORDS[action]}</span>
      {reason && (
        <span className="min-w-0 text-muted" data-tip={reasons.map(({ text }) => text).join("\n")}>
          {reason.text} <PlaceLink place={reason.place} />
        </span>
      )}
    </li>
  );
}

function PlaceLink({ place }: { readonly place: Place | undefined }) {
  const app = useApp();
  if (!place) return null;
  return (
    <button
      type="button"
      className="font-mono text-accent hover:underline"
      onClick={() => app.editors.openFile({ path: place.path, line: place.line, column: place.column })}
    >
      {place.path}:{place.line}
    </button>
  );
}

function describeCounts({ parts, outcome }: RunPlanInfo): string {
  if (outcome !== "run") return "";
  const count = (action: PlannedPartInfo["action"]): number => parts.filter((part) => part.action === action).length;
  const said = [
    [count("install"), "to install"],
    [count("reinstall"), "to install again"],
    [count("uninstall"), "to uninstall"],
    [count("keep"), "kept"],
  ] as const;
  const words = said.filter(([number]) => number > 0).map(([number, text]) => `${number} ${text}`);
  return words.join(" · ");
}

function describeEstimate({ runs, unknownParts }: NonNullable<RunPlanInfo["estimate"]>): string {
  const from = `From what the parts took in ${runs === 1 ? "the last run" : `the last ${runs} runs`}`;
  if (unknownParts === 0) return from;
  return `${from}; ${unknownParts === 1 ? "1 part was" : `${unknownParts} parts were`} never built before`;
}
