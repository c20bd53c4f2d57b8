"use client";
import { CornerDownRight } from "lucide-react";
import { useApp } from "@/components/workbench/app-context";
import { describeStep } from "@/lib/client/debugging-words";
import type { FileSource, FileStepInfo } from "@/lib/protocol/debugging";
import type { Place } from "@/lib/protocol/explanations";

/** The way from a file of a partition to its source: parts, recipes and templates, each a link into the editor. */
export function SourceTrail({ source, label }: { readonly source: FileSource; readonly label: string }) {
  return (
    <ol aria-label={label} className="text-2xs">
      {source.steps.map((step, depth) => (
        <li
          key={`${step.root} ${step.path}`}
          className="flex items-start gap-1 py-px"
          style={{ paddingLeft: depth * 12 }}
        >
          {depth > 0 && <CornerDownRight size={11} aria-hidden className="mt-0.5 shrink-0 text-faint" />}
          <Step step={step} />
        </li>
      ))}
    </ol>
  );
}

function Step({ step }: { readonly step: FileStepInfo }) {
  const { root, path, kind, part, recipe, place } = step;
  if (kind === "source") {
    const at = place ?? { path, line: 1, column: 1, endLine: 1, endColumn: 1 };
    return <PlaceButton place={at} withoutLine={place === undefined} />;
  }
  return (
    <span className="min-w-0 break-words">
      <span className="font-mono break-all">{path}</span>
      {root === "software" && <span className="text-faint"> of the software</span>}
      <span className="text-muted"> — {describeStep(step)}</span>
      {part !== undefined && (
        <>
          {" "}
          <span className="font-mono">[{part}]</span>
          {recipe && <span className="text-muted"> {recipe}</span>}
        </>
      )}
      {place && (
        <>
          {" "}
          <PlaceButton place={place} />
        </>
      )}
    </span>
  );
}

/** A place in the workspace; opens the editor there. */
export function PlaceButton({ place, withoutLine = false }: { readonly place: Place; readonly withoutLine?: boolean }) {
  const app = useApp();
  const text = withoutLine ? place.path : `${place.path}:${place.line}`;
  return (
    <button
      type="button"
      data-place={text}
      className="font-mono break-all text-accent underline underline-offset-2 hover:text-text"
      onClick={() =>
        app.editors.openFile({ path: place.path, ...(withoutLine ? {} : { line: place.line, column: place.column }) })
      }
    >
      {text}
    </button>
  );
}
