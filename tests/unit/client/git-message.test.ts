import { expect, it } from "vitest";
import { createCommitMessage, toMessage } from "@/lib/client/git-message";

function createStorage() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
}

it("keeps what is typed over a reload, until it is committed", () => {
  const storage = createStorage();
  createCommitMessage(storage).type("half a sent");
  const again = createCommitMessage(storage);
  expect(toMessage(again.state.getState(), "draft")).toBe("half a sent");
  again.committed("half a sentence");
  expect(toMessage(createCommitMessage(storage).state.getState(), "draft")).toBe("draft");
});

it("walks through the messages of before and comes back to what was typed", () => {
  const storage = createStorage();
  createCommitMessage(storage).committed("mine");
  const message = createCommitMessage(storage);
  const shown = (): string => toMessage(message.state.getState(), "");
  message.type("typed");
  message.addHistory(["mine\n", "of the log", "  "]);
  message.older();
  expect(shown()).toBe("mine");
  message.older();
  message.older();
  expect(shown()).toBe("of the log");
  message.newer();
  expect(shown()).toBe("mine");
  message.newer();
  expect(shown()).toBe("typed");
  message.older();
  message.type("mine, changed");
  expect(shown()).toBe("mine, changed");
});
