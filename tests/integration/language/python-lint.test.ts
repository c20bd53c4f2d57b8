/** Real pyflakes, of the engine's Python, on files and on Python inside options, as an editor is told of it. */
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { until } from "../until";
import { type StdioEditor, startStdioEditor } from "./stdio-editor";

let editor: StdioEditor | undefined;
afterEach(() => editor?.dispose());

const found = (name: string): string[] =>
  editor!
    .diagnostics(name)
    .filter(({ source }) => source === "pyflakes")
    .map(({ range, message, severity }) => `${range.start.line}:${range.start.character} ${severity} ${message}`)
    .sort();

test("A10.1, A10.2: names that are nowhere, unused imports and wrong syntax, at their lines, on unsaved text", async () => {
  const engine = process.env.WEBRUNNER_ENGINE;
  if (!engine) throw new Error("WEBRUNNER_ENGINE names no engine: npm test makes one");
  editor = await startStdioEditor({}, {}, { pythonPath: join(engine, "venv/bin/python") });

  editor.open("recipe.py", "import os\n\n\ndef install():\n    return nowhere\n");
  await until(() => found("recipe.py").length === 2, { what: "what pyflakes says of the file" });
  expect(found("recipe.py")).toEqual(["0:0 2 'os' imported but unused", "4:11 1 undefined name 'nowhere'"]);

  editor.open(
    "software.cfg",
    "[a]\nrecipe = slapos.recipe.build\ninstall =\n  import sys\n  self.x = nowhere + ${:y}\ny = 1\n",
  );
  await until(() => found("software.cfg").length === 2, { what: "what pyflakes says of the option" });
  expect(found("software.cfg")).toEqual(["3:2 2 'sys' imported but unused", "4:11 1 undefined name 'nowhere'"]);

  editor.edit("software.cfg", "[a]\nrecipe = slapos.recipe.build\ninstall =\n  if location\n    pass\n");
  await until(() => found("software.cfg")[0]?.includes("expected"), { what: "the wrong syntax" });
  expect(found("software.cfg")).toEqual([expect.stringMatching(/^3:\d+ 1 expected ':'/)]);
});
