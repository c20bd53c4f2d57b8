/** A page that follows one run's log over a real socket, as the browser does: it keeps bytes and acknowledges. */
import { io, type Socket } from "socket.io-client";
import type { LogChunk, RunInfo } from "@/lib/protocol";
import { TEST_TOKEN } from "./server-harness";
import { until } from "./until";

export interface LogPage {
  readonly runs: RunInfo[];
  readonly sizeBytes: number;
  readonly ended: boolean;
  /** Chunks that did not begin where the bytes held ended. */
  readonly misplaced: number[];
  readonly chunkSizes: number[];
  text(): string;
  bytes(): Buffer;
  subscribe(run: string): Promise<unknown>;
  untilEnded(timeoutMs?: number): Promise<void>;
  /** Goes away and comes back; what it holds stays. */
  reconnect(url?: string): Promise<void>;
  leave(): void;
  /** Gives the credit back that was held. */
  acknowledgeAll(): void;
}

export async function openLogPage(
  serverUrl: string,
  options: { acknowledges?: boolean; onChunk?: (page: LogPage) => void } = {},
): Promise<LogPage> {
  const { acknowledges = true } = options;
  const chunks: Buffer[] = [];
  const held: (() => void)[] = [];
  const runs: RunInfo[] = [];
  const misplaced: number[] = [];
  let sizeBytes = 0;
  let ended = false;
  let url = serverUrl;
  let socket: Socket;

  const connect = async (): Promise<void> => {
    const mine = io(url, {
      transports: ["websocket"],
      forceNew: true,
      reconnectionDelayMax: 500,
      extraHeaders: { authorization: `Bearer ${TEST_TOKEN}` },
    });
    socket = mine;
    mine.on("run:changed", (run: RunInfo) => runs.push(run));
    mine.on("log:chunk", (chunk: LogChunk, acknowledge: () => void) => {
      if (mine !== socket) return;
      if (chunk.offset !== sizeBytes) misplaced.push(chunk.offset);
      const bytes = Buffer.from(chunk.bytes);
      chunks.push(bytes);
      sizeBytes += bytes.length;
      if (acknowledges) acknowledge();
      else held.push(acknowledge);
      options.onChunk?.(page);
    });
    mine.on("log:ended", () => {
      ended = true;
    });
    await mine.timeout(10_000).emitWithAck("project:watch", { project: "sample" });
  };

  const page: LogPage = {
    runs,
    misplaced,
    get sizeBytes() {
      return sizeBytes;
    },
    get ended() {
      return ended;
    },
    get chunkSizes() {
      return chunks.map(({ length }) => length);
    },
    text: () => Buffer.concat(chunks).toString("utf8"),
    bytes: () => Buffer.concat(chunks),
    subscribe: (run) => socket.timeout(10_000).emitWithAck("log:subscribe", { run, offset: sizeBytes }),
    untilEnded: async (timeoutMs = 60_000) => {
      await until(() => ended, { timeoutMs, what: "the end of the log" });
    },
    async reconnect(other) {
      socket.disconnect();
      url = other ?? url;
      await connect();
    },
    leave: () => void socket.disconnect(),
    acknowledgeAll() {
      for (const acknowledge of held.splice(0)) acknowledge();
    },
  };
  await connect();
  return page;
}
