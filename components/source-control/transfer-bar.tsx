"use client";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { useApp, useValue } from "@/components/workbench/app-context";
import { ForkDialog } from "./fork-dialog";

/** The way to and from the remotes: the fork, fetch, pull, push. */
export function TransferBar() {
  const app = useApp();
  const { git } = app;
  const { status, remotes, task } = useValue(git.state);
  const [asksFork, setAsksFork] = useState(false);
  const act = (work: Promise<unknown>): void => void work.catch((problem: unknown) => app.showError(problem));
  const isBusy = task?.state === "running";
  return (
    <div className="flex flex-wrap gap-1 px-3 pb-2">
      <Button size="small" onClick={() => setAsksFork(true)}>
        Connect my fork
      </Button>
      <Button size="small" disabled={remotes.length === 0 || isBusy} onClick={() => act(git.fetch())}>
        Fetch
      </Button>
      <Button size="small" disabled={!status?.upstream || isBusy} onClick={() => act(git.pull("fast-forward"))}>
        Pull
      </Button>
      <Button size="small" disabled={remotes.length === 0 || !status?.head || isBusy} onClick={() => act(git.push())}>
        Push
      </Button>
      {asksFork && <ForkDialog onClose={() => setAsksFork(false)} />}
    </div>
  );
}
