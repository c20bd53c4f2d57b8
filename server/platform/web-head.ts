/** Whether an address on the web answers and how large the document is, without getting it. */
import { isIP } from "node:net";

export interface WebHead {
  /** Absent when the server does not say. */
  readonly sizeBytes?: number;
  /** `404 Not Found`, `timed out`; absent when the document can be had. */
  readonly problem?: string;
}

export type AskWeb = (
  url: string,
  limits: { readonly timeoutMs: number; readonly signal?: AbortSignal },
) => Promise<WebHead>;

/** Statuses of servers that know no HEAD: the document may be there all the same. */
const NO_HEAD = new Set([400, 403, 405, 501]);

export const askWeb: AskWeb = async (url, { timeoutMs, signal }) => {
  if (!/^https?:\/\//.test(url)) return {};
  const timeout = AbortSignal.timeout(timeoutMs);
  const either = signal ? AbortSignal.any([signal, timeout]) : timeout;
  // A name and a password in the address are for the header, which fetch refuses to make of it.
  const { address, headers } = takeCredentials(url);
  try {
    let response = await fetch(address, { method: "HEAD", redirect: "follow", signal: either, headers });
    if (NO_HEAD.has(response.status)) {
      response = await fetch(address, { redirect: "follow", signal: either, headers });
      await response.body?.cancel();
    }
    if (!response.ok) return { problem: `${response.status} ${response.statusText}`.trim() };
    const length = response.headers.get("content-length");
    const isEncoded = response.headers.get("content-encoding") !== null;
    return length !== null && /^\d+$/.test(length) && !isEncoded ? { sizeBytes: Number(length) } : {};
  } catch (error) {
    return { problem: describe(error, new URL(url).hostname) };
  }
};

function takeCredentials(url: string): { address: string; headers: Record<string, string> } {
  const parsed = new URL(url);
  const headers: Record<string, string> = { "accept-encoding": "identity" };
  if (parsed.username !== "") {
    const pair = `${decodeURIComponent(parsed.username)}:${decodeURIComponent(parsed.password)}`;
    headers.authorization = `Basic ${Buffer.from(pair).toString("base64")}`;
    parsed.username = "";
    parsed.password = "";
  }
  return { address: parsed.href, headers };
}

function describe(error: unknown, host: string): string {
  const cause = (error as { cause?: { code?: string; errors?: { code?: string }[] } }).cause;
  const code = cause?.code ?? cause?.errors?.[0]?.code ?? (error as { code?: string }).code;
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return `the name ${host} cannot be resolved`;
  if (code === "ECONNREFUSED") return isIP(host) ? "connection refused" : `${host} refuses the connection`;
  if ((error as { name?: string }).name === "TimeoutError" || code === "UND_ERR_CONNECT_TIMEOUT") return "timed out";
  return code ?? "cannot be reached";
}
