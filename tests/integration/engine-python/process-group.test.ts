/** A run is one process group: ended as a whole it leaves nothing behind, and the next run goes on from there. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../until";
import { EngineNode, provisionEngine, RELEASES } from "./engine-harness";

let engine: EngineNode;

beforeAll(async () => {
  provisionEngine();
  engine = new EngineNode();
  await engine.start();
}, 300_000);

afterAll(() => engine.close());

/** The process ids in a group, by the fifth field of /proc/PID/stat; zombies are ended already. */
function processesInGroup(group: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const [state, , pgrp] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)!.split(" ");
        return state !== "Z" && Number(pgrp) === group;
      } catch {
        return false; // it has ended meanwhile
      }
    })
    .map(Number);
}

describe("a software run", { timeout: 120_000 }, () => {
  it("ends with its group, and goes on where it was at the next run", async () => {
    const profile = join(engine.place.copy(join(RELEASES, "slow-part"), "slow"), "software.cfg");
    const child = engine.startDriver("software", { profile });
    let output = "";
    child.stdout?.on("data", (bytes: Buffer) => {
      output += bytes.toString("utf8");
    });
    const group = child.pid!;
    await until(() => output.includes("waiting for go"), { timeoutMs: 60_000, what: "the slow part" });
    expect(processesInGroup(group).length).toBeGreaterThan(3);

    process.kill(-group, "SIGTERM");
    await until(() => processesInGroup(group).length === 0, { what: "the end of the group" });
    expect((await engine.status()).supervisord.answers).toBe(true);

    engine.place.write({ "slow/go": "" });
    const next = await engine.driver("software", { profile });
    expect(next.output).toContain("webrunner: Building because the last build did not complete");
    expect(next.output).toContain("Updating quick.");
    expect(next.output).toContain("Installing slow.");
    expect(next.code).toBe(0);
  });
});
