"use client";
import { History } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { IconButton } from "@/components/ui/icon-button";
import { MenuButton, type MenuItem } from "@/components/ui/menu";
import { useApp, useValue } from "@/components/workbench/app-context";
import { groupEntries } from "@/lib/client/git";
import { ensureIdentity } from "@/lib/client/git-identity";
import { toMessage } from "@/lib/client/git-message";
import { undoLastCommit } from "./commit-actions";
import { saveStash } from "./stash-actions";
import { push } from "./transfer-actions";

/** Lines of the box: it grows with the message, as it is wrapped, up to here; then it scrolls. */
const MAX_ROWS = 12;
const OLD_MESSAGES = 30;

/** The message and what is done with it. Name and address are asked once, when the repository knows none. */
export function CommitBox() {
  const app = useApp();
  const { git, commitMessage } = app;
  const { status, remotes, task } = useValue(git.state);
  const messages = useValue(commitMessage.state);
  const [amend, setAmend] = useState(false);
  const [signOff, setSignOff] = useState(false);
  const [busy, setBusy] = useState(false);
  const box = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (!messages.isFocusAsked || !box.current) return;
    commitMessage.focused();
    app.palette.focusLate(box.current);
  }, [app, commitMessage, messages.isFocusAsked]);
  const { staged, changes, conflicts } = groupEntries(status?.entries ?? []);
  const message = toMessage(messages, status?.messageDraft ?? "");
  const hasSomething = staged.length > 0 || changes.length > 0 || amend || status?.ongoing?.kind === "merge";
  const may = message.trim() !== "" && hasSomething && conflicts.length === 0 && !busy;
  const mayPush = may && remotes.length > 0 && task?.state !== "running";

  const commit = async (pushes: boolean): Promise<void> => {
    if (pushes ? !mayPush : !may) return;
    setBusy(true);
    try {
      if (!(await ensureIdentity(app))) return;
      if (staged.length === 0 && !amend && changes.length > 0 && !status?.ongoing) {
        const answer = await app.dialogs.choose({
          title: "Nothing is staged",
          detail: `Stage all ${changes.length === 1 ? "1 change" : `${changes.length} changes`} and commit them?`,
          choices: [{ id: "all", title: "Stage all and commit" }],
        });
        if (!answer) return;
        await git.stage({ paths: changes.map(({ path }) => path) });
      }
      await git.commit({ message, amend, signOff });
      commitMessage.committed(message);
      setAmend(false);
    } catch (error) {
      app.showError(error);
      return;
    } finally {
      setBusy(false);
    }
    // The next commit need not wait for it.
    if (pushes) await push(app).catch((error: unknown) => app.showError(error));
  };
  const toggleAmend = async (on: boolean): Promise<void> => {
    setAmend(on);
    if (!on || message.trim() !== "" || !status?.head) return;
    const last = await git.ask((at) => app.api.readGitCommit({ ...at, query: { ...at.query, revision: "HEAD" } }));
    commitMessage.type(last.commit.message.trim());
  };
  const loadHistory = async (): Promise<void> => {
    const log = await git.ask((at) => app.api.readGitLog({ ...at, query: { ...at.query, limit: OLD_MESSAGES } }));
    commitMessage.addHistory(log.commits.map((each) => each.message));
  };
  const showOlder = async (): Promise<void> => {
    if (commitMessage.state.getState().shown === undefined && status?.head) await loadHistory();
    commitMessage.older();
    toStart();
  };
  // There the arrows go on walking through the messages.
  const toStart = () => requestAnimationFrame(() => box.current?.setSelectionRange(0, 0));
  const onKeyDown = (event: React.KeyboardEvent<HTMLTextAreaElement>): void => {
    const { selectionStart, selectionEnd, value } = event.currentTarget;
    // A message of before that was only looked at is walked on from either end of it.
    const isAtStart =
      selectionStart === selectionEnd &&
      (selectionStart === 0 || (messages.shown !== undefined && selectionStart === value.length));
    const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void commit(event.shiftKey);
    else if (event.key === "ArrowUp" && plain && isAtStart)
      void showOlder().catch((error: unknown) => app.showError(error));
    else if (event.key === "ArrowDown" && plain && isAtStart && messages.shown !== undefined) {
      commitMessage.newer();
      toStart();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const pickOlder = async (): Promise<void> => {
    if (status?.head) await loadHistory();
    const { history } = commitMessage.state.getState();
    app.palette.choose(
      "Messages of before",
      history.map((text) => {
        const [title = "", ...rest] = text.split("\n");
        return { title, detail: rest.join(" ").trim(), run: () => commitMessage.type(text) };
      }),
    );
  };
  const toMoreMenu = (): readonly MenuItem[] => [
    { title: "Commit and push", keys: "Ctrl+Shift+Enter", disabled: !mayPush, run: () => commit(true) },
    {
      title: "Undo last commit…",
      disabled: !status?.head,
      run: () => undoLastCommit(app).catch((error: unknown) => app.showError(error)),
    },
    "separator",
    {
      title: "Stash changes…",
      disabled: changes.length + staged.length === 0,
      run: () => saveStash(app, false).catch((error: unknown) => app.showError(error)),
    },
  ];
  const rows = Math.min(Math.max(message.split("\n").length, 2), MAX_ROWS);
  return (
    <div className="flex flex-col gap-1.5 px-3 pt-2 pb-2">
      <textarea
        ref={box}
        id="commit-message"
        className="field field-sizing-content h-auto resize-none py-1 leading-snug"
        style={{ minHeight: "calc(2lh + 10px)", maxHeight: `calc(${MAX_ROWS}lh + 10px)` }}
        rows={rows}
        aria-label="Commit message"
        aria-describedby="commit-message-hint"
        placeholder={`Message (Ctrl+Enter commits${status?.branch ? ` on ${status.branch}` : ""})`}
        value={message}
        spellCheck
        onChange={(event) => commitMessage.type(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <SubjectHint message={message} isOld={messages.shown !== undefined} />
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-xs">
        <label className="flex items-center gap-1">
          <input
            type="checkbox"
            checked={amend}
            disabled={!status?.head}
            onChange={(event) => void toggleAmend(event.target.checked).catch((error: unknown) => app.showError(error))}
          />{" "}
          Amend
        </label>
        <label className="flex items-center gap-1">
          <input type="checkbox" checked={signOff} onChange={(event) => setSignOff(event.target.checked)} /> Sign off
        </label>
        <span className="ml-auto">
          <IconButton
            label="Messages of before"
            keys="↑"
            size={20}
            onClick={() => void pickOlder().catch((error: unknown) => app.showError(error))}
          >
            <History size={13} />
          </IconButton>
        </span>
      </div>
      <div className="flex gap-1">
        <Button
          size="small"
          variant="primary"
          className="min-w-0 flex-1"
          disabled={!may}
          busy={busy}
          onClick={() => void commit(false)}
        >
          {amend ? "Amend commit" : "Commit"}
        </Button>
        <Button size="small" disabled={!mayPush} onClick={() => void commit(true)}>
          Commit and push
        </Button>
        <MenuButton label="More of committing" items={toMoreMenu} align="end">
          {(button) => (
            <Button size="small" aria-label="More of committing" {...button}>
              ▾
            </Button>
          )}
        </MenuButton>
      </div>
    </div>
  );
}

/** Git's tools cut subjects that are longer. */
const SUBJECT_LENGTH = 72;

function SubjectHint({ message, isOld }: { readonly message: string; readonly isOld: boolean }) {
  const subject = message.split("\n")[0] ?? "";
  const second = message.split("\n")[1] ?? "";
  const text = isOld
    ? "A message of before: ↑ older, ↓ newer"
    : subject.length > SUBJECT_LENGTH
      ? `The first line has ${subject.length} characters; ${SUBJECT_LENGTH} are shown in lists`
      : second.trim() !== ""
        ? "The second line is usually empty"
        : "";
  return (
    <p id="commit-message-hint" className={text === "" ? "hidden" : "text-2xs text-faint"}>
      {text}
    </p>
  );
}
