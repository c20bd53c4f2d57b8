/** Projects, by name: a new one, and one that goes. */

import { count } from "@/lib/base/count";
import type { ClientApp } from "@/lib/client/app";
import type { Command } from "@/lib/client/commands";
import { getProjectId } from "@/lib/client/project-store";
import type { ProjectRemoval } from "@/lib/protocol/project-removal";

const category = "Project";

export function projectCommands(app: ClientApp): readonly Command[] {
  return [
    { id: "project.create", category, title: "New project…", run: () => createProject(app) },
    {
      id: "project.remove",
      category,
      title: "Remove this project…",
      isEnabled: () => app.project.state.getState().projects.length > 1,
      run: () => removeProject(app, getProjectId(app.project)),
    },
  ];
}

async function createProject(app: ClientApp): Promise<void> {
  const name = await app.dialogs.askText({
    title: "New project",
    label: "Name",
    value: "",
    confirm: "Create",
    check: (text) => (text.trim() ? undefined : "A project needs a name."),
  });
  if (name === undefined) return;
  const { id } = await app.api.createProject({ body: { name: name.trim() } });
  await app.switchProject(id);
}

/** Removes when the person has read what is lost, and typed the name. */
async function removeProject(app: ClientApp, project: string): Promise<void> {
  const { api, dialogs, notices } = app;
  const params = { project };
  await app.workspace.getState()?.drafts.flush();
  const removal = await api.readProjectRemoval({ params });
  const { name, refused } = removal;
  if (refused) {
    const detail = `${refused.message} ${refused.hint}`;
    return void notices.show({ kind: "warning", title: `${name} cannot be removed now`, detail });
  }
  const typed = await dialogs.askText({
    title: `Remove ${name}?`,
    detail: describeRemoval(removal),
    label: `Type ${name} to remove it`,
    value: "",
    confirm: "Remove",
    danger: true,
    check: (text) => (text === name ? undefined : `Type ${name}, exactly.`),
  });
  if (typed !== name) return;
  await api.removeProject({ params, query: { name, force: "true" } });
  await app.projectRemoved(project);
}

/** What exists nowhere else stands first: it cannot be brought back. */
function describeRemoval({ lost, instances, runs, terminals }: ProjectRemoval): string {
  const { unpushedCommits = 0, changedFiles = 0, stashes = 0, drafts = 0, unreadable = 0 } = lost ?? {};
  const say = (number: number, one: string, many?: string): string[] =>
    number === 0 ? [] : [count(number, one, many)];
  const work = [
    ...say(unpushedCommits, "commit that was never pushed", "commits that were never pushed"),
    ...say(changedFiles, "file that is not committed", "files that are not committed"),
    ...say(stashes, "stash", "stashes"),
    ...say(drafts, "unsaved text"),
    ...say(unreadable, "repository that cannot be read", "repositories that cannot be read"),
  ];
  const other = [
    ...(instances.length === 0 ? [] : [`the data of ${count(instances.length, "instance")}: ${instances.join(", ")}`]),
    ...say(runs, "run with its log", "runs with their logs"),
    ...say(terminals, "open terminal"),
  ];
  return [
    "Its files and what was built from them are deleted. There is no way back.",
    work.length === 0
      ? "All its commits are at a remote, and nothing else is unsaved."
      : `Lost for ever:\n${work.map((each) => `• ${each}`).join("\n")}`,
    ...(other.length === 0 ? [] : [`Also gone:\n${other.map((each) => `• ${each}`).join("\n")}`]),
  ].join("\n\n");
}
