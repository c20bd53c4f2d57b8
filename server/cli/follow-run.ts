/** The log of a run as it grows, by byte offset over HTTP; nothing is read twice and nothing is left out. */
import { setTimeout as wait } from "node:timers/promises";
import { type Api, ConnectionLost } from "@/lib/client/api";
import { describeProgress } from "@/lib/client/git-transfer";
import type { RunInfo } from "@/lib/protocol/runs";

const LOOK_MS = 200;
const READ_BYTES = 1024 * 1024;
/** A server that restarts is back well before. */
const AWAY_LIMIT_MS = 60_000;

/** Gives the offset of the end. */
export async function readLogTo(
  api: Api,
  run: string,
  offset: number,
  write: (bytes: Uint8Array) => void,
): Promise<number> {
  for (let at = offset; ; ) {
    const response = await api.readLog({ params: { run }, query: { offset: at, limit: READ_BYTES } });
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (bytes.length === 0) return at;
    write(bytes);
    at += bytes.length;
  }
}

export interface LogSink {
  readonly offset: number;
  write(bytes: Uint8Array): void;
  /** What is done before there is a log: each step of a clone once. */
  note?(text: string): void;
}

/** Until the run has ended and its log, if wanted, is read; a server that is away for a while is waited for. */
export async function followRun(api: Api, run: string, sink?: LogSink): Promise<RunInfo> {
  let at = sink?.offset ?? 0;
  let lastAnswer = Date.now();
  let phase: string | undefined;
  for (;;) {
    try {
      // Asked before reading: what an ended run has written is all there.
      const info = await api.readRun({ params: { run } });
      lastAnswer = Date.now();
      if (info.cloning && info.cloning.phase !== phase) sink?.note?.(describeProgress(info.cloning));
      phase = info.cloning?.phase;
      if (sink) {
        await readLogTo(api, run, at, (bytes) => {
          sink.write(bytes);
          at += bytes.length;
        });
      }
      if (info.finishedAt !== undefined) return info;
    } catch (error) {
      if (!(error instanceof ConnectionLost) || Date.now() - lastAnswer > AWAY_LIMIT_MS) throw error;
    }
    await wait(LOOK_MS);
  }
}
