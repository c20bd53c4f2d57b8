"use client";
import { useEffect, useState } from "react";
import { chooseRepositoryOf } from "@/components/source-control/repository-choice";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { useApp, useValue } from "@/components/workbench/app-context";
import { describeError } from "@/lib/client/describe-error";
import { GIT_VIEW } from "@/lib/client/git";
import { ensureIdentity } from "@/lib/client/git-identity";
import type { GestureProposal } from "@/lib/protocol/gestures";
import { ForkDialog } from "../source-control/fork-dialog";

/** The one commit of a gesture: what it changed is staged, its message proposed; then commit, push to the fork, run. */
export function CommitStep({
  proposal,
  title = "Commit what was promoted",
  also = [],
  onClose,
}: {
  readonly proposal: GestureProposal;
  readonly title?: string;
  /** Files that belong to the commit and that the gesture did not write. */
  readonly also?: readonly string[];
  readonly onClose: () => void;
}) {
  const app = useApp();
  const { git } = app;
  const { status, remotes, phase } = useValue(git.state);
  const [message, setMessage] = useState(proposal.message ?? proposal.summary);
  const [staged, setStaged] = useState<readonly string[]>([]);
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState<"commit" | "push">();
  const [connects, setConnects] = useState(false);
  const paths = [...proposal.files.map(({ path }) => path), ...also];

  // biome-ignore lint/correctness/useExhaustiveDependencies: staged once, when the step begins
  useEffect(() => {
    let gone = false;
    const stage = async (): Promise<void> => {
      await chooseRepositoryOf(app, paths[0] ?? "");
      await git.reload();
      const changed = git.state.getState().status?.entries.map(({ path }) => git.toWorkspacePath(path)) ?? [];
      const own = paths.filter((path) =>
        changed.some((one) => one === path || (one.endsWith("/") && path.startsWith(one))),
      );
      if (own.length > 0) await git.stage({ paths: own.flatMap((path) => git.findRepositoryPath(path) ?? []) });
      if (!gone) setStaged(own);
    };
    stage().catch((error: unknown) => !gone && setProblem(describeError(error).title));
    return () => {
      gone = true;
    };
  }, []);

  const commit = async (pushes: boolean): Promise<void> => {
    setBusy(pushes ? "push" : "commit");
    setProblem(undefined);
    try {
      if (!(await ensureIdentity(app))) return;
      await git.commit({ message, amend: false, signOff: false });
      onClose();
      if (!pushes) return offerVerify();
      app.layout.showSideView(GIT_VIEW);
      await git.push();
      if (git.state.getState().task?.state === "succeeded") offerVerify();
    } catch (error) {
      const { title, hint } = describeError(error);
      setProblem(hint ? `${title}. ${hint}` : title);
    } finally {
      setBusy(undefined);
    }
  };
  /** The message waits in Source Control, with what is staged. */
  const later = (): void => {
    if (staged.length > 0) app.commitMessage.type(message);
    onClose();
  };
  const offerVerify = (): void => {
    app.notices.show({
      kind: "success",
      title: "Committed",
      detail: message.split("\n")[0],
      actions: [
        { title: "Verify", run: () => app.gestures.show({ kind: "verify", path: proposal.runs }) },
        { title: "Run software", run: () => app.runControl.run("software") },
      ],
    });
  };

  if (connects) return <ForkDialog onClose={() => setConnects(false)} />;
  return (
    <Dialog
      title={title}
      width="medium"
      onClose={later}
      footer={
        <>
          <Button onClick={later}>Later</Button>
          <Button
            disabled={staged.length === 0 || message.trim() === ""}
            busy={busy === "commit"}
            onClick={() => void commit(false)}
          >
            Commit
          </Button>
          {remotes.length > 0 ? (
            <Button
              variant="primary"
              disabled={staged.length === 0 || message.trim() === ""}
              busy={busy === "push"}
              onClick={() => void commit(true)}
            >
              Commit & push to my fork
            </Button>
          ) : (
            <Button variant="primary" disabled={phase !== "ready"} onClick={() => setConnects(true)}>
              Connect my fork
            </Button>
          )}
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <p>
          {staged.length > 0 ? "Staged on " : "On "}
          <span className="font-mono text-text">{status?.branch ?? "no branch"}</span>:{" "}
          {(staged.length > 0 ? staged : paths).map((path) => (
            <span key={path} className="mr-2 font-mono text-text">
              {path}
            </span>
          ))}
        </p>
        <label className="block">
          <span className="mb-1 block text-xs">Commit message</span>
          <textarea
            className="field min-h-20 font-mono"
            rows={3}
            autoFocus
            value={message}
            onChange={({ target }) => setMessage(target.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void commit(remotes.length > 0);
            }}
          />
        </label>
        {problem && (
          <p role="alert" className="text-xs text-bad">
            {problem}
          </p>
        )}
        <p className="text-xs">The diff is open behind this. Later leaves it staged in Source Control.</p>
      </div>
    </Dialog>
  );
}
