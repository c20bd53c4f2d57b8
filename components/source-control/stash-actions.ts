/** Stashes: changes put aside, and brought back. */
import type { ClientApp } from "@/lib/client/app";
import type { GitStash } from "@/lib/protocol/git";
import { choose } from "./branch-actions";
import { openComparison } from "./commit-actions";
import { describeAge, tellOutcome } from "./git-words";

export async function saveStash(app: ClientApp, includeUntracked: boolean): Promise<void> {
  const message = await app.dialogs.askText({
    title: includeUntracked ? "Stash changes and new files" : "Stash changes",
    label: "What it is (may stay empty)",
    value: "",
    confirm: "Stash",
  });
  if (message === undefined) return;
  const body = { includeUntracked, ...(message.trim() && { message: message.trim() }) };
  const stash = await app.git.change((at) => app.api.saveGitStash({ ...at, body }));
  app.notices.show({
    kind: "success",
    title: `Stashed: ${stash.message}`,
    actions: [
      { title: "Pop", run: () => applyStash(app, stash, true).catch((error: unknown) => app.showError(error)) },
    ],
  });
}

export async function applyStash(app: ClientApp, { position, message, id }: GitStash, drop: boolean): Promise<void> {
  const outcome = await app.git.change((at) => app.api.applyGitStash({ ...at, body: { position, drop, id } }));
  tellOutcome(app, outcome, drop ? `Popped: ${message}` : `Applied: ${message}`);
}

export async function dropStash(app: ClientApp, { position, message, id }: GitStash): Promise<void> {
  const answer = await app.dialogs.choose({
    title: "Drop this stash?",
    detail: `${message}\n\nThe way back: create a branch at ${id.slice(0, 12)} while git keeps it (about two weeks).`,
    choices: [{ id: "drop", title: "Drop", danger: true }],
  });
  if (answer) await app.git.change((at) => app.api.dropGitStash({ ...at, query: { ...at.query, position, id } }));
}

export const showStash = (app: ClientApp, { id, message }: GitStash): void =>
  openComparison(app, `${id}^1`, id, `Stash: ${message}`);

/** Which stash, for a command that was not given one. */
export async function pickStash(app: ClientApp, title: string, run: (stash: GitStash) => unknown): Promise<void> {
  const { stashes } = await app.git.ask((at) => app.api.listGitStashes(at));
  if (stashes.length === 0) return void app.notices.show({ kind: "info", title: "There is no stash" });
  choose(
    app,
    title,
    stashes.map((stash) => ({
      title: stash.message,
      detail: `stash@{${stash.position}}, ${describeAge(stash.at)}`,
      run: () => run(stash),
    })),
  );
}
