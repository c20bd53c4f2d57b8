"use client";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { useApp, useValue } from "@/components/workbench/app-context";
import { FormField } from "./form-field";
import { useAttempt } from "./use-attempt";

/** The remotes side by side: added, renamed, pointed elsewhere, forgotten. */
export function RemotesDialog({ onClose }: { readonly onClose: () => void }) {
  const { git, api, dialogs } = useApp();
  const remotes = useValue(git.state, (state) => state.remotes);
  const [name, setName] = useState(remotes.some((each) => each.name === "upstream") ? "" : "upstream");
  const [url, setUrl] = useState("");
  const attempt = useAttempt();
  const { busy } = attempt;
  const save = (remote: string, address: string): Promise<unknown> =>
    git.change((at) =>
      api.saveGitRemote({ ...at, query: { ...at.query, name: remote }, body: { url: address.trim() } }),
    );
  const rename = async (remote: string): Promise<void> => {
    const next = await dialogs.askText({ title: `Rename ${remote}`, label: "Name", value: remote, confirm: "Rename" });
    if (next === undefined || next.trim() === remote) return;
    await git.change((at) =>
      api.renameGitRemote({ ...at, query: { ...at.query, name: remote }, body: { name: next.trim() } }),
    );
  };
  const point = async (remote: string, before: string): Promise<void> => {
    const next = await dialogs.askText({ title: `URL of ${remote}`, label: "URL", value: before, confirm: "Save" });
    if (next !== undefined) await save(remote, next);
  };
  const remove = async (remote: string): Promise<void> => {
    const answer = await dialogs.choose({
      title: `Forget ${remote}?`,
      detail: "Its branches are forgotten here; nothing changes there.",
      choices: [{ id: "remove", title: "Forget", danger: true }],
    });
    if (answer) await git.change((at) => api.removeGitRemote({ ...at, query: { ...at.query, name: remote } }));
  };
  return (
    <Dialog title="Remotes" width="medium" onClose={onClose}>
      {remotes.length === 0 ? (
        <p className="py-2 text-xs">There is no remote yet. Add where you fetch from, or connect your fork.</p>
      ) : (
        <ul aria-label="Remotes" className="mb-3 flex flex-col gap-1">
          {remotes.map((remote) => (
            <li key={remote.name} className="flex flex-wrap items-center gap-2 rounded-md border px-2 py-1.5 text-xs">
              <span className="font-medium text-text">{remote.name}</span>
              <span className="min-w-40 flex-1 break-all font-mono text-2xs">{remote.url}</span>
              <Button
                size="small"
                disabled={busy}
                aria-label={`Rename ${remote.name}`}
                onClick={() => attempt.try(() => rename(remote.name))}
              >
                Rename
              </Button>
              <Button
                size="small"
                disabled={busy}
                aria-label={`Change the URL of ${remote.name}`}
                onClick={() => attempt.try(() => point(remote.name, remote.url))}
              >
                Change URL
              </Button>
              <Button
                size="small"
                disabled={busy}
                aria-label={`Forget ${remote.name}`}
                onClick={() => attempt.try(() => remove(remote.name))}
              >
                Forget
              </Button>
            </li>
          ))}
        </ul>
      )}
      {attempt.problem}
      <form
        className="flex flex-wrap items-end gap-2 pb-3"
        onSubmit={(event) => {
          event.preventDefault();
          attempt.try(async () => {
            await save(name.trim(), url);
            setName("");
            setUrl("");
          });
        }}
      >
        <div className="w-32">
          <FormField label="Name" value={name} onText={setName} />
        </div>
        <FormField label="URL" value={url} placeholder="https://…" autoFocus onText={setUrl} />
        <Button type="submit" variant="primary" busy={busy} disabled={name.trim() === "" || url.trim() === ""}>
          Add
        </Button>
      </form>
    </Dialog>
  );
}
