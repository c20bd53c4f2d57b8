"use client";
import { Lock } from "lucide-react";
import { useEffect, useRef } from "react";
import { EdgeBadge } from "@/components/gestures/edge-badge";
import { useAnswer } from "@/components/gestures/use-answer";
import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/error-state";
import { Spinner } from "@/components/ui/spinner";
import { useApp } from "@/components/workbench/app-context";
import { toEditorOptions } from "@/lib/client/monaco/editor-options";
import { toLanguage } from "@/lib/client/monaco/language-of-path";
import { loadMonaco } from "@/lib/client/monaco/load-monaco";
import { THEME_NAME } from "@/lib/client/monaco/themes";
import { getProjectId } from "@/lib/client/project-store";
import type { WebProfile } from "@/lib/protocol/gestures";
import { PlaceLink } from "./place-link";

/** A profile on the web, to read: a release that is named by its address, with where it comes from. */
export function WebProfileView({ viewKey: url }: { readonly viewKey: string }) {
  const app = useApp();
  const { answer, error, busy, again } = useAnswer<WebProfile>(
    () => app.api.readWebProfile({ params: { project: getProjectId(app.project) }, query: { url } }),
    url,
  );
  return (
    <section className="flex h-full min-h-0 flex-col bg-bg" aria-busy={busy} aria-label={`Profile ${url}`}>
      <header className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b px-4 py-2 text-xs">
        {answer && <EdgeBadge edge={answer} />}
        <span className="min-w-0 font-mono break-all">{url}</span>
        <span className="flex items-center gap-1 text-muted">
          <Lock size={12} aria-hidden /> Read-only
        </span>
        {answer?.checkout && (
          <span className="text-muted">
            {answer.differs ? "another text than in the checkout: " : "as in the checkout: "}
            <PlaceLink place={{ path: answer.checkout, line: 1, column: 1 }} />
          </span>
        )}
        <div className="ml-auto flex items-center gap-2">
          {busy && <Spinner size={14} label="Fetching" />}
          <Button size="small" disabled={busy} onClick={again}>
            Fetch again
          </Button>
        </div>
      </header>
      <div className="relative min-h-0 flex-1">
        {error !== undefined && <ErrorState error={error} onRetry={again} />}
        {answer && <ReadOnlyText text={answer.text} url={url} />}
      </div>
    </section>
  );
}

function ReadOnlyText({ text, url }: { readonly text: string; readonly url: string }) {
  const app = useApp();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let end = (): void => undefined;
    let gone = false;
    loadMonaco().then(({ monaco }) => {
      if (gone || !box.current) return;
      const model = monaco.editor.createModel(text, toLanguage(new URL(url).pathname));
      const editor = monaco.editor.create(box.current, {
        ...toEditorOptions(app.settings.getState(), model.getLineCount()),
        model,
        theme: THEME_NAME,
        automaticLayout: true,
        readOnly: true,
        ariaLabel: `${url}, read-only`,
      });
      end = () => {
        editor.dispose();
        model.dispose();
      };
    }, app.showError);
    return () => {
      gone = true;
      end();
    };
  }, [app, text, url]);
  return <div ref={box} className="absolute inset-0" />;
}
