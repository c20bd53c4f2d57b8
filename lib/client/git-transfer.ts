/** Words and choices about clones, fetches, pulls and pushes. */
import { WebrunnerError } from "@/lib/base/errors";
import type { GitHostKey, GitTask } from "@/lib/protocol/git";

const PHASES: Readonly<Record<string, string>> = {
  connecting: "Connecting",
  counting: "Counting objects",
  compressing: "Compressing objects",
  receiving: "Receiving objects",
  resolving: "Resolving deltas",
  writing: "Sending objects",
  "checking-out": "Writing files",
};

export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 ** 2) return `${(bytes / 1024).toFixed(0)} KiB`;
  return bytes < 1024 ** 3 ? `${(bytes / 1024 ** 2).toFixed(1)} MiB` : `${(bytes / 1024 ** 3).toFixed(2)} GiB`;
}

/** "Receiving objects: 120 of 4,000, 3.1 MiB" */
export function describeProgress({
  phase,
  done,
  total,
  receivedBytes,
}: Pick<GitTask, "phase" | "done" | "total" | "receivedBytes">): string {
  const words = PHASES[phase] ?? phase;
  const count = total ? `${done.toLocaleString("en")} of ${total.toLocaleString("en")}` : done > 0 ? String(done) : "";
  const bytes = phase === "receiving" && receivedBytes ? formatBytes(receivedBytes) : "";
  const details = [count, bytes].filter(Boolean).join(", ");
  return details ? `${words}: ${details}` : `${words} …`;
}

/** What git itself said of a transfer that failed, without the remote's lines, which were told as they came. */
export function readGitLines({ messages, error }: Pick<GitTask, "messages" | "error">): string[] {
  return (error?.details ?? []).filter((line) => !messages.includes(line));
}

/** A part of a line that a remote printed. */
export interface MessagePart {
  readonly text: string;
  /** An http(s) address that may be opened. */
  readonly url?: string;
}

/** Addresses in the lines of a remote become links; everything else stays text. */
export function splitMessage(line: string): MessagePart[] {
  return line
    .split(/(https?:\/\/[^\s"'<>]+)/)
    .filter((text) => text !== "")
    .map((text) => (/^https?:\/\//.test(text) && URL.canParse(text) ? { text, url: text } : { text }));
}

/** Where to open a merge or pull request: what the host printed, else what its URL form says. */
export function findRequestLink({
  messages,
  requestUrl,
}: Pick<GitTask, "messages" | "requestUrl">): string | undefined {
  const printed = messages
    .flatMap(splitMessage)
    .find(({ url }) => url && /merge_requests\/|\/pull\/new\/|\/compare\/|pull-requests?/.test(url))?.url;
  return printed ?? (requestUrl && /^https?:\/\//.test(requestUrl) ? requestUrl : undefined);
}

/** Of an ssh host that is not known, or shows another key than before. */
export interface HostQuestion {
  readonly changed: boolean;
  readonly keys: readonly GitHostKey[];
}

export function toHostQuestion(error: unknown): HostQuestion | undefined {
  const { code, hostKeys } = (
    error instanceof WebrunnerError ? { ...error.data, code: error.code } : (error ?? {})
  ) as { code?: string; hostKeys?: unknown };
  if (code !== "git/host-unknown" && code !== "git/host-changed") return undefined;
  return { changed: code === "git/host-changed", keys: Array.isArray(hostKeys) ? (hostKeys as GitHostKey[]) : [] };
}
