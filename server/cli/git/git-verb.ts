/** What the verbs of `webrunner git` share: the repository they are about, outcomes, tasks that are followed. */
import { WebrunnerError } from "@/lib/base/errors";
import { readGitLines } from "@/lib/client/git-transfer";
import type { GitOutcome, GitTask } from "@/lib/protocol/git";
import { EXIT, type Verb, type VerbInput, type VerbOption } from "../noun";

const REPOSITORY: Readonly<Record<string, VerbOption>> = {
  repository: { type: "string", value: "PATH", summary: "repository below the workspace (default: its root)" },
};

export interface Address {
  readonly params: { readonly project: string };
  readonly query: { readonly repository?: string };
}

/** A verb on one repository. */
export function verb(
  definition: Omit<Verb, "run"> & { run(input: VerbInput, address: Address): Promise<number | undefined> },
): Verb {
  return {
    ...definition,
    options: { ...definition.options, ...REPOSITORY },
    run: async (input) => {
      const repository = input.text("repository");
      const address = {
        params: { project: await input.getProject() },
        query: { ...(repository !== undefined && { repository }) },
      };
      return definition.run(input, address);
    },
  };
}

export async function say(input: VerbInput, text: string, value: unknown = { ok: true }): Promise<undefined> {
  input.print(value, text);
  return undefined;
}

/** Conflicts are status 6: the work is not done. */
export function tellOutcome(input: VerbInput, outcome: GitOutcome): number | undefined {
  const text =
    outcome.result === "conflicts"
      ? `${outcome.conflicts.map((path) => `conflict: ${path}\n`).join("")}Resolve, stage, then: webrunner git continue (or abort). Hash lists: webrunner git rehash\n`
      : `${outcome.result}${outcome.head ? ` ${outcome.head.slice(0, 12)}` : ""}\n`;
  input.print(outcome, text);
  return outcome.result === "conflicts" ? EXIT.conflict : undefined;
}

/** Waits for a task, its server's lines and its progress on standard error; Ctrl+C cancels it. */
export async function follow(input: VerbInput, project: string, started: GitTask): Promise<number | undefined> {
  const { api, json } = input;
  const params = { project, task: started.id };
  const cancel = (): void => void api.cancelGitTask({ params });
  process.once("SIGINT", cancel);
  let told = 0;
  let task = started;
  try {
    for (;;) {
      for (; told < task.messages.length; told++) if (!json) process.stderr.write(`remote: ${task.messages[told]}\n`);
      if (!json && process.stderr.isTTY) {
        process.stderr.write(`\r\u001b[K${task.phase}${task.total === undefined ? "" : ` ${task.done}/${task.total}`}`);
      }
      if (task.state !== "running") break;
      task = await api.readGitTask({ params, query: { waitMs: 300 } });
    }
  } finally {
    process.off("SIGINT", cancel);
    if (!json && process.stderr.isTTY) process.stderr.write("\r\u001b[K");
  }
  if (task.error) {
    const { code, hostKeys = [], ...data } = task.error;
    for (const line of readGitLines(task)) process.stderr.write(`git: ${line}\n`);
    for (const { host, type, key, fingerprint } of hostKeys) {
      process.stderr.write(
        `${host} shows ${type} ${fingerprint}\n  trust it: webrunner git trust host ${host} ${type} ${key}\n`,
      );
    }
    throw new WebrunnerError(code as never, data);
  }
  if (task.state === "cancelled") {
    input.print(task, "cancelled\n");
    return EXIT.failed;
  }
  if (task.outcome) return tellOutcome(input, task.outcome);
  input.print(task, task.requestUrl === undefined ? "done\n" : `done\nOpen a merge request: ${task.requestUrl}\n`);
  return undefined;
}
