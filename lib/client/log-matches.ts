/** The stream of a log's matches, taken apart: what each of its lines says, as it comes. */
import { WebrunnerError } from "@/lib/base/errors";
import type { LogMatch } from "@/lib/protocol/runs";

export interface FoundMatches {
  readonly matches: readonly LogMatch[];
  readonly readBytes: number;
  readonly sizeBytes: number;
  readonly done: boolean;
  readonly truncated: boolean;
}

/** Ends after the last one; a stream that breaks off before it is `internal/failed`. */
export async function* readMatches(response: Response): AsyncIterable<FoundMatches> {
  const decoder = new TextDecoder();
  const reader = response.body!.getReader();
  let pending = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      pending += decoder.decode(value, { stream: true });
      const lines = pending.split("\n");
      pending = lines.pop()!;
      for (const line of lines) {
        const found = { readBytes: 0, sizeBytes: 0, done: false, truncated: false, ...JSON.parse(line) };
        yield found;
        if (found.done) return;
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined); // The server ends the search when nobody reads.
  }
  throw new WebrunnerError("internal/failed", { message: "The search broke off." });
}
