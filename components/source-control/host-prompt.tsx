"use client";
import { ShieldAlert, ShieldQuestion } from "lucide-react";
import { Button } from "@/components/ui/button";
import { useApp } from "@/components/workbench/app-context";
import type { HostQuestion } from "@/lib/client/git-transfer";
import { useAttempt } from "./use-attempt";

/** A new ssh host's key, to be compared; or a known host that shows another one. */
export function HostPrompt({
  question,
  onTrusted,
}: {
  readonly question: HostQuestion;
  readonly onTrusted: () => void;
}) {
  const app = useApp();
  const attempt = useAttempt();
  const { changed, keys } = question;
  const key = keys.find(({ type }) => type === "ssh-ed25519") ?? keys[0];
  if (!key) {
    return (
      <p role="alert" className="text-xs text-bad">
        The host's key could not be read. Is ssh-keyscan (openssh-client) installed, and does the host answer?
      </p>
    );
  }
  const trust = async (): Promise<void> => {
    const { host, type, key: text } = key;
    await app.git.ask(({ params }) =>
      app.api.saveGitHost({ params, body: { host, type, key: text, replace: changed } }),
    );
    onTrusted();
  };
  return (
    <div
      role="alert"
      className={changed ? "rounded-md border border-bad p-2 text-xs" : "rounded-md border p-2 text-xs"}
    >
      <p className="flex items-center gap-1.5 font-medium text-text">
        {changed ? <ShieldAlert size={15} className="text-bad" /> : <ShieldQuestion size={15} />}
        {changed ? `${key.host} shows another key than before` : `Is this ${key.host}?`}
      </p>
      <p className="mt-1">
        {changed
          ? "Somebody may stand between you and the host. Go on only if those who run it say that its key was changed."
          : "Its key is not known here yet. Compare the fingerprint with the one that the host publishes."}
      </p>
      <p className="mt-1 break-all font-mono text-2xs text-text" data-host-fingerprint>
        {key.type} {key.fingerprint}
      </p>
      {attempt.problem}
      <div className="mt-2 flex justify-end">
        <Button
          size="small"
          variant={changed ? "danger" : "primary"}
          busy={attempt.busy}
          onClick={() => attempt.try(trust)}
        >
          {changed ? "Replace the known key" : "Trust this host"}
        </Button>
      </div>
    </div>
  );
}
