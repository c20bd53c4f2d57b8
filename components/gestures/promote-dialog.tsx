"use client";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { useApp } from "@/components/workbench/app-context";
import type { GestureIntent, GestureProposal } from "@/lib/protocol/gestures";
import { useProfile } from "../profile/use-profile";
import { CommitStep } from "./commit-step";
import { openChange } from "./open-change";
import { answerOf, ProposalView } from "./proposal-view";
import { useProposal } from "./use-proposal";

/** Promote: preview with the proof, then the diff, then the commit. */
export function PromoteDialog({
  path,
  section,
  option: firstOption,
  onClose,
}: {
  readonly path: string;
  readonly section: string;
  readonly option?: string;
  readonly onClose: () => void;
}) {
  const app = useApp();
  const found = useProfile("buildout/effective", path, { section });
  const own = found.state === "here" ? ownOptions(found.answer, path) : [];
  const [option, setOption] = useState(firstOption);
  const [into, setInto] = useState<string>();
  const [made, setMade] = useState<GestureProposal>();
  const [busy, setBusy] = useState(false);
  const chosen = option !== undefined && found.state === "here" && !own.includes(option) ? undefined : option;
  const intent: GestureIntent = {
    gesture: "promote",
    profile: path,
    section,
    ...(chosen !== undefined && { option: chosen }),
    ...(into !== undefined && { into }),
  };
  const proposed = useProposal(made || found.state === "waiting" ? undefined : intent);
  const answer = answerOf(proposed);
  const ready =
    proposed.state === "here" && answer?.kind === "proposed" && answer.files.length > 0 ? answer : undefined;

  const promote = async (): Promise<void> => {
    if (!ready) return;
    setBusy(true);
    try {
      if (!(await app.gestures.make(ready, ready.summary))) return;
      const { documents } = app.workspace.getState() ?? {};
      for (const { path: changed, fate } of ready.files) if (!fate) await documents?.save(changed);
      app.runControl.pick(ready.runs);
      openDiff(ready);
      setMade(ready);
    } catch (error) {
      app.showError(error);
    } finally {
      setBusy(false);
    }
  };
  const openDiff = ({ files }: GestureProposal): void => {
    const target = files.find((file) => file.path !== path && !file.fate);
    if (target) openChange(app, target, "promoted");
  };

  if (made) return <CommitStep proposal={made} onClose={onClose} />;
  return (
    <Dialog
      title={`Promote [${section}] to its component`}
      width="medium"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" disabled={!ready} busy={busy} onClick={() => void promote()}>
            Promote
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <p>
          What <span className="font-mono text-text">{path}</span> overrides goes to the file that defines it. The
          effective configuration stays equal, or nothing is done.
        </p>
        {own.length > 1 && (
          <label className="block">
            <span className="mb-1 block text-xs">Which option</span>
            <select
              className="field font-mono"
              value={chosen ?? ""}
              onChange={({ target }) => setOption(target.value === "" ? undefined : target.value)}
            >
              <option value="">all of them: {own.join(", ")}</option>
              {own.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
        )}
        {into !== undefined && (
          <p className="text-xs">
            Into <span className="font-mono text-text">{into}</span>{" "}
            <Button size="small" variant="ghost" onClick={() => setInto(undefined)}>
              Choose another
            </Button>
          </p>
        )}
        <ProposalView proposed={proposed} onChoose={setInto} />
      </div>
    </Dialog>
  );
}

function ownOptions(
  answer: { readonly options: readonly { name: string; steps: readonly { place?: { path: string } }[] }[] },
  path: string,
): string[] {
  return answer.options.filter(({ steps }) => steps.some(({ place }) => place?.path === path)).map(({ name }) => name);
}
