"use client";
import {
  type ReactNode,
  useCallback,
  useDeferredValue,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { classNames } from "@/components/ui/class-names";
import { FileIcon } from "@/components/ui/file-icon";
import { scrollRowIntoView, VirtualRows } from "@/components/ui/virtual-rows";
import { useApp, useValue } from "@/components/workbench/app-context";
import type { ClientApp } from "@/lib/client/app";
import type { Command } from "@/lib/client/commands";
import { findActiveTab } from "@/lib/client/editor-groups";
import { toName, toParent } from "@/lib/client/file-tree";
import { findBestMatches } from "@/lib/client/fuzzy-match";
import { describeKeys } from "@/lib/client/keymap";
import type { PaletteChoice } from "@/lib/client/palette";
import { findInRoot, parseRootQuery } from "@/lib/client/repository-roots";
import { keepFocus } from "./keep-focus";
import { useSections } from "./use-sections";

const ROW_HEIGHT = 28;
const LIMIT = 200;

interface Choice {
  readonly id: string;
  readonly icon?: ReactNode;
  readonly title: string;
  readonly detail?: string;
  readonly keys?: string;
  /** Letters of the title to mark. */
  readonly letters: readonly number[];
  readonly run: () => unknown;
}

/** The box for files (as typed), commands (after `>`), line numbers (after `:`), sections (after `@` and `#`). */
export function Palette() {
  const app = useApp();
  const { open, list } = useValue(app.palette.state);
  return open ? <PaletteBox key={list?.title ?? ""} app={app} /> : null;
}

function PaletteBox({ app }: { readonly app: ClientApp }) {
  const { text, list: given } = useValue(app.palette.state);
  const [paths, setPaths] = useState<readonly string[]>();
  const [index, setIndex] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const workspace = useValue(app.workspace);
  const commands = useValue(app.commands.state);
  const query = useDeferredValue(text);
  const wantsFiles = !given && !/^[>:@#]/.test(query);
  const sections = useSections(app, given ? "" : query);

  useLayoutEffect(() => {
    if (box.current && field.current) return keepFocus(box.current, field.current, app.palette);
  }, [app]);
  useEffect(() => {
    if (!wantsFiles || !workspace) return;
    workspace.files.listPaths().then(
      (found) => setPaths(found.paths),
      (error: unknown) => app.showError(error),
    );
  }, [wantsFiles, workspace, app]);

  const find = useCallback(
    (typed: string): readonly Choice[] => {
      if (given) return toGivenChoices(given.choices, typed.trim());
      if (/^[@#]/.test(typed)) return toGivenChoices(sections ?? [], typed.slice(1).trim());
      if (typed.startsWith(">")) return findCommands(app, [...commands.values()], typed.slice(1).trim());
      if (typed.startsWith(":")) return toLineChoice(app, typed.slice(1).trim());
      return findFiles(app, paths ?? [], typed.trim());
    },
    [app, commands, paths, given, sections],
  );
  const choices = useMemo(() => find(query), [find, query]);
  const selected = Math.min(index, choices.length - 1);

  const choose = (choice: Choice | undefined) => {
    if (!choice) return;
    app.palette.close();
    void choice.run();
  };
  const go = (to: number) => {
    const next = (to + choices.length) % Math.max(choices.length, 1);
    setIndex(next);
    scrollRowIntoView(list.current, next, ROW_HEIGHT);
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === "ArrowDown") go(selected + 1);
    else if (event.key === "ArrowUp") go(selected - 1);
    else if (event.key === "PageDown") go(Math.min(selected + 10, choices.length - 1));
    else if (event.key === "PageUp") go(Math.max(selected - 10, 0));
    else if (event.key === "Enter") {
      // The list may be one letter behind; what runs is what was typed.
      choose(query === text ? choices[selected] : find(text)[0]);
    } else if (event.key === "Escape" || event.key === "Tab") app.palette.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div
      ref={box}
      role="dialog"
      aria-modal="true"
      aria-label="Files and commands"
      className="fixed top-1.5 left-1/2 z-[75] w-[min(600px,96vw)] -translate-x-1/2 overflow-hidden rounded-lg border bg-overlay shadow-overlay"
    >
      <div className="p-1.5">
        <input
          ref={field}
          className="field"
          // biome-ignore lint/a11y/noAutofocus: the palette is opened to type in
          autoFocus
          role="combobox"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={choices[selected] ? `palette-${selected}` : undefined}
          aria-label={given?.title ?? "Search files; > for commands, : for a line, @ and # for sections"}
          placeholder={
            given?.title ??
            "Files.  > commands  : line  @ # sections  c: components  k: stacks  s: releases  r: recipes"
          }
          spellCheck={false}
          autoComplete="off"
          value={text}
          onChange={(event) => {
            app.palette.type(event.target.value);
            setIndex(0);
            if (list.current) list.current.scrollTop = 0;
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div
        ref={list}
        id="palette-list"
        role="listbox"
        aria-label="Results"
        tabIndex={-1}
        className="max-h-[min(420px,70vh)] overflow-auto"
      >
        <VirtualRows count={choices.length} rowHeight={ROW_HEIGHT} scroller={list}>
          {(at) => {
            const choice = choices[at];
            if (!choice) return null;
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the input has the focus and takes the keys
              // biome-ignore lint/a11y/useFocusableInteractive: see aria-activedescendant of the input
              <div
                key={choice.id}
                id={`palette-${at}`}
                role="option"
                aria-selected={at === selected}
                onPointerDown={(event) => event.preventDefault()}
                onClick={() => choose(choice)}
                className={classNames(
                  "mx-1.5 flex items-center gap-2 rounded px-2",
                  at === selected ? "bg-selected" : "hover:bg-hover",
                )}
                style={{ height: ROW_HEIGHT }}
              >
                {choice.icon}
                <span className="shrink-0 whitespace-pre">
                  <Marked text={choice.title} letters={choice.letters} />
                </span>
                {choice.detail && <span className="min-w-0 truncate text-xs text-faint">{choice.detail}</span>}
                {choice.keys && (
                  <kbd className="ml-auto shrink-0 pl-4 font-sans text-2xs text-muted">{choice.keys}</kbd>
                )}
              </div>
            );
          }}
        </VirtualRows>
        {choices.length === 0 && (
          <p className="px-4 py-3 text-muted" role="status">
            {wantsFiles && paths === undefined
              ? "Reading the file names…"
              : /^[@#]/.test(query) && sections === undefined
                ? "Reading the sections…"
                : toEmptyText(query)}
          </p>
        )}
        <div className="h-1.5" />
      </div>
    </div>
  );
}

function toEmptyText(query: string): string {
  if (query.startsWith(":")) return "Type a line number of the open file.";
  if (/^[@#]/.test(query)) return "No section has this name.";
  return query.startsWith(">") ? "No such command." : "No file has this name.";
}

function Marked({ text, letters }: { readonly text: string; readonly letters: readonly number[] }) {
  if (letters.length === 0) return text;
  const marked = new Set(letters);
  const parts: { text: string; hit: boolean }[] = [];
  for (const [index, letter] of [...text].entries()) {
    const hit = marked.has(index);
    const last = parts[parts.length - 1];
    if (last && last.hit === hit) last.text += letter;
    else parts.push({ text: letter, hit });
  }
  return parts.map((part, index) =>
    part.hit ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text are their places
      <b key={index} className="font-semibold text-accent">
        {part.text}
      </b>
    ) : (
      part.text
    ),
  );
}

function findFiles(app: ClientApp, paths: readonly string[], query: string): readonly Choice[] {
  const asked = parseRootQuery(query);
  const [name = "", line] = asked ? [""] : query.split(":");
  const toChoice = (path: string, letters: readonly number[]): Choice => {
    const start = toParent(path) === "" ? 0 : toParent(path).length + 1;
    return {
      id: path,
      icon: <FileIcon path={path} />,
      title: toName(path),
      detail: toParent(path),
      letters: letters.filter((letter) => letter >= start).map((letter) => letter - start),
      run: () => app.editors.openFile({ path, ...(Number(line) > 0 ? { line: Number(line) } : {}) }),
    };
  };
  if (asked) return findInRoot(asked.root, asked.text, paths, LIMIT).map((path) => toChoice(path, []));
  if (name === "") {
    const { groups, closed } = app.editors.state.getState();
    const recent = [...groups.flatMap((group) => group.recent), ...closed.map(({ id }) => id)];
    const known = recent.flatMap((id) => (id.startsWith("file:") ? [id.slice(5)] : []));
    const first = [...new Set(known)].filter((path) => paths.includes(path));
    const rest = paths.filter((path) => !first.includes(path));
    return [...first, ...rest].slice(0, LIMIT).map((path) => toChoice(path, []));
  }
  return findBestMatches(name, paths, (path) => path, LIMIT).map(({ item, match }) => toChoice(item, match.letters));
}

function toGivenChoices(choices: readonly PaletteChoice[], query: string): readonly Choice[] {
  const toChoice = (choice: PaletteChoice, index: number, letters: readonly number[]): Choice => ({
    id: `${index}:${choice.title}`,
    ...choice,
    letters,
  });
  if (query === "") return choices.slice(0, LIMIT).map((choice, index) => toChoice(choice, index, []));
  return findBestMatches(query, choices, ({ title }) => title, LIMIT).map(({ item, match }, index) =>
    toChoice(item, index, match.letters),
  );
}

function findCommands(app: ClientApp, commands: readonly Command[], query: string): readonly Choice[] {
  const shown = commands.filter((command) => !command.isHidden && command.isEnabled?.() !== false);
  const toTitle = ({ category, title }: Command): string => (category ? `${category}: ${title}` : title);
  const toChoice = (command: Command, letters: readonly number[]): Choice => ({
    id: command.id,
    title: toTitle(command),
    letters,
    keys: describeKeys(command.id),
    run: () => app.commands.execute(command.id),
  });
  if (query === "") {
    const sorted = [...shown].sort((a, b) => toTitle(a).localeCompare(toTitle(b)));
    return sorted.map((command) => toChoice(command, []));
  }
  return findBestMatches(query, shown, toTitle, LIMIT).map(({ item, match }) => toChoice(item, match.letters));
}

function toLineChoice(app: ClientApp, query: string): readonly Choice[] {
  const tab = findActiveTab(app.editors.state.getState());
  const [line, column] = query.split(/[:,]/).map(Number);
  if (tab?.kind !== "file" || !line || line < 1) return [];
  const run = () => app.editors.openFile({ path: tab.path, line, ...(column ? { column } : {}) });
  return [{ id: "line", title: `Go to line ${line}${column ? `, column ${column}` : ""}`, letters: [], run }];
}
