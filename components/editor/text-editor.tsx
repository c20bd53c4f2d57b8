"use client";
import { useEffect, useRef, useState } from "react";
import { OverrideGlyph } from "@/components/gestures/override-glyph";
import { EditorBlame } from "@/components/source-control/editor-blame";
import { EditorChanges } from "@/components/source-control/editor-changes";
import { ErrorState } from "@/components/ui/error-state";
import { useApp, useValue } from "@/components/workbench/app-context";
import type { FilePlace } from "@/lib/client/editors";
import { toEditorOptions } from "@/lib/client/monaco/editor-options";
import { toLanguage } from "@/lib/client/monaco/language-of-path";
import { loadMonaco } from "@/lib/client/monaco/load-monaco";
import type { ModelBuffer } from "@/lib/client/monaco/text-buffers";
import { THEME_NAME } from "@/lib/client/monaco/themes";
import { createViewStates } from "@/lib/client/view-states";

type Setup = Awaited<ReturnType<typeof loadMonaco>>;
type CodeEditor = import("monaco-editor/editor").editor.IStandaloneCodeEditor;
type ViewState = import("monaco-editor/editor").editor.ICodeEditorViewState;

/** One Monaco editor for a group; it shows the model of `path` and remembers where each file was looked at. */
export function TextEditor({
  group,
  path,
  readOnly,
}: {
  readonly group: number;
  readonly path: string | undefined;
  readonly readOnly: boolean;
}) {
  const app = useApp();
  const settings = useValue(app.settings);
  const workspace = useValue(app.workspace);
  const box = useRef<HTMLDivElement>(null);
  const [loaded, setLoaded] = useState<{ editor: CodeEditor; setup: Setup }>();
  const [failure, setFailure] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);
  /** The file whose model the editor has: what draws over it waits for that. */
  const [shown, setShown] = useState<string>();

  // biome-ignore lint/correctness/useExhaustiveDependencies: made once; settings are applied by the effect below
  useEffect(() => {
    let editor: CodeEditor | undefined;
    let gone = false;
    setFailure(undefined);
    loadMonaco().then(
      (setup) => {
        if (gone || !box.current) return;
        editor = setup.monaco.editor.create(box.current, {
          ...toEditorOptions(app.settings.getState(), 0),
          model: null,
          theme: THEME_NAME,
          automaticLayout: true,
        });
        setLoaded({ editor, setup });
      },
      (error: unknown) => !gone && setFailure(error),
    );
    return () => {
      gone = true;
      editor?.dispose();
      setLoaded(undefined);
    };
  }, [attempt]);

  useEffect(() => {
    if (!loaded || !workspace) return;
    const { editor } = loaded;
    const buffer = path === undefined ? undefined : (workspace.documents.buffer(path) as ModelBuffer | undefined);
    setShown(buffer ? path : undefined);
    if (path === undefined || !buffer) return editor.setModel(null);
    const states = createViewStates(window.localStorage);
    editor.setModel(buffer.model);
    const known = states.get(`${group}:${path}`) ?? states.get(path);
    if (known) editor.restoreViewState(known as unknown as ViewState);
    const show = (place: FilePlace & { focus: boolean }) => {
      if (place.path !== path || app.editors.state.getState().activeGroup !== group) return;
      app.editors.takeReveal(path);
      if (place.line !== undefined) {
        const position = { lineNumber: place.line, column: place.column ?? 1 };
        editor.setPosition(position);
        editor.revealPositionInCenterIfOutsideViewport(position);
      }
      if (place.focus) app.palette.focusLate(editor);
    };
    const waiting = app.editors.takeReveal(path);
    if (waiting) show(waiting);
    const revealing = app.editors.reveal.on(show);
    const remember = () => {
      const viewState = editor.saveViewState();
      if (!viewState || editor.getModel() !== buffer.model) return;
      createViewStates(window.localStorage).set(`${group}:${path}`, viewState);
    };
    window.addEventListener("pagehide", remember);
    return () => {
      remember();
      window.removeEventListener("pagehide", remember);
      revealing.dispose();
    };
  }, [loaded, workspace, path, group, app]);

  useEffect(() => {
    if (!loaded) return;
    const lineCount = loaded.editor.getModel()?.getLineCount() ?? 0;
    loaded.editor.updateOptions({
      ...toEditorOptions(settings, path === undefined ? 0 : lineCount),
      readOnly,
      ariaLabel: path === undefined ? "Editor" : `${path}, editor`,
    });
  }, [loaded, settings, path, readOnly]);

  useEffect(() => {
    if (!loaded) return;
    const { editor } = loaded;
    const tell = () => {
      const model = editor.getModel();
      const position = editor.getPosition();
      if (app.editors.state.getState().activeGroup !== group) return;
      if (!model || !position) return app.editors.cursor.setState(undefined, true);
      const selection = editor.getSelection();
      app.editors.cursor.setState(
        {
          line: position.lineNumber,
          column: position.column,
          selectedCharacters: selection ? model.getValueLengthInRange(selection) : 0,
          ...(selection && !selection.isEmpty() && selection.startLineNumber === selection.endLineNumber
            ? { selectedText: model.getValueInRange(selection) }
            : {}),
          language: model.getLanguageId(),
          lineEnd: model.getEOL() === "\n" ? "LF" : "CRLF",
        },
        true,
      );
    };
    const listeners = [
      editor.onDidChangeCursorSelection(tell),
      editor.onDidChangeModel(tell),
      editor.onDidFocusEditorText(tell),
    ];
    tell();
    return () => {
      for (const listener of listeners) listener.dispose();
    };
  }, [loaded, group, app]);

  return (
    <>
      <div ref={box} data-editor-group={group} className="absolute inset-0" />
      {loaded && shown === path && path !== undefined && (
        <>
          <EditorChanges key={path} monaco={loaded.setup.monaco} editor={loaded.editor} path={path} group={group} />
          {!readOnly && toLanguage(path) === "buildout" && (
            <OverrideGlyph key={`override:${path}`} monaco={loaded.setup.monaco} editor={loaded.editor} path={path} />
          )}
          {settings.blame && (
            <EditorBlame key={`blame:${path}`} monaco={loaded.setup.monaco} editor={loaded.editor} path={path} />
          )}
        </>
      )}
      {failure !== undefined && (
        <div className="absolute inset-0 z-10 bg-bg">
          <ErrorState error={failure} onRetry={() => setAttempt((number) => number + 1)} />
        </div>
      )}
    </>
  );
}
