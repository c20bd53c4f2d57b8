"use client";
import { useEffect, useRef, useState } from "react";
import { Spinner } from "@/components/ui/spinner";
import { useApp, useValue } from "@/components/workbench/app-context";
import {
  type ConflictChoice,
  chooseLines,
  conflictAt,
  findConflicts,
  findSideLines,
  type TextConflict,
} from "@/lib/client/conflict-markers";
import { toEditorOptions } from "@/lib/client/monaco/editor-options";
import { toLanguage } from "@/lib/client/monaco/language-of-path";
import { loadMonaco } from "@/lib/client/monaco/load-monaco";
import type { EditorModel, ModelBuffer } from "@/lib/client/monaco/text-buffers";
import { THEME_NAME } from "@/lib/client/monaco/themes";
import type { GitConflict } from "@/lib/protocol/git";
import type { CodeEditor } from "./code-editor";
import "./merge-view.css";

type Monaco = Awaited<ReturnType<typeof loadMonaco>>["monaco"];
type Decoration = import("monaco-editor/editor").editor.IModelDeltaDecoration;

/** What the toolbar asks of the editors. */
export interface MergeControls {
  go(step: 1 | -1): void;
  showFirst(): void;
  accept(choice: ConflictChoice): void;
}

export interface MergePlace {
  readonly count: number;
  /** Zero-based; -1 without conflicts. */
  readonly current: number;
}

export interface MergeEditorsProps {
  readonly path: string;
  readonly conflict: GitConflict;
  readonly showsBase: boolean;
  /** What each side is, in words. */
  readonly titles: { readonly ours: string; readonly theirs: string };
  readonly onReady: (controls: MergeControls | undefined) => void;
  readonly onPlace: (place: MergePlace) => void;
}

const SIDES = ["ours", "base", "theirs"] as const;
const LABELS = { ours: "Ours", base: "Base", theirs: "Theirs" } as const;

/** Ours, theirs and, when asked for, the base above; below the result, which is the file's open document. */
export function MergeEditors({ path, conflict, showsBase, titles, onReady, onPlace }: MergeEditorsProps) {
  const app = useApp();
  const workspace = useValue(app.workspace);
  const boxes = { ours: useBox(), base: useBox(), theirs: useBox(), result: useBox() };
  const [ready, setReady] = useState(false);
  const report = useRef({ onReady, onPlace });
  report.current = { onReady, onPlace };

  // biome-ignore lint/correctness/useExhaustiveDependencies: made once for a conflict; the boxes stay
  useEffect(() => {
    if (!workspace) return;
    let gone = false;
    let end = (): void => {};
    const open = async (): Promise<void> => {
      const { monaco } = await loadMonaco();
      await workspace.documents.open(path);
      const buffer = workspace.documents.buffer(path) as ModelBuffer | undefined;
      const places = [boxes.ours.current, boxes.base.current, boxes.theirs.current, boxes.result.current];
      if (gone || !buffer || places.some((place) => !place)) return;
      const models = SIDES.map((side) => monaco.editor.createModel(conflict[side]?.text ?? "", toLanguage(path)));
      const make = (place: HTMLDivElement | null, model: EditorModel, label: string, readOnly: boolean): CodeEditor =>
        monaco.editor.create(place!, {
          ...toEditorOptions(app.settings.getState(), 0),
          model,
          theme: THEME_NAME,
          automaticLayout: true,
          readOnly,
          ariaLabel: label,
          minimap: { enabled: false },
          stickyScroll: { enabled: false },
          scrollBeyondLastLine: false,
        });
      const sides = SIDES.map((side, at) => make(places[at]!, models[at]!, `${path}, ${LABELS[side]}`, true));
      const result = make(places[3]!, buffer.model, `${path}, the result`, false);
      const session = createSession(monaco, result, sides, (place) => report.current.onPlace(place));
      setReady(true);
      report.current.onReady(session);
      end = () => {
        report.current.onReady(undefined);
        session.dispose();
        for (const editor of [...sides, result]) editor.dispose();
        for (const model of models) model.dispose();
      };
    };
    open().catch((error: unknown) => app.showError(error));
    return () => {
      gone = true;
      setReady(false);
      end();
    };
  }, [workspace, path, conflict, app]);

  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <div className="flex min-h-0 flex-[9] border-b">
        {SIDES.map((side) => (
          <section
            key={side}
            aria-label={LABELS[side]}
            className={
              side === "base" && !showsBase ? "hidden" : "flex min-w-0 flex-1 flex-col border-r last:border-r-0"
            }
          >
            <h3 className="flex h-[22px] shrink-0 items-center gap-2 truncate px-3 text-xs text-muted">
              <span aria-hidden className={`size-2.5 rounded-sm merge-${side}`} />
              {side === "base" ? "Base: what both came from" : titles[side]}
            </h3>
            <div ref={boxes[side]} className="min-h-0 flex-1" />
          </section>
        ))}
      </div>
      <section aria-label="Result" className="flex min-h-0 flex-[11] flex-col">
        <h3 className="h-[22px] shrink-0 px-3 text-xs leading-[22px] text-muted">Result, to be edited as you like</h3>
        <div ref={boxes.result} className="min-h-0 flex-1" />
      </section>
      {!ready && (
        <div className="absolute inset-0 grid place-items-center bg-bg">
          <Spinner label="Loading the merge editor" />
        </div>
      )}
    </div>
  );
}

function useBox(): React.RefObject<HTMLDivElement | null> {
  return useRef<HTMLDivElement>(null);
}

/** Keeps marks, places and the choice of the current conflict in step with the result's text. */
function createSession(
  monaco: Monaco,
  result: CodeEditor,
  [ours, base, theirs]: readonly CodeEditor[],
  onPlace: (place: MergePlace) => void,
): MergeControls & { dispose(): void } {
  const marks = [result, ours!, base!, theirs!].map((editor) => editor.createDecorationsCollection());
  let conflicts: readonly TextConflict[] = [];
  let current = -1;
  const linesOf = (editor: CodeEditor): string[] => editor.getModel()?.getLinesContent() ?? [];
  const mark = (from: number, to: number, className: string, isCurrent: boolean): Decoration[] =>
    to < from
      ? []
      : [
          {
            range: new monaco.Range(from, 1, to, 1),
            options: { isWholeLine: true, className, ...(isCurrent && { linesDecorationsClassName: "merge-current" }) },
          },
        ];

  const draw = (): void => {
    const text = linesOf(result);
    marks[0]!.set(
      conflicts.flatMap(({ start, base: baseAt, middle, end }, at) => {
        const isCurrent = at === current;
        return [
          ...mark(start, start, "merge-marker", isCurrent),
          ...mark(start + 1, (baseAt ?? middle) - 1, "merge-ours", isCurrent),
          ...(baseAt === undefined ? [] : mark(baseAt, middle - 1, "merge-base", isCurrent)),
          ...mark(middle, middle, "merge-marker", isCurrent),
          ...mark(middle + 1, end - 1, "merge-theirs", isCurrent),
          ...mark(end, end, "merge-marker", isCurrent),
        ];
      }),
    );
    for (const [editor, collection, side] of [
      [ours!, marks[1]!, "ours"],
      [theirs!, marks[3]!, "theirs"],
    ] as const) {
      const whole = linesOf(editor);
      let from = 0;
      const ranges = conflicts.map((conflict) => {
        const before = conflict.start > 1 ? text[conflict.start - 2] : undefined;
        const place = findSideLines(whole, conflict[side], before?.startsWith(">>>>>>> ") ? undefined : before, from);
        from = Math.max(from, place.end);
        return place;
      });
      collection.set(ranges.flatMap(({ start, end }, at) => mark(start, end, `merge-${side}`, at === current)));
      const shown = ranges[current];
      if (shown) editor.revealLineInCenterIfOutsideViewport(Math.max(1, shown.start));
    }
  };
  const read = (): void => {
    conflicts = findConflicts(linesOf(result));
    current = conflictAt(conflicts, result.getPosition()?.lineNumber ?? 1);
    draw();
    onPlace({ count: conflicts.length, current });
  };
  const show = (at: number): void => {
    const conflict = conflicts[at];
    if (!conflict) return;
    result.setPosition({ lineNumber: conflict.start, column: 1 });
    result.revealLinesInCenterIfOutsideViewport(conflict.start, conflict.end);
    current = at;
    draw();
    onPlace({ count: conflicts.length, current });
  };
  const go = (step: 1 | -1): void => {
    if (conflicts.length > 0) show((current + step + conflicts.length) % conflicts.length);
  };
  const accept = (choice: ConflictChoice): void => {
    const conflict = conflicts[current];
    const model = result.getModel();
    if (!conflict || !model) return;
    const lines = chooseLines(conflict, choice);
    const isLast = conflict.end === model.getLineCount();
    const range = isLast
      ? new monaco.Range(conflict.start, 1, conflict.end, model.getLineMaxColumn(conflict.end))
      : new monaco.Range(conflict.start, 1, conflict.end + 1, 1);
    const text = lines.map((line) => `${line}${model.getEOL()}`).join("");
    result.pushUndoStop();
    result.executeEdits("merge", [{ range, text: isLast ? text.slice(0, -model.getEOL().length) : text }]);
    result.pushUndoStop();
    read();
    show(conflictAt(conflicts, conflict.start));
  };
  const listeners = [
    result.onDidChangeModelContent(read),
    result.onDidChangeCursorPosition(({ position }) => {
      const inside = conflicts.findIndex(
        ({ start, end }) => start <= position.lineNumber && position.lineNumber <= end,
      );
      if (inside < 0 || inside === current) return;
      current = inside;
      draw();
      onPlace({ count: conflicts.length, current });
    }),
  ];
  result.addCommand(monaco.KeyCode.F7, () => go(1));
  result.addCommand(monaco.KeyMod.Shift | monaco.KeyCode.F7, () => go(-1));
  read();
  show(Math.max(current, 0));
  return {
    go,
    accept,
    showFirst: () => show(0),
    dispose() {
      for (const listener of listeners) listener.dispose();
      for (const collection of marks) collection.clear();
    },
  };
}
