"use client";
import { useEffect, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { useApp } from "@/components/workbench/app-context";
import type { ConflictAnswer, ConflictQuestion } from "@/lib/client/dialogs";
import { toName } from "@/lib/client/file-tree";
import { toEditorOptions } from "@/lib/client/monaco/editor-options";
import { toLanguage } from "@/lib/client/monaco/language-of-path";
import { loadMonaco } from "@/lib/client/monaco/load-monaco";
import { THEME_NAME } from "@/lib/client/monaco/themes";

/** Both texts of a file that two have changed, side by side, and the three ways out. Closing decides nothing. */
export function ConflictDialog({
  question,
  answer,
}: {
  readonly question: ConflictQuestion;
  readonly answer: (value: ConflictAnswer | undefined) => void;
}) {
  const app = useApp();
  const { path, mine, theirs } = question;
  const box = useRef<HTMLDivElement>(null);
  const readMerged = useRef<() => string>(() => mine);
  const [merging, setMerging] = useState(false);
  const edit = useRef<(on: boolean) => void>(() => {});

  useEffect(() => {
    let end = () => {};
    let gone = false;
    const open = async () => {
      const { monaco } = await loadMonaco();
      if (gone || !box.current) return;
      const original = monaco.editor.createModel(theirs, toLanguage(path));
      const modified = monaco.editor.createModel(mine, toLanguage(path));
      const editor = monaco.editor.createDiffEditor(box.current, {
        ...toEditorOptions(app.settings.getState(), 0),
        theme: THEME_NAME,
        automaticLayout: true,
        originalEditable: false,
        readOnly: true,
        fixedOverflowWidgets: false,
        stickyScroll: { enabled: false },
        renderSideBySideInlineBreakpoint: 640,
      });
      editor.setModel({ original, modified });
      const firstDiff = editor.onDidUpdateDiff(() => {
        firstDiff.dispose();
        editor.revealFirstDiff();
      });
      readMerged.current = () => modified.getValue();
      edit.current = (on) => {
        editor.updateOptions({ readOnly: !on });
        if (on) editor.getModifiedEditor().focus();
      };
      end = () => {
        editor.dispose();
        original.dispose();
        modified.dispose();
      };
    };
    open().catch((error: unknown) => app.showError(error));
    return () => {
      gone = true;
      end();
    };
  }, [app, path, mine, theirs]);

  return (
    <Dialog
      width="full"
      role="alertdialog"
      title={`${toName(path)} was changed on disk while you edited it`}
      onClose={() => answer(undefined)}
      footer={
        <>
          <Button variant="ghost" className="mr-auto" autoFocus onClick={() => answer(undefined)}>
            Go on editing
          </Button>
          <Button onClick={() => answer("theirs")}>Take theirs</Button>
          {merging ? (
            <Button variant="primary" onClick={() => answer({ merged: readMerged.current() })}>
              Save the merged text
            </Button>
          ) : (
            <>
              <Button
                onClick={() => {
                  setMerging(true);
                  edit.current(true);
                }}
              >
                Merge by hand
              </Button>
              <Button variant="primary" onClick={() => answer("mine")}>
                Keep mine
              </Button>
            </>
          )}
        </>
      }
    >
      <p className="mb-2 text-xs">
        {merging
          ? "Edit the right side until it is what the file should be; the arrows between the sides take over a change."
          : "Nothing is overwritten until you choose. What is replaced on disk stays in the file's local history."}
      </p>
      <div className="flex shrink-0 rounded-t-md border bg-raised text-xs font-medium text-text">
        <span className="flex-1 border-r px-3 py-1">Theirs, on disk</span>
        <span className="flex-1 px-3 py-1">{merging ? "Merged, to be saved" : "Mine, unsaved"}</span>
      </div>
      <div ref={box} className="min-h-0 flex-1 overflow-hidden rounded-b-md border border-t-0" />
    </Dialog>
  );
}
