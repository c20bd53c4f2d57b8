"use client";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { useApp } from "@/components/workbench/app-context";
import { describeError } from "@/lib/client/describe-error";
import { describeProgress, type HostQuestion, toHostQuestion } from "@/lib/client/git-transfer";
import type { GitTask } from "@/lib/protocol/git";
import { FormField } from "./form-field";
import { HostPrompt } from "./host-prompt";
import { LoginFields, NO_LOGIN, toLoginBody } from "./login-fields";
import { showRepository } from "./repository-choice";
import { TaskBar, TaskMessages } from "./task-progress";

/** How often the page asks how far a clone is: it is of another project, whose events do not come here. */
const ASK_EVERY_MS = 400;

const toFolder = (url: string): string =>
  url
    .trim()
    .replace(/\/+$/, "")
    .replace(/\.git$/, "")
    .split(/[/:]/)
    .at(-1) ?? "";

/** A repository by its URL, as a project of its own or in a folder of this one. */
export function CloneDialog({ onClose }: { readonly onClose: () => void }) {
  const app = useApp();
  const { api, git } = app;
  const [url, setUrl] = useState("");
  const [branch, setBranch] = useState("");
  const [depth, setDepth] = useState("");
  const [name, setName] = useState<string>();
  const [isProject, setIsProject] = useState(true);
  const [login, setLogin] = useState(NO_LOGIN);
  const [task, setTask] = useState<GitTask>();
  const [problem, setProblem] = useState<string>();
  const [question, setQuestion] = useState<HostQuestion>();
  const target = name ?? toFolder(url);
  const isRunning = task?.state === "running";
  const isDepthWrong = depth.trim() !== "" && !/^[1-9]\d{0,6}$/.test(depth.trim());

  const follow = async (project: string, started: GitTask): Promise<GitTask> => {
    let now = started;
    setTask(now);
    while (now.state === "running") {
      now = await api.readGitTask({ params: { project, task: now.id }, query: { waitMs: ASK_EVERY_MS } });
      setTask(now);
    }
    return now;
  };
  const start = async (): Promise<{ project: string; task: GitTask }> => {
    const body = {
      url: url.trim(),
      ...(branch.trim() !== "" && { branch: branch.trim() }),
      ...(depth.trim() !== "" && { depth: Number(depth) }),
      ...toLoginBody(login),
    };
    if (isProject) return api.cloneProject({ body: { ...body, ...(target && { name: target }) } });
    const { params } = await git.ask(async (address) => address);
    return { project: params.project, task: await api.cloneGitRepository({ params, body: { ...body, path: target } }) };
  };
  const clone = async (): Promise<void> => {
    setProblem(undefined);
    setQuestion(undefined);
    setTask(undefined);
    try {
      const started = await start();
      const ended = await follow(started.project, started.task);
      if (ended.state === "failed") {
        const asked = toHostQuestion(ended.error);
        setQuestion(asked);
        if (!asked) setProblem([ended.error?.message, ended.error?.hint].filter(Boolean).join(" "));
      }
      if (ended.state !== "succeeded") return;
      if (isProject) await app.switchProject(started.project);
      else {
        app.notices.show({
          kind: "success",
          title: `Cloned into ${target}`,
          actions: [{ title: "Show in Source Control", run: () => showRepository(app, target) }],
        });
        onClose();
      }
    } catch (error) {
      setTask(undefined);
      const { title, hint } = describeError(error);
      setProblem(hint ? `${title} ${hint}` : title);
    }
  };
  const cancel = (): void => {
    if (!task || !isRunning) {
      onClose();
      return;
    }
    api
      .cancelGitTask({ params: { project: task.project, task: task.id } })
      .catch((error: unknown) => app.showError(error));
  };
  return (
    <Dialog title="Clone a repository" width="medium" onClose={cancel}>
      <form
        className="flex flex-col gap-2 pb-2"
        onSubmit={(event) => {
          event.preventDefault();
          void clone();
        }}
      >
        <FormField
          label="URL of the repository"
          placeholder="https://lab.example.org/group/slapos.git, or ssh://git@…"
          value={url}
          autoFocus
          disabled={isRunning}
          onText={setUrl}
        />
        <div className="flex gap-2">
          <FormField
            label="Branch"
            placeholder="the repository's own"
            value={branch}
            disabled={isRunning}
            onText={setBranch}
          />
          <FormField
            label="Only the last … commits"
            placeholder="all"
            inputMode="numeric"
            value={depth}
            aria-invalid={isDepthWrong}
            disabled={isRunning}
            onText={setDepth}
          />
        </div>
        <fieldset className="flex gap-4 text-xs" disabled={isRunning}>
          <legend className="mb-1 text-text">Into</legend>
          <label className="flex items-center gap-1.5">
            <input type="radio" name="clone-into" checked={isProject} onChange={() => setIsProject(true)} />a new
            project
          </label>
          <label className="flex items-center gap-1.5">
            <input type="radio" name="clone-into" checked={!isProject} onChange={() => setIsProject(false)} />a folder
            of this project
          </label>
        </fieldset>
        <FormField
          label={isProject ? "Name of the project" : "Folder"}
          value={target}
          disabled={isRunning}
          onText={setName}
        />
        <LoginFields url={url} value={login} onChange={setLogin} />
        {task && (
          <div data-git-task="clone" data-git-task-state={task.state} className="rounded-md border p-2 text-xs">
            <p role="status">
              {isRunning && describeProgress(task)}
              {task.state === "succeeded" && "Cloned"}
              {task.state === "cancelled" && "Cancelled: nothing of it is left."}
              {task.state === "failed" && "The clone failed: nothing of it is left."}
            </p>
            {isRunning && <TaskBar task={task} />}
            <TaskMessages task={task} />
          </div>
        )}
        {question && <HostPrompt question={question} onTrusted={() => void clone()} />}
        {problem && (
          <p role="alert" className="text-xs text-bad">
            {problem}
          </p>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={cancel}>{isRunning ? "Cancel the clone" : "Cancel"}</Button>
          <Button
            type="submit"
            variant="primary"
            busy={isRunning}
            disabled={url.trim() === "" || target === "" || isDepthWrong}
          >
            Clone
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
