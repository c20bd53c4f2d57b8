"use client";
import { Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { IconButton } from "@/components/ui/icon-button";
import { useApp } from "@/components/workbench/app-context";
import type { GitSshKey } from "@/lib/protocol/git";
import { useAttempt } from "./use-attempt";

/** The public half of the ssh key, to be given to the host; makes one when there is none. */
export function SshKeyPanel({ manages = false }: { readonly manages?: boolean }) {
  const app = useApp();
  const { api, git } = app;
  const [key, setKey] = useState<GitSshKey>();
  const [read, setRead] = useState(false);
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    let gone = false;
    git
      .ask(({ params }) => api.readGitSshKey({ params }))
      .then(
        (reply) => {
          if (gone) return;
          setKey(reply.key);
          setRead(true);
        },
        (error: unknown) => app.showError(error),
      );
    return () => {
      gone = true;
    };
  }, [app, api, git]);
  const attempt = useAttempt();
  const make = async (replace: boolean): Promise<void> => {
    if (replace) {
      const answer = await app.dialogs.choose({
        title: "Replace your ssh key?",
        detail: "Hosts let you in with the new one only after you gave it to them.",
        choices: [{ id: "replace", title: "Replace", danger: true }],
      });
      if (!answer) return;
    }
    setKey(await git.ask(({ params }) => api.createGitSshKey({ params, body: { replace } })));
  };
  const remove = async (): Promise<void> => {
    await git.ask(({ params }) => api.removeGitSshKey({ params }));
    setKey(undefined);
  };
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(key?.publicKey ?? "");
    setCopied(true);
  };
  if (!read) return <div className="skeleton h-8" role="status" aria-label="Reading the ssh key" />;
  if (!key) {
    return (
      <div className="flex items-center gap-2 rounded-md border p-2 text-xs">
        <span className="flex-1">There is no ssh key yet. Its private half stays sealed on the server.</span>
        <Button size="small" onClick={() => attempt.try(() => make(false))}>
          Make an ssh key
        </Button>
        {attempt.problem}
      </div>
    );
  }
  return (
    <div className="rounded-md border p-2 text-xs">
      <p className="mb-1">Give this public key to your account at the host:</p>
      <div className="flex items-center gap-1">
        <code className="min-w-0 flex-1 break-all font-mono text-2xs text-text select-all" data-ssh-key>
          {key.publicKey}
        </code>
        <IconButton label="Copy the public key" size={24} onClick={() => attempt.try(copy)}>
          <Copy size={14} />
        </IconButton>
      </div>
      <p className="mt-1 font-mono text-2xs">{key.fingerprint}</p>
      {copied && <p role="status">Copied.</p>}
      {attempt.problem}
      {manages && (
        <div className="mt-2 flex gap-1">
          <Button size="small" onClick={() => attempt.try(() => make(true))}>
            Replace
          </Button>
          <Button size="small" onClick={() => attempt.try(remove)}>
            Remove
          </Button>
        </div>
      )}
    </div>
  );
}
