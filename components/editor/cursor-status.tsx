"use client";
import { useApp, useValue } from "@/components/workbench/app-context";
import { StatusItem } from "@/components/workbench/status-item";
import { findActiveTab } from "@/lib/client/editor-groups";
import { LANGUAGE_TITLES } from "@/lib/client/monaco/language-of-path";

/** Line and column, line end and language of the active file. */
export function CursorStatus() {
  const app = useApp();
  const cursor = useValue(app.editors.cursor);
  const isFile = useValue(app.editors.state, (state) => findActiveTab(state)?.kind === "file");
  if (!cursor || !isFile) return null;
  const { line, column, selectedCharacters, language, lineEnd } = cursor;
  return (
    <>
      <StatusItem tip="Go to line" onClick={() => app.palette.show(":")}>
        Ln {line}, Col {column}
        {selectedCharacters > 0 && ` (${selectedCharacters} selected)`}
      </StatusItem>
      <span className="px-2 max-[700px]:hidden" data-tip="Line end">
        {lineEnd}
      </span>
      <span className="px-2 max-[700px]:hidden">{LANGUAGE_TITLES[language] ?? language}</span>
    </>
  );
}
