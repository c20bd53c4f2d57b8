"use client";
import { ArrowDown, ArrowUp, Plus, Undo2, X } from "lucide-react";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { Button } from "@/components/ui/button";
import { classNames } from "@/components/ui/class-names";
import { IconButton } from "@/components/ui/icon-button";
import { useApp } from "@/components/workbench/app-context";
import { type LineHunk, toMarkLine } from "@/lib/client/git-lines";
import type { CodeEditor } from "./code-editor";

const HEADER_HEIGHT = 30;
const LINE_HEIGHT = 19;
const MAX_LINES = 14;

/**
 * One change below its lines: what stood there and what stands there, with what can be done. Escape closes. It takes the
 * focus when it was asked for, not when the change is only found anew because somebody types or git moved.
 */
export function ChangePeek(props: {
  readonly editor: CodeEditor;
  readonly hunk: LineHunk;
  /** `2 of 5` */
  readonly title: string;
  /** Goes up each time that the person asks for a change. */
  readonly asked: number;
  readonly onStep: (by: 1 | -1) => void;
  readonly onRevert: () => void;
  readonly onStage: () => void;
  readonly onClose: () => void;
}) {
  const { editor, hunk, title, asked, onStep, onRevert, onStage, onClose } = props;
  const { palette } = useApp();
  const [node] = useState(() => document.createElement("div"));
  const panel = useRef<HTMLElement>(null);
  const lines = [
    ...hunk.oldLines.map((text, at) => ({ kind: "removed", text, line: hunk.oldStart + at }) as const),
    ...hunk.newLines.map((text, at) => ({ kind: "added", text, line: hunk.newStart + at }) as const),
  ];
  const shown = Math.min(lines.length, MAX_LINES);

  // The room is a zone of the editor; what is drawn lies over it, because a zone gets no clicks.
  useLayoutEffect(() => {
    const widget = {
      getId: () => "git-change-peek",
      getDomNode: () => node,
      getPosition: () => null,
    };
    const layout = (): void => {
      const { contentLeft, width, minimap, verticalScrollbarWidth } = editor.getLayoutInfo();
      node.style.left = `${contentLeft}px`;
      node.style.width = `${width - contentLeft - minimap.minimapWidth - verticalScrollbarWidth}px`;
    };
    editor.addOverlayWidget(widget);
    layout();
    const listener = editor.onDidLayoutChange(layout);
    return () => {
      listener.dispose();
      editor.removeOverlayWidget(widget);
    };
  }, [editor, node]);
  const afterLineNumber = Math.max(hunk.newEnd - 1, hunk.newStart === 1 && hunk.newEnd === 1 ? 0 : toMarkLine(hunk));
  useLayoutEffect(() => {
    let zone = "";
    editor.changeViewZones((zones) => {
      zone = zones.addZone({
        afterLineNumber,
        heightInPx: HEADER_HEIGHT + shown * LINE_HEIGHT + 10,
        domNode: document.createElement("div"),
        onDomNodeTop: (top) => {
          node.style.top = `${top}px`;
        },
        onComputedHeight: (height) => {
          node.style.height = `${height}px`;
        },
      });
    });
    return () => editor.changeViewZones((zones) => zones.removeZone(zone));
  }, [editor, node, afterLineNumber, shown]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each asking takes the focus anew
  useEffect(() => {
    if (panel.current) palette.focusLate(panel.current);
  }, [palette, asked]);

  return createPortal(
    <section
      ref={panel}
      aria-label={`Change ${title}`}
      tabIndex={-1}
      className="flex h-full flex-col overflow-hidden border-y-2 border-accent/60 bg-raised font-sans text-text outline-none"
      onKeyDown={(event) => {
        if (event.key === "Escape") onClose();
        else if (event.key === "F3" && event.altKey) onStep(event.shiftKey ? -1 : 1);
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <header className="flex shrink-0 items-center gap-1 border-b px-2" style={{ height: HEADER_HEIGHT }}>
        <span className="min-w-0 flex-1 truncate text-xs text-muted">Change {title}, against what is staged</span>
        <Button size="small" variant="ghost" icon={<Undo2 size={12} aria-hidden />} onClick={onRevert}>
          Revert
        </Button>
        <Button size="small" variant="ghost" icon={<Plus size={12} aria-hidden />} onClick={onStage}>
          Stage
        </Button>
        <IconButton label="Previous change" keys="Alt+Shift+F3" size={20} onClick={() => onStep(-1)}>
          <ArrowUp size={13} />
        </IconButton>
        <IconButton label="Next change" keys="Alt+F3" size={20} onClick={() => onStep(1)}>
          <ArrowDown size={13} />
        </IconButton>
        <IconButton label="Close the change" keys="Escape" size={20} onClick={onClose}>
          <X size={13} />
        </IconButton>
      </header>
      <pre
        className="min-h-0 flex-1 overflow-auto py-1 font-mono text-xs"
        style={{ lineHeight: `${LINE_HEIGHT}px`, fontSize: "13px" }}
      >
        {lines.map(({ kind, text, line }) => (
          <div
            key={`${kind} ${line}`}
            className={classNames("flex min-w-max pr-4", kind === "added" ? "bg-good/15" : "bg-bad/15")}
          >
            <span className="w-12 shrink-0 pr-2 text-right text-faint select-none">{line}</span>
            <span className={classNames("w-4 shrink-0 select-none", kind === "added" ? "text-good" : "text-bad")}>
              {kind === "added" ? "+" : "−"}
            </span>
            <span>{text.replace(/\n$/, "") || " "}</span>
          </div>
        ))}
      </pre>
    </section>,
    node,
  );
}
