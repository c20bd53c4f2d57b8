/**
 * Tells a webhook of the ends of runs: by POST, tried again when the receiver is away or overloaded, signed when there is
 * a secret for it.
 *
 * One delivery a run at a time; what a restart of the server interrupts is not told again. Secrets in a run's error
 * text are redacted before it leaves.
 */
import { createHmac } from "node:crypto";
import { redactText } from "@/lib/logs/redaction";
import type { RunInfo, WebhookDelivery } from "@/lib/protocol";
import type { PostJson } from "@/server/platform/webhook";

/** Then it is given up, and said so in the settings. */
const RETRY_MS = [1_000, 5_000, 25_000];

export interface WebhookTarget {
  readonly url: string;
  readonly secret?: string;
}

export interface RunNotifier {
  /** Resolves when it is told or given up. */
  tell(run: RunInfo, target: WebhookTarget): Promise<WebhookDelivery>;
  dispose(): void;
}

export interface RunNotifierOptions {
  readonly post: PostJson;
  readonly now: () => Date;
  /** Waits, unless the server ends. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

export function createRunNotifier({ post, now, wait }: RunNotifierOptions): RunNotifier {
  const abort = new AbortController();
  return {
    async tell(run, { url, secret }) {
      const body = toMessage(run);
      const headers: Record<string, string> =
        secret === undefined
          ? {}
          : { "x-webrunner-signature": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}` };
      for (let attempts = 1; ; attempts++) {
        const outcome = await tryOnce(() => post(url, body, headers));
        const isDone = outcome.status !== undefined && outcome.status < 500 && outcome.status !== 429;
        const delayMs = RETRY_MS[attempts - 1];
        if (isDone || outcome.isFinal || delayMs === undefined || abort.signal.aborted) {
          const { status, error } = outcome;
          return { at: now().toISOString(), run: run.id, attempts, status, error };
        }
        await wait(delayMs, abort.signal).catch(() => undefined); // The server ends: one last look, then it is given up.
      }
    },
    dispose: () => abort.abort(),
  };
}

async function tryOnce(
  post: () => Promise<number>,
): Promise<{ readonly status?: number; readonly error?: string; readonly isFinal?: boolean }> {
  try {
    const status = await post();
    return status >= 200 && status < 300 ? { status } : { status, error: `The receiver answered ${status}.` };
  } catch (error) {
    const code = (error as { code?: string }).code;
    if (code === "request/invalid") return { error: (error as Error).message, isFinal: true };
    return { error: `The receiver could not be reached${code ? ` (${code})` : ""}.` };
  }
}

const WORDS: Readonly<Record<RunInfo["state"], string>> = {
  queued: "waits",
  running: "runs",
  succeeded: "succeeded",
  failed: "failed",
  cancelled: "was stopped",
  lost: "was lost",
};

export function toMessage(run: RunInfo): string {
  const error = run.error === undefined ? undefined : redactText(run.error);
  const durationMs =
    run.startedAt && run.finishedAt ? Date.parse(run.finishedAt) - Date.parse(run.startedAt) : undefined;
  const took = durationMs === undefined ? "" : ` after ${Math.round(durationMs / 1000)} s`;
  const part = run.state === "failed" && run.part !== undefined ? ` in part ${run.part}` : "";
  const text = `Run ${run.kind} of ${run.instance ?? run.profile} ${WORDS[run.state]}${took}${part}${error ? `: ${error}` : ""}`;
  return JSON.stringify({ event: "run.finished", text, run: { ...run, error }, durationMs, link: `/?run=${run.id}` });
}
