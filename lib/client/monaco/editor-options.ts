import type { editor } from "monaco-editor/editor";
import type { Settings } from "../settings";

/** Short files need no map of themselves. */
const MINIMAP_FROM_LINES = 100;

/** How a text editor looks and behaves, of the person's settings and the length of the text. */
export function toEditorOptions(
  settings: Settings,
  lineCount: number,
): editor.IEditorOptions & editor.IGlobalEditorOptions {
  return {
    fontSize: settings.fontSize,
    lineHeight: Math.round(settings.fontSize * 1.5),
    fontFamily: "var(--font-code)",
    wordWrap: settings.wordWrap ? "on" : "off",
    minimap: { enabled: settings.minimap && lineCount > MINIMAP_FROM_LINES, renderCharacters: false, maxColumn: 80 },
    stickyScroll: { enabled: true, maxLineCount: 3 },
    scrollBeyondLastLine: false,
    smoothScrolling: false,
    cursorSmoothCaretAnimation: "off",
    renderLineHighlight: "line",
    renderWhitespace: "selection",
    bracketPairColorization: { enabled: false },
    guides: { indentation: true },
    unusualLineTerminators: "off",
    accessibilitySupport: "auto",
    fixedOverflowWidgets: true,
    padding: { top: 4, bottom: 8 },
    overviewRulerBorder: false,
    "semanticHighlighting.enabled": true,
    inlayHints: { enabled: "on", padding: false, fontSize: Math.max(settings.fontSize - 1, 9) },
    quickSuggestions: { other: true, strings: true, comments: false },
    wordBasedSuggestions: "currentDocument",
    links: true,
    contextmenu: true,
    scrollbar: { verticalScrollbarSize: 12, horizontalScrollbarSize: 12, useShadows: false },
    lineNumbersMinChars: 4,
  };
}
