/** Tags: new, deleted, pushed. */
import type { ClientApp } from "@/lib/client/app";
import { chooseRemote } from "@/lib/client/git";
import type { GitTag } from "@/lib/protocol/git";
import { choose } from "./branch-actions";
import { toShortId } from "./git-words";

export async function createTag(app: ClientApp, target?: string, title = "HEAD"): Promise<void> {
  const name = await app.dialogs.askText({
    title: "Create tag",
    label: `Name of the tag at ${title}`,
    value: "",
    confirm: "Next",
    check: (text) =>
      text.trim() === ""
        ? "A tag needs a name."
        : /\s|[~^:?*[\\]|\.\./.test(text)
          ? "Git allows no such name."
          : undefined,
  });
  if (name === undefined) return;
  const message = await app.dialogs.askText({
    title: `Create tag ${name}`,
    label: "Message; without one it is a light tag",
    value: "",
    confirm: "Create",
  });
  if (message === undefined) return;
  const body = {
    name: name.trim(),
    ...(target !== undefined && { target }),
    ...(message.trim() && { message: message.trim() }),
  };
  await app.git.change((at) => app.api.createGitTag({ ...at, body }));
}

export async function deleteTag(app: ClientApp, tag: GitTag): Promise<void> {
  const answer = await app.dialogs.choose({
    title: `Delete tag ${tag.name}?`,
    detail: "It goes from this repository; a remote that has it keeps it.",
    choices: [{ id: "delete", title: "Delete", danger: true }],
  });
  if (!answer) return;
  await app.git.change((at) => app.api.removeGitTag({ ...at, query: { ...at.query, name: tag.name } }));
  // An annotated tag is an object of its own; its commit is what a new tag can name.
  const undo = () =>
    app.git.change((at) => app.api.createGitTag({ ...at, body: { name: tag.name, target: tag.commit ?? tag.id } }));
  app.notices.show({
    kind: "info",
    title: `Deleted tag ${tag.name} (was ${toShortId(tag.commit ?? tag.id)})`,
    actions: tag.annotated
      ? []
      : [{ title: "Undo", run: () => undo().catch((error: unknown) => app.showError(error)) }],
  });
}

export async function pushTag(app: ClientApp, tag: GitTag, remove = false): Promise<void> {
  const { status, remotes } = app.git.state.getState();
  const push = (remote: string) =>
    app.git.transfer((at) => app.api.pushGitTags({ ...at, body: { remote, tags: [tag.name], remove } }));
  if (remove) {
    const answer = await app.dialogs.choose({
      title: `Delete tag ${tag.name} at the remote?`,
      detail: "It goes from the server, for everybody. Pushing it again brings it back.",
      choices: [{ id: "delete", title: "Delete there", danger: true }],
    });
    if (!answer) return;
  }
  const only = remotes.length === 1 ? remotes[0]!.name : chooseRemote(status, remotes);
  if (remotes.length > 1)
    return choose(
      app,
      `Remote for tag ${tag.name}`,
      remotes.map(({ name, url }) => ({ title: name, detail: url, run: () => push(name) })),
    );
  if (only === undefined) return void app.notices.show({ kind: "warning", title: "There is no remote to push to" });
  await push(only);
}

export async function pickTag(app: ClientApp, title: string, run: (tag: GitTag) => unknown): Promise<void> {
  const { tags } = await app.git.ask((at) => app.api.listGitTags(at));
  if (tags.length === 0) return void app.notices.show({ kind: "info", title: "There is no tag" });
  choose(
    app,
    title,
    tags.map((tag) => ({ title: tag.name, detail: toShortId(tag.commit ?? tag.id), run: () => run(tag) })),
  );
}
