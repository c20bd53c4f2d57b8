/**
 * Getting one document from the web, within limits of time and size.
 *
 * Only `http` and `https`. The answer is `undefined` when the address says that there is no such thing;
 * an `engine/failed` error when it cannot be asked: offline is not absence.
 */
import { WebrunnerError } from "@/lib/base/errors";

export interface WebFetchLimits {
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

export type WebFetch = (url: string, limits: WebFetchLimits) => Promise<Uint8Array | undefined>;

export const fetchFromWeb: WebFetch = async (url, { timeoutMs, maxBytes }) => {
  if (!/^https?:\/\//.test(url)) throw new WebrunnerError("request/invalid", { message: "Not a web address." });
  const signal = AbortSignal.timeout(timeoutMs);
  let response: Response;
  try {
    response = await fetch(url, { signal, redirect: "follow" });
  } catch (error) {
    throw new WebrunnerError("engine/failed", { message: "The address cannot be reached." }, { cause: error });
  }
  if (response.status === 404 || response.status === 410) {
    await response.body?.cancel();
    return undefined;
  }
  if (!response.ok || !response.body) {
    await response.body?.cancel();
    throw new WebrunnerError("engine/failed", {
      message: "The address answers with an error.",
      status: response.status,
    });
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      if (size > maxBytes) throw new WebrunnerError("request/too-large", { message: "The document is too large." });
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof WebrunnerError) throw error;
    throw new WebrunnerError("engine/failed", { message: "The answer broke off." }, { cause: error });
  }
  return Buffer.concat(chunks);
};
