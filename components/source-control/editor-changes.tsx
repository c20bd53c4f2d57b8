"use client";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useApp, useValue } from "@/components/workbench/app-context";
import { findActiveTab } from "@/lib/client/editor-groups";
import { findHunk, type LineHunk, mapToBase, toLineHunks, toLineSelection, toMarkLine } from "@/lib/client/git-lines";
import type { Monaco } from "@/lib/client/monaco/setup";
import { ChangePeek } from "./change-peek";
import type { CodeEditor } from "./code-editor";
import { applyLines } from "./git-diff-view";
import "./git-marks.css";

type Decoration = import("monaco-editor/editor").editor.IModelDeltaDecoration;

/** Time after the last key until the marks are found anew. */
const MARKS_AFTER_MS = 150;
/** Kinds of places that Monaco tells of a click. */
const LINE_DECORATIONS = 4;

/**
 * Marks beside the lines that differ from what is staged (solid) and that are staged but not committed (hatched),
 * also while the text is not saved; a click on one opens the change below it.
 */
export function EditorChanges(props: {
  readonly monaco: Monaco;
  readonly editor: CodeEditor;
  readonly path: string;
  readonly group: number;
}) {
  const { monaco, editor, path, group } = props;
  const app = useApp();
  const { git, api } = app;
  // Of the repository that is shown; a file of another one has no marks.
  const own = useValue(git.state, () => git.findRepositoryPath(path));
  const revision = useValue(git.state, (state) => state.revision);
  const isStaged = useValue(git.state, ({ status }) =>
    (status?.entries ?? []).some((entry) => entry.path === own && entry.staged !== " " && entry.staged !== "?"),
  );
  const isReady = useValue(git.state, ({ phase }) => phase === "ready");
  const [base, setBase] = useState<{ index: string; head: string | undefined }>();
  const [hunks, setHunks] = useState<readonly LineHunk[]>([]);
  const [peek, setPeek] = useState<{ readonly at: number; readonly asked: number }>();
  const act = useCallback(
    (work: Promise<unknown>): void => void work.catch((error: unknown) => app.showError(error)),
    [app],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: read again whenever the repository was
  useEffect(() => {
    if (!isReady) return;
    if (own === undefined) return setBase(undefined);
    let gone = false;
    const read = (at: string) =>
      git.ask((address) => api.readGitFile({ ...address, query: { ...address.query, path: own, at } }));
    const load = async (): Promise<void> => {
      const [index, head] = await Promise.all([read("index"), isStaged ? read("head") : undefined]);
      if (gone) return;
      // Without a staged text the file is new, or git does not know it: all of it would be marked.
      setBase(
        index.id === undefined || index.binary
          ? undefined
          : { index: normalize(index.text), head: head?.binary ? undefined : head && normalize(head.text) },
      );
    };
    load().catch(() => {
      // Marks are a comfort: a file outside of the repository or a server that is away has none.
      if (!gone) setBase(undefined);
    });
    return () => {
      gone = true;
    };
  }, [git, api, own, isReady, isStaged, revision]);

  useEffect(() => {
    const model = editor.getModel();
    if (!model || !base) {
      setHunks([]);
      return;
    }
    const find = (): void => {
      if (!model.isDisposed()) setHunks(toLineHunks(base.index, normalize(model.getValue())));
    };
    find();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const listener = model.onDidChangeContent(() => {
      clearTimeout(timer);
      timer = setTimeout(find, MARKS_AFTER_MS);
    });
    return () => {
      clearTimeout(timer);
      listener.dispose();
    };
  }, [editor, base]);

  const staged = useMemo(() => (base?.head === undefined ? [] : toLineHunks(base.head, base.index)), [base]);
  useEffect(() => {
    const lineCount = editor.getModel()?.getLineCount() ?? 0;
    const marks = editor.createDecorationsCollection([
      ...toStagedMarks(monaco, staged, hunks, lineCount),
      ...hunks.map((hunk) => toMark(monaco, hunk)),
    ]);
    return () => marks.clear();
  }, [monaco, editor, hunks, staged]);

  useEffect(() => {
    const listener = editor.onMouseDown(({ target, event }) => {
      if (target.type !== LINE_DECORATIONS || !event.leftButton) return;
      if (!target.element?.classList.contains("git-mark") || !target.position) return;
      const at = findHunk(hunks, target.position.lineNumber);
      setPeek((shown) => (shown?.at === at || at < 0 ? undefined : { at, asked: (shown?.asked ?? 0) + 1 }));
    });
    return () => listener.dispose();
  }, [editor, hunks]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another file has other changes
  useEffect(() => setPeek(undefined), [path]);

  const show = useCallback(
    (at: number): void => {
      const hunk = hunks[at];
      if (!hunk) return;
      setPeek((shown) => ({ at, asked: (shown?.asked ?? 0) + 1 }));
      editor.setPosition({ lineNumber: toMarkLine(hunk), column: 1 });
      editor.revealLineInCenterIfOutsideViewport(toMarkLine(hunk));
    },
    [editor, hunks],
  );
  const step = useCallback(
    (by: 1 | -1): void => {
      if (hunks.length === 0) {
        app.notices.show({ kind: "info", title: "Nothing is changed in this file" });
        return;
      }
      if (peek !== undefined) {
        show((peek.at + by + hunks.length) % hunks.length);
        return;
      }
      const line = editor.getPosition()?.lineNumber ?? 1;
      const after = hunks.findIndex((hunk) => toMarkLine(hunk) >= line);
      const start = after < 0 ? hunks.length : after;
      show(by > 0 ? start % hunks.length : (start - 1 + hunks.length) % hunks.length);
    },
    [app, editor, hunks, peek, show],
  );

  /** As one step that Undo takes back; the file is saved by the person. */
  const revert = useCallback(
    (reverted: readonly LineHunk[]): void => {
      const model = editor.getModel();
      if (!model) return;
      const edits = reverted.map((hunk) => toRevertEdit(monaco, model, hunk));
      editor.pushUndoStop();
      editor.executeEdits("git-revert", edits);
      editor.pushUndoStop();
      setPeek(undefined);
      editor.focus();
    },
    [monaco, editor],
  );
  const stage = useCallback(
    (hunk: LineHunk): void => {
      setPeek(undefined);
      if (own !== undefined) act(applyLines(app, "stage", own, toLineSelection([hunk]), "hunk"));
    },
    [act, app, own],
  );

  useEffect(() => {
    const asked = app.gitEditor.on((request) => {
      const state = app.editors.state.getState();
      const tab = findActiveTab(state);
      if (state.activeGroup !== group || tab?.kind !== "file" || tab.path !== path) return;
      if (request === "next-change") return step(1);
      if (request === "previous-change") return step(-1);
      const selection = editor.getSelection();
      if (!selection) return;
      const { startLineNumber: from, endLineNumber, endColumn } = selection;
      const to = endColumn === 1 && endLineNumber > from ? endLineNumber - 1 : endLineNumber;
      const none = (): void =>
        void app.notices.show({ kind: "info", title: "None of the selected lines is changed in this way" });
      if (request === "revert-selection") {
        const inside = hunks.filter(
          (hunk) => toMarkLine(hunk) <= to && Math.max(hunk.newEnd - 1, toMarkLine(hunk)) >= from,
        );
        return inside.length === 0 ? none() : revert(inside.map((hunk) => cutHunk(hunk, from, to)));
      }
      const isStage = request === "stage-selection";
      const lines = isStage
        ? toLineSelection(hunks, { from, to })
        : toLineSelection(staged, toBaseLines(hunks, editor.getModel()?.getLineCount() ?? 0, from, to));
      if (own === undefined || lines.oldLines.length + lines.newLines.length === 0) return none();
      act(applyLines(app, isStage ? "stage" : "unstage", own, lines, "selected lines"));
    });
    return () => asked.dispose();
  }, [app, editor, path, own, group, hunks, staged, step, revert, act]);

  useEditorActions(editor, (command) => app.commands.execute(command));

  const hunk = peek && hunks[peek.at];
  if (!hunk) return null;
  return (
    <ChangePeek
      editor={editor}
      hunk={hunk}
      title={`${peek.at + 1} of ${hunks.length}`}
      asked={peek.asked}
      onStep={step}
      onRevert={() => revert([hunk])}
      onStage={() => stage(hunk)}
      onClose={() => {
        setPeek(undefined);
        editor.focus();
      }}
    />
  );
}

/** The same commands in the editor's own menu. */
function useEditorActions(editor: CodeEditor, execute: (command: string) => void): void {
  const run = useRef(execute);
  run.current = execute;
  useEffect(() => {
    const actions = [
      ["git.stageSelection", "Stage Selected Lines"],
      ["git.unstageSelection", "Unstage Selected Lines"],
      ["git.revertSelection", "Revert Selected Lines"],
      ["git.toggleBlame", "Toggle Blame"],
      ["git.fileHistory", "File History"],
    ].map(([id, label], order) =>
      editor.addAction({
        id: id!,
        label: label!,
        contextMenuGroupId: "7_git",
        contextMenuOrder: order,
        run: () => run.current(id!),
      }),
    );
    return () => {
      for (const action of actions) action.dispose();
    };
  }, [editor]);
}

/** The server compares texts as git stores them; line ends are not what a mark is about. */
const normalize = (text: string): string => text.replace(/\r\n/g, "\n");

const COLOURS = { added: "--good", modified: "--accent", deleted: "--bad" } as const;

function toMark(monaco: Monaco, hunk: LineHunk): Decoration {
  const first = toMarkLine(hunk);
  const last = Math.max(hunk.newEnd - 1, first);
  const isTop = hunk.kind === "deleted" && hunk.newStart === 1;
  const color = getComputedStyle(document.documentElement).getPropertyValue(COLOURS[hunk.kind]);
  return {
    range: new monaco.Range(first, 1, last, 1),
    options: {
      isWholeLine: true,
      linesDecorationsClassName: `git-mark git-mark-${hunk.kind}${isTop ? " git-mark-top" : ""}`,
      linesDecorationsTooltip: `${{ added: "Added", modified: "Changed", deleted: "Lines are gone here" }[hunk.kind]}: click to see`,
      overviewRuler: { color: toOverviewColour(color), position: monaco.editor.OverviewRulerLane.Left },
    },
  };
}

/** The ruler is a canvas, which knows no `light-dark()`: the colour that is used now. */
function toOverviewColour(color: string): string {
  const probe = document.createElement("span");
  probe.style.color = color;
  document.body.append(probe);
  const computed = getComputedStyle(probe).color;
  probe.remove();
  return computed;
}

/** Staged changes at the lines where they are in the text as it is now; what was changed again is not among them. */
function toStagedMarks(
  monaco: Monaco,
  staged: readonly LineHunk[],
  hunks: readonly LineHunk[],
  lineCount: number,
): Decoration[] {
  if (staged.length === 0) return [];
  const marks: Decoration[] = [];
  const toBase = mapToBase(hunks, lineCount);
  for (let line = 1; line <= lineCount; line++) {
    const base = toBase[line - 1];
    const hunk = base === undefined ? undefined : staged[findHunk(staged, base)];
    if (!hunk) continue;
    marks.push({
      range: new monaco.Range(line, 1, line, 1),
      options: {
        linesDecorationsClassName: `git-mark-staged git-mark git-mark-${hunk.kind}`,
        linesDecorationsTooltip: "Staged, not committed yet",
      },
    });
  }
  return marks;
}

/** Lines of the text as the lines of what is staged that they are. */
function toBaseLines(
  hunks: readonly LineHunk[],
  lineCount: number,
  from: number,
  to: number,
): { from: number; to: number } {
  const lines = mapToBase(hunks, lineCount)
    .slice(from - 1, to)
    .filter((line) => line !== undefined);
  return { from: lines[0] ?? 0, to: lines.at(-1) ?? -1 };
}

/** The part of a hunk whose lines are chosen, each new line with the old one that it stands for. */
function cutHunk(hunk: LineHunk, from: number, to: number): LineHunk {
  if (hunk.newStart === hunk.newEnd) return hunk;
  const first = Math.max(hunk.newStart, from);
  const end = Math.min(hunk.newEnd, to + 1);
  const oldFirst = Math.min(first - hunk.newStart, hunk.oldLines.length);
  const oldEnd = end === hunk.newEnd ? hunk.oldLines.length : Math.min(end - hunk.newStart, hunk.oldLines.length);
  return { ...hunk, newStart: first, newEnd: end, oldLines: hunk.oldLines.slice(oldFirst, oldEnd) };
}

function toRevertEdit(
  monaco: Monaco,
  model: import("monaco-editor/editor").editor.ITextModel,
  { newStart, newEnd, oldLines }: LineHunk,
): { range: import("monaco-editor/editor").IRange; text: string; forceMoveMarkers: boolean } {
  const eol = model.getEOL();
  const lineCount = model.getLineCount();
  const text = oldLines.join("").replace(/\n/g, eol);
  if (newEnd <= lineCount) {
    const isOpen = text !== "" && !text.endsWith(eol);
    return {
      range: new monaco.Range(newStart, 1, newEnd, 1),
      text: isOpen ? text + eol : text,
      forceMoveMarkers: true,
    };
  }
  // The change reaches the end of the text: what stands before it keeps or loses its line end with it.
  const endColumn = model.getLineMaxColumn(lineCount);
  if (newStart > lineCount)
    return {
      range: new monaco.Range(lineCount, endColumn, lineCount, endColumn),
      text: eol + text,
      forceMoveMarkers: true,
    };
  if (text === "" && newStart > 1) {
    const before = model.getLineMaxColumn(newStart - 1);
    return { range: new monaco.Range(newStart - 1, before, lineCount, endColumn), text: "", forceMoveMarkers: true };
  }
  return { range: new monaco.Range(newStart, 1, lineCount, endColumn), text, forceMoveMarkers: true };
}
