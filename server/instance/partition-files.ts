/**
 * The files of a partition, to look at. What a partition holds was written by code of the instance: links are not
 * followed out of it, and nothing here writes.
 */
import { join } from "node:path";
import { WebrunnerError } from "@/lib/base/errors";
import type { PartitionEntry } from "@/lib/protocol";
import { type ConfinedFiles, createConfinedFiles } from "@/server/platform/confined-files";
import { toConfinedPath } from "@/server/platform/confined-path";
import type { Files, Owner } from "@/server/platform/files";

/** As much as the page's editor shows. */
const FILE_LIMIT_BYTES = 5 * 1024 * 1024;
const PARTITION_NAME = /^slappart\d{1,4}$/;

export interface PartitionFiles {
  /** `instance/not-found` for what is no partition of the project. */
  open(project: string, partition: string): Promise<ConfinedFiles>;
  /** Absolute. */
  toDirectory(project: string, partition: string): string;
  list(project: string, partition: string, path: string): Promise<PartitionEntry[]>;
  /** `file/not-text`, `file/too-large` */
  readText(project: string, partition: string, path: string): Promise<{ text: string; sizeBytes: number }>;
}

export interface PartitionFilesOptions {
  readonly files: Files;
  /** Directory of the partitions of a project. */
  readonly instanceRoot: (project: string) => string;
  readonly owner: Owner | undefined;
}

export function createPartitionFiles({ files, instanceRoot, owner }: PartitionFilesOptions): PartitionFiles {
  const toDirectory = (project: string, partition: string): string => {
    if (!PARTITION_NAME.test(partition)) throw createNoPartition(partition);
    return join(instanceRoot(project), partition);
  };

  const open = async (project: string, partition: string): Promise<ConfinedFiles> => {
    const root = toDirectory(project, partition);
    if ((await files.findInfo(root))?.kind !== "directory") throw createNoPartition(partition);
    return createConfinedFiles({ root, owner });
  };

  return {
    open,
    toDirectory,
    async list(project, partition, path) {
      const entries = await (await open(project, partition)).list(toConfinedPath(path));
      const shown = entries.map(({ name, path: at, kind, sizeBytes }) => ({ name, path: at, kind, sizeBytes }));
      return shown.sort((a, b) => Number(b.kind === "directory") - Number(a.kind === "directory"));
    },
    async readText(project, partition, path) {
      const { bytes } = await (await open(project, partition)).read(toConfinedPath(path), FILE_LIMIT_BYTES);
      if (bytes.includes(0)) throw new WebrunnerError("file/not-text", { message: "That file is not text." });
      return { text: bytes.toString("utf8"), sizeBytes: bytes.length };
    },
  };
}

function createNoPartition(partition: string): WebrunnerError {
  return new WebrunnerError("instance/not-found", { message: `There is no partition ${partition}.` });
}
