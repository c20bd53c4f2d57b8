/** Open documents as Monaco models, one a path; views attach to them and models outlive views. */
import { toDisposable } from "@/lib/base/disposable";
import type { CreateTextBuffer, TextBuffer } from "../documents";
import { restoreLineEnds } from "../line-ends";
import { toMinimalEdit } from "../minimal-edit";
import { toLanguage } from "./language-of-path";
import type { Monaco } from "./setup";

export type EditorModel = import("monaco-editor/editor").editor.ITextModel;

export interface ModelBuffer extends TextBuffer {
  readonly model: EditorModel;
}

export function createTextBuffers(monaco: Monaco): CreateTextBuffer {
  return (path, text) => createModelBuffer(monaco, path, text);
}

function createModelBuffer(monaco: Monaco, path: string, original: string): ModelBuffer {
  const uri = monaco.Uri.from({ scheme: "file", path: `/${path}` });
  monaco.editor.getModel(uri)?.dispose();
  const model = monaco.editor.createModel(original, toLanguage(path), uri);
  let disk = original;
  const getText = (): string => restoreLineEnds(disk, model.getValue());
  return {
    model,
    getText,
    version: () => model.getAlternativeVersionId(),
    replaceText(text) {
      disk = text;
      const normal = text.replace(/\r\n|\n|\r/g, model.getEOL());
      const edit = toMinimalEdit(model.getValue(), normal);
      if (!edit) return;
      const start = model.getPositionAt(edit.range.start);
      const end = model.getPositionAt(edit.range.end);
      const range = monaco.Range.fromPositions(start, end);
      model.pushStackElement();
      model.pushEditOperations([], [{ range, text: edit.newText, forceMoveMarkers: true }], () => null);
      model.pushStackElement();
    },
    undo: () => void model.undo(),
    onChange(listener) {
      const subscription = model.onDidChangeContent(() => listener());
      return toDisposable(() => subscription.dispose());
    },
    dispose: () => model.dispose(),
  };
}
