"use client";
import { RefreshCw, TriangleAlert } from "lucide-react";
import { useCallback, useEffect, useId, useMemo, useState } from "react";
import { DiffEditorView } from "@/components/editor/diff-editor-view";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { Spinner } from "@/components/ui/spinner";
import { useApp, useValue } from "@/components/workbench/app-context";
import { fromPreviewKey, type PreviewTarget } from "@/lib/client/debugging-words";
import type { DiffSide } from "@/lib/client/editor-groups";
import { parseParameters } from "@/lib/client/instance-words";
import type { FileSource, RenderedFile } from "@/lib/protocol/debugging";
import { PlaceButton } from "./source-trail";

/** A rendered file as the next run would leave it, beside how it is: with the parameters that one chooses, without a run. */
export function RenderView({ viewKey }: { readonly viewKey: string }) {
  const target = useMemo(() => fromPreviewKey(viewKey), [viewKey]);
  if (!target) return <EmptyState title="This preview is of an older version of the page" />;
  return <Preview target={target} />;
}

function Preview({ target }: { readonly target: PreviewTarget }) {
  const app = useApp();
  const id = useId();
  const { instances } = useValue(app.runControl.instances.state);
  const project = useValue(app.project.state, (state) => state.project?.id);
  const { partition, path, profile } = target;
  const owner = instances.find(({ partitions }) => partitions.some((each) => each.id === partition));
  const asked = owner && owner.partitions[0]?.id === partition ? owner.parameters : undefined;
  const partitionParameters = owner?.partitions.find((each) => each.id === partition)?.parameters;
  const current = JSON.stringify(asked ?? partitionParameters ?? {}, undefined, 2);
  const [text, setText] = useState<string>();
  const [rendered, setRendered] = useState<RenderedFile>();
  const [source, setSource] = useState<FileSource>();
  const [error, setError] = useState<unknown>();
  const [isBusy, setIsBusy] = useState(false);
  const { value, problem } = useMemo(() => parseParameters(text ?? current), [text, current]);

  const render = useCallback(
    async (parameters: Record<string, unknown> | undefined): Promise<void> => {
      if (project === undefined) return;
      setIsBusy(true);
      try {
        // What was typed a moment ago is part of it.
        await app.workspace.getState()?.drafts.flush();
        setRendered(await app.api.renderFile({ params: { project }, body: { partition, profile, path, parameters } }));
        setError(undefined);
      } catch (failure) {
        setError(failure);
      } finally {
        setIsBusy(false);
      }
    },
    [app, project, partition, profile, path],
  );
  useEffect(() => {
    void render(undefined);
  }, [render]);
  useEffect(() => {
    if (project === undefined || partition === undefined) return;
    app.api.readFileSource({ params: { project, partition }, query: { path } }).then(setSource, () => undefined);
  }, [app, project, partition, path]);

  const sides = useMemo((): { original: DiffSide; modified: DiffSide } | undefined => {
    if (rendered?.text === undefined) return undefined;
    return {
      original: { kind: "text", path, title: "As the last run left it", text: rendered.deployed ?? "" },
      modified: { kind: "text", path, title: "As the next run would leave it", text: rendered.text },
    };
  }, [rendered, path]);

  return (
    <article aria-label={`Preview of ${path}`} className="flex h-full min-h-0 flex-col" data-same={rendered?.same}>
      <header className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b px-3 py-1.5 text-xs">
        <span className="font-mono">{path}</span>
        <span className="text-muted">
          {owner ? `${owner.name} · ${partition}` : (profile ?? partition)}
          {rendered?.part ? ` · [${rendered.part}] ${rendered.recipe ?? ""}` : ""}
        </span>
        {source?.origin && <PlaceButton place={source.origin} />}
        <span className="flex-1" />
        <span role="status" className="text-muted">
          {isBusy
            ? "Rendering …"
            : rendered?.text === undefined
              ? ""
              : rendered.deployed === undefined
                ? "The file is not there yet"
                : rendered.same
                  ? "No difference"
                  : "It would change"}
        </span>
        <Button
          size="small"
          variant="primary"
          busy={isBusy}
          disabled={problem !== undefined}
          icon={<RefreshCw size={12} aria-hidden />}
          onClick={() => void render(text === undefined ? undefined : value)}
        >
          Render
        </Button>
      </header>
      <div className="flex min-h-0 flex-1 max-[900px]:flex-col">
        <div className="relative min-h-0 min-w-0 flex-1">
          {error !== undefined ? (
            <ErrorState error={error} onRetry={() => void render(text === undefined ? undefined : value)} />
          ) : rendered?.problem ? (
            <Problem rendered={rendered} />
          ) : sides ? (
            <DiffEditorView original={sides.original} modified={sides.modified} />
          ) : (
            <div className="grid h-full place-items-center">
              <Spinner label="Rendering" />
            </div>
          )}
        </div>
        <aside
          aria-label="What it is rendered with"
          className="flex w-64 shrink-0 flex-col gap-1.5 overflow-auto border-l p-3 text-xs max-[900px]:w-full max-[900px]:border-t max-[900px]:border-l-0"
        >
          {rendered?.notes.map((note) => (
            <p key={note} className="flex items-start gap-1.5 text-2xs text-warn">
              <TriangleAlert size={12} aria-hidden className="mt-0.5 shrink-0" /> {note}
            </p>
          ))}
          {partition !== undefined && (
            <>
              <label htmlFor={id} className="font-medium">
                Parameters
              </label>
              <textarea
                id={id}
                spellCheck={false}
                rows={10}
                className="field resize-y font-mono text-xs"
                aria-invalid={problem !== undefined}
                aria-describedby={`${id}-problem`}
                value={text ?? current}
                onChange={(event) => setText(event.target.value)}
              />
              <p id={`${id}-problem`} aria-live="polite" className="text-2xs text-bad">
                {problem}
              </p>
              {text !== undefined && (
                <Button
                  size="small"
                  variant="ghost"
                  onClick={() => {
                    setText(undefined);
                    void render(undefined);
                  }}
                >
                  As they are asked for
                </Button>
              )}
            </>
          )}
          <p className="text-2xs text-muted">
            The recipe itself renders it, from the profiles and templates as they are in the editor. Nothing is
            deployed, and nothing that the recipe does stays.
          </p>
        </aside>
      </div>
    </article>
  );
}

function Problem({ rendered }: { readonly rendered: RenderedFile }) {
  const { problem } = rendered;
  if (!problem) return null;
  return (
    <div role="alert" className="flex h-full flex-col gap-2 overflow-auto p-4 text-xs">
      <p className="font-medium break-words whitespace-pre-wrap text-bad select-text">{problem.message}</p>
      {problem.place && (
        <p>
          at <PlaceButton place={problem.place} />
        </p>
      )}
      {problem.doing.length > 0 && (
        <ol className="text-2xs text-muted">
          {problem.doing.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ol>
      )}
      {problem.traceback.length > 0 && (
        <details>
          <summary className="text-muted">Traceback</summary>
          <pre className="mt-1 rounded bg-sunken p-2 font-mono text-2xs whitespace-pre-wrap select-text">
            {problem.traceback.join("\n")}
          </pre>
        </details>
      )}
    </div>
  );
}
