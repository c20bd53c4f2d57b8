/**
 * From a key to what pyflakes says of it, as an editor sees it: the pause that typing has to make, the check in a
 * process that is warm, and the message. `WEBRUNNER_ENGINE` names an engine, whose Python has pyflakes.
 */
import { join } from "node:path";
import { expect, test } from "vitest";
import { startStdioEditor } from "../../integration/language/stdio-editor";
import { until } from "../../integration/until";

const KEYS = 20;
const GOAL_MS = 1_000;

test("says what is wrong with Python within a second after typing", async () => {
  const engine = process.env.WEBRUNNER_ENGINE;
  if (!engine) throw new Error("Set WEBRUNNER_ENGINE to an engine.");
  const editor = await startStdioEditor({}, {}, { pythonPath: join(engine, "venv/bin/python") });
  try {
    editor.open("recipe.py", "");
    const times: number[] = [];
    for (let key = 0; key <= KEYS; key++) {
      const begin = performance.now();
      editor.edit("recipe.py", `${"import os\n".repeat(200)}x = name${key}\n`);
      const isThere = () =>
        editor.diagnostics("recipe.py").some(({ message }) => String(message).includes(`'name${key}'`));
      await until(isThere, { everyMs: 2, what: "pyflakes" });
      times.push(performance.now() - begin);
    }
    const [first, ...warm] = times;
    warm.sort((a, b) => a - b);
    const p95 = warm[Math.floor(warm.length * 0.95)]!;
    const [low, middle] = [warm[0]!, warm[warm.length >> 1]!].map(Math.round);
    console.log(
      `key → pyflakes: first ${Math.round(first!)} ms; then ${low} least, ${middle} p50, ${Math.round(p95)} p95`,
    );
    expect(p95).toBeLessThan(GOAL_MS);
  } finally {
    await editor.dispose();
  }
});
