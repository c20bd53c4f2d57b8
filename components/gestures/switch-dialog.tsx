"use client";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { useApp } from "@/components/workbench/app-context";
import { getProjectId } from "@/lib/client/project-store";
import type { ExtendsSources, GestureIntent } from "@/lib/protocol/gestures";
import { answerOf, ProposalView } from "./proposal-view";
import { useAnswer } from "./use-answer";
import { useProposal } from "./use-proposal";

/** All extends of this repository at once: from the checkout, or from a branch or tag of a remote. */
export function SwitchDialog({ path, onClose }: { readonly path: string; readonly onClose: () => void }) {
  const app = useApp();
  const { answer: sources } = useAnswer<ExtendsSources>(
    () => app.api.listExtendsSources({ params: { project: getProjectId(app.project) }, query: { path } }),
    path,
  );
  const [remote, setRemote] = useState("");
  const [ref, setRef] = useState<string>();
  const [busy, setBusy] = useState(false);
  const chosen = sources?.remotes.find(({ name }) => name === remote);
  const wanted = ref ?? sources?.branch ?? "";
  const to: Extract<GestureIntent, { gesture: "switch-extends" }>["to"] | undefined =
    remote === "" ? { kind: "checkout" } : wanted === "" ? undefined : { kind: "remote", remote, ref: wanted };
  const intent: GestureIntent | undefined = sources && to && { gesture: "switch-extends", profile: path, to };
  const proposed = useProposal(intent);
  const answer = answerOf(proposed);
  const ready =
    proposed.state === "here" && answer?.kind === "proposed" && answer.files.length > 0 ? answer : undefined;
  const unpushed = answer?.kind === "proposed" ? (answer.unpushed ?? 0) : 0;

  const make = async (pushes: boolean): Promise<void> => {
    if (!ready) return;
    setBusy(true);
    try {
      if (!(await app.gestures.make(ready, ready.summary))) return;
      onClose();
      if (!pushes) return;
      await app.git.push();
      if (app.git.state.getState().task?.state !== "succeeded") return;
      app.runControl.pick(path);
      await app.runControl.run("software");
    } catch (error) {
      app.showError(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      title="Switch source of extends"
      width="medium"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          {unpushed > 0 && (
            <Button disabled={!ready} busy={busy} onClick={() => void make(true)}>
              Switch, push & run
            </Button>
          )}
          <Button variant="primary" disabled={!ready} busy={busy} onClick={() => void make(false)}>
            Switch
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <fieldset className="flex flex-col gap-1.5">
          <legend className="mb-1 text-xs">
            What <span className="font-mono">{path}</span> extends comes from
          </legend>
          <label className="flex items-center gap-2 text-text">
            <input type="radio" name="source" checked={remote === ""} onChange={() => setRemote("")} />
            the checkout <span className="text-xs text-faint">what is edited here is built, without a push</span>
          </label>
          {sources?.remotes.map(({ name, url }) => (
            <label key={name} className="flex items-center gap-2 text-text">
              <input type="radio" name="source" checked={remote === name} onChange={() => setRemote(name)} />
              {name} <span className="truncate font-mono text-xs text-faint">{url}</span>
            </label>
          ))}
          {sources && sources.remotes.length === 0 && (
            <p className="text-xs">There is no remote. Connect your fork in Source Control to switch to it.</p>
          )}
        </fieldset>
        {chosen && (
          <label className="block">
            <span className="mb-1 block text-xs">Branch or tag</span>
            <input
              className="field font-mono"
              list="switch-refs"
              value={wanted}
              spellCheck={false}
              onChange={({ target }) => setRef(target.value)}
            />
          </label>
        )}
        <datalist id="switch-refs">
          {[...(chosen?.branches ?? []), ...(sources?.tags ?? [])].map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        {unpushed > 0 && (
          <p role="alert" className="text-xs text-warn">
            {unpushed === 1 ? "1 commit" : `${unpushed} commits`} not pushed: the build will not see them.
          </p>
        )}
        <ProposalView proposed={proposed} />
      </div>
    </Dialog>
  );
}
