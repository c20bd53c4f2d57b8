"use client";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { useApp, useValue } from "@/components/workbench/app-context";
import { chooseRemote } from "@/lib/client/git";

/** The message and what is done with it. Name and address are asked once, when the repository knows none. */
export function CommitBox({ stagedCount }: { readonly stagedCount: number }) {
  const app = useApp();
  const { git } = app;
  const { status, remotes } = useValue(git.state);
  const [typed, setTyped] = useState<string>();
  const [amend, setAmend] = useState(false);
  const [signOff, setSignOff] = useState(false);
  const [busy, setBusy] = useState(false);
  const message = typed ?? status?.messageDraft ?? "";
  const may = message.trim() !== "" && (stagedCount > 0 || amend) && !busy;

  const hasIdentity = async (): Promise<boolean> => {
    if (status?.identity) return true;
    const required = (text: string) => (text.trim() ? undefined : "Commits carry it.");
    const name = await app.dialogs.askText({
      title: "Who commits?",
      label: "Name",
      value: "",
      confirm: "Next",
      check: required,
    });
    if (name === undefined) return false;
    const email = await app.dialogs.askText({
      title: "Who commits?",
      label: "E-mail address",
      value: "",
      confirm: "Save",
      check: required,
    });
    if (email === undefined) return false;
    await git.saveIdentity({ name: name.trim(), email: email.trim() });
    return true;
  };
  const commit = async (pushes: boolean): Promise<void> => {
    if (!may) return;
    setBusy(true);
    try {
      if (!(await hasIdentity())) return;
      await git.commit({ message, amend, signOff });
      setTyped(undefined);
      setAmend(false);
      if (pushes) await git.push();
    } catch (error) {
      app.showError(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="flex flex-col gap-2 p-3">
      <textarea
        className="field h-auto min-h-16 py-1"
        rows={3}
        aria-label="Commit message"
        placeholder="Message (Ctrl+Enter commits)"
        value={message}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          void commit(false);
        }}
      />
      <div className="flex gap-3 text-xs">
        <label className="flex items-center gap-1">
          <input type="checkbox" checked={amend} onChange={(event) => setAmend(event.target.checked)} /> Amend
        </label>
        <label className="flex items-center gap-1">
          <input type="checkbox" checked={signOff} onChange={(event) => setSignOff(event.target.checked)} /> Sign off
        </label>
      </div>
      <div className="flex gap-1">
        <Button size="small" variant="primary" disabled={!may} onClick={() => void commit(false)}>
          Commit
        </Button>
        <Button size="small" disabled={!may || !chooseRemote(status, remotes)} onClick={() => void commit(true)}>
          Commit and push
        </Button>
      </div>
    </div>
  );
}
