/** What a run says of an instance that does not come to work. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EngineNode, provisionEngine, RELEASES } from "./engine-harness";

let engine: EngineNode;
let releases: string;

beforeAll(async () => {
  provisionEngine();
  engine = new EngineNode();
  releases = engine.place.copy(RELEASES, "releases");
  await engine.start();
}, 300_000);

afterAll(() => engine.close());

async function instanceOf(release: string, promiseSeconds: number): Promise<{ code: number; output: string }> {
  const profile = join(releases, release, "software.cfg");
  const software = await engine.driver("software", { profile });
  if (software.code !== 0) throw new Error(software.output);
  return engine.driver("instance", { profile, name: release, promiseSeconds });
}

describe("an instance that does not come to work", { timeout: 120_000 }, () => {
  it("ends with 2 and the promise's own words, after it was given time", async () => {
    const { code, output } = await instanceOf("failing-promise", 3);
    expect(output).toMatch(/^webrunner: Checking the promises again/m);
    expect(output.trim().split("\n").at(-1)).toBe(
      "webrunner: Error: A promise fails: database-has-rows: the database has no rows",
    );
    expect(code).toBe(2);
  });

  it("does not wait for a service that has exited, and shows the end of its log", async () => {
    const { code, output } = await instanceOf("exiting-service", 600);
    expect(output).toContain("webrunner: The service database of slappart1 has exited (exit code 3)");
    expect(output).toContain("  the configuration cannot be read");
    expect(code).toBe(2);
  });
});
