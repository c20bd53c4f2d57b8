/** A log file and a server of it as the page sees it: chunks with credit, cut connections, late and doubled chunks. */

import type { Disposable } from "@/lib/base/disposable";
import { WebrunnerError } from "@/lib/base/errors";
import type { Api } from "@/lib/client/api";
import { ConnectionLost } from "@/lib/client/api";
import type { Connection } from "@/lib/client/connection";

export const RUN = "20261123-192455-k3f9q2";

type Listener = (payload: never, acknowledge?: () => void) => void;

export interface FakeLogServer {
  readonly connection: Pick<Connection, "on" | "onOnline" | "request">;
  readonly api: Pick<Api, "readLog" | "searchLog" | "streamLogMatches" | "findLogLine">;
  readonly reads: { offset: number; limit: number }[];
  file: Uint8Array;
  chunkBytes: number;
  /** Sends one chunk of what a subscriber has not got; false when there is nothing to send. */
  deliver(): boolean;
  /** Sends the last chunk once more. */
  repeat(): void;
  disconnect(): void;
  connect(): void;
  end(): void;
  readonly subscribedAt: number | undefined;
}

export function createFakeLogServer(file: Uint8Array = new Uint8Array(0)): FakeLogServer {
  const listeners = new Map<string, Set<Listener>>();
  const online = new Set<() => void>();
  let isOnline = true;
  let next: number | undefined;
  let last: { offset: number; bytes: Uint8Array } | undefined;
  let ended = false;

  const findLines = (source: string): { offset: number; line: number; text: string }[] => {
    const pattern = new RegExp(source, "i");
    let offset = 0;
    return new TextDecoder()
      .decode(server.file)
      .split("\n")
      .flatMap((text, line) => {
        const found = pattern.test(text) ? [{ offset, line, text }] : [];
        offset += new TextEncoder().encode(text).length + 1;
        return found;
      });
  };
  const emit = (name: string, payload: unknown): void => {
    for (const listener of listeners.get(name) ?? []) listener(payload as never, () => undefined);
  };
  const server: FakeLogServer = {
    file,
    chunkBytes: 1000,
    reads: [],
    get subscribedAt() {
      return next;
    },
    connection: {
      on(name, listener): Disposable {
        const set = listeners.get(name) ?? new Set();
        listeners.set(name, set.add(listener as Listener));
        return { dispose: () => void set.delete(listener as Listener) };
      },
      onOnline(listener) {
        online.add(listener);
        if (isOnline) listener();
        return { dispose: () => void online.delete(listener) };
      },
      async request(name, payload) {
        if (!isOnline) throw new ConnectionLost(undefined);
        if (name === "subscribeLog") next = (payload as { offset: number }).offset;
        if (name === "unsubscribeLog") next = undefined;
        return { sizeBytes: server.file.length } as never;
      },
    },
    api: {
      readLog: (async ({ query }: { query: { offset: number; limit: number } }) => {
        server.reads.push(query);
        return new Response(server.file.slice(query.offset, query.offset + query.limit));
      }) as never,
      searchLog: (async ({ query }: { query: { text: string } }) => ({
        matches: findLines(query.text),
        truncated: false,
      })) as never,
      streamLogMatches: (async ({ query }: { query: { text: string } }) => {
        const matches = findLines(query.text);
        const size = { sizeBytes: server.file.length };
        // Told in two goes, as a server does that is still reading.
        const told = [
          { matches: matches.slice(0, 1), readBytes: 1, ...size },
          { matches: matches.slice(1), readBytes: server.file.length, ...size, done: true, truncated: false },
        ];
        return new Response(told.map((one) => `${JSON.stringify(one)}\n`).join(""));
      }) as never,
      findLogLine: (async ({ query }: { query: { line: number } }) => {
        const lines = new TextDecoder().decode(server.file).split("\n");
        if (query.line > lines.length) throw new WebrunnerError("request/invalid");
        const before = lines.slice(0, query.line - 1).map((line) => `${line}\n`);
        return { offset: new TextEncoder().encode(before.join("")).length, line: query.line - 1 };
      }) as never,
    },
    deliver() {
      if (!isOnline || next === undefined) return false;
      const bytes = server.file.slice(next, next + server.chunkBytes);
      if (bytes.length === 0) {
        if (ended) emit("log:ended", { run: RUN, sizeBytes: server.file.length });
        return false;
      }
      last = { offset: next, bytes };
      next += bytes.length;
      emit("log:chunk", { run: RUN, ...last });
      return true;
    },
    repeat() {
      if (isOnline && last) emit("log:chunk", { run: RUN, ...last });
    },
    disconnect() {
      isOnline = false;
      next = undefined;
    },
    connect() {
      isOnline = true;
      for (const listener of online) listener();
    },
    end() {
      ended = true;
    },
  };
  return server;
}

/** Lets every promise that is ready run on. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
  await new Promise((resolve) => setImmediate(resolve));
}
