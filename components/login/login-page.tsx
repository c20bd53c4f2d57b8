"use client";
import { CircleAlert } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { Spinner } from "@/components/ui/spinner";
import { Logo } from "@/components/workbench/logo";
import { replaceAddress } from "@/lib/client/address";
import { createBrowserSession } from "@/lib/client/browser-session";
import { describeError } from "@/lib/client/describe-error";

const toMessage = (error: unknown, by: "link" | "password"): string => {
  const { title, hint, code } = describeError(error);
  if (code === "access/required" || code === "access/denied") {
    return by === "link"
      ? "This login link was used already or is too old. Ask the server for a new one, or sign in with the password."
      : "This is not the password.";
  }
  return hint ? `${title}. ${hint}` : title;
};

/** Signs in with the token after `#` of the printed link, or with the password. The token leaves the address at once. */
export function LoginPage() {
  const [phase, setPhase] = useState<"checking" | "form">("checking");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const [password, setPassword] = useState("");
  const [session] = useState(createBrowserSession);
  const started = useRef(false);

  useEffect(() => {
    if (started.current) return;
    started.current = true;
    const token = window.location.hash.slice(1);
    // What a link asked for before it led here stays in the address, without the token.
    replaceAddress(`/login${window.location.search}`);
    const enter = () => window.location.replace(`/${window.location.search}`);
    if (token !== "") {
      session.signIn({ loginToken: token }).then(enter, (error: unknown) => {
        setProblem(toMessage(error, "link"));
        setPhase("form");
      });
      return;
    }
    session.read().then(
      ({ status }) => (status === "signed-in" ? enter() : setPhase("form")),
      (error: unknown) => {
        setProblem(toMessage(error, "password"));
        setPhase("form");
      },
    );
  }, [session]);

  const submit = async (event: React.FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      await session.signIn({ password });
      window.location.replace(`/${window.location.search}`);
    } catch (error) {
      setProblem(toMessage(error, "password"));
      setBusy(false);
    }
  };

  return (
    <main className="grid h-dvh place-items-center overflow-auto bg-sunken p-4">
      <div className="w-[min(380px,100%)] rounded-lg border bg-raised p-6">
        <div className="mb-5 flex items-center gap-2.5">
          <Logo size={28} />
          <h1 className="text-lg font-semibold">webrunner</h1>
        </div>
        {phase === "checking" ? (
          <p className="flex items-center gap-2 text-muted" role="status">
            <Spinner /> Signing in…
          </p>
        ) : (
          <form onSubmit={(event) => void submit(event)}>
            {problem && (
              <p role="alert" className="mb-4 flex gap-2 rounded-md border bg-bg p-2.5">
                <CircleAlert size={16} className="mt-0.5 shrink-0 text-bad" aria-hidden />
                <span>{problem}</span>
              </p>
            )}
            <label className="block">
              <span className="mb-1 block text-muted">Password</span>
              <input
                className="field"
                type="password"
                name="password"
                autoComplete="current-password"
                // biome-ignore lint/a11y/noAutofocus: the page asks for exactly this
                autoFocus
                required
                value={password}
                onChange={(event) => setPassword(event.target.value)}
              />
            </label>
            <Button type="submit" variant="primary" busy={busy} className="mt-3 w-full">
              Sign in
            </Button>
            <p className="mt-5 text-xs text-muted">
              No password yet? Open the login link that the server printed when it started; it works once. For a new
              one, run{" "}
              <code className="rounded bg-bg px-1 py-0.5 font-mono text-text">node dist/webrunner.js login</code> on the
              server.
            </p>
          </form>
        )}
      </div>
    </main>
  );
}
