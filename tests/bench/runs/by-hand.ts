/** The engine started by hand, without the server: what runs through it are compared with. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { Place, PYTHON, runAsUser } from "../../integration/engine-python/engine-harness";

export function toWorkspacePath(dataDirectory: string, profile: string): string {
  return join(dataDirectory, "projects/sample/workspace", profile);
}

/** Milliseconds of a buildout of the profile, an absolute path, in a new directory. */
export async function timeByHand(profile: string): Promise<number> {
  const place = new Place();
  const spec = join(place.directory, "spec.json");
  await writeFile(spec, JSON.stringify({ directory: join(place.directory, "build"), profile }));
  const begin = performance.now();
  const { code, output } = await runAsUser(PYTHON, ["-m", "webrunner_engine", "buildout", "--spec", spec]);
  const ms = performance.now() - begin;
  expect(code, output).toBe(0);
  place.remove();
  return ms;
}
