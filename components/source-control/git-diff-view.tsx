"use client";
import { ArrowDown, ArrowUp, Columns2, FileSymlink, Minus, Plus, Rows2, Undo2 } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { ErrorState } from "@/components/ui/error-state";
import { IconButton } from "@/components/ui/icon-button";
import { Spinner } from "@/components/ui/spinner";
import { useApp, useValue } from "@/components/workbench/app-context";
import { count } from "@/lib/base/count";
import { WebrunnerError } from "@/lib/base/errors";
import type { ClientApp } from "@/lib/client/app";
import { toName } from "@/lib/client/file-tree";
import { findHunk, type LineHunk, toLineSelection } from "@/lib/client/git-lines";
import type { GitSelection } from "@/lib/protocol/git";
import { discard } from "./change-actions";
import { type DiffAddress, fromDiffKey } from "./diff-key";
import { type DiffEditor, HunkDiffEditor, type MarkedLines } from "./hunk-diff-editor";
import { useDiffTexts } from "./use-diff-texts";

type Pair = "worktree" | "staged" | "revisions";

/** One file between two states: side by side or inline, with what can be done to each hunk and to chosen lines. */
export function GitDiffView({ viewKey }: { readonly viewKey: string }) {
  const address = useMemo(() => fromDiffKey(viewKey), [viewKey]);
  const { value, error, reload } = useDiffTexts(address);
  if (error !== undefined && !value) return <ErrorState error={error} onRetry={reload} />;
  if (!value)
    return (
      <div className="grid h-full place-items-center">
        <Spinner label="Reading the changes" />
      </div>
    );
  if (value.isBinary) return <EmptyState title="This is not a text file">Stage or discard it as a whole.</EmptyState>;
  return <DiffFrame address={address} {...value} />;
}

function DiffFrame(props: {
  readonly address: DiffAddress;
  readonly original: string;
  readonly modified: string;
  readonly hasModified: boolean;
}) {
  const { address, original, modified, hasModified } = props;
  const { path, from, to } = address;
  const app = useApp();
  const place = app.git.toWorkspacePath(path);
  const inline = useValue(app.settings, ({ inlineDiff }) => inlineDiff);
  const [hunks, setHunks] = useState<readonly LineHunk[]>();
  const [marked, setMarked] = useState<MarkedLines>();
  const [editor, setEditor] = useState<DiffEditor>();
  const pair: Pair = to === "worktree" ? "worktree" : from === "head" && to === "index" ? "staged" : "revisions";
  const act = (work: Promise<unknown>): void => void work.catch((problem: unknown) => app.showError(problem));

  useEffect(() => {
    if (!editor) return;
    const asked = app.gitEditor.on((request) => {
      if (request === "next-change") editor.goToDiff("next");
      if (request === "previous-change") editor.goToDiff("previous");
    });
    return () => asked.dispose();
  }, [app, editor]);

  const added = (hunks ?? []).reduce((sum, hunk) => sum + hunk.newEnd - hunk.newStart, 0);
  const removed = (hunks ?? []).reduce((sum, hunk) => sum + hunk.oldEnd - hunk.oldStart, 0);
  const chosen = hunks && marked ? choose(hunks, marked) : undefined;
  const isLines = chosen !== undefined && marked?.isRange === true;
  const run = (verb: "stage" | "unstage" | "discard", lines: Lines, what: string): void =>
    act(applyLines(app, verb, path, lines, what));
  const whole = (hunk: LineHunk): Lines => toLineSelection([hunk]);
  const what = isLines
    ? count(chosen.newLines.length || chosen.oldLines.length, "selected line")
    : chosen
      ? "hunk"
      : undefined;

  return (
    <div className="flex h-full flex-col">
      <div className="flex min-h-8 shrink-0 flex-wrap items-center gap-x-2 gap-y-1 border-b px-3 py-1 text-xs">
        <span className="min-w-0 flex-1 truncate" title={path}>
          {address.oldPath !== undefined && address.oldPath !== path && (
            <span className="text-faint">{address.oldPath} → </span>
          )}
          {path}
          {hunks && (
            <span className="ml-2 text-2xs">
              <span className="text-good">+{added}</span> <span className="text-bad">−{removed}</span>
            </span>
          )}
        </span>
        {pair !== "revisions" &&
          (pair === "staged" ? (
            <Button
              size="small"
              icon={<Minus size={12} aria-hidden />}
              disabled={!chosen}
              onClick={() => chosen && run("unstage", chosen, what!)}
            >
              Unstage {what ?? "hunk"}
            </Button>
          ) : (
            <>
              <Button
                size="small"
                icon={<Undo2 size={12} aria-hidden />}
                disabled={!chosen}
                onClick={() => chosen && run("discard", chosen, what!)}
              >
                Discard {what ?? "hunk"}
              </Button>
              <Button
                size="small"
                icon={<Plus size={12} aria-hidden />}
                disabled={!chosen}
                onClick={() => chosen && run("stage", chosen, what!)}
              >
                Stage {what ?? "hunk"}
              </Button>
            </>
          ))}
        <IconButton label="Previous change" keys="Alt+Shift+F3" onClick={() => editor?.goToDiff("previous")}>
          <ArrowUp size={14} />
        </IconButton>
        <IconButton label="Next change" keys="Alt+F3" onClick={() => editor?.goToDiff("next")}>
          <ArrowDown size={14} />
        </IconButton>
        <IconButton
          label={inline ? "Side by side" : "Inline"}
          onClick={() => app.settings.setState({ inlineDiff: !inline })}
        >
          {inline ? <Columns2 size={14} /> : <Rows2 size={14} />}
        </IconButton>
        <IconButton
          label="Open file"
          disabled={pair !== "revisions" && !hasModified}
          onClick={() => app.editors.openFile({ path: place })}
        >
          <FileSymlink size={14} />
        </IconButton>
      </div>
      <div className="relative min-h-0 flex-1">
        <HunkDiffEditor
          path={place}
          original={original}
          modified={modified}
          editable={pair === "worktree" && hasModified}
          inline={inline}
          onHunks={setHunks}
          onMark={setMarked}
          onEditor={setEditor}
          {...(pair !== "revisions" && {
            tools: (hunk: LineHunk) =>
              pair === "staged" ? (
                <IconButton label="Unstage hunk" size={20} onClick={() => run("unstage", whole(hunk), "hunk")}>
                  <Minus size={13} />
                </IconButton>
              ) : (
                <>
                  <IconButton label="Discard hunk" size={20} onClick={() => run("discard", whole(hunk), "hunk")}>
                    <Undo2 size={13} />
                  </IconButton>
                  <IconButton label="Stage hunk" size={20} onClick={() => run("stage", whole(hunk), "hunk")}>
                    <Plus size={13} />
                  </IconButton>
                </>
              ),
          })}
        />
        {hunks?.length === 0 && (
          <div className="absolute inset-0 z-20 bg-bg">
            <EmptyState
              title={original === modified ? "No changes here any more" : "Only line ends differ"}
              action={
                hasModified && (
                  <Button size="small" onClick={() => app.editors.openFile({ path: place })}>
                    Open {toName(path)}
                  </Button>
                )
              }
            >
              {pair === "revisions"
                ? "Both sides have the same text."
                : "What was changed is staged, committed or taken back."}
            </EmptyState>
          </div>
        )}
      </div>
    </div>
  );
}

interface Lines {
  readonly oldLines: readonly number[];
  readonly newLines: readonly number[];
}

/** Of a selection the changed lines in it; of a cursor the hunk that it is in. */
function choose(hunks: readonly LineHunk[], { side, from, to, isRange }: MarkedLines): Lines | undefined {
  if (side === "original") {
    const oldLines = hunks.flatMap(({ oldStart, oldEnd }) =>
      Array.from({ length: oldEnd - oldStart }, (_, at) => oldStart + at),
    );
    if (isRange) {
      const inside = oldLines.filter((line) => line >= from && line <= to);
      return inside.length > 0 ? { oldLines: inside, newLines: [] } : undefined;
    }
    const hunk = hunks.find((each) => from >= each.oldStart && from < each.oldEnd);
    return hunk && toLineSelection([hunk]);
  }
  if (isRange) {
    const lines = toLineSelection(hunks, { from, to });
    return lines.oldLines.length + lines.newLines.length > 0 ? lines : undefined;
  }
  const index = findHunk(hunks, from);
  return index < 0 ? undefined : toLineSelection([hunks[index]!]);
}

/**
 * Of a path of the repository. Saves what is not saved, then stages, unstages or discards lines. The server refuses when the texts are others than
 * those that the lines were chosen in.
 */
export async function applyLines(
  app: ClientApp,
  verb: "stage" | "unstage" | "discard",
  path: string,
  lines: Lines,
  what: string,
): Promise<void> {
  const documents = app.workspace.getState()?.documents;
  const place = app.git.toWorkspacePath(path);
  if (verb !== "unstage" && documents?.state.getState().get(place)?.dirty && !(await documents.save(place))) return;
  const { oldId, newId, hunks } = await app.git.readDiff(verb === "unstage" ? "staged" : "worktree", path);
  const all = hunks.flatMap((hunk) => hunk.lines);
  const removed = new Set(all.flatMap(({ kind, oldLine }) => (kind === "removed" ? [oldLine] : [])));
  const added = new Set(all.flatMap(({ kind, newLine }) => (kind === "added" ? [newLine] : [])));
  if (!lines.oldLines.every((line) => removed.has(line)) || !lines.newLines.every((line) => added.has(line))) {
    await app.git.reload();
    throw new WebrunnerError("git/changed", {
      message: `${path} has changed since these lines were chosen.`,
      hint: "Look at the new difference and choose again.",
    });
  }
  const selection: GitSelection = {
    path,
    ...(oldId !== undefined && { oldId }),
    ...(newId !== undefined && { newId }),
    oldLines: [...lines.oldLines],
    newLines: [...lines.newLines],
  };
  if (verb === "discard") await discard(app, selection, what === "hunk" ? "this hunk" : `the ${what}`);
  else await app.git[verb](selection);
}
