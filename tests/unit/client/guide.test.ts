import { describe, expect, it } from "vitest";
import { createStore } from "zustand/vanilla";
import { createGuide } from "@/lib/client/guide";
import type { RunAllInfo } from "@/lib/protocol/run-all";

const RUN: RunAllInfo = {
  project: "sample",
  request: { profile: "software/hello-web/software.cfg" },
  state: "running",
  steps: [],
  startedAt: "2026-01-01T10:00:00.000Z",
};

/** Answers come when the test lets them, events when it tells them. */
function openGuide() {
  const answers: ((answer: { runAll: RunAllInfo | undefined }) => void)[] = [];
  let started = (_run: RunAllInfo): void => undefined;
  const listeners: ((run: RunAllInfo) => void)[] = [];
  const guide = createGuide({
    api: {
      readRunAll: () => new Promise((resolve) => answers.push(resolve)),
      startRunAll: () =>
        new Promise((resolve) => {
          started = resolve;
        }),
    },
    connection: {
      on(name: string, listener: (run: RunAllInfo) => void) {
        if (name === "run-all:changed") listeners.push(listener);
        return { dispose: () => undefined };
      },
      onOnline: () => ({ dispose: () => undefined }),
    },
    project: { state: createStore(() => ({ project: { id: "sample" } })) },
  } as unknown as Parameters<typeof createGuide>[0]);
  return {
    guide,
    shown: () => guide.runAll.state.getState().value?.state,
    answer: (runAll: RunAllInfo | undefined) => answers.shift()!({ runAll }),
    answerStart: (run: RunAllInfo) => started(run),
    tell: (run: RunAllInfo) => {
      for (const listener of listeners) listener(run);
    },
  };
}

describe("Run all, as the page knows it", () => {
  it("is what an event told, not what was read before and comes later", async () => {
    const { guide, shown, answer, tell } = openGuide();
    const watch = guide.runAll.watch();
    tell(RUN);
    answer({ ...RUN, state: "succeeded", startedAt: "2026-01-01T09:00:00.000Z" });
    // Whatever the answer leads to has been done.
    await new Promise((resolve) => setImmediate(resolve));
    expect(shown()).toBe("running");
    watch.dispose();
  });

  it("has ended, though the answer to its beginning comes after the news of its end", async () => {
    const { guide, shown, answerStart, tell } = openGuide();
    const starting = guide.startRunAll(RUN.request);
    tell(RUN);
    tell({ ...RUN, state: "failed" });
    answerStart(RUN);
    await starting;
    expect(shown()).toBe("failed");
  });
});
