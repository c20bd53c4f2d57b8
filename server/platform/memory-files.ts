/** `Files` in memory, for tests: the same promises, no disk. */
import { posix } from "node:path";
import { WebrunnerError } from "@/lib/base/errors";
import type { FileInfo, Files } from "./files";

interface Node {
  bytes: Buffer;
  mode: number;
  inode: number;
}

export function createMemoryFiles(initial: Readonly<Record<string, string>> = {}): Files {
  const nodes = new Map<string, Node>();
  const folders = new Map<string, number>([["/", 0o700]]);
  let nextInode = 1;

  const addFolders = (path: string, mode = 0o700): void => {
    if (folders.has(path)) return;
    if (nodes.has(path)) throw new WebrunnerError("file/not-directory");
    addFolders(posix.dirname(path));
    folders.set(path, mode);
  };
  const put = (path: string, bytes: Uint8Array | string, mode?: number): void => {
    if (folders.has(path)) throw new WebrunnerError("file/is-directory");
    if (!folders.has(posix.dirname(path))) throw new WebrunnerError("file/not-found");
    nodes.set(path, { bytes: Buffer.from(bytes), mode: nodes.get(path)?.mode ?? mode ?? 0o600, inode: nextInode++ });
  };
  const get = (path: string): Node => {
    if (folders.has(path)) throw new WebrunnerError("file/is-directory");
    const node = nodes.get(path);
    if (!node) throw new WebrunnerError("file/not-found");
    return node;
  };
  for (const [path, text] of Object.entries(initial)) {
    addFolders(posix.dirname(path));
    put(path, text);
  }

  const removeBelow = (path: string): void => {
    for (const map of [nodes, folders]) {
      for (const key of map.keys()) if (key === path || key.startsWith(`${path}/`)) map.delete(key);
    }
  };

  return {
    read: async (path) => Buffer.from(get(path).bytes),
    find: async (path) => (nodes.has(path) || folders.has(path) ? Buffer.from(get(path).bytes) : undefined),
    readRange: async (path, start, length) => Buffer.from(get(path).bytes.subarray(start, start + length)),
    async *readStream(path, { start = 0, end } = {}) {
      const bytes = get(path).bytes.subarray(start, end);
      if (bytes.length > 0) yield Buffer.from(bytes);
    },
    replace: async (path, bytes, options) => put(path, bytes, options?.mode),
    create: async (path, bytes, options) => {
      if (nodes.has(path) || folders.has(path)) throw new WebrunnerError("file/exists");
      put(path, bytes, options?.mode);
    },
    append: async (path, bytes) =>
      put(path, Buffer.concat([nodes.get(path)?.bytes ?? Buffer.alloc(0), Buffer.from(bytes)])),
    remove: async (path) => removeBelow(path),
    move: async (from, to) => {
      const below = (key: string): boolean => key === from || key.startsWith(`${from}/`);
      const movedNodes = [...nodes].filter(([key]) => below(key));
      const movedFolders = [...folders].filter(([key]) => below(key));
      if (movedNodes.length + movedFolders.length === 0) throw new WebrunnerError("file/not-found");
      removeBelow(from);
      for (const [key, mode] of movedFolders) folders.set(to + key.slice(from.length), mode);
      for (const [key, node] of movedNodes) nodes.set(to + key.slice(from.length), node);
    },
    list: async (path) => {
      const entries = [
        ...[...nodes.keys()].map((key) => ({ key, kind: "file" as const })),
        ...[...folders.keys()].map((key) => ({ key, kind: "directory" as const })),
      ];
      return entries
        .filter(({ key }) => key !== path && posix.dirname(key) === path)
        .map(({ key, kind }) => ({ name: posix.basename(key), kind }))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    findInfo: async (path) => {
      const node = nodes.get(path);
      const mode = node?.mode ?? folders.get(path);
      if (mode === undefined) return undefined;
      return {
        kind: node ? "file" : "directory",
        sizeBytes: node?.bytes.length ?? 0,
        modifiedMs: 0,
        mode,
        uid: 0,
        gid: 0,
        device: 1,
        inode: node?.inode ?? 0,
        links: 1,
      } satisfies FileInfo;
    },
    ensureDirectory: async (path, options) => {
      addFolders(path, options?.mode);
      if (options?.mode !== undefined) folders.set(path, options.mode);
    },
  };
}
