/**
 * What a person does with the files of one project.
 *
 * Promises: a save carries the tag that it read or is a conflict that shows what is there (F2); what is overwritten or
 * deleted is in the local history first (F3); bytes that were not changed stay as they are, line ends, byte order mark
 * and encoding included (F4).
 */
import { createHash } from "node:crypto";
import { WebrunnerError } from "@/lib/base/errors";
import type { ConfinedPath, FileTag } from "@/lib/base/ids";
import type { Draft, Entry, FileText } from "@/lib/protocol";
import type { Commands } from "@/server/platform/command";
import { type ConfinedEntry, type ConfinedFiles, createTooLarge } from "@/server/platform/confined-files";
import { createNotFound, splitConfined, toConfinedPath } from "@/server/platform/confined-path";
import type { FileInfo } from "@/server/platform/files";
import type { Drafts } from "./drafts";
import type { History } from "./history";
import { createPathLocks } from "./path-locks";
import { decodeText, encodeText, NEW_FILE_ENCODING } from "./text-encoding";

export const EDITABLE_BYTES = 5 * 1024 * 1024;
export const READABLE_BYTES = 50 * 1024 * 1024;
export const UPLOAD_BYTES = 500 * 1024 * 1024;

export interface Download {
  readonly fileName: string;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** All paths are as they came from outside; they are confined here. */
export interface Workspace {
  list(path: string): Promise<Entry[]>;
  create(path: string, kind: "file" | "directory"): Promise<Entry>;
  move(from: string, to: string): Promise<Entry>;
  copy(from: string, to: string): Promise<Entry>;
  remove(path: string): Promise<void>;
  readText(path: string): Promise<FileText>;
  /** `tag` null: the file must not exist yet. */
  replaceText(path: string, text: string, tag: string | null): Promise<{ path: string; tag: string }>;
  upload(path: string, bytes: AsyncIterable<Uint8Array>, overwrite: boolean): Promise<{ path: string; tag: string }>;
  download(path: string, signal: AbortSignal): Promise<Download>;
  listDrafts(): Promise<Draft[]>;
  keepDraft(path: string, text: string, baseTag: string | null): Promise<Draft>;
  removeDraft(path: string): Promise<void>;
}

export interface WorkspaceOptions {
  readonly tree: ConfinedFiles;
  readonly history: History;
  readonly drafts: Drafts;
  readonly commands: Commands;
  /** A draft was kept, discarded or saved. */
  readonly onDraftChanged: (path: string) => void;
}

export function toTag(bytes: Uint8Array): FileTag {
  return createHash("sha256").update(bytes).digest("hex") as FileTag;
}

export function createWorkspace({ tree, history, drafts, commands, onDraftChanged }: WorkspaceOptions): Workspace {
  const locks = createPathLocks();

  const getEntry = async (path: ConfinedPath): Promise<Entry> => {
    const entry = await tree.findEntry(path);
    const shown = entry && toEntry(entry);
    if (!shown) throw createNotFound();
    return shown;
  };

  const ensureParents = async (path: ConfinedPath): Promise<void> => {
    const { folder } = splitConfined(path);
    if (folder === "" || (await tree.findEntry(folder))) return;
    await ensureParents(folder);
    await tree.createDirectory(folder);
  };

  const findBytes = async (path: ConfinedPath): Promise<{ bytes: Buffer; info: FileInfo } | undefined> => {
    try {
      return await tree.read(path, READABLE_BYTES);
    } catch (error) {
      if (error instanceof WebrunnerError && error.code === "file/not-found") return undefined;
      throw error;
    }
  };

  /** What both sides need to merge: the text and tag that are there, or null when there is no file any more. */
  const toConflict = (path: string, current: Buffer | undefined): WebrunnerError =>
    new WebrunnerError("file/conflict", {
      message: current ? "The file was changed since it was read." : "The file was deleted since it was read.",
      path,
      current: current ? { text: decodeText(current)?.text ?? null, tag: toTag(current) } : null,
    });

  const overwrite = async (path: ConfinedPath, expected: string, text: string): Promise<FileTag> => {
    const current = await findBytes(path);
    if (!current || toTag(current.bytes) !== expected) throw toConflict(path, current?.bytes);
    if (current.bytes.length > EDITABLE_BYTES) throw createTooLarge(current.bytes.length, EDITABLE_BYTES);
    const decoded = decodeText(current.bytes);
    if (!decoded) throw createNotText();
    const bytes = encodeText(text, decoded.encoding);
    if (!bytes) throw createNotEncodable();
    if (bytes.equals(current.bytes)) return toTag(bytes);
    await history.keep(path, current.bytes);
    await tree.replace(path, bytes, async (now) => {
      if (isSameVersion(now, current.info)) return;
      const changed = await findBytes(path);
      if (!changed || toTag(changed.bytes) !== expected) throw toConflict(path, changed?.bytes);
    });
    return toTag(bytes);
  };

  const createText = async (path: ConfinedPath, text: string): Promise<FileTag> => {
    const bytes = encodeText(text, NEW_FILE_ENCODING);
    if (!bytes) throw createNotEncodable();
    try {
      await ensureParents(path);
      await tree.create(path, bytes);
    } catch (error) {
      if (!(error instanceof WebrunnerError) || error.code !== "file/exists") throw error;
      const current = await findBytes(path);
      // What is there is no file to merge with, a link that leads out for example.
      if (!current) throw error;
      throw toConflict(path, current.bytes);
    }
    return toTag(bytes);
  };

  const settleDraft = async (path: ConfinedPath, text: string): Promise<void> => {
    // A draft with another text was typed meanwhile: it is not saved and stays.
    if ((await drafts.find(path))?.text !== text) return;
    await drafts.remove(path);
    onDraftChanged(path);
  };

  return {
    list: async (path) =>
      (await tree.list(toConfinedPath(path))).flatMap((entry) => toEntry(entry) ?? []).sort(foldersFirst),

    async create(path, kind) {
      const confined = toConfinedPath(path);
      return locks.hold([confined], async () => {
        await ensureParents(confined);
        if (kind === "file") await tree.create(confined, Buffer.alloc(0));
        else await tree.createDirectory(confined);
        return getEntry(confined);
      });
    },

    async move(from, to) {
      const [source, target] = [toConfinedPath(from), toConfinedPath(to)];
      return locks.hold([source, target], async () => {
        await tree.move(source, target);
        await drafts.move(source, target);
        return getEntry(target);
      });
    },

    async copy(from, to) {
      const [source, target] = [toConfinedPath(from), toConfinedPath(to)];
      return locks.hold([source, target], async () => {
        await tree.copy(source, target);
        return getEntry(target);
      });
    },

    async remove(path) {
      const confined = toConfinedPath(path);
      if (confined === "") throw createNotFound();
      await locks.hold([confined], () => history.takeOut(tree, confined));
    },

    async readText(path) {
      const confined = toConfinedPath(path);
      const { bytes, info } = await tree.read(confined, READABLE_BYTES);
      const decoded = decodeText(bytes);
      if (!decoded) throw createNotText();
      return {
        path: confined,
        text: decoded.text,
        tag: toTag(bytes),
        sizeBytes: bytes.length,
        readOnly: bytes.length > EDITABLE_BYTES || (info.mode & 0o222) === 0,
        hasByteOrderMark: decoded.encoding.byteOrderMark,
      };
    },

    async replaceText(path, text, tag) {
      const confined = toConfinedPath(path);
      const sizeBytes = Buffer.byteLength(text);
      if (sizeBytes > EDITABLE_BYTES) throw createTooLarge(sizeBytes, EDITABLE_BYTES);
      return locks.hold([confined], async () => {
        const saved = tag === null ? await createText(confined, text) : await overwrite(confined, tag, text);
        await settleDraft(confined, text);
        return { path: confined, tag: saved };
      });
    },

    async upload(path, bytes, mayOverwrite) {
      const confined = toConfinedPath(path);
      return locks.hold([confined], async () => {
        const hash = createHash("sha256");
        const content = observe(bytes, UPLOAD_BYTES, (chunk) => hash.update(chunk));
        await ensureParents(confined);
        if (mayOverwrite && (await tree.findEntry(confined))) {
          await history.keep(confined, (await tree.readStream(confined)).chunks);
          await tree.replace(confined, content, async () => {});
        } else {
          await tree.create(confined, content);
        }
        return { path: confined, tag: hash.digest("hex") };
      });
    },

    async download(path, signal) {
      const confined = toConfinedPath(path);
      const entry = await tree.findEntry(confined);
      if (!entry) throw createNotFound();
      if (entry.kind !== "directory") {
        return { fileName: entry.name, chunks: (await tree.readStream(confined)).chunks };
      }
      const { folder, name } = splitConfined(confined);
      const args = [
        "--create",
        "--gzip",
        "--file=-",
        "--exclude=.git",
        "--exclude=.webrunner-*.tmp",
        "--warning=no-file-changed",
      ];
      const chunks = commands.stream("tar", [...args, "--", name === "" ? "." : `./${name}`], {
        directory: folder === "" ? tree.root : `${tree.root}/${folder}`,
        signal,
        goodCodes: [0, 1],
      });
      return { fileName: `${name || "workspace"}.tar.gz`, chunks };
    },

    listDrafts: () => drafts.list(),

    async keepDraft(path, text, baseTag) {
      const confined = toConfinedPath(path);
      if (confined === "") throw createNotFound();
      const sizeBytes = Buffer.byteLength(text);
      if (sizeBytes > EDITABLE_BYTES) throw createTooLarge(sizeBytes, EDITABLE_BYTES);
      return locks.hold([confined], async () => {
        const draft = await drafts.keep({ path: confined, text, baseTag });
        onDraftChanged(confined);
        return draft;
      });
    },

    async removeDraft(path) {
      const confined = toConfinedPath(path);
      await locks.hold([confined], async () => {
        await drafts.remove(confined);
        onDraftChanged(confined);
      });
    },
  };
}

function isSameVersion(a: FileInfo, b: FileInfo): boolean {
  return a.inode === b.inode && a.sizeBytes === b.sizeBytes && a.modifiedMs === b.modifiedMs;
}

function toEntry({ path, name, kind, sizeBytes, modifiedMs }: ConfinedEntry): Entry | undefined {
  if (kind === "other") return undefined;
  return { path, name, kind, sizeBytes, modifiedAt: new Date(modifiedMs).toISOString() };
}

function foldersFirst(a: Entry, b: Entry): number {
  const [aIsFolder, bIsFolder] = [a.kind === "directory", b.kind === "directory"];
  if (aIsFolder !== bIsFolder) return aIsFolder ? -1 : 1;
  return a.name.localeCompare(b.name, "en", { numeric: true });
}

async function* observe(
  chunks: AsyncIterable<Uint8Array>,
  limitBytes: number,
  see: (chunk: Uint8Array) => void,
): AsyncIterable<Uint8Array> {
  let sizeBytes = 0;
  for await (const chunk of chunks) {
    sizeBytes += chunk.length;
    if (sizeBytes > limitBytes) throw createTooLarge(sizeBytes, limitBytes);
    see(chunk);
    yield chunk;
  }
}

function createNotText(): WebrunnerError {
  return new WebrunnerError("file/not-text", {
    message: "The file is not text, or not in UTF-8 or UTF-16.",
    hint: "Download it to look at it with another program.",
  });
}

function createNotEncodable(): WebrunnerError {
  return new WebrunnerError("request/invalid", {
    message: "The text has half of a surrogate pair, which no file can hold.",
  });
}
