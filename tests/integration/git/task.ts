/** A transfer over the API, until its end. */
import type { GitTask } from "@/lib/protocol";
import type { TestServer } from "../server-harness";

export async function finishTask(
  { api }: Pick<TestServer, "api">,
  project: string,
  started: { status: number; body: unknown },
): Promise<GitTask> {
  if (started.status !== 202) throw new Error(`${started.status}: ${JSON.stringify(started.body)}`);
  let task = started.body as GitTask;
  for (const deadline = Date.now() + 30_000; task.state === "running" && Date.now() < deadline; ) {
    task = (await api<GitTask>("GET", `/projects/${project}/git/tasks/${task.id}?waitMs=2000`)).body;
  }
  return task;
}
