"use client";
import { useEffect, useState } from "react";
import { classNames } from "@/components/ui/class-names";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Spinner } from "@/components/ui/spinner";
import { useApp, useValue } from "@/components/workbench/app-context";
import type { RunChanges } from "@/lib/protocol/explanations";
import type { RunSourceChanges, SourceFile } from "@/lib/protocol/history";
import type { RunInfo } from "@/lib/protocol/runs";

type Change = RunChanges["changes"][number];

interface Compared {
  readonly values?: RunChanges;
  readonly source?: RunSourceChanges;
  /** Why one of the two is not there. */
  readonly missing: readonly unknown[];
}

const KINDS: Readonly<Record<Change["kind"], string>> = {
  version: "version",
  hash: "checksum",
  recipe: "recipe",
  parts: "parts",
  section: "section",
  option: "",
};

/** What is different from another run: the options that came to differ, and the files as text. */
export function RunChangesView({ run }: { readonly run: RunInfo }) {
  const { api, runControl } = useApp();
  const { runs } = useValue(runControl.runs.state);
  const [since, setSince] = useState("");
  const [compared, setCompared] = useState<Compared>();
  const [turn, setTurn] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `turn` asks once more
  useEffect(() => {
    let gone = false;
    setCompared(undefined);
    const input = { params: { run: run.id }, query: since === "" ? {} : { since } };
    void Promise.allSettled([api.compareRuns(input), api.compareRunSources(input)]).then(([values, source]) => {
      if (gone) return;
      setCompared({
        values: values.status === "fulfilled" ? values.value : undefined,
        source: source.status === "fulfilled" ? source.value : undefined,
        missing: [values, source].flatMap((one) => (one.status === "rejected" ? [one.reason] : [])),
      });
    });
    return () => {
      gone = true;
    };
  }, [api, run.id, since, turn]);
  const others = runs.filter(({ id, kind, profile }) => id !== run.id && kind === run.kind && profile === run.profile);
  return (
    <section
      aria-label="Changes"
      className="flex min-h-0 flex-1 flex-col text-xs"
      data-changes={compared ? "read" : "reading"}
    >
      <label className="flex min-h-8 shrink-0 items-center gap-1.5 border-b px-3 text-muted">
        Since
        <select
          className="field h-6! min-h-0! w-auto! py-0! text-2xs"
          value={since}
          onChange={(event) => setSince(event.target.value)}
        >
          <option value="">the last that succeeded before</option>
          {others.map(({ id, state, createdAt }) => (
            <option key={id} value={id}>
              {new Date(createdAt).toLocaleString()}, {state}
            </option>
          ))}
        </select>
      </label>
      <div className="min-h-0 flex-1 overflow-auto px-3 py-2">
        {compared ? (
          <Comparison compared={compared} onRetry={() => setTurn(turn + 1)} />
        ) : (
          <p role="status" className="flex items-center gap-2 text-muted">
            <Spinner size={12} /> Comparing…
          </p>
        )}
      </div>
    </section>
  );
}

function Comparison({ compared, onRetry }: { readonly compared: Compared; readonly onRetry: () => void }) {
  const { values, source, missing } = compared;
  if (!values && !source) return <ErrorState error={missing[0]} onRetry={onRetry} />;
  const recipes = source?.files.filter(({ recipeOf }) => recipeOf !== undefined) ?? [];
  const changes = values?.changes ?? [];
  if (changes.length === 0 && (source?.files.length ?? 0) === 0) {
    return <EmptyState title="Nothing changed">No option came to differ, and no file of the workspace.</EmptyState>;
  }
  return (
    <>
      <h3 className="mb-1 font-semibold">What the profile comes to</h3>
      {changes.length === 0 && recipes.length === 0 && <p className="text-muted">No option came to differ.</p>}
      <ul className="flex flex-col gap-1.5">
        {changes.map((change) => (
          <ChangedOption key={`${change.section}:${change.option ?? ""}`} change={change} />
        ))}
        {recipes.map(({ path, recipeOf }) => (
          <li key={path} className="flex gap-2">
            <Kind words="recipe code" />
            <span className="font-mono">{path}</span>
            <span className="text-muted">of the egg in {recipeOf}</span>
          </li>
        ))}
      </ul>
      <h3 className="mt-4 mb-1 font-semibold">Files</h3>
      {source ? (
        <SourceFiles source={source} />
      ) : (
        <p className="text-muted">Of one of the runs the state of the workspace was not kept.</p>
      )}
    </>
  );
}

function Kind({ words }: { readonly words: string }) {
  if (words === "") return null;
  return <span className="rounded-sm border px-1 text-2xs whitespace-nowrap text-muted">{words}</span>;
}

function ChangedOption({ change: { kind, section, option, before, after } }: { readonly change: Change }) {
  if (option === undefined) {
    return (
      <li className="flex gap-2" data-change={section}>
        <Kind words={KINDS.section} />
        <span className="font-mono font-medium">[{section}]</span>
        <span className="text-muted">{before === undefined ? "is new" : "is gone"}</span>
      </li>
    );
  }
  return (
    <li data-change={`${section}:${option}`}>
      <span className="flex gap-2">
        <Kind words={KINDS[kind]} />
        <span className="font-mono font-medium">
          {section}:{option}
        </span>
      </span>
      {before !== undefined && <Value mark="−" text={before} className="text-bad" />}
      {after !== undefined && <Value mark="+" text={after} className="text-good" />}
    </li>
  );
}

function Value({
  mark,
  text,
  className,
}: {
  readonly mark: string;
  readonly text: string;
  readonly className: string;
}) {
  return (
    <span className={classNames("flex pl-3 font-mono whitespace-pre-wrap", className)}>
      <span className="w-4 shrink-0 select-none" aria-hidden>
        {mark}
      </span>
      <span className="sr-only">{mark === "+" ? "now" : "before"}</span>
      <span className="min-w-0 break-words">{text}</span>
    </span>
  );
}

function SourceFiles({ source: { files, revision, sinceRevision, truncated } }: { readonly source: RunSourceChanges }) {
  return (
    <>
      {revision !== sinceRevision && (
        <p className="mb-1 text-muted">
          Commit <code>{sinceRevision?.slice(0, 10) ?? "none"}</code> then,{" "}
          <code>{revision?.slice(0, 10) ?? "none"}</code> now
        </p>
      )}
      {files.length === 0 && <p className="text-muted">No file of the workspace differs.</p>}
      {files.map((file) => (
        <FileDiff key={file.path} file={file} />
      ))}
      {truncated && <p className="mt-2 text-warn">There are more changes than are shown.</p>}
    </>
  );
}

const LINES_SHOWN = 400;

function FileDiff({ file: { path, kind, diff, binary } }: { readonly file: SourceFile }) {
  const app = useApp();
  const lines = diff.split("\n").slice(0, -1);
  return (
    <details open className="relative mb-2 rounded border" data-changed-file={path}>
      <summary className="flex cursor-pointer items-center gap-2 bg-sunken px-2 py-1">
        <span className="font-mono">{path}</span>
        <span className="text-muted">{kind}</span>
      </summary>
      {kind !== "deleted" && (
        <button
          type="button"
          className="absolute top-1 right-2 text-accent hover:underline"
          aria-label={`Open ${path}`}
          onClick={() => app.editors.openFile({ path })}
        >
          Open
        </button>
      )}
      {binary ? (
        <p className="px-2 py-1 text-muted">Binary, or too large to be kept.</p>
      ) : (
        <pre className="overflow-x-auto px-2 py-1 font-mono text-2xs">
          {lines.slice(0, LINES_SHOWN).map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines of a text that does not change
            <span key={index} className={classNames("block", toneOf(line))}>
              {line}
            </span>
          ))}
          {lines.length > LINES_SHOWN && <span className="text-muted">{lines.length - LINES_SHOWN} more lines</span>}
        </pre>
      )}
    </details>
  );
}

function toneOf(line: string): string {
  if (line.startsWith("@@")) return "text-muted";
  if (line.startsWith("+")) return "text-good";
  return line.startsWith("-") ? "text-bad" : "";
}
