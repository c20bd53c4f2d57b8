"use client";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { useApp, useValue } from "@/components/workbench/app-context";
import { describeError } from "@/lib/client/describe-error";
import { type HostQuestion, toHostQuestion } from "@/lib/client/git-transfer";
import { FormField } from "./form-field";
import { HostPrompt } from "./host-prompt";
import { LoginFields, NO_LOGIN, toLoginBody } from "./login-fields";

/** Where the fork is and who pushes. The server tries a push that changes nothing before anything is kept. */
export function ForkDialog({ url: given = "", onClose }: { readonly url?: string; readonly onClose: () => void }) {
  const { git, api, notices } = useApp();
  const remotes = useValue(git.state, (state) => state.remotes);
  const [url, setUrl] = useState(given || (remotes.find(({ name }) => name === "fork")?.url ?? ""));
  const [login, setLogin] = useState(NO_LOGIN);
  const [name, setName] = useState("fork");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const [question, setQuestion] = useState<HostQuestion>();
  const connect = async (): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    setQuestion(undefined);
    try {
      const body = { url: url.trim(), name: name.trim() || "fork", ...toLoginBody(login) };
      await git.change(({ params, query }) => api.connectGitFork({ params, query, body }));
      notices.show({ kind: "success", title: "Your fork is connected", detail: "You may push there." });
      onClose();
    } catch (error) {
      const asked = toHostQuestion(error);
      setQuestion(asked);
      const { title, hint } = describeError(error);
      if (!asked) setProblem(hint ? `${title} ${hint}` : title);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title="Connect my fork" width="medium" onClose={onClose}>
      <form
        className="flex flex-col gap-2 pb-2"
        onSubmit={(event) => {
          event.preventDefault();
          void connect();
        }}
      >
        <FormField
          label="URL of the fork"
          placeholder="https://lab.example.org/you/slapos.git, or ssh://git@…"
          value={url}
          autoFocus
          onText={setUrl}
        />
        <LoginFields url={url} value={login} onChange={setLogin} />
        <FormField label="Name of the remote" value={name} onText={setName} />
        <p className="text-xs">A push that changes nothing is tried first. The token is kept sealed on the server.</p>
        {question && <HostPrompt question={question} onTrusted={() => void connect()} />}
        {problem && (
          <p role="alert" className="text-xs text-bad">
            {problem}
          </p>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={busy} disabled={url.trim() === ""}>
            Connect
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
