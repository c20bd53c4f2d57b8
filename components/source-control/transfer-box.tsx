"use client";
import { X } from "lucide-react";
import { Button } from "@/components/ui/button";
import { IconButton } from "@/components/ui/icon-button";
import { Spinner } from "@/components/ui/spinner";
import { useApp, useValue } from "@/components/workbench/app-context";
import type { ClientApp } from "@/lib/client/app";
import { chooseRemote } from "@/lib/client/git";
import { describeProgress, findRequestLink, toHostQuestion } from "@/lib/client/git-transfer";
import type { GitTask } from "@/lib/protocol/git";
import { HostPrompt } from "./host-prompt";
import { TaskBar, TaskMessages } from "./task-progress";
import { forcePush, pull, pullFrom, push, pushTo } from "./transfer-actions";

const DONE = { clone: "Cloned", fetch: "Fetched", pull: "Pulled", push: "Pushed" } as const;

/** The fetch, pull or push that goes on or was last: how far, what the server printed, and what to do next. */
export function TransferBox() {
  const app = useApp();
  const { git } = app;
  const { task } = useValue(git.state);
  if (!task) return null;
  const act = (work: Promise<unknown>): void => void work.catch((error: unknown) => app.showError(error));
  const isRunning = task.state === "running";
  const link = findRequestLink(task);
  const done = task.kind === "pull" && task.outcome?.result === "up-to-date" ? "Already up to date" : DONE[task.kind];
  return (
    <section
      aria-label={`The last ${task.kind}`}
      data-git-task={task.kind}
      data-git-task-id={task.id}
      data-git-task-state={task.state}
      className="mx-3 mb-2 rounded-md border p-2 text-xs"
    >
      <div className="flex items-center gap-2">
        {isRunning && <Spinner size={12} />}
        <span className="min-w-0 flex-1 break-words" role="status">
          {isRunning && (
            <>
              <b className="capitalize">{task.kind}</b> · {describeProgress(task)}
            </>
          )}
          {task.state === "succeeded" && done}
          {task.state === "cancelled" && `The ${task.kind} was cancelled`}
          {task.state === "failed" && `The ${task.kind} failed`}
        </span>
        {isRunning ? (
          <Button size="small" onClick={() => act(git.cancel())}>
            Cancel
          </Button>
        ) : (
          <IconButton label="Put away" size={20} onClick={() => git.dismissTask()}>
            <X size={12} />
          </IconButton>
        )}
      </div>
      {isRunning && <TaskBar task={task} />}
      {task.error && (
        <p role="alert" className="mt-1 break-words text-bad">
          {task.error.message} {task.error.hint}
        </p>
      )}
      <TaskMessages task={task} />
      {task.error && <NextSteps task={task} act={act} />}
      {link && task.state === "succeeded" && (
        <a className="mt-1 block underline" href={link} target="_blank" rel="noopener noreferrer">
          Open a merge request
        </a>
      )}
    </section>
  );
}

/** What a person can do about a transfer that failed; nothing of it is ever done by itself. */
function NextSteps({ task, act }: { readonly task: GitTask; readonly act: (work: Promise<unknown>) => void }) {
  const app = useApp();
  const { status, remotes } = useValue(app.git.state);
  const question = toHostQuestion(task.error);
  const remote = chooseRemote(status, remotes);
  const url = remotes.find(({ name }) => name === remote)?.url;
  if (question) return <HostPrompt question={question} onTrusted={() => act(repeat(app, task))} />;
  const fork = remotes.find(({ name }) => name === "fork" && name !== remote);
  const steps: readonly { readonly title: string; readonly run: () => void }[] =
    {
      "git/push-rejected": [
        { title: "Fetch and rebase", run: () => act(pullFrom(app, "rebase")) },
        { title: "Fetch and merge", run: () => act(pullFrom(app, "merge")) },
        { title: "Overwrite the remote branch…", run: () => act(forcePush(app)) },
      ],
      "git/permission-denied": [
        ...(fork ? [{ title: "Push to my fork", run: () => act(pushTo(app, fork.name)) }] : []),
        { title: "Connect my fork…", run: () => app.gitDialogs.open({ kind: "fork" }) },
      ],
      "git/authentication-failed": [
        { title: "Logins and keys…", run: () => app.gitDialogs.open({ kind: "access", ...(url && { url }) }) },
      ],
      "git/certificate-refused": [
        { title: "Trust a certificate…", run: () => app.gitDialogs.open({ kind: "access", ...(url && { url }) }) },
      ],
      "git/remote-not-found": [{ title: "Remotes…", run: () => app.gitDialogs.open({ kind: "remotes" }) }],
      "git/host-unreachable": [{ title: "Try again", run: () => act(repeat(app, task)) }],
      "git/remote-failed": [{ title: "Try again", run: () => act(repeat(app, task)) }],
    }[task.error?.code ?? ""] ?? [];
  if (steps.length === 0) return null;
  return (
    <div className="mt-1 flex flex-wrap gap-1">
      {steps.map(({ title, run }) => (
        <Button key={title} size="small" onClick={run}>
          {title}
        </Button>
      ))}
    </div>
  );
}

function repeat(app: ClientApp, { kind }: GitTask): Promise<unknown> {
  if (kind === "push") return push(app);
  return kind === "fetch" ? app.git.fetch() : pull(app);
}
