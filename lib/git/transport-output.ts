/**
 * What a transport prints, made into facts: progress, the server's own lines, and why it failed.
 *
 * Invariant: nothing that leaves here holds user information of a URL.
 */
import { redactUrl } from "./remote-url";

export interface TransportProgress {
  readonly phase: "connecting" | "counting" | "compressing" | "receiving" | "resolving" | "writing" | "checking-out";
  readonly done: number;
  readonly total: number | undefined;
  readonly receivedBytes: number | undefined;
}

export type TransportFailure =
  | "git/authentication-failed"
  | "git/permission-denied"
  | "git/remote-not-found"
  | "git/host-unreachable"
  | "git/certificate-refused"
  | "git/host-unknown"
  | "git/host-changed"
  | "git/push-declined"
  | "git/push-rejected"
  | "git/remote-failed";

export type TransportLine =
  | { readonly kind: "progress"; readonly progress: TransportProgress }
  | { readonly kind: "remote"; readonly text: string }
  | { readonly kind: "other"; readonly text: string };

const PHASES: Record<string, TransportProgress["phase"]> = {
  "Enumerating objects": "counting",
  "Counting objects": "counting",
  "Compressing objects": "compressing",
  "Receiving objects": "receiving",
  "Unpacking objects": "receiving",
  "Resolving deltas": "resolving",
  "Writing objects": "writing",
  "Updating files": "checking-out",
};
const UNITS: Record<string, number> = { bytes: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

export function parseTransportLine(line: string): TransportLine {
  const fromRemote = /^remote: ?(.*)$/.exec(line);
  const text = (fromRemote?.[1] ?? line).trimEnd();
  const match = /^([A-Z][a-z]+ [a-z]+):\s+(?:(\d+)% \((\d+)\/(\d+)\)|(\d+))(?:, ([\d.]+) (bytes|KiB|MiB|GiB))?/.exec(
    text,
  );
  const phase = match ? PHASES[match[1]!] : undefined;
  if (match && phase) {
    return {
      kind: "progress",
      progress: {
        phase,
        done: Number(match[3] ?? match[5]),
        total: match[4] === undefined ? undefined : Number(match[4]),
        receivedBytes: match[6] === undefined ? undefined : Math.round(Number(match[6]) * (UNITS[match[7]!] ?? 1)),
      },
    };
  }
  return { kind: fromRemote ? "remote" : "other", text: redactUrl(text) };
}

/** Splits a stream at `\n` and `\r`; a line that never ends is cut at `MAX_LINE`. */
export function createLineSplitter(onLine: (line: string) => void): { write(text: string): void; end(): void } {
  const MAX_LINE = 8192;
  let rest = "";
  return {
    write(text) {
      const lines = (rest + text).split(/[\r\n]/);
      rest = lines.pop() ?? "";
      if (rest.length > MAX_LINE) rest = rest.slice(0, MAX_LINE);
      for (const line of lines) if (line !== "") onLine(line);
    },
    end() {
      if (rest !== "") onLine(rest);
      rest = "";
    },
  };
}

/** Why a transport ended badly, from what it printed (in the C locale). */
export function classifyFailure(output: string): TransportFailure {
  if (
    /returned error: 403|HTTP Error: 403|403 Forbidden|not allowed to push|protected branch|[Pp]ermission to .* denied|[Aa]ccess denied/.test(
      output,
    )
  ) {
    return "git/permission-denied";
  }
  if (/\[rejected\]|non-fast-forward|fetch first|stale info/.test(output)) return "git/push-rejected";
  if (/\[remote rejected\]|pre-receive hook declined/.test(output)) return "git/push-declined";
  if (/REMOTE HOST IDENTIFICATION HAS CHANGED|host key for .* has changed/i.test(output)) return "git/host-changed";
  if (/Host key verification failed|host key is known for/.test(output)) return "git/host-unknown";
  if (
    /Permission denied \(|Authentication failed|could not read (Username|Password)|returned error: 401|HTTP Error: 401|terminal prompts disabled/.test(
      output,
    )
  ) {
    return "git/authentication-failed";
  }
  if (
    /returned error: 404|HTTP Error: 404|[Rr]epository .*not found|does not appear to be a git repository/.test(output)
  ) {
    return "git/remote-not-found";
  }
  if (/SSL certificate|certificate verif|self[- ]signed|unable to get local issuer/i.test(output)) {
    return "git/certificate-refused";
  }
  if (
    /Could not resolve host|Failed to connect|Connection (timed out|refused)|Couldn't connect|ECONNREFUSED|ENOTFOUND|ETIMEDOUT/.test(
      output,
    )
  ) {
    return "git/host-unreachable";
  }
  return "git/remote-failed";
}

export interface PushedRef {
  readonly ref: string;
  readonly outcome: "updated" | "created" | "forced" | "deleted" | "up-to-date" | "rejected";
  readonly summary: string;
}

/** The lines of `git push --porcelain`. */
export function parsePushLine(line: string): PushedRef | undefined {
  const match = /^([ +\-*!=])\t([^\t]*):([^\t]*)\t(.*)$/.exec(line);
  if (!match) return undefined;
  const outcomes = {
    " ": "updated",
    "+": "forced",
    "-": "deleted",
    "*": "created",
    "=": "up-to-date",
    "!": "rejected",
  } as const;
  return { ref: match[3]!, outcome: outcomes[match[1] as keyof typeof outcomes], summary: redactUrl(match[4]!) };
}
