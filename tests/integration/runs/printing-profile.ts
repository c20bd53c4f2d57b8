/** A profile whose only part runs one program: for logs of a known content on the real engine. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Gives the workspace path. */
export async function writePrintingProfile(
  dataDirectory: string,
  name: string,
  argv: readonly string[],
): Promise<string> {
  const path = `${name}/buildout.cfg`;
  const file = join(dataDirectory, "projects/sample/workspace", path);
  await mkdir(dirname(file), { recursive: true });
  const lines = [
    "[buildout]",
    "parts = print",
    "[print]",
    "recipe = slapos.recipe.build",
    "install =",
    "  import os, subprocess",
    "  os.makedirs(location)",
    `  subprocess.check_call(${JSON.stringify(argv)})`,
  ];
  await writeFile(file, `${lines.join("\n")}\n`);
  return path;
}
