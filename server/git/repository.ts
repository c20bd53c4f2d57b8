/**
 * One open repository: its work tree, its git directory, objects, references, configuration, index.
 *
 * Promises: opening executes nothing and reads nothing outside the root; what a repository's configuration says to
 * run (hooks, filters, drivers, helpers) is not run by anything in this folder.
 */
import { WebrunnerError } from "@/lib/base/errors";
import { type ConfigChange, type ConfigFile, changeConfig, changeSection, parseConfig } from "@/lib/git/config-file";
import { GitFormatError } from "@/lib/git/format-error";
import {
  compareEntries,
  EMPTY_INDEX,
  encodeIndex,
  type GitIndex,
  type IndexEntry,
  parseIndex,
} from "@/lib/git/git-index";
import type { LineEndConfig } from "@/lib/git/line-endings";
import type { GitDisk } from "@/server/platform/git-disk";
import { withLock } from "./lock-file";
import { createLogWalks, type LogWalks } from "./log-walks";
import { createObjectStore, type ObjectStore, sha1 } from "./object-store";
import { createRefs, type Refs } from "./refs";

/** The user's own settings, read from their home directory. */
export interface UserGitSettings {
  readonly config: ConfigFile;
  readonly excludes: string;
  readonly attributes: string;
  /** Text of the file that their `commit.template` names. */
  readonly commitTemplate: string;
}

export interface LoadedIndex {
  readonly index: GitIndex;
  /** Of the index file: an entry as new as this may have changed unseen. */
  readonly mtimeMs: number;
}

export interface Repository {
  readonly work: GitDisk;
  readonly git: GitDisk;
  readonly objects: ObjectStore;
  readonly refs: Refs;
  /** Of its history, where pages of the log ended. */
  readonly walks: LogWalks;
  readonly user: UserGitSettings;
  config(): ConfigFile;
  /** The repository's value, else the user's. */
  setting(section: string, key: string): string | undefined;
  changeConfig(changes: readonly ConfigChange[]): Promise<void>;
  changeSection(section: string, subsection: string, renameTo: string | undefined): Promise<void>;
  lineEnds(): LineEndConfig;
  trustsFileMode(): boolean;
  readIndex(): LoadedIndex;
  /** Under the index lock; undefined leaves the index as it is. */
  updateIndex(change: (loaded: LoadedIndex) => GitIndex | undefined): Promise<void>;
  /** Closes the folders kept open during an operation. */
  release(): void;
  close(): void;
}

const TRUE = /^(true|yes|on|1|)$/i;

export interface RepositoryOptions {
  readonly work: GitDisk;
  readonly git: GitDisk;
  readonly user: UserGitSettings;
}

export function createRepository({ work, git, user }: RepositoryOptions): Repository {
  const objects = createObjectStore(git);
  const refs = createRefs(git);
  let configStamp = "";
  let configFile = parseConfig("");
  let indexStamp = "";
  let loaded: LoadedIndex = { index: EMPTY_INDEX, mtimeMs: 0 };

  const stampOf = (path: string): { stamp: string; mtimeMs: number } => {
    const stat = git.stat(path);
    return stat
      ? { stamp: `${stat.ino}:${stat.mtimeMs}:${stat.ctimeMs}:${stat.size}`, mtimeMs: stat.mtimeMs }
      : { stamp: "none", mtimeMs: 0 };
  };

  const config = (): ConfigFile => {
    const { stamp } = stampOf("config");
    if (stamp !== configStamp) {
      configFile = parseConfig(git.read("config")?.toString("utf8") ?? "");
      configStamp = stamp;
    }
    return configFile;
  };

  const setting = (section: string, key: string): string | undefined =>
    config().get(section, undefined, key) ?? user.config.get(section, undefined, key);

  const readIndex = (): LoadedIndex => {
    const { stamp, mtimeMs } = stampOf("index");
    if (stamp === indexStamp) return loaded;
    const bytes = git.read("index");
    try {
      loaded = { index: bytes ? parseIndex(bytes, sha1) : EMPTY_INDEX, mtimeMs };
    } catch (cause) {
      if (!(cause instanceof GitFormatError)) throw cause;
      throw new WebrunnerError("git/corrupt", { message: `The index cannot be read: ${cause.message}.` }, { cause });
    }
    indexStamp = stamp;
    return loaded;
  };

  return {
    work,
    git,
    objects,
    refs,
    walks: createLogWalks(),
    user,
    config,
    setting,
    readIndex,

    async changeConfig(changes) {
      await withLock(git, "config", () => {
        const before = git.read("config")?.toString("utf8") ?? "";
        return Buffer.from(changes.reduce(changeConfig, before));
      });
    },

    async changeSection(section, subsection, renameTo) {
      await withLock(git, "config", () =>
        Buffer.from(changeSection(git.read("config")?.toString("utf8") ?? "", section, subsection, renameTo)),
      );
    },

    lineEnds() {
      const autocrlf = setting("core", "autocrlf")?.toLowerCase();
      const eol = setting("core", "eol")?.toLowerCase();
      return {
        autocrlf: autocrlf === "input" ? "input" : autocrlf !== undefined && TRUE.test(autocrlf),
        eol: eol === "lf" || eol === "crlf" ? eol : undefined,
      };
    },

    trustsFileMode: () => TRUE.test(setting("core", "filemode") ?? "true"),

    async updateIndex(change) {
      let next: GitIndex | undefined;
      await withLock(
        git,
        "index",
        () => {
          next = change(readIndex());
          return next && encodeIndex(next, sha1);
        },
        () => {
          // What was written needs no reading.
          if (!next || !isSorted(next.entries)) return;
          const { stamp, mtimeMs } = stampOf("index");
          loaded = { index: next, mtimeMs };
          indexStamp = stamp;
        },
      );
    },

    release() {
      work.release();
      git.release();
    },
    close() {
      objects.close();
      work.release();
      git.release();
    },
  };
}

function isSorted(entries: readonly IndexEntry[]): boolean {
  return entries.every((entry, i) => i === 0 || compareEntries(entries[i - 1]!, entry) < 0);
}

/** Refuses what we would misread: other hash functions, reference stores, or a newer layout. */
export function ensureSupported(config: ConfigFile): void {
  const version = Number(config.get("core", undefined, "repositoryformatversion") ?? "0");
  const unsupported = config.entries.find(
    ({ section, key, value }) =>
      section === "extensions" &&
      !(key === "noop" || key === "partialclone" || key === "preciousobjects" || key === "worktreeconfig") &&
      !(key === "objectformat" && value === "sha1") &&
      !(key === "refstorage" && value === "files"),
  );
  if (version > 1 || (version === 1 && unsupported)) {
    throw new WebrunnerError("git/unsupported", {
      message: unsupported
        ? `This repository uses git's extension ${unsupported.key}, which is not supported here.`
        : `This repository has format version ${version}, which is not supported here.`,
      hint: "Use git in the terminal for it.",
    });
  }
}
