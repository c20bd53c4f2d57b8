"use client";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Spinner } from "@/components/ui/spinner";
import { useApp, useValue } from "@/components/workbench/app-context";
import { type LineHunk, toLineHunks, toMarkLine } from "@/lib/client/git-lines";
import { toEditorOptions } from "@/lib/client/monaco/editor-options";
import { toLanguage } from "@/lib/client/monaco/language-of-path";
import { loadMonaco } from "@/lib/client/monaco/load-monaco";
import type { ModelBuffer } from "@/lib/client/monaco/text-buffers";
import { THEME_NAME } from "@/lib/client/monaco/themes";

export type DiffEditor = import("monaco-editor/editor").editor.IStandaloneDiffEditor;
type Model = import("monaco-editor/editor").editor.ITextModel;

/** Lines that a person has marked on one side; inclusive. */
export interface MarkedLines {
  readonly side: "original" | "modified";
  readonly from: number;
  readonly to: number;
  /** More than a cursor. */
  readonly isRange: boolean;
}

/** Longer than any comparison takes. */
const DISPOSE_AFTER_MS = 10_000;
/** Time after the last key until the hunks are found anew. */
const HUNKS_AFTER_MS = 120;

/**
 * Monaco's difference with our hunks over it: `tools` draws what can be done with each, beside its first line.
 * The new side is the open document when `editable`, so it can be edited and shows what is not saved yet.
 */
export function HunkDiffEditor(props: {
  readonly path: string;
  readonly original: string;
  readonly modified: string;
  readonly editable: boolean;
  readonly inline: boolean;
  readonly onHunks: (hunks: readonly LineHunk[]) => void;
  readonly onMark: (lines: MarkedLines) => void;
  readonly onEditor: (editor: DiffEditor | undefined) => void;
  readonly tools?: (hunk: LineHunk, index: number) => ReactNode;
}) {
  const { path, original, modified, editable, inline, onHunks, onMark, onEditor, tools } = props;
  const app = useApp();
  const settings = useValue(app.settings);
  const workspace = useValue(app.workspace);
  const box = useRef<HTMLDivElement>(null);
  const [editor, setEditor] = useState<DiffEditor>();
  const [hunks, setHunks] = useState<readonly LineHunk[]>([]);
  const told = useRef({ onHunks, onMark, onEditor });
  told.current = { onHunks, onMark, onEditor };
  const own = useRef<{ original: Model; modified: Model | undefined }>(undefined);

  // biome-ignore lint/correctness/useExhaustiveDependencies: made once for a file; texts and options are applied below
  useEffect(() => {
    if (!workspace) return;
    let gone = false;
    let end = (): void => {};
    const open = async (): Promise<void> => {
      const { monaco } = await loadMonaco();
      if (editable) await workspace.documents.open(path);
      if (gone || !box.current) return;
      const buffer = editable ? (workspace.documents.buffer(path) as ModelBuffer | undefined) : undefined;
      const before = monaco.editor.createModel(original, toLanguage(path));
      const after = buffer ? undefined : monaco.editor.createModel(modified, toLanguage(path));
      own.current = { original: before, modified: after };
      const made = monaco.editor.createDiffEditor(box.current, {
        ...toEditorOptions(app.settings.getState(), 0),
        theme: THEME_NAME,
        automaticLayout: true,
        originalEditable: false,
        readOnly: !buffer,
        renderSideBySide: !inline,
        useInlineViewWhenSpaceIsLimited: true,
        renderSideBySideInlineBreakpoint: 600,
        stickyScroll: { enabled: false },
        minimap: { enabled: false },
        hideUnchangedRegions: { enabled: false },
        // Its own arrows would change the file without the way back that ours have.
        renderMarginRevertIcon: false,
        renderGutterMenu: false,
        originalAriaLabel: `${path}, before`,
        modifiedAriaLabel: `${path}, after`,
      });
      const model = buffer?.model ?? after!;
      made.setModel({ original: before, modified: model });
      let timer: ReturnType<typeof setTimeout> | undefined;
      const find = (): void => {
        const found = toLineHunks(before.getValue(1), model.getValue(1));
        setHunks(found);
        told.current.onHunks(found);
      };
      const later = (): void => {
        clearTimeout(timer);
        timer = setTimeout(find, HUNKS_AFTER_MS);
      };
      const mark = (side: MarkedLines["side"]) => (): void => {
        const selection = (side === "original" ? made.getOriginalEditor() : made.getModifiedEditor()).getSelection();
        if (!selection) return;
        const { startLineNumber: from, endLineNumber, endColumn } = selection;
        // A selection up to the beginning of a line does not mean that line.
        const to = endColumn === 1 && endLineNumber > from ? endLineNumber - 1 : endLineNumber;
        told.current.onMark({ side, from, to, isRange: !selection.isEmpty() });
      };
      const listeners = [
        before.onDidChangeContent(later),
        model.onDidChangeContent(later),
        made.getOriginalEditor().onDidChangeCursorSelection(mark("original")),
        made.getModifiedEditor().onDidChangeCursorSelection(mark("modified")),
      ];
      find();
      const [first] = toLineHunks(before.getValue(1), model.getValue(1));
      if (first) made.getModifiedEditor().setPosition({ lineNumber: toMarkLine(first), column: 1 });
      made.revealFirstDiff();
      setEditor(made);
      told.current.onEditor(made);
      end = () => {
        clearTimeout(timer);
        for (const listener of listeners) listener.dispose();
        told.current.onEditor(undefined);
        own.current = undefined;
        made.setModel(null);
        made.dispose();
        // A comparison that is still computed in the worker fails when its texts are gone.
        setTimeout(() => {
          before.dispose();
          after?.dispose();
        }, DISPOSE_AFTER_MS);
      };
    };
    open().catch((error: unknown) => !gone && app.showError(error));
    return () => {
      gone = true;
      end();
      setEditor(undefined);
    };
  }, [workspace, path, editable]);

  useEffect(() => {
    const models = own.current;
    if (!models || !editor) return;
    if (models.original.getValue() !== original) models.original.setValue(original);
    if (models.modified && models.modified.getValue() !== modified) models.modified.setValue(modified);
  }, [editor, original, modified]);

  useEffect(() => {
    editor?.updateOptions({
      ...toEditorOptions(settings, 0),
      minimap: { enabled: false },
      stickyScroll: { enabled: false },
      renderSideBySide: !inline,
    });
  }, [editor, settings, inline]);

  return (
    <div className="absolute inset-0">
      <div ref={box} className="absolute inset-0" />
      {editor && tools && <HunkTools editor={editor} hunks={hunks} tools={tools} />}
      {!editor && (
        <div className="absolute inset-0 grid place-items-center bg-bg">
          <Spinner label="Loading the comparison" />
        </div>
      )}
    </div>
  );
}

const TOOLS_HEIGHT = 22;

/** Buttons beside the first line of each hunk that can be seen; they follow the scrolling. */
function HunkTools(props: {
  readonly editor: DiffEditor;
  readonly hunks: readonly LineHunk[];
  readonly tools: (hunk: LineHunk, index: number) => ReactNode;
}) {
  const { editor, hunks, tools } = props;
  const [view, setView] = useState({ scrollTop: 0, height: 0, right: 0 });
  useEffect(() => {
    const modified = editor.getModifiedEditor();
    let frame = 0;
    const measure = (): void => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => {
        const layout = modified.getLayoutInfo();
        const outer = editor.getContainerDomNode().getBoundingClientRect();
        const inner = modified.getDomNode()?.getBoundingClientRect();
        const right = (inner ? outer.right - inner.right : 0) + layout.verticalScrollbarWidth + 6;
        setView({ scrollTop: modified.getScrollTop(), height: layout.height, right });
      });
    };
    const listeners = [
      modified.onDidScrollChange(measure),
      modified.onDidLayoutChange(measure),
      editor.onDidUpdateDiff(measure),
    ];
    measure();
    return () => {
      cancelAnimationFrame(frame);
      for (const listener of listeners) listener.dispose();
    };
  }, [editor]);
  const modified = editor.getModifiedEditor();
  const lineCount = modified.getModel()?.getLineCount() ?? 1;
  return (
    <div className="pointer-events-none absolute inset-0 overflow-hidden">
      {hunks.map((hunk, index) => {
        // Above its first line, where lines that are gone are drawn.
        const above = Math.min(hunk.newStart - 1, lineCount);
        const top = (above === 0 ? 0 : modified.getBottomForLineNumber(above)) - view.scrollTop;
        if (top < -TOOLS_HEIGHT || top > view.height) return null;
        return (
          <section
            key={`${hunk.oldStart} ${hunk.newStart} ${hunk.oldEnd} ${hunk.newEnd}`}
            aria-label={`Hunk ${index + 1}`}
            className="pointer-events-auto absolute z-10 flex gap-0.5 rounded border bg-overlay/95 px-0.5 shadow-sm"
            style={{ top, right: view.right }}
          >
            {tools(hunk, index)}
          </section>
        );
      })}
    </div>
  );
}
