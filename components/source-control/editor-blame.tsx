"use client";
import { useEffect, useState } from "react";
import { useApp, useValue } from "@/components/workbench/app-context";
import { mapToBase, toLineHunks } from "@/lib/client/git-lines";
import type { Monaco } from "@/lib/client/monaco/setup";
import type { GitCommit } from "@/lib/protocol/git";
import type { CodeEditor } from "./code-editor";
import { openCommit } from "./commit-actions";
import { describeAge, describeDate, toShortId } from "./git-words";

const LINE_NUMBERS = 3;
const BLAME_AFTER_MS = 200;
const NAME_LENGTH = 16;
const AGE_LENGTH = 14;
/** Of the column: name, age, the number and the gaps. */
const COLUMN_LENGTH = NAME_LENGTH + AGE_LENGTH + 8;

interface Blame {
  /** The commit of each line of the file as it is in HEAD. */
  readonly lines: readonly string[];
  readonly commits: ReadonlyMap<string, GitCommit>;
  readonly head: string;
}

/** Who last changed each line, in the column of the line numbers, with the commit in the hover; a click opens it. */
export function EditorBlame(props: { readonly monaco: Monaco; readonly editor: CodeEditor; readonly path: string }) {
  const { monaco, editor, path } = props;
  const app = useApp();
  const { git, api } = app;
  const head = useValue(git.state, ({ status }) => status?.head);
  const own = useValue(git.state, () => git.findRepositoryPath(path));
  const settings = useValue(app.settings);
  const [blame, setBlame] = useState<Blame>();

  useEffect(() => {
    setBlame(undefined);
    if (head === undefined || own === undefined) return;
    let gone = false;
    const load = async (): Promise<void> => {
      const [answer, file] = await Promise.all([
        git.ask((at) => api.readGitBlame({ ...at, query: { ...at.query, path: own, from: head } })),
        git.ask((at) => api.readGitFile({ ...at, query: { ...at.query, path: own, at: head } })),
      ]);
      if (gone || file.binary) return;
      const lines: string[] = [];
      for (const { line, commit } of answer.lines) lines[line - 1] = commit;
      setBlame({ lines, commits: new Map(answer.commits.map((each) => [each.id, each])), head: file.text });
    };
    load().catch(() => {
      // A new file has nobody to blame yet: its lines are said to be not committed.
      if (!gone) setBlame({ lines: [], commits: new Map(), head: "" });
    });
    return () => {
      gone = true;
    };
  }, [git, api, own, head]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the editor's owner sets its options anew with the settings
  useEffect(() => {
    const model = editor.getModel();
    if (!model) return;
    let owners: (string | undefined)[] = [];
    const hovers = editor.createDecorationsCollection();
    const draw = (): void => {
      if (model.isDisposed()) return;
      const lineCount = model.getLineCount();
      owners = blame ? toOwners(blame, model.getValue().replace(/\r\n/g, "\n"), lineCount) : [];
      editor.updateOptions({
        lineNumbersMinChars: COLUMN_LENGTH,
        lineNumbers: (line) => toColumn(blame, owners, line),
      });
      hovers.set(blame ? toHovers(monaco, blame, owners) : []);
    };
    // After the effects of the owner, which set the plain line numbers.
    queueMicrotask(draw);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const listeners = [
      model.onDidChangeContent(() => {
        clearTimeout(timer);
        timer = setTimeout(draw, BLAME_AFTER_MS);
      }),
      editor.onMouseDown(({ target, event }) => {
        if (target.type !== LINE_NUMBERS || !event.leftButton || !target.position) return;
        const commit = owners[target.position.lineNumber - 1];
        if (commit) openCommit(app, commit);
      }),
    ];
    return () => {
      clearTimeout(timer);
      for (const listener of listeners) listener.dispose();
      hovers.clear();
      if (!model.isDisposed()) editor.updateOptions({ lineNumbersMinChars: 4, lineNumbers: "on" });
    };
  }, [app, monaco, editor, blame, settings, path]);
  return null;
}

/** The commit of each line of the text as it is now; lines that are not committed have none. */
function toOwners(blame: Blame, text: string, lineCount: number): (string | undefined)[] {
  const hunks = toLineHunks(blame.head.replace(/\r\n/g, "\n"), text);
  // The empty line after the last line end is nobody's.
  return mapToBase(hunks, lineCount).map((line) => (line === undefined ? undefined : (blame.lines[line - 1] ?? "")));
}

const pad = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length - 1)}…` : text.padEnd(length, "\u00a0");

/** Said once for lines of one commit that follow each other. */
function toColumn(blame: Blame | undefined, owners: readonly (string | undefined)[], line: number): string {
  const number = String(line).padStart(5, "\u00a0");
  const empty = "\u00a0".repeat(NAME_LENGTH + AGE_LENGTH + 1);
  if (!blame || line > owners.length) return empty + number;
  const id = owners[line - 1];
  if (id === "" || (line > 1 && owners[line - 2] === id)) return empty + number;
  const commit = id === undefined ? undefined : blame.commits.get(id);
  if (!commit) return `${pad("not committed", NAME_LENGTH + AGE_LENGTH)}\u00a0${number}`;
  return `${pad(commit.author.name, NAME_LENGTH)}\u00a0${pad(describeAge(commit.author.at), AGE_LENGTH)}${number}`;
}

function toHovers(
  monaco: Monaco,
  blame: Blame,
  owners: readonly (string | undefined)[],
): import("monaco-editor/editor").editor.IModelDeltaDecoration[] {
  const hovers: import("monaco-editor/editor").editor.IModelDeltaDecoration[] = [];
  for (let start = 0; start < owners.length; ) {
    let end = start + 1;
    while (end < owners.length && owners[end] === owners[start]) end++;
    const id = owners[start];
    const commit = id === undefined ? undefined : blame.commits.get(id);
    if (commit) {
      hovers.push({
        range: new monaco.Range(start + 1, 1, end, 1),
        options: { isWholeLine: true, lineNumberHoverMessage: { value: toHoverText(commit) } },
      });
    }
    start = end;
  }
  return hovers;
}

/** A message is anybody's text: it stands in a code block, where nothing of it is a link or a picture. */
function toHoverText({ id, author, message }: GitCommit): string {
  const text = message.trim().slice(0, 2000).replace(/`{3,}/g, "'''");
  const who = `${author.name} <${author.email}>, ${describeDate(author.at)}, ${toShortId(id)}`.replace(/`{3,}/g, "'''");
  return `\`\`\`text\n${who}\n\n${text}\n\`\`\`\n\nClick to open the commit`;
}
