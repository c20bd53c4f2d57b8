import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { findProcess } from "@/server/platform/process-table";
import { toBusyLimit } from "../integration/busy-limit";
import { createShellRuns } from "../integration/runs/shell-runs";
import { until } from "../integration/until";

const runs = createShellRuns();
afterAll(() => runs.dispose());

it("ends children that ignore every request, inside the group and out of it, within 10 s (FT20)", async () => {
  const stubborn = "trap '' TERM HUP INT; while :; do sleep 0.2; done";
  const script = `(${stubborn}) & echo $! >> pids; setsid sh -c "echo \\$\\$ >> pids; ${stubborn}" & ${stubborn}`;
  const { id } = await runs.keeper.start("sample", { kind: "software", profile: script });
  const pids = await until(() => {
    try {
      const found = readFileSync(join(runs.root, "pids"), "utf8").trim().split("\n").map(Number);
      return found.length === 2 && found;
    } catch {
      return undefined;
    }
  });
  const limitMs = toBusyLimit(10_000);
  const begin = Date.now();
  await runs.keeper.stop(id);
  expect(await runs.untilEnd(id, limitMs)).toMatchObject({ state: "cancelled" });
  expect(Date.now() - begin).toBeLessThanOrEqual(limitMs);
  for (const pid of pids) expect([undefined, "Z"]).toContain((await findProcess(pid))?.state);
});
