"use client";
import { useEffect, useRef, useState } from "react";
import { Spinner } from "@/components/ui/spinner";
import { useApp, useValue } from "@/components/workbench/app-context";
import type { DiffSide } from "@/lib/client/editor-groups";
import { toEditorOptions } from "@/lib/client/monaco/editor-options";
import { toLanguage } from "@/lib/client/monaco/language-of-path";
import { loadMonaco } from "@/lib/client/monaco/load-monaco";
import type { EditorModel, ModelBuffer } from "@/lib/client/monaco/text-buffers";
import { THEME_NAME } from "@/lib/client/monaco/themes";

const toTitle = (side: DiffSide): string => (side.kind === "file" ? `${side.path} (here)` : side.title);

/** Two texts side by side. A side that is a file is its open document and can be edited. */
export function DiffEditorView({ original, modified }: { readonly original: DiffSide; readonly modified: DiffSide }) {
  const app = useApp();
  const workspace = useValue(app.workspace);
  const box = useRef<HTMLDivElement>(null);
  const [ready, setReady] = useState(false);

  useEffect(() => {
    if (!workspace) return;
    let end = () => {};
    let gone = false;
    const open = async () => {
      const { monaco } = await loadMonaco();
      const own: EditorModel[] = [];
      const toModel = async (side: DiffSide): Promise<EditorModel> => {
        if (side.kind === "file") {
          await workspace.documents.open(side.path);
          const buffer = workspace.documents.buffer(side.path) as ModelBuffer | undefined;
          if (buffer) return buffer.model;
        }
        const text = side.kind === "text" ? side.text : "";
        const model = monaco.editor.createModel(text, toLanguage(side.path ?? ""));
        own.push(model);
        return model;
      };
      const models = { original: await toModel(original), modified: await toModel(modified) };
      if (gone || !box.current) {
        for (const model of own) model.dispose();
        return;
      }
      const editor = monaco.editor.createDiffEditor(box.current, {
        ...toEditorOptions(app.settings.getState(), 0),
        theme: THEME_NAME,
        automaticLayout: true,
        originalEditable: false,
        readOnly: modified.kind !== "file",
        renderSideBySide: true,
        useInlineViewWhenSpaceIsLimited: true,
        renderSideBySideInlineBreakpoint: 700,
        stickyScroll: { enabled: false },
        hideUnchangedRegions: { enabled: false },
      });
      editor.setModel(models);
      setReady(true);
      end = () => {
        editor.setModel(null);
        editor.dispose();
        for (const model of own) model.dispose();
      };
    };
    open().catch((error: unknown) => app.showError(error));
    return () => {
      gone = true;
      end();
    };
  }, [workspace, original, modified, app]);

  return (
    <div className="absolute inset-0 flex flex-col bg-bg">
      <div className="flex h-[22px] shrink-0 text-xs text-muted">
        <span className="flex-1 truncate border-r px-3">{toTitle(original)}</span>
        <span className="flex-1 truncate px-3">{toTitle(modified)}</span>
      </div>
      <div ref={box} className="min-h-0 flex-1" />
      {!ready && (
        <div className="absolute inset-0 grid place-items-center">
          <Spinner label="Loading the comparison" />
        </div>
      )}
    </div>
  );
}
