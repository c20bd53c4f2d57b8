/** A program that is kept for the next question: pyflakes answers without being started again. */
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createPythonLint } from "@/server/language/python-lint";
import { createAnsweringProgram } from "@/server/platform/answering-program";
import { until } from "../until";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "answering-program-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A Python that writes down that it was started, by what process. */
async function countingPython(): Promise<{ python: string; starts(): Promise<number[]> }> {
  const python = join(folder, "python");
  const starts = join(folder, "starts");
  await writeFile(starts, "");
  await writeFile(
    python,
    `#!/bin/sh\necho $$ >> ${starts}\nexec ${join(process.env.WEBRUNNER_ENGINE!, "venv/bin/python")} "$@"\n`,
  );
  await chmod(python, 0o755);
  return { python, starts: async () => (await readFile(starts, "utf8")).split("\n").filter(Boolean).map(Number) };
}

const check = (source: string) => [{ source, builtins: [] }];

test("many checks are one process, and one that was killed is started again", async () => {
  const { python, starts } = await countingPython();
  const lint = createPythonLint(() => python);
  const all = await Promise.all(["import os\n", "x = nowhere\n", "if\n"].map((source) => lint(check(source))));
  expect(all.map(([problem]) => problem?.message)).toEqual([
    "'os' imported but unused",
    "undefined name 'nowhere'",
    expect.stringContaining("invalid syntax"),
  ]);
  expect(await lint(check("x = 1\n"))).toEqual([]);
  const [first, ...more] = await starts();
  expect(more).toEqual([]);

  process.kill(first!, "SIGKILL");
  await until(async () => (await lint(check("import os\n"))).length === 1, { what: "the next process" });
  expect(await starts()).toHaveLength(2);
});

test("a program that nobody asks ends, and one that is too slow is ended", async () => {
  const program = createAnsweringProgram(
    ["-c", 'echo $$; while read line; do [ "$line" = slow ] || echo "$line"; done'],
    50,
  );
  const pid = Number(await program.ask("/bin/sh", "first", 5_000));
  const isThere = (): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  await until(() => !isThere(), { what: "the end of the idle program" });
  const slow = createAnsweringProgram(["-c", 'while read line; do [ "$line" = slow ] || echo "$line"; done']);
  expect(await slow.ask("/bin/sh", "slow", 100)).toBeUndefined();
  expect(await slow.ask("/bin/sh", "again", 5_000)).toBe("again");
  expect(await slow.ask(join(folder, "absent"), "x", 5_000)).toBeUndefined();
});
