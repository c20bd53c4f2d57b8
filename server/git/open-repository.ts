/**
 * Finding and making repositories below a workspace.
 *
 * A `.git` that is a file (a worktree or a submodule) is followed only to a place inside the workspace: whoever
 * writes the tree must not make the server read another user's repository.
 */
import { posix } from "node:path";
import { WebrunnerError } from "@/lib/base/errors";
import { parseConfig } from "@/lib/git/config-file";
import { createGitDisk, type GitDisk } from "@/server/platform/git-disk";
import { createRepository, ensureSupported, type Repository, type UserGitSettings } from "./repository";

const isGitDirectory = (disk: GitDisk): boolean =>
  disk.stat("HEAD")?.kind === "file" && disk.stat("objects")?.kind === "folder" && disk.stat("refs")?.kind === "folder";

/** Where the git directory of `path` is, relative to the workspace; undefined when there is none. */
function findGitDirectory(container: GitDisk, path: string): string | undefined {
  const own = path === "" ? ".git" : `${path}/.git`;
  const entry = container.stat(own);
  if (entry?.kind === "folder") return own;
  if (entry?.kind !== "file") return undefined;
  const target = /^gitdir: (.+?)\s*$/.exec(container.read(own)?.toString("utf8") ?? "")?.[1];
  if (target === undefined || target.startsWith("/")) return undefined;
  const named = posix.normalize(posix.join(path, target));
  return named.startsWith("..") || container.stat(named)?.kind !== "folder" ? undefined : named;
}

/** Undefined when there is none at `path` (relative to the workspace; the empty string is its root). */
export function findRepository(workspace: string, path: string, user: UserGitSettings): Repository | undefined {
  const container = createGitDisk({ root: workspace });
  try {
    const gitPath = findGitDirectory(container, path);
    if (gitPath === undefined) return undefined;
    const git = createGitDisk({ root: `${workspace}/${gitPath}` });
    if (!isGitDirectory(git)) {
      git.release();
      return undefined;
    }
    ensureSupported(parseConfig(git.read("config")?.toString("utf8") ?? ""));
    return createRepository({
      work: createGitDisk({ root: path === "" ? workspace : `${workspace}/${path}` }),
      git,
      user,
    });
  } finally {
    container.release();
  }
}

export function openRepository(workspace: string, path: string, user: UserGitSettings): Repository {
  const repository = findRepository(workspace, path, user);
  if (repository) return repository;
  throw new WebrunnerError("git/no-repository", {
    message: "There is no git repository here.",
    hint: "Clone one, or make one with “Initialise repository”.",
  });
}

/** The workspace paths of repositories: the root and what lies up to two folders below it. */
export function listRepositories(workspace: string): string[] {
  const disk = createGitDisk({ root: workspace });
  const found: string[] = [];
  try {
    const walk = (path: string, depth: number): void => {
      const entries = disk.list(path) ?? [];
      if (entries.some((entry) => entry.name === ".git")) found.push(path);
      if (depth === 0) return;
      for (const entry of entries) {
        if (entry.kind === "folder" && !entry.name.startsWith(".") && entry.name !== "node_modules") {
          walk(path === "" ? entry.name : `${path}/${entry.name}`, depth - 1);
        }
      }
    };
    walk("", 2);
  } finally {
    disk.release();
  }
  return found;
}

/** Of each of them where its references are: an absolute directory, reached without any link below the workspace. */
export function listGitDirectories(workspace: string): { repository: string; directory: string }[] {
  const repositories = listRepositories(workspace);
  const disk = createGitDisk({ root: workspace });
  try {
    return repositories.flatMap((repository) => {
      const found = findGitDirectory(disk, repository);
      return found === undefined ? [] : [{ repository, directory: `${workspace}/${found}` }];
    });
  } finally {
    disk.release();
  }
}

/** An empty repository, laid out as `git init` does, without hooks. */
export function createEmptyRepository(
  workspace: string,
  path: string,
  user: UserGitSettings,
  branch = user.config.get("init", undefined, "defaultbranch") ?? "main",
): Repository {
  const disk = createGitDisk({ root: workspace });
  const prefix = path === "" ? "" : `${path}/`;
  try {
    if (disk.stat(`${prefix}.git`)) {
      throw new WebrunnerError("file/exists", { message: "There is a repository already." });
    }
    for (const folder of ["objects/info", "objects/pack", "refs/heads", "refs/tags", "info"]) {
      disk.ensureFolder(`${prefix}.git/${folder}`);
    }
    const write = (name: string, text: string): void => disk.replace(`${prefix}.git/${name}`, Buffer.from(text));
    write(
      "config",
      "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n\tlogallrefupdates = true\n",
    );
    write("HEAD", `ref: refs/heads/${branch}\n`);
  } finally {
    disk.release();
  }
  return openRepository(workspace, path, user);
}

/** The user's settings below their home directory; whatever is missing is empty. */
export function readUserSettings(home: string | undefined): UserGitSettings {
  if (home === undefined) return { config: parseConfig(""), excludes: "", attributes: "", commitTemplate: "" };
  const disk = createGitDisk({ root: home });
  try {
    const text = (path: string): string => disk.read(path)?.toString("utf8") ?? "";
    const config = parseConfig(`${text(".config/git/config")}\n${text(".gitconfig")}`);
    // Builds may write these settings: what they name is read below the home directory and nowhere else.
    const named = (path: string): string => {
      const below = path.startsWith("~/") ? path.slice(2) : path.slice(home.length + 1);
      const isBelow = path.startsWith("~/") || path.startsWith(`${home}/`);
      return isBelow && !below.split("/").some((name) => name === ".." || name === "") ? text(below) : "";
    };
    const own = (key: string, fallback: string): string => {
      const path = config.get("core", undefined, key);
      return path === undefined ? text(fallback) : named(path);
    };
    return {
      config,
      excludes: own("excludesfile", ".config/git/ignore"),
      attributes: own("attributesfile", ".config/git/attributes"),
      commitTemplate: named(config.get("commit", undefined, "template") ?? ""),
    };
  } finally {
    disk.release();
  }
}
