"use client";
import { X } from "lucide-react";
import { Button } from "@/components/ui/button";
import { IconButton } from "@/components/ui/icon-button";
import { Spinner } from "@/components/ui/spinner";
import { useApp, useValue } from "@/components/workbench/app-context";

const DONE = { clone: "Cloned", fetch: "Fetched", pull: "Pulled", push: "Pushed" } as const;

/** The fetch, pull or push that goes on or was last: how far, what the server printed, and what to do next. */
export function TransferBox() {
  const app = useApp();
  const { git } = app;
  const { task } = useValue(git.state);
  if (!task) return null;
  const act = (work: Promise<unknown>): void => void work.catch((error: unknown) => app.showError(error));
  const isRunning = task.state === "running";
  return (
    <section
      aria-label={`The last ${task.kind}`}
      data-git-task={task.kind}
      data-git-task-state={task.state}
      className="mx-3 mb-2 rounded-md border p-2 text-xs"
    >
      <div className="flex items-center gap-2">
        {isRunning && <Spinner size={12} />}
        <span className="flex-1" role="status">
          {isRunning && `${task.phase} ${task.total ? `${task.done} of ${task.total}` : task.done || ""}`}
          {task.state === "succeeded" && DONE[task.kind]}
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
      {task.error && (
        <p role="alert" className="mt-1 break-words text-bad">
          {task.error.message} {task.error.hint}
        </p>
      )}
      {task.messages.length > 0 && (
        <pre className="mt-1 max-h-40 overflow-auto font-mono text-2xs whitespace-pre-wrap">
          {task.messages.join("\n")}
        </pre>
      )}
      {task.error?.code === "git/push-rejected" && (
        <Button size="small" className="mt-1" onClick={() => act(git.pull("rebase"))}>
          Fetch and rebase
        </Button>
      )}
      {task.requestUrl && /^https?:/.test(task.requestUrl) && (
        <a className="mt-1 block underline" href={task.requestUrl} target="_blank" rel="noopener noreferrer">
          Open a merge request
        </a>
      )}
    </section>
  );
}
