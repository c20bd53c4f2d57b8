/**
 * What a run costs beyond the engine itself: Run buildout through the server, next to the same driver by hand, in turn.
 *
 * The build takes `BUILD_SECONDS` and prints a line every 10 ms, so the server tails and tells pages all the while; the
 * profile, the directory's state and the user are the same. Prints one JSON object.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { RunInfo } from "@/lib/protocol";
import { Place, PYTHON, provisionEngine, runAsUser } from "../../integration/engine-python/engine-harness";
import { startEngineServer } from "../../integration/runs/engine-server";
import { writePrintingProfile } from "../../integration/runs/printing-profile";
import { callApi, makeDataDirectory } from "../../integration/server-harness";
import { until } from "../../integration/until";

const BUILD_SECONDS = 20;
const ROUNDS = 3;
const PROGRAM = [
  "/bin/sh",
  "-c",
  `n=0; while [ $n -lt ${BUILD_SECONDS * 100} ]; do echo line $n; sleep 0.01; n=$((n+1)); done`,
];

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

test("a run through the server costs as much as the engine by hand", async () => {
  provisionEngine();
  const data = await makeDataDirectory();
  const server = await startEngineServer(data);
  const throughMs: number[] = [];
  const byHandMs: number[] = [];
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const profile = await writePrintingProfile(data, `round-${round}`, PROGRAM);

      const place = new Place();
      const spec = join(place.directory, "spec.json");
      const absolute = join(data, "projects/sample/workspace", profile);
      await writeFile(spec, JSON.stringify({ directory: join(place.directory, "build"), profile: absolute }));
      const byHand = performance.now();
      const { code, output } = await runAsUser(PYTHON, ["-m", "webrunner_engine", "buildout", "--spec", spec]);
      byHandMs.push(performance.now() - byHand);
      expect(code, output).toBe(0);

      const through = performance.now();
      const { body: started } = await callApi<RunInfo>(server.url, "POST", "/projects/sample/runs", {
        kind: "buildout",
        profile,
      });
      const ended = async (): Promise<RunInfo> =>
        (await callApi<RunInfo>(server.url, "GET", `/runs/${started.id}`)).body;
      await until(async () => (await ended()).finishedAt !== undefined, {
        timeoutMs: 120_000,
        everyMs: 50,
        what: "the run's end",
      });
      throughMs.push(performance.now() - through);
      expect((await ended()).state).toBe("succeeded");
    }
  } finally {
    server.child.kill("SIGTERM");
    await server.exited;
  }
  const ratios = throughMs.map((ms, index) => ms / byHandMs[index]!);
  console.log(
    JSON.stringify({ byHandMs: byHandMs.map(Math.round), throughMs: throughMs.map(Math.round), ratio: median(ratios) }),
  );
  expect(median(byHandMs)).toBeGreaterThan(BUILD_SECONDS * 1000);
});
