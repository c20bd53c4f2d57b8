/** Many pages that follow one run's log at once: what each got, and what that costs the server. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { io } from "socket.io-client";
import { expect } from "vitest";
import type { LogChunk, RunInfo } from "@/lib/protocol";
import { writePrintingProfile } from "../integration/runs/printing-profile";
import { callApi, type ServerProcess, TEST_TOKEN } from "../integration/server-harness";
import { until } from "../integration/until";
import { type LoopDelay, takeLoopDelay } from "./loop-delay";

export interface ManyPages {
  readonly lines: number;
  readonly residentGrowthBytes: number;
  /** Of a question that the server answers from memory, while it serves the pages. */
  readonly answerMs: { readonly median: number; readonly worst: number };
  /** How late the server's event loop came round meanwhile. */
  readonly loopDelay: LoopDelay;
}

/** The server is one that `measureLoopDelay` was given to. Every page must have got exactly the bytes of the file, in order. */
export async function followWithManyPages(
  server: ServerProcess,
  dataDirectory: string,
  { pages, linesPerSecond, seconds }: { pages: number; linesPerSecond: number; seconds: number },
): Promise<ManyPages> {
  const script = [
    "import sys, time",
    "begin, line = time.time(), 0",
    `while line < ${linesPerSecond * seconds}:`,
    `    for _ in range(${linesPerSecond / 20}):`,
    "        print('line %08d of a build that says a lot about what it does' % line)",
    "        line += 1",
    "    sys.stdout.flush()",
    `    time.sleep(max(0, begin + line / ${linesPerSecond} - time.time()))`,
  ].join("\n");
  const profile = await writePrintingProfile(dataDirectory, `pages-${pages}`, ["python3", "-c", script]);
  const readers = await Promise.all(Array.from({ length: pages }, () => openReader(server.url)));
  const before = readResident(server.child.pid!);
  let most = before;
  const answers: number[] = [];
  await takeLoopDelay(server.child.pid!, dataDirectory);
  const started = await callApi<RunInfo>(server.url, "POST", "/projects/sample/runs", { kind: "buildout", profile });
  expect(started.status).toBe(201);
  const { id } = started.body;
  await Promise.all(readers.map((reader) => reader.subscribe(id)));
  const probe = setInterval(async () => {
    const at = performance.now();
    await callApi(server.url, "GET", "/health");
    answers.push(performance.now() - at);
    most = Math.max(most, readResident(server.child.pid!));
  }, 100);
  await until(() => readers.every((reader) => reader.ended), { timeoutMs: (seconds + 120) * 1_000, what: "all ends" });
  clearInterval(probe);
  const loopDelay = await takeLoopDelay(server.child.pid!, dataDirectory);
  const file = readFileSync(join(dataDirectory, "projects/sample/runs", id, "log"));
  const expected = createHash("sha256").update(file).digest("hex");
  for (const reader of readers) {
    expect(reader.misplaced).toBe(0);
    expect(reader.digest()).toBe(expected);
    reader.leave();
  }
  const sorted = answers.sort((a, b) => a - b);
  const lines = file
    .toString()
    .split("\n")
    .filter((line) => line.startsWith("line ")).length;
  expect(lines).toBe(linesPerSecond * seconds);
  return {
    lines,
    residentGrowthBytes: most - before,
    loopDelay,
    answerMs: { median: sorted[sorted.length >> 1] ?? 0, worst: sorted.at(-1) ?? 0 },
  };
}

async function openReader(url: string) {
  const socket = io(url, {
    transports: ["websocket"],
    forceNew: true,
    extraHeaders: { authorization: `Bearer ${TEST_TOKEN}` },
  });
  const hash = createHash("sha256");
  const reader = {
    ended: false,
    misplaced: 0,
    subscribe: (run: string) => socket.timeout(30_000).emitWithAck("log:subscribe", { run, offset: 0 }),
    digest: () => hash.copy().digest("hex"),
    leave: () => void socket.disconnect(),
  };
  let size = 0;
  socket.on("log:chunk", (chunk: LogChunk, acknowledge: () => void) => {
    if (chunk.offset !== size) reader.misplaced++;
    size += chunk.bytes.length;
    hash.update(chunk.bytes);
    acknowledge();
  });
  socket.on("log:ended", () => {
    reader.ended = true;
  });
  await until(() => socket.connected, { timeoutMs: 30_000, what: "a page to be connected" });
  return reader;
}

function readResident(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) * 1024;
}
