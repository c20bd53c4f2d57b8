/**
 * The live log: bytes of a run's log file, pulled with credit.
 *
 * The sequence number of a chunk is its byte offset, so a page resumes from what it holds (L1, L2). A connection has at
 * most `LOG_CHUNKS_IN_FLIGHT` chunks unacknowledged over all its subscriptions, and nothing is read before there is
 * credit for it: ≤ 1 MiB on its way and one chunk being read (L4), however fast the run writes or slowly the page reads.
 * While the writer is slow, what comes within `LOOK_MS` goes as one chunk. `log:ended` follows the last byte.
 */
import { LOG_CHUNK_BYTES, LOG_CHUNKS_IN_FLIGHT } from "@/lib/protocol";
import type { Files } from "@/server/platform/files";
import type { EventHandlers, EventSocket } from "./event";

/** Two frames: a page draws what one look brings, and thirty looks a second cost a stat each. */
const LOOK_MS = 33;
/** A timer may be early by this much against the clock. */
const TIMER_SLACK_MS = 5;
/** A page in the background may take minutes to answer; one that is gone is noticed by the connection itself. */
const ACKNOWLEDGE_TIMEOUT_MS = 3_600_000;

export interface LogSource {
  /** `run/not-found`; `ended` is asked before the size, which is then the last one. */
  findLog(run: string): Promise<{ readonly path: string; readonly sizeBytes: number; readonly ended: boolean }>;
}

export interface LogStreamDependencies {
  readonly runs: LogSource;
  readonly files: Files;
  readonly onError: (error: unknown) => void;
}

interface Subscription {
  readonly run: string;
  offset: number;
  closed: boolean;
  pumping: boolean;
  /** When a chunk was sent last, by the monotonic clock. */
  sentAtMs: number;
}

interface Reader {
  readonly subscriptions: Map<string, Subscription>;
  inFlight: number;
}

export interface LogStream {
  readonly handlers: Pick<EventHandlers, "subscribeLog" | "unsubscribeLog">;
  dispose(): void;
}

export function createLogStream({ runs, files, onError }: LogStreamDependencies): LogStream {
  const readers = new Map<EventSocket, Reader>();
  let timer: NodeJS.Timeout | undefined;

  const close = (reader: Reader, subscription: Subscription): void => {
    subscription.closed = true;
    if (reader.subscriptions.get(subscription.run) === subscription) reader.subscriptions.delete(subscription.run);
  };

  const sendChunk = (socket: EventSocket, reader: Reader, subscription: Subscription, bytes: Buffer): void => {
    reader.inFlight++;
    const chunk = { run: subscription.run, offset: subscription.offset, bytes };
    subscription.offset += bytes.length;
    subscription.sentAtMs = performance.now();
    socket
      .sendAcknowledged("log:chunk", chunk, ACKNOWLEDGE_TIMEOUT_MS)
      .then(
        () => true,
        () => {
          // Gone, or silent for an hour: it subscribes again from what it holds.
          close(reader, subscription);
          return false;
        },
      )
      .then((acknowledged) => {
        reader.inFlight--;
        if (!acknowledged) return;
        for (const other of reader.subscriptions.values()) void pump(socket, reader, other);
      });
  };

  const pump = async (socket: EventSocket, reader: Reader, subscription: Subscription): Promise<void> => {
    if (subscription.pumping) return;
    subscription.pumping = true;
    try {
      while (!subscription.closed && socket.connected && reader.inFlight < LOG_CHUNKS_IN_FLIGHT) {
        const { path, sizeBytes, ended } = await runs.findLog(subscription.run);
        const missing = sizeBytes - subscription.offset;
        if (missing <= 0) {
          if (!ended || subscription.closed) return;
          socket.send("log:ended", { run: subscription.run, sizeBytes });
          close(reader, subscription);
          return;
        }
        // An acknowledgement comes within a millisecond or two: what is less than a chunk waits for the next look.
        const isEarly = performance.now() - subscription.sentAtMs < LOOK_MS - TIMER_SLACK_MS;
        if (missing < LOG_CHUNK_BYTES && !ended && isEarly) return;
        // Others of this connection may have used the credit while we looked.
        if (reader.inFlight >= LOG_CHUNKS_IN_FLIGHT) return;
        const bytes = await files.readRange(path, subscription.offset, Math.min(LOG_CHUNK_BYTES, missing));
        if (subscription.closed || bytes.length === 0) return;
        sendChunk(socket, reader, subscription, bytes);
        // What is less than a chunk was all there is: the next look takes what has come by then.
        if (bytes.length < LOG_CHUNK_BYTES && !ended) return;
      }
    } catch (error) {
      onError(error);
      close(reader, subscription);
    } finally {
      subscription.pumping = false;
    }
  };

  const look = (): void => {
    let any = false;
    for (const [socket, reader] of readers) {
      for (const subscription of reader.subscriptions.values()) {
        any = true;
        if (reader.inFlight < LOG_CHUNKS_IN_FLIGHT) void pump(socket, reader, subscription);
      }
    }
    timer = any ? setTimeout(look, LOOK_MS) : undefined;
  };

  const getReader = (socket: EventSocket): Reader => {
    const known = readers.get(socket);
    if (known) return known;
    const reader: Reader = { subscriptions: new Map(), inFlight: 0 };
    readers.set(socket, reader);
    socket.onClose(() => {
      for (const subscription of [...reader.subscriptions.values()]) close(reader, subscription);
      readers.delete(socket);
    });
    return reader;
  };

  return {
    handlers: {
      async subscribeLog({ payload: { run, offset }, socket }) {
        const { sizeBytes } = await runs.findLog(run);
        const reader = getReader(socket);
        const former = reader.subscriptions.get(run);
        if (former) close(reader, former);
        const from = Math.min(offset, sizeBytes);
        const subscription: Subscription = { run, offset: from, closed: false, pumping: false, sentAtMs: 0 };
        reader.subscriptions.set(run, subscription);
        // After the reply, so that the page knows of its subscription before the first bytes come.
        setImmediate(() => void pump(socket, reader, subscription));
        timer ??= setTimeout(look, LOOK_MS);
        return { sizeBytes };
      },
      unsubscribeLog({ payload: { run }, socket }) {
        const reader = readers.get(socket);
        const subscription = reader?.subscriptions.get(run);
        if (reader && subscription) close(reader, subscription);
        return {};
      },
    },
    dispose() {
      clearTimeout(timer);
      for (const reader of readers.values()) {
        for (const subscription of [...reader.subscriptions.values()]) close(reader, subscription);
      }
      readers.clear();
    },
  };
}
