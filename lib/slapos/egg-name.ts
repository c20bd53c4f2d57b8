/**
 * The name of the egg that a source directory makes, by what its `setup.py`, `setup.cfg` or `pyproject.toml` says
 * literally. Nothing is executed: a name that is computed is not found.
 */
const SETUP_NAME = /\bname\s*=\s*(?:"([^"\n]+)"|'([^'\n]+)')/;
const SETUP_CFG_NAME = /^\[metadata\][^[]*?^name\s*=\s*(\S+)/m;
const PROJECT_NAME = /^\[project\][^[]*?^name\s*=\s*["']([^"'\n]+)["']/m;

export const EGG_FILES = ["setup.py", "setup.cfg", "pyproject.toml"] as const;

export function findEggName(file: (typeof EGG_FILES)[number], text: string): string | undefined {
  if (file === "setup.cfg") return SETUP_CFG_NAME.exec(text)?.[1];
  if (file === "pyproject.toml") return PROJECT_NAME.exec(text)?.[1];
  const found = SETUP_NAME.exec(text);
  return found?.[1] ?? found?.[2];
}
