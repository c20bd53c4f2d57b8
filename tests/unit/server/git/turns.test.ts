import { expect, it } from "vitest";
import { createTurns } from "@/server/git/turns";

function createGate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

it("lets one after the other at the same, and whoever fails holds up nobody", async () => {
  const turns = createTurns();
  const said: string[] = [];
  const gate = createGate();
  const first = turns.take("a", async () => {
    await gate.opened;
    said.push("first");
    throw new Error("gone wrong");
  });
  const second = turns.take("a", () => said.push("second"));
  await turns.take("b", () => said.push("another"));
  gate.open();
  await expect(first).rejects.toThrow("gone wrong");
  await second;
  expect(said).toEqual(["another", "first", "second"]);
});

it("lets others go on while one is apart, and waits for them before it goes on itself", async () => {
  const turns = createTurns();
  const said: string[] = [];
  const remote = createGate();
  const other = createGate();
  const long = turns.take("a", async (apart) => {
    said.push("begun");
    await apart(() => remote.opened);
    said.push("ended");
  });
  const failing = turns.take("a", (apart) => apart(() => Promise.reject(new Error("the line broke"))));
  await expect(failing).rejects.toThrow("the line broke");
  const short = turns.take("a", async () => {
    remote.open();
    await other.opened;
    said.push("meanwhile");
  });
  other.open();
  await Promise.all([long, short]);
  expect(said).toEqual(["begun", "meanwhile", "ended"]);
});
