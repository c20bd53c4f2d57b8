/**
 * Fetches sources for their md5sum, one download a task: with progress, a limit, and an end when nobody wants it.
 *
 * Nothing of what is fetched is kept but its digest.
 */
import { WebrunnerError } from "@/lib/base/errors";
import type { SourceDownload } from "@/lib/protocol";

export interface SourceDigest {
  readonly md5sum: string;
  readonly sizeBytes: number;
  readonly start: Uint8Array;
}

export interface SourceDownloadsOptions {
  /** Rejects with an `Error` whose message says why not. */
  readonly digest: (
    url: string,
    options: { signal: AbortSignal; onProgress: (receivedBytes: number, totalBytes: number | undefined) => void },
    hosts: readonly string[],
  ) => Promise<SourceDigest>;
  readonly newId: () => string;
}

export interface SourceDownloads {
  start(project: string, url: string, hosts: readonly string[]): SourceDownload;
  /** `request/not-found` */
  get(project: string, id: string): SourceDownload;
  /** Answers at the next change, or when the time is over. */
  wait(project: string, id: string, waitMs: number, signal: AbortSignal): Promise<SourceDownload>;
  cancel(project: string, id: string): void;
  dispose(): void;
}

/** Ended ones are remembered for a page that asks late. */
const KEPT = 20;
/** More at once than anybody starts on purpose. */
const MAX_RUNNING = 4;
/** A page needs ten updates a second at most. */
const PROGRESS_BYTES = 256 * 1024;

interface Entry {
  readonly project: string;
  readonly abort: AbortController;
  download: SourceDownload;
  readonly waiting: Set<() => void>;
}

export function createSourceDownloads({ digest, newId }: SourceDownloadsOptions): SourceDownloads {
  const entries = new Map<string, Entry>();

  const find = (project: string, id: string): Entry => {
    const entry = entries.get(id);
    if (entry?.project === project) return entry;
    throw new WebrunnerError("request/not-found", { message: "There is no such download." });
  };
  const change = (entry: Entry, part: Partial<SourceDownload>): void => {
    entry.download = { ...entry.download, ...part };
    for (const wake of [...entry.waiting]) wake();
  };

  const run = async (entry: Entry, hosts: readonly string[]): Promise<void> => {
    let told = 0;
    const onProgress = (receivedBytes: number, totalBytes: number | undefined): void => {
      if (receivedBytes - told < PROGRESS_BYTES && receivedBytes !== totalBytes) return;
      told = receivedBytes;
      change(entry, { receivedBytes, ...(totalBytes !== undefined && { totalBytes }) });
    };
    try {
      const found = await digest(entry.download.url, { signal: entry.abort.signal, onProgress }, hosts);
      if (/^\s*<(?:!doctype|html)/i.test(Buffer.from(found.start).toString("latin1")))
        return change(entry, { state: "failed", problem: "The address gives a web page, not an archive." });
      change(entry, { state: "succeeded", receivedBytes: found.sizeBytes, md5sum: found.md5sum });
    } catch (error) {
      if (entry.abort.signal.aborted) return change(entry, { state: "cancelled" });
      const reason = error instanceof Error ? error.message : String(error);
      change(entry, { state: "failed", problem: `The sources cannot be fetched: ${reason}.` });
    }
  };

  return {
    start(project, url, hosts) {
      if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
        throw new WebrunnerError("request/invalid", { message: "That is no http or https address." });
      const running = [...entries.values()].filter(({ download }) => download.state === "running");
      if (running.length >= MAX_RUNNING)
        throw new WebrunnerError("request/invalid", { message: "Several downloads are going on; wait or cancel one." });
      for (const [id, { download }] of entries)
        if (entries.size >= KEPT && download.state !== "running") entries.delete(id);
      const name = toComponentName(url);
      const download: SourceDownload = {
        id: newId(),
        url,
        state: "running",
        receivedBytes: 0,
        ...(name !== undefined && { name }),
      };
      const entry: Entry = { project, abort: new AbortController(), download, waiting: new Set() };
      entries.set(download.id, entry);
      void run(entry, hosts);
      return download;
    },
    get: (project, id) => find(project, id).download,
    async wait(project, id, waitMs, signal) {
      const entry = find(project, id);
      if (waitMs === 0 || entry.download.state !== "running") return entry.download;
      await new Promise<void>((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          entry.waiting.delete(done);
          signal.removeEventListener("abort", done);
          resolve();
        };
        const timer = setTimeout(done, waitMs);
        entry.waiting.add(done);
        signal.addEventListener("abort", done, { once: true });
      });
      return entry.download;
    },
    cancel: (project, id) => find(project, id).abort.abort(),
    dispose() {
      for (const { abort } of entries.values()) abort.abort();
    },
  };
}

/** `https://host/dash-0.5.12.tar.gz` is of `dash`. */
export function toComponentName(url: string): string | undefined {
  const file = decodeURIComponent(new URL(url, "http://none/").pathname.split("/").at(-1) ?? "");
  const stem = file.replace(/\.(?:orig\.)?(?:tar\.[a-z0-9]+|t[a-z]z2?|zip|tar)$/i, "");
  const name = /^(.+?)[-_]v?\d[\w.+~-]*$/.exec(stem)?.[1] ?? stem;
  return /^[A-Za-z0-9][A-Za-z0-9+._-]{0,99}$/.test(name) ? name : undefined;
}
