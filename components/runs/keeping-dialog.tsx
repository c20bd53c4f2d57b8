"use client";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { ErrorState } from "@/components/ui/error-state";
import { Spinner } from "@/components/ui/spinner";
import { useApp, useValue } from "@/components/workbench/app-context";
import { describeError } from "@/lib/client/describe-error";
import { describeBytes } from "@/lib/client/run-words";
import type { RunKeeping, WebhookDelivery } from "@/lib/protocol/history";

/** How long runs are kept, and who hears of their ends. */
export function KeepingDialog({ onClose }: { readonly onClose: () => void }) {
  const app = useApp();
  const project = useValue(app.project.state, (state) => state.project?.id);
  const [keeping, setKeeping] = useState<RunKeeping>();
  const [error, setError] = useState<unknown>();
  const [turn, setTurn] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `turn` asks once more
  useEffect(() => {
    if (project === undefined) return;
    setError(undefined);
    app.api.readRunKeeping({ params: { project } }).then(setKeeping, setError);
  }, [app, project, turn]);
  if (!keeping || project === undefined) {
    return (
      <Dialog title="Keeping and notifications" onClose={onClose}>
        {error === undefined ? (
          <Spinner label="Reading the settings" />
        ) : (
          <ErrorState error={error} onRetry={() => setTurn(turn + 1)} />
        )}
      </Dialog>
    );
  }
  return <KeepingForm project={project} keeping={keeping} onClose={onClose} />;
}

const toNumber = (text: string): number | null => (text.trim() === "" ? null : Number(text));

function KeepingForm({
  project,
  keeping,
  onClose,
}: {
  readonly project: string;
  readonly keeping: RunKeeping;
  readonly onClose: () => void;
}) {
  const app = useApp();
  const [days, setDays] = useState(keeping.keepDays?.toString() ?? "");
  const [megabytes, setMegabytes] = useState(keeping.keepMegabytes?.toString() ?? "");
  const [url, setUrl] = useState(keeping.webhookUrl ?? "");
  const [secret, setSecret] = useState("");
  const [busy, setBusy] = useState<"save" | "test">();
  const [problem, setProblem] = useState<string>();
  const [delivery, setDelivery] = useState<WebhookDelivery | undefined>(keeping.lastDelivery);
  const params = { project };

  const attempt = async (what: "save" | "test", act: () => Promise<void>) => {
    setBusy(what);
    setProblem(undefined);
    try {
      await act();
    } catch (error) {
      const { title, hint } = describeError(error);
      setProblem(hint ? `${title} ${hint}` : title);
    } finally {
      setBusy(undefined);
    }
  };
  const change = () =>
    app.api.changeRunKeeping({
      params,
      body: {
        keepDays: toNumber(days),
        keepMegabytes: toNumber(megabytes),
        webhookUrl: url.trim() === "" ? null : url.trim(),
        ...(secret === "" ? {} : { webhookSecret: secret }),
      },
    });
  const save = (event: React.FormEvent) => {
    event.preventDefault();
    void attempt("save", async () => {
      await change();
      onClose();
    });
  };
  const test = () =>
    attempt("test", async () => {
      await change();
      setDelivery(await app.api.testWebhook({ params }));
    });
  return (
    <Dialog
      title="Keeping and notifications"
      width="medium"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            form="run-keeping"
            variant="primary"
            busy={busy === "save"}
            disabled={busy !== undefined}
          >
            Save
          </Button>
        </>
      }
    >
      <form id="run-keeping" className="flex flex-col gap-4" onSubmit={save}>
        <fieldset className="flex flex-col gap-2">
          <legend className="mb-1 font-semibold text-text">Runs are kept</legend>
          <p className="text-xs">
            {keeping.kept.runs} {keeping.kept.runs === 1 ? "run is" : "runs are"} kept,{" "}
            {describeBytes(keeping.kept.sizeBytes)}. Never removed: a run that goes on, the newest, and of every profile
            the last that succeeded.
          </p>
          <div className="flex flex-wrap gap-4">
            <label>
              <span className="mb-1 block text-xs">for so many days</span>
              <input
                className="field w-32!"
                type="number"
                min={1}
                max={3650}
                placeholder="for ever"
                value={days}
                onChange={(event) => setDays(event.target.value)}
              />
            </label>
            <label>
              <span className="mb-1 block text-xs">up to so many megabytes</span>
              <input
                className="field w-32!"
                type="number"
                min={1}
                max={10_000_000}
                placeholder="any size"
                value={megabytes}
                onChange={(event) => setMegabytes(event.target.value)}
              />
            </label>
          </div>
        </fieldset>
        <fieldset className="flex flex-col gap-2">
          <legend className="mb-1 font-semibold text-text">When a run ends</legend>
          <BrowserNotifications />
          <label>
            <span className="mb-1 block text-xs">POST to this address</span>
            <input
              className="field"
              type="url"
              placeholder="https://chat.example/hooks/…"
              value={url}
              onChange={(event) => setUrl(event.target.value)}
            />
          </label>
          <label>
            <span className="mb-1 block text-xs">
              signed with this secret{keeping.hasWebhookSecret ? " (one is set; leave empty to keep it)" : ""}
            </span>
            <input
              className="field"
              type="password"
              autoComplete="off"
              value={secret}
              onChange={(event) => setSecret(event.target.value)}
            />
          </label>
          <div className="flex items-center gap-2 text-xs">
            <Button
              size="small"
              busy={busy === "test"}
              disabled={url.trim() === "" || busy !== undefined}
              onClick={() => void test()}
            >
              Save and try it out
            </Button>
            <span aria-live="polite" className={delivery?.error ? "text-bad" : undefined} data-webhook-outcome>
              {delivery && (delivery.error ?? `It answered ${delivery.status}.`)}
            </span>
          </div>
        </fieldset>
        {problem && (
          <p role="alert" className="text-bad">
            {problem}
          </p>
        )}
      </form>
    </Dialog>
  );
}

function BrowserNotifications() {
  const { runNotifications } = useApp();
  const { status } = useValue(runNotifications.state);
  if (status === "unsupported") return <p className="text-xs">This browser shows no notifications for this page.</p>;
  if (status === "refused") {
    return <p className="text-xs">The browser refuses notifications of this page; its site settings can allow them.</p>;
  }
  return (
    <label className="flex items-center gap-2 text-xs">
      <input
        type="checkbox"
        checked={status === "on"}
        onChange={(event) => (event.target.checked ? void runNotifications.turnOn() : runNotifications.turnOff())}
      />
      Show a notification of the browser, when this page is not looked at
    </label>
  );
}
