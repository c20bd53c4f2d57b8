"use client";
import { useEffect } from "react";
import { useApp } from "@/components/workbench/app-context";
import type { Monaco } from "@/lib/client/monaco/setup";
import { findProfilePlace, type ProfilePlaceInText } from "@/lib/client/profile-place";

type CodeEditor = import("monaco-editor/editor").editor.IStandaloneCodeEditor;

/** ⊕ in the gutter of the cursor's line: overrides the option, or one of the section, in the sandbox. */
export function OverrideGlyph({
  monaco,
  editor,
  path,
}: {
  readonly monaco: Monaco;
  readonly editor: CodeEditor;
  readonly path: string;
}) {
  const { commands } = useApp();
  useEffect(() => {
    let line = 1;
    let place: ProfilePlaceInText | undefined;
    let isShown = false;
    const node = createButton(() => void commands.execute("gesture.override", { path, ...place }));
    const widget = {
      getId: () => "webrunner.override",
      getDomNode: () => node,
      getPosition: () => ({
        lane: monaco.editor.GlyphMarginLane.Center,
        zIndex: 1,
        range: new monaco.Range(line, 1, line, 1),
      }),
    };
    const update = (): void => {
      line = editor.getPosition()?.lineNumber ?? 1;
      place = findOverridable(editor.getModel()?.getValue() ?? "", line);
      if (place && isShown) editor.layoutGlyphMarginWidget(widget);
      else if (place) editor.addGlyphMarginWidget(widget);
      else if (isShown) editor.removeGlyphMarginWidget(widget);
      isShown = place !== undefined;
      node.setAttribute("aria-label", `Override ${place?.option ?? `[${place?.section}]`} in the sandbox`);
    };
    editor.updateOptions({ glyphMargin: true });
    update();
    const listening = [editor.onDidChangeCursorPosition(update), editor.onDidChangeModelContent(update)];
    return () => {
      for (const one of listening) one.dispose();
      if (isShown) editor.removeGlyphMarginWidget(widget);
      editor.updateOptions({ glyphMargin: false });
    };
  }, [monaco, editor, path, commands]);
  return null;
}

/** Not of a line that says nothing. */
function findOverridable(text: string, line: number): ProfilePlaceInText | undefined {
  const written = text.split(/\r\n|\n|\r/)[line - 1] ?? "";
  if (/^\s*(?:[#;]|$)/.test(written)) return undefined;
  const place = findProfilePlace(text, line);
  return place.section === undefined ? undefined : place;
}

/** The key does the same, so the button is no stop of the Tab key. */
function createButton(onClick: () => void): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.tabIndex = -1;
  button.textContent = "⊕";
  button.className = "cursor-pointer text-center text-faint hover:text-accent";
  button.dataset.tip = "Override in sandbox (Alt+O)";
  button.addEventListener("click", onClick);
  return button;
}
