/** Monaco's editor of one text, whose code is loaded later than its type. */
export type CodeEditor = import("monaco-editor/editor").editor.IStandaloneCodeEditor;
