"use client";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { useApp } from "@/components/workbench/app-context";
import { describeError } from "@/lib/client/describe-error";

/** Where the fork is and who pushes. The server tries a push that changes nothing before anything is kept. */
export function ForkDialog({ onClose }: { readonly onClose: () => void }) {
  const { git } = useApp();
  const [url, setUrl] = useState("");
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const connect = async (): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      await git.connectFork({ url: url.trim(), user: user.trim(), password });
      onClose();
    } catch (error) {
      const { title, hint } = describeError(error);
      setProblem(hint ? `${title}. ${hint}` : title);
    } finally {
      setBusy(false);
    }
  };
  const fields = [
    { label: "URL of the fork", value: url, set: setUrl, type: "text" },
    { label: "User", value: user, set: setUser, type: "text" },
    { label: "Token or password", value: password, set: setPassword, type: "password" },
  ];
  return (
    <Dialog title="Connect my fork" onClose={onClose}>
      <form
        className="flex flex-col gap-2 pb-2"
        onSubmit={(event) => {
          event.preventDefault();
          void connect();
        }}
      >
        {fields.map(({ label, value, set, type }, index) => (
          <label key={label} className="block">
            <span className="mb-1 block text-xs">{label}</span>
            <input
              className="field"
              type={type}
              value={value}
              autoFocus={index === 0}
              autoComplete={type === "password" ? "new-password" : "off"}
              spellCheck={false}
              onChange={(event) => set(event.target.value)}
            />
          </label>
        ))}
        <p className="text-xs">A push that changes nothing is tried first. The token is kept sealed on the server.</p>
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
