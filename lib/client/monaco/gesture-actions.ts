/** Gestures in the text editor: in its menu, and at the left of the line whose option could be overridden. */
import { type Disposable, toDisposable } from "@/lib/base/disposable";
import type { Commands } from "../commands";
import type { Monaco } from "./setup";

type CodeEditor = import("monaco-editor/editor").editor.ICodeEditor;

const OPTION_LINE = /^[^\s=:[\]{}#;][^=]*=/;
const GLYPH = "gesture-glyph";

const MENU = [
  { command: "gesture.override", label: "Override in Sandbox… (Alt+O)" },
  { command: "gesture.promote", label: "Promote to Component… (Alt+Shift+O)" },
] as const;

export function attachGestureActions(monaco: Monaco, commands: Pick<Commands, "execute">): Disposable {
  const actions = MENU.map(({ command, label }, index) =>
    monaco.editor.addEditorAction({
      id: command,
      label,
      precondition: "editorLangId == buildout && !editorReadonly",
      contextMenuGroupId: "1_gestures",
      contextMenuOrder: index,
      run: () => void commands.execute(command),
    }),
  );
  const watched = new Map<CodeEditor, Disposable>();
  const watch = (editor: CodeEditor): void => {
    const glyphs = editor.createDecorationsCollection();
    const show = (): void => {
      const model = editor.getModel();
      const line = editor.getPosition()?.lineNumber;
      const isOption =
        model?.getLanguageId() === "buildout" && line !== undefined && OPTION_LINE.test(model.getLineContent(line));
      glyphs.set(
        isOption
          ? [
              {
                range: new monaco.Range(line, 1, line, 1),
                options: {
                  glyphMarginClassName: GLYPH,
                  glyphMarginHoverMessage: { value: "Override this option (Alt+O)" },
                },
              },
            ]
          : [],
      );
    };
    const listeners = [
      editor.onDidChangeCursorPosition(show),
      editor.onDidChangeModel(show),
      editor.onDidChangeModelContent(show),
      editor.onMouseDown(({ target }) => {
        if (target.element?.classList.contains(GLYPH)) commands.execute("gesture.override");
      }),
      editor.onDidDispose(() => watched.delete(editor)),
    ];
    watched.set(
      editor,
      toDisposable(() => {
        glyphs.clear();
        for (const listener of listeners) listener.dispose();
      }),
    );
    show();
  };
  for (const editor of monaco.editor.getEditors()) watch(editor);
  const creating = monaco.editor.onDidCreateEditor(watch);
  return toDisposable(() => {
    creating.dispose();
    for (const action of actions) action.dispose();
    for (const one of [...watched.values()]) one.dispose();
  });
}
