"use client";
import { useMemo, useState } from "react";
import { Button } from "@/components/ui/button";
import { classNames } from "@/components/ui/class-names";
import { ErrorState } from "@/components/ui/error-state";
import { Spinner } from "@/components/ui/spinner";
import { useApp } from "@/components/workbench/app-context";
import { describeReach, summariseSources } from "@/lib/client/extends-words";
import { getProjectId } from "@/lib/client/project-store";
import type { ExtendsEdgeInfo, ExtendsSources } from "@/lib/protocol/gestures";
import { PlaceLink } from "../profile/place-link";
import { openWebProfile } from "../profile/profile-commands";
import { EdgeBadge } from "./edge-badge";
import { useAnswer } from "./use-answer";

/** Where each extends of a profile comes from, whether it can be reached, and one button to switch all of them. */
export function ExtendsSourcesView({ viewKey: path }: { readonly viewKey: string }) {
  const app = useApp();
  const [reach, setReach] = useState(0);
  const [onlyOwn, setOnlyOwn] = useState(true);
  const { answer, error, busy, again } = useAnswer<ExtendsSources>(
    () =>
      app.api.listExtendsSources({
        params: { project: getProjectId(app.project) },
        query: { path, ...(reach > 0 && { reach: "true" as const }) },
      }),
    `${path} ${reach}`,
  );
  const edges = useMemo(
    () => (answer?.edges ?? []).filter((edge) => !onlyOwn || edge.profile === path || edge.source !== "checkout"),
    [answer, onlyOwn, path],
  );
  return (
    <section className="flex h-full min-h-0 flex-col bg-bg" aria-busy={busy} aria-label="Sources of extends">
      <header className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b px-4 py-2">
        <h2 className="text-sm font-semibold">Sources of extends</h2>
        <span className="min-w-0 truncate font-mono text-xs text-faint">{path}</span>
        {answer && <span className="text-xs text-muted">{summariseSources(answer.edges)}</span>}
        <div className="ml-auto flex flex-wrap items-center gap-2">
          {busy && <Spinner size={14} label="Looking" />}
          <label className="flex items-center gap-1 text-xs text-muted">
            <input type="checkbox" checked={onlyOwn} onChange={({ target }) => setOnlyOwn(target.checked)} /> Only this
            file's, and what is elsewhere
          </label>
          <Button size="small" disabled={busy} onClick={() => setReach(reach + 1)}>
            Check now
          </Button>
          <Button
            size="small"
            variant="primary"
            disabled={!answer?.repository && answer?.repository !== ""}
            onClick={() => app.gestures.show({ kind: "switch-extends", path })}
          >
            Switch source…
          </Button>
        </div>
      </header>
      <div className="@container min-h-0 flex-1 overflow-auto">
        {error !== undefined && <ErrorState error={error} onRetry={again} />}
        {answer && edges.length === 0 && <p className="p-4 text-sm text-muted">This profile extends nothing.</p>}
        {edges.length > 0 && (
          <table className="w-full text-xs" aria-label="Extends with their sources">
            <thead className="sticky top-0 bg-bg text-left text-muted">
              <tr>
                {["Source", "Extends", "Where", "State"].map((title) => (
                  <th key={title} className="border-b px-2 py-1.5 font-normal @2xl:px-4">
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {edges.map((edge) => (
                <Edge key={`${edge.profile}:${edge.line}:${edge.name}`} edge={edge} />
              ))}
            </tbody>
          </table>
        )}
      </div>
    </section>
  );
}

function Edge({ edge }: { readonly edge: ExtendsEdgeInfo }) {
  const app = useApp();
  const { reachable, differs, profile, line, name, path, checkout } = edge;
  const isUrl = edge.source !== "checkout";
  return (
    <tr className="border-b align-top hover:bg-hover">
      <td className="px-2 py-1.5 @2xl:px-4">
        <EdgeBadge edge={edge} />
      </td>
      <td className="max-w-0 px-2 py-1.5 font-mono break-all @2xl:px-4" style={{ width: "45%" }}>
        {isUrl ? (
          <button
            type="button"
            className="text-left text-accent hover:underline"
            onClick={() => openWebProfile(app, path)}
          >
            {name}
          </button>
        ) : (
          name
        )}
        {checkout && (
          <span className="block font-sans text-faint">
            in the checkout: <PlaceLink place={{ path: checkout, line: 1, column: 1 }} />
          </span>
        )}
      </td>
      <td className="px-2 py-1.5 wrap-anywhere @2xl:px-4 @2xl:whitespace-nowrap">
        <PlaceLink place={{ path: profile, line, column: 1 }} short />
      </td>
      <td
        className={classNames(
          "px-2 py-1.5 @2xl:px-4",
          reachable === false ? "text-bad" : differs ? "text-warn" : "text-muted",
        )}
      >
        {describeReach(edge, Date.now())}
      </td>
    </tr>
  );
}
