/** A fork of slapos.cookbook to develop in: the sources and entry points that the engine has installed, with a setup.py. */
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Gives the version. `site` is the engine's site-packages. */
export function makeCookbookFork(site: string, directory: string): string {
  const metadata = readdirSync(site).find((name) => /^slapos[._]cookbook-.*\.dist-info$/.test(name));
  if (metadata === undefined) throw new Error("The engine has no slapos.cookbook");
  const version = /-(.*)\.dist-info$/.exec(metadata)![1]!;
  const recipes = readFileSync(join(site, metadata, "RECORD"), "utf8")
    .split("\n")
    .map((line) => line.split(",")[0]!)
    .filter((path) => path.startsWith("slapos/recipe/") && !path.endsWith(".pyc"));
  for (const path of recipes) {
    mkdirSync(join(directory, path, ".."), { recursive: true });
    cpSync(join(site, path), join(directory, path));
  }
  const points = readFileSync(join(site, metadata, "entry_points.txt"), "utf8");
  const recipePoints = (/\[zc\.buildout\]\n([\s\S]*?)(?:\n\[|$)/.exec(points)?.[1] ?? "")
    .split("\n")
    .filter((line) => line.includes("="));
  writeFileSync(
    join(directory, "setup.py"),
    `from setuptools import setup, find_namespace_packages
setup(
    name="slapos.cookbook",
    version="${version}",
    packages=find_namespace_packages(include=["slapos.*"]),
    entry_points={"zc.buildout": [
${recipePoints.map((line) => `        "${line.trim()}",`).join("\n")}
    ]},
)
`,
  );
  return version;
}
