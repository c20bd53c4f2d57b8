/**
 * Random work in a repository, round by round, and after each round our status beside git's.
 *
 * Everything that a status has to see takes part: edits (also of the same size and within one clock tick), modes,
 * deletions, renames, links, type changes, folders for files and back, ignore rules of every level, submodules,
 * nested repositories, `eol` attributes, odd names, staged and unstaged, commits and conflicts.
 */
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { quotePath } from "@/lib/git/path-bytes";
import { formatPorcelain } from "@/lib/git/status-model";
import { openRepository, readUserSettings } from "@/server/git/open-repository";
import { readStatus } from "@/server/git/status";
import { createSubmoduleReader } from "@/server/git/submodules";
import { createWorkTree } from "@/server/git/work-tree";
import { type NativeGit, nativeGit, temporaryPlace } from "./native-git";

/** A small generator with a seed, so that a failing round can be run again. */
export function createRandom(seed: number): { below(limit: number): number; pick<T>(items: readonly T[]): T } {
  let state = seed >>> 0;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return { below, pick: (items) => items[below(items.length)]! };
}

const NAMES = [
  "a.cfg",
  "b.cfg",
  "c.txt",
  "d e.txt",
  "ü.txt",
  "build.log",
  "x.pyc",
  'q"uote',
  "deep/one/f.cfg",
  "deep/two/g.cfg",
  "deep/one/h.txt",
  "lib/.keep",
  "lib/m.py",
  "out/r.txt",
  "out/tmp/s.txt",
  "crlf.txt",
  "z/y/x/w",
];

export interface RoundsResult {
  readonly rounds: number;
  readonly differences: string[];
}

export function runStatusRounds(seed: number, rounds: number): RoundsResult {
  const place = temporaryPlace();
  const git = nativeGit(place.work, place.home);
  const random = createRandom(seed);
  const chosen = createRandom(seed + 1);
  const differences: string[] = [];
  try {
    prepare(git);
    const user = readUserSettings(place.home);
    const repository = openRepository(place.work, "", user);
    const tree = createWorkTree(repository);
    const submodule = createSubmoduleReader(place.work, "", user);
    for (let round = 0; round < rounds && differences.length < 3; round++) {
      const steps: string[] = [];
      for (let step = random.below(4) + 1; step > 0; step--) steps.push(act(git, random));
      const ours = formatPorcelain(readStatus(repository, tree, { submodule }));
      // Asked after ours: native status refreshes the index and would hide what we got wrong.
      const theirs = git.status();
      if (ours !== theirs)
        differences.push(`seed ${seed} round ${round} [${steps.join("; ")}]\nours:\n${ours}git:\n${theirs}`);
      const path = chosen.pick(["deep", "lib", "deep/one", "module", ...NAMES]);
      const asked = trackedRows(
        formatPorcelain(readStatus(repository, tree, { submodule, renames: false, paths: [path] })),
      );
      const oursOfPath = asked.filter((row) => isRowOf(row, path)).join("\n");
      const theirsOfPath = trackedRows(git("status", "--porcelain", "--no-renames", "--", path)).join("\n");
      if (oursOfPath !== theirsOfPath)
        differences.push(`seed ${seed} round ${round}, of ${path}\nours:\n${oursOfPath}\ngit:\n${theirsOfPath}`);
    }
    repository.close();
  } finally {
    place.dispose();
  }
  return { rounds, differences };
}

/** What is untracked is collapsed to folders otherwise when a path is given. */
function trackedRows(porcelain: string): string[] {
  return porcelain.split("\n").filter((row) => row !== "" && !row.startsWith("??"));
}

function isRowOf(row: string, path: string): boolean {
  const shown = quotePath(path, { quoteSpace: true }).replace(/"$/, "");
  return row.slice(3).replace(/"$/, "") === shown || row.slice(3).startsWith(`${shown}/`);
}

function prepare(git: NativeGit): void {
  const { directory, home } = git;
  mkdirSync(join(home, ".config/git"), { recursive: true });
  writeFileSync(join(home, ".config/git/ignore"), "*.global\n");
  writeFileSync(join(home, ".gitconfig"), '[protocol "file"]\n\tallow = always\n[init]\n\tdefaultBranch = main\n');
  const source = join(directory, "../source");
  mkdirSync(source);
  const other = nativeGit(source, home);
  other("init", "-q");
  writeFileSync(join(source, "inside.txt"), "inside\n");
  other("add", ".");
  other("commit", "-q", "-m", "inside");
  git("init", "-q");
  mkdirSync(join(directory, ".git/info"), { recursive: true });
  writeFileSync(join(directory, ".git/info/exclude"), "excluded\n/only-root\n");
  for (const name of NAMES) write(git, name, `line 1\nline 2\n${name}\n`);
  write(git, ".gitignore", "*.pyc\n/out/tmp\n!keep.pyc\n*.log\nfoo/**/bar\n");
  write(git, ".gitattributes", "crlf.txt text eol=crlf\n*.auto text=auto\n");
  git("add", ".");
  git("submodule", "--quiet", "add", "../source", "module");
  git("commit", "-q", "-m", "start");
}

function write(git: NativeGit, name: string, text: string): void {
  const path = join(git.directory, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function act(git: NativeGit, random: ReturnType<typeof createRandom>): string {
  const full = (name: string): string => join(git.directory, name);
  const isFile = (name: string): boolean => lstatSync(full(name), { throwIfNoEntry: false })?.isFile() === true;
  const attempt = (label: string, work: () => void): string => {
    try {
      work();
      return label;
    } catch {
      // The random step did not fit the state (git refused, a folder was in the way): nothing is compared less.
      return `${label} (refused)`;
    }
  };
  const name = random.pick(NAMES);
  const kind = random.below(26);
  switch (kind) {
    case 0:
    case 1:
      return attempt(`edit ${name}`, () => write(git, name, `line 1\nchanged ${random.below(1000)}\n${name}\n`));
    case 2:
      return attempt(`same size ${name}`, () => {
        if (!isFile(name)) return;
        const text = readFileSync(full(name), "latin1");
        writeFileSync(
          full(name),
          text.replace(/[a-z]/, (letter) => (letter === "k" ? "l" : "k")),
          "latin1",
        );
      });
    case 3:
      return attempt(`chmod ${name}`, () => {
        if (isFile(name)) chmodSync(full(name), lstatSync(full(name)).mode & 0o100 ? 0o644 : 0o755);
      });
    case 4:
      return attempt(`delete ${name}`, () => rmSync(full(name), { recursive: true }));
    case 5:
      return attempt("rename", () => {
        const target = full(
          `${random.pick(["moved", "lib", "deep/three"])}/${random.below(5)}-${name.replaceAll("/", "_")}`,
        );
        mkdirSync(dirname(target), { recursive: true });
        renameSync(full(name), target);
      });
    case 6:
      return attempt(`link ${name}`, () => {
        rmSync(full(name), { recursive: true, force: true });
        mkdirSync(dirname(full(name)), { recursive: true });
        symlinkSync(random.pick(["a.cfg", "nowhere", "deep"]), full(name));
      });
    case 7:
      return attempt(`folder for ${name}`, () => {
        rmSync(full(name), { recursive: true, force: true });
        write(git, `${name}/inner.txt`, "inner\n");
      });
    case 8:
    case 9:
      return attempt("untracked", () =>
        write(
          git,
          random.pick([
            "new/one",
            "new/two.pyc",
            "n.global",
            "excluded",
            "only-root",
            "lib/only-root",
            "lib/keep.pyc",
            "lib/t.pyc",
            "foo/a/bar",
            "foo/x",
            "deep/excluded",
            "b.auto",
          ]),
          `${random.below(9)}\r\n`,
        ),
      );
    case 10:
      return attempt("ignore file", () =>
        write(
          git,
          random.pick([".gitignore", "deep/.gitignore", "lib/.gitignore"]),
          random.pick([
            "*.pyc\n",
            "/one/\n!h.txt\n",
            "*\n!*.py\n",
            "two/*.cfg\n# note\n\\!x\n",
            "**/two\nkeep\n",
            "[a-c].cfg \n*.t?t\n",
          ]),
        ),
      );
    case 11:
      return attempt("empty folder", () => mkdirSync(full("empty/inside"), { recursive: true }));
    case 12:
      return attempt("nested repository", () => {
        mkdirSync(full("nested"), { recursive: true });
        if (!existsSync(full("nested/.git"))) git("init", "-q", "nested");
      });
    case 13:
      return attempt("submodule edit", () =>
        write(git, random.pick(["module/inside.txt", "module/new.txt"]), random.pick(["inside\n", "other\n"])),
      );
    case 14:
      return attempt("submodule commit", () => {
        const module = nativeGit(full("module"), git.home);
        module("commit", "-q", "--allow-empty", "-m", "more");
      });
    case 15:
      return attempt("crlf", () =>
        write(
          git,
          random.pick(["crlf.txt", "b.auto", "c.txt"]),
          random.pick(["line 1\r\nline 2\r\ncrlf.txt\r\n", "line 1\nline 2\ncrlf.txt\n", "mixed\r\nlines\n"]),
        ),
      );
    case 16:
      return attempt("attributes", () => {
        write(
          git,
          ".gitattributes",
          random.pick([
            "crlf.txt text eol=crlf\n*.auto text=auto\n",
            "* text=auto\n",
            "*.txt -text\n",
            "*.cfg binary\nc.txt text\n",
          ]),
        );
        // Git trusts a file that it has seen in an earlier second whatever the attributes say since; a new time makes
        // it look again, whenever this runs.
        for (const each of git("ls-files", "-z").split("\0")) {
          if (each !== "" && isFile(each))
            utimesSync(full(each), new Date(), new Date(Date.now() + 1000 * random.below(100)));
        }
      });
    case 17:
    case 18:
      return attempt(`git add ${name}`, () => git("add", "--", name));
    case 19:
      return attempt("git add -A", () => git("add", "-A"));
    case 20:
      return attempt("git commit", () => git("commit", "-q", "-m", "round"));
    case 21:
      return attempt(`git rm ${name}`, () => git("rm", "-q", random.pick(["-f", "--cached"]), "--", name));
    case 22:
      return attempt(`git mv ${name}`, () => git("mv", "-f", name, `${random.below(30)}.moved`));
    case 23:
      return attempt("git reset", () =>
        git("reset", "-q", random.pick(["--hard", "--mixed", "--soft"]), random.pick(["HEAD", "HEAD~1"])),
      );
    case 24:
      return attempt("git add -N", () => {
        write(git, "intent.txt", "intent\n");
        git("add", "-N", "intent.txt");
      });
    default:
      return attempt("git merge", () => {
        git("checkout", "-q", "-f", "-B", "side", "HEAD~1");
        write(git, "a.cfg", `side ${random.below(100)}\n`);
        git("commit", "-q", "-am", "side");
        git("checkout", "-q", "-f", "main");
        git("merge", "-q", "side");
      });
  }
}
