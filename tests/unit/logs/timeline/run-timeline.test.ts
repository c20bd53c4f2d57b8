import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type TimedStep, type TimelineInput, type TimelineRow, toTimeline } from "@/lib/logs/timeline/run-timeline";
import { createStepReader } from "@/lib/logs/timeline/step-reader";

/** Each line of the log takes a second; the first is written a second after the start. */
function toSteps(log: string): TimedStep[] {
  const reader = createStepReader();
  let offset = 0;
  return log.split("\n").flatMap((text, line) => {
    const step = reader.readLine(text, { offset, line });
    offset += Buffer.byteLength(text) + 1;
    return step ? [{ ...step, atMs: (line + 1) * 1000 }] : [];
  });
}

function read(log: string, options: Partial<TimelineInput> = {}): TimelineRow[] {
  const lines = log.split("\n").length;
  return toTimeline({
    steps: toSteps(log),
    state: "succeeded",
    startedMs: 0,
    finishedMs: (lines + 1) * 1000,
    nowMs: (lines + 1) * 1000,
    logBytes: Buffer.byteLength(log) + 1,
    logLines: lines,
    planned: [],
    ...options,
  });
}

function check(log: string, expected: readonly string[], options: Partial<TimelineInput> = {}): void {
  const rows = read(log, options);
  expect(
    rows.map(
      ({ key, kind, name, state, durationMs }) =>
        `${kind === "phase" ? `(${name})` : key} ${state} ${durationMs / 1000}`,
    ),
  ).toEqual(expected);
}

const PREFIX = "slapos[7] INFO ";

describe("a timeline", () => {
  it("gives each part the time until the next", () => {
    check("Installing a.\nnoise\nUpdating b.", ["(Preparing) done 1", "a done 2", "b done 1"]);
  });

  it("counts uninstalling to the part that is then installed again", () => {
    check("Uninstalling a.\nInstalling b.\nInstalling a.", ["(Preparing) done 1", "a done 2", "b done 1"]);
  });

  it("shows the part at work, and those to come in their order", () => {
    check(
      "Installing a.\nInstalling b.",
      ["(Preparing) done 1", "a done 1", "b running 3", "c queued 0", "d queued 0"],
      {
        state: "running",
        finishedMs: undefined,
        nowMs: 5000,
        planned: ["a", "b", "c", "d"].map((part) => ({ part, action: "installing" })),
      },
    );
  });

  it("keeps what the engine warned of beside the parts", () => {
    const log =
      "Couldn't develop '/srv/x' (not found)\nInstalling a.\nSection `a` contains unused option(s): 'b'.\nInstalling c.";
    check(log, ["(Preparing) done 2", "a done 2", "c done 1"]);
    expect(toSteps(log).map((step) => (step.kind === "warning" ? `${step.offset} ${step.text}` : step.kind))).toEqual([
      "0 Couldn't develop '/srv/x' (not found)",
      "part",
      "52 Section `a` contains unused option(s): 'b'.",
      "part",
    ]);
  });

  it("blames the part at work, and blocks the others", () => {
    const rows = read("Installing a.\nInstalling b.\nWhile:\n  Installing b.\nError: no", {
      state: "failed",
      planned: ["a", "b", "c"].map((part) => ({ part, action: "installing" })),
    });
    expect(rows.map(({ name, state, blockedBy }) => [name, state, blockedBy])).toEqual([
      ["Preparing", "done", undefined],
      ["a", "done", undefined],
      ["b", "failed", undefined],
      ["c", "blocked", "b"],
    ]);
  });

  it("blames each of several parts when the run goes on after a failure", () => {
    check(
      "Installing a.\nWhile:\n  Installing a.\nError: no\nInstalling b.\nInstalling c.\nWhile:\n  Installing c.\nError: no",
      ["(Preparing) done 1", "a failed 4", "b done 1", "c failed 4"],
      { state: "failed" },
    );
  });

  it("passes over what a failed part blocks when the run keeps going", () => {
    const rows = read(
      [
        "Installing a.",
        "While:",
        "  Installing a.",
        "Error: no",
        "Installing b.",
        "webrunner_engine: Skipping b: it uses a, which is not installed.",
        "Installing c.",
      ].join("\n"),
      { state: "failed" },
    );
    expect(rows.map(({ name, state, blockedBy }) => [name, state, blockedBy])).toEqual([
      ["Preparing", "done", undefined],
      ["a", "failed", undefined],
      ["b", "blocked", "a"],
      ["c", "done", undefined],
    ]);
  });

  it("blames the preparing when no part was begun", () => {
    check("While:\n  Installing.\n  Getting section x.\nError: no", ["(Preparing) failed 5"], { state: "failed" });
  });

  it("says what a stopped run was at, and what it never began", () => {
    check("Installing a.", ["(Preparing) done 1", "a stopped 1", "b skipped 0"], {
      state: "cancelled",
      planned: ["a", "b"].map((part) => ({ part, action: "installing" })),
    });
  });

  it("knows a shared part that was built before, said before or after its line", () => {
    check(
      "zlib: shared at /s/zlib/1 (already built)\nInstalling zlib.\nInstalling gmp.\ngmp: shared part is already installed",
      ["(Preparing) done 2", "zlib reused 1", "gmp reused 2"],
    );
  });

  it("keeps the parts of two partitions apart", () => {
    const rows = read(
      [
        "Processing Computer Partition slappart0.",
        "Installing web.",
        "Processing Computer Partition slappart1.",
        "Installing web.",
        "Checking slappart1 promises...",
        "Finished computer partitions.",
      ]
        .map((line) => PREFIX + line)
        .join("\n"),
    );
    expect(rows.map(({ kind, key, name }) => (kind === "part" ? key : name))).toEqual([
      "Preparing",
      "Preparing slappart0",
      "slappart0/web",
      "Preparing slappart1",
      "slappart1/web",
      "Promises of slappart1",
      "Finishing",
    ]);
  });

  it("knows where each part's lines are", () => {
    const [, a, b] = read("Installing a.\nnoise\nUpdating b.");
    expect(a!.spans).toMatchObject([{ logStart: 0, logEnd: 20, line: 0, lines: 2 }]);
    expect(b!.spans).toMatchObject([{ logStart: 20, logEnd: 32, line: 2, lines: 1 }]);
  });

  it("has nothing but what is to come before the run has begun", () => {
    check("", ["a queued 0"], {
      state: "queued",
      startedMs: undefined,
      finishedMs: undefined,
      planned: [{ part: "a", action: "installing" }],
    });
  });

  it("fills the run's time without gap or overlap, whatever the clock does", () => {
    const line = fc.constantFrom(
      "Installing a.",
      "Updating b.",
      "noise",
      "Uninstalling a.",
      "webrunner: The buildout is complete",
    );
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 12 }),
        fc.array(fc.integer({ min: -5000, max: 60_000 }), { minLength: 12, maxLength: 12 }),
        (lines, times) => {
          const steps = toSteps(lines.join("\n")).map((step, index) => ({ ...step, atMs: times[index]! }));
          const rows = read("", { steps, startedMs: 0, finishedMs: 30_000 });
          const spans = rows
            .flatMap((row) => row.spans)
            .sort((a, b) => a.startedMs - b.startedMs || a.endedMs - b.endedMs);
          let at = 0;
          for (const span of spans) {
            expect(span.startedMs).toBe(at);
            at = span.endedMs;
          }
          expect(at).toBe(30_000);
          expect(rows.reduce((sum, { durationMs }) => sum + durationMs, 0)).toBe(30_000);
        },
      ),
    );
  });
});
