/**
 * The four places of a repository of SlapOS's shape, and finding in one of them: `c:php` looks among the components.
 *
 * Of a component, stack or release the file that is it (`buildout.cfg`, `software.cfg`) comes before what lies beside it,
 * and the folder of exactly the wanted name before others.
 */
import { findBestMatches } from "./fuzzy-match";

export interface RepositoryRoot {
  /** What is typed before the colon. */
  readonly prefix: "c" | "k" | "s" | "r";
  readonly title: string;
  readonly folder: string;
}

export const REPOSITORY_ROOTS: readonly RepositoryRoot[] = [
  { prefix: "c", title: "components", folder: "component" },
  { prefix: "k", title: "stacks", folder: "stack" },
  { prefix: "s", title: "releases", folder: "software" },
  { prefix: "r", title: "recipes", folder: "slapos/recipe" },
];

/** `c:php` → the root and `php`; undefined for what begins otherwise, a file named `c` with a line among it. */
export function parseRootQuery(query: string): { readonly root: RepositoryRoot; readonly text: string } | undefined {
  const found = /^([cksr]):(?!\d+$)(.*)$/.exec(query);
  const root = found && REPOSITORY_ROOTS.find(({ prefix }) => prefix === found[1]);
  return root ? { root, text: found[2]!.trim() } : undefined;
}

const MAIN_FILES = new Set(["buildout.cfg", "software.cfg"]);

/** What a person calls it: the folder's name; of a recipe the module's. */
function nameOf(root: RepositoryRoot, path: string): string {
  const below = path.slice(root.folder.length + 1);
  const first = below.split("/")[0]!;
  return root.prefix === "r" ? first.replace(/\.py$/, "") : first;
}

function isMain(root: RepositoryRoot, path: string): boolean {
  const below = path.slice(root.folder.length + 1).split("/");
  if (root.prefix === "r")
    return below.length === 1 ? below[0]!.endsWith(".py") && below[0] !== "__init__.py" : below[1] === "__init__.py";
  return below.length === 2 && MAIN_FILES.has(below[1]!);
}

export function findInRoot(
  root: RepositoryRoot,
  text: string,
  paths: readonly string[],
  limit: number,
): readonly string[] {
  const inside = paths.filter((path) => path.startsWith(`${root.folder}/`));
  const main = inside.filter((path) => isMain(root, path));
  const mains = new Set(main);
  const others = inside.filter((path) => !mains.has(path));
  if (text === "") return [...main, ...others].slice(0, limit);
  const best = findBestMatches(text, main, (path) => nameOf(root, path), limit).map(({ item }) => item);
  const exact = best.filter((path) => nameOf(root, path) === text);
  const rest = best.filter((path) => nameOf(root, path) !== text);
  const beside = findBestMatches(text, others, (path) => path.slice(root.folder.length + 1), limit).map(
    ({ item }) => item,
  );
  return [...exact, ...rest, ...beside].slice(0, limit);
}

/** How many things each root holds; roots without any are left out. */
export function countRoots(
  paths: readonly string[],
): readonly { readonly root: RepositoryRoot; readonly count: number }[] {
  return REPOSITORY_ROOTS.flatMap((root) => {
    const inside = paths.filter((path) => path.startsWith(`${root.folder}/`) && isMain(root, path));
    const count = new Set(inside.map((path) => nameOf(root, path))).size;
    return count > 0 ? [{ root, count }] : [];
  });
}
