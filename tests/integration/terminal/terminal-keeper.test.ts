import { tmpdir } from "node:os";
import { afterEach, describe, expect, it } from "vitest";
import { createNodePtys } from "@/server/platform/pty";
import { ensureRunIdentity } from "@/server/platform/run-identity";
import { createTerminalKeeper, type TerminalKeeper } from "@/server/terminal/terminal-keeper";
import { toBusyLimit } from "../busy-limit";

const keepers: TerminalKeeper[] = [];
afterEach(() => {
  for (const keeper of keepers.splice(0)) keeper.dispose();
});

async function startKeeper(): Promise<TerminalKeeper> {
  const identity = await ensureRunIdentity({ home: tmpdir() });
  let count = 0;
  const keeper = createTerminalKeeper({
    ptys: createNodePtys(identity),
    now: () => new Date(),
    newId: () => `terminal${String(++count).padStart(8, "0")}`,
    onChanged: () => {},
  });
  keepers.push(keeper);
  return keeper;
}

async function until(condition: () => boolean, what: string, timeoutMs = 10_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`Waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A page that draws at once, and keeps what it saw. */
function openPage(keeper: TerminalKeeper, id: string, offset = 0) {
  const seen: Buffer[] = [];
  let end = offset;
  const view = keeper.view(id, offset, {
    async send(at, bytes) {
      seen.push(Buffer.from(bytes));
      end = at + bytes.length;
    },
  });
  return { text: () => Buffer.concat(seen).toString("utf8"), end: () => end, close: () => view.close() };
}

describe("terminals", () => {
  it("runs a command in its folder, as the unprivileged user, without the server's environment", async () => {
    process.env.CANARY_OF_THE_SERVER = "secret";
    const keeper = await startKeeper();
    const { id } = keeper.open({ project: "sample", directory: tmpdir() });
    const page = openPage(keeper, id);
    keeper.write(
      id,
      "pwd; echo uid=$(id -u); echo groups=$(id -G); echo canary=[$CANARY_OF_THE_SERVER]; echo do''ne\n",
    );
    await until(() => page.text().includes("done"), "the command's end");
    expect(page.text()).toMatch(new RegExp(`^(\\x1b\\S*l\\r?)?${tmpdir()}`, "m"));
    expect(page.text()).toContain("canary=[]");
    if (process.getuid!() === 0) {
      expect(page.text()).not.toMatch(/uid=0\b/);
      expect(page.text()).not.toMatch(/groups=(\d+ )*0\b/);
    }
  });

  it("E1: comes back after a disconnection with its last output, and what came meanwhile", async () => {
    const keeper = await startKeeper();
    const { id } = keeper.open({ project: "sample", directory: tmpdir() });
    const first = openPage(keeper, id);
    keeper.write(id, "echo be''fore\n");
    await until(() => first.text().includes("before"), "the first output");
    first.close();
    keeper.write(id, "echo be''tween\n");
    const again = openPage(keeper, id, first.end());
    await until(() => again.text().includes("between"), "the output of the time without a page");
    expect(again.text()).not.toContain("before");
    const reloaded = openPage(keeper, id);
    await until(() => reloaded.text().includes("between"), "the whole output");
    expect(reloaded.text()).toContain("before");
  });

  it("LD9, E2: a flood is held back for a page that does not draw, and ^C ends it at once", async () => {
    const keeper = await startKeeper();
    const { id } = keeper.open({ project: "sample", directory: tmpdir() });
    let drawing = false;
    const waiting: (() => void)[] = [];
    let tail = "";
    keeper.view(id, 0, {
      send(_offset, bytes) {
        tail = (tail + Buffer.from(bytes).toString("latin1")).slice(-200);
        return drawing ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve));
      },
    });
    const outputBytes = (): number => {
      const view = keeper.view(id, Number.MAX_SAFE_INTEGER, { send: async () => {} });
      view.close();
      return view.endOffset;
    };
    keeper.write(id, "yes\n");
    await until(() => outputBytes() > 100_000, "the flood");
    let last = -1;
    let equal = 0;
    await until(() => {
      equal = outputBytes() === last ? equal + 1 : 0;
      last = outputBytes();
      return equal > 20;
    }, "the flood to be held back");
    expect(outputBytes()).toBeLessThan(300_000);

    const limitMs = toBusyLimit(500);
    const pressed = Date.now();
    const printed = outputBytes();
    keeper.write(id, "\x03");
    drawing = true;
    for (const resolve of waiting.splice(0)) resolve();
    keeper.write(id, "echo st''opped\n");
    await until(() => tail.includes("stopped"), "the prompt after ^C");
    expect(Date.now() - pressed).toBeLessThan(limitMs);
    // Nothing but what the flood had printed before stood between the key and its effect.
    expect(outputBytes() - printed).toBeLessThan(300_000);
  });

  it("LD9: twenty terminals that run yes are each held back, and the server stays quick", async () => {
    const keeper = await startKeeper();
    const ids = Array.from(
      { length: 20 },
      () => keeper.open({ project: "sample", directory: tmpdir(), argv: ["/usr/bin/yes"] }).id,
    );
    // Pages that draw nothing.
    const never = new Promise<void>(() => undefined);
    for (const id of ids) keeper.view(id, 0, { send: () => never });
    const sizes = (): number[] =>
      ids.map((id) => {
        const view = keeper.view(id, Number.MAX_SAFE_INTEGER, { send: async () => undefined });
        view.close();
        return view.endOffset;
      });
    let last = "";
    let equal = 0;
    const limitMs = toBusyLimit(2_000);
    let slowestMs = 0;
    let lookedAt = Date.now();
    await until(() => {
      const now = sizes();
      equal = now.every((size) => size > 100_000) && last === now.join() ? equal + 1 : 0;
      last = now.join();
      slowestMs = Math.max(slowestMs, Date.now() - lookedAt);
      lookedAt = Date.now();
      return equal > 10;
    }, "all floods to be held back");
    expect(Math.max(...sizes())).toBeLessThan(300_000);
    expect(slowestMs).toBeLessThan(limitMs);
    for (const id of ids) keeper.close(id);
  });

  it("FT15: a shell that is killed is told to have ended within five seconds", async () => {
    const keeper = await startKeeper();
    const { id } = keeper.open({
      project: "sample",
      directory: tmpdir(),
      argv: ["/bin/sh", "-c", "echo pid=$$; exec sleep 1000"],
    });
    const page = openPage(keeper, id);
    await until(() => /pid=\d+/.test(page.text()), "the process id");
    const limitMs = toBusyLimit(5_000);
    process.kill(Number(/pid=(\d+)/.exec(page.text())![1]), "SIGKILL");
    await until(() => keeper.get(id).state === "ended", "the end", limitMs);
    expect(page.text()).toContain("pid=");
  });

  it("tells the end of the program, and keeps its output until it is closed", async () => {
    const keeper = await startKeeper();
    const { id } = keeper.open({
      project: "sample",
      directory: tmpdir(),
      argv: ["/bin/sh", "-c", "echo last; exit 3"],
    });
    await until(() => keeper.get(id).state === "ended", "the end");
    expect(keeper.get(id).exitCode).toBe(3);
    const page = openPage(keeper, id);
    await until(() => page.text().includes("last"), "the output");
    keeper.close(id);
    expect(() => keeper.get(id)).toThrow("closed");
  });

  it("keeps what a program printed last that ends while it is held back, and says how much it printed in all", async () => {
    const keeper = await startKeeper();
    const printed = 110_000;
    const { id } = keeper.open({
      project: "sample",
      directory: tmpdir(),
      argv: ["/bin/sh", "-c", `head -c ${printed} /dev/zero | tr '\\0' x; exit 3`],
    });
    // A page that draws nothing before the program is gone.
    let draw = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      draw = resolve;
    });
    let drawn = 0;
    keeper.view(id, 0, {
      async send(offset, bytes) {
        await gate;
        drawn = offset + bytes.length;
      },
    });
    await until(() => keeper.get(id).state === "ended", "the end");
    expect(keeper.get(id)).toMatchObject({ exitCode: 3, endOffset: printed });
    draw();
    await until(() => drawn === printed, "the last output");
  });

  it("ends what runs in a terminal that is closed", async () => {
    const keeper = await startKeeper();
    const { id } = keeper.open({
      project: "sample",
      directory: tmpdir(),
      argv: ["/bin/sh", "-c", "echo pid=$$; exec sleep 1000"],
    });
    const page = openPage(keeper, id);
    await until(() => /pid=\d+/.test(page.text()), "the process id");
    const pid = Number(/pid=(\d+)/.exec(page.text())![1]);
    keeper.close(id);
    await until(() => !isAlive(pid), "the process to end");
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
