/**
 * The workspace's files for the explorer: lazily read folders that follow `file:changed`, and what can be done
 * to an entry. Every operation shows its result by reading the folder again; the server's word is the truth.
 */
import { createStore, type StoreApi } from "zustand/vanilla";
import type { Entry } from "@/lib/protocol/files";
import { type Api, toRouteUrl } from "./api";
import {
  type FileTree,
  type Folder,
  findCopyName,
  isAtOrBelow,
  joinPath,
  listAncestors,
  toName,
  toParent,
} from "./file-tree";
import { type KeyValueStorage, readJson, writeJson } from "./settings";

export interface Upload {
  readonly name: string;
  readonly done: number;
  readonly total: number;
}

export interface Files {
  readonly tree: StoreApi<FileTree>;
  readonly uploads: StoreApi<Upload | undefined>;
  loadFolder(path: string): Promise<void>;
  toggle(path: string): void;
  expand(path: string): void;
  collapse(path: string): void;
  collapseAll(): void;
  select(path: string | undefined): void;
  /** Opens the folders above and selects it. */
  reveal(path: string): Promise<void>;
  find(path: string): Entry | undefined;
  create(path: string, kind: "file" | "directory"): Promise<void>;
  move(from: string, to: string): Promise<void>;
  /** Beside the original under a free name, or into another folder. */
  copy(from: string, folder: string): Promise<string>;
  remove(path: string): Promise<void>;
  upload(folder: string, files: readonly { name: string; data: Blob }[], overwrite: boolean): Promise<void>;
  downloadUrl(path: string): string;
  listPaths(): Promise<{ paths: readonly string[]; truncated: boolean }>;
  /** Something at this path changed: read the folders that show it. */
  noteChange(path: string, change: "changed" | "removed"): void;
  refreshAll(): Promise<void>;
}

/** Changes that come together, as of a checkout, are read together. */
const REFRESH_AFTER_MS = 120;

export function createFiles(options: {
  readonly project: string;
  readonly api: Api;
  readonly storage: KeyValueStorage;
  readonly onMoved?: (from: string, to: string) => void;
  readonly onRemoved?: (path: string) => void;
}): Files {
  const { api, project, storage } = options;
  const params = { project };
  const storageKey = `webrunner.tree.${project}`;
  const stored = readJson<{ expanded: string[] }>(storage, storageKey)?.expanded;
  const tree = createStore<FileTree>(() => ({
    folders: new Map(),
    expanded: new Set(Array.isArray(stored) ? stored : []),
    selected: undefined,
  }));
  const uploads = createStore<Upload | undefined>(() => undefined);
  const reading = new Map<string, Promise<void>>();
  const readAgain = new Set<string>();
  const stale = new Set<string>();
  let refreshTimer: ReturnType<typeof setTimeout> | undefined;

  const setFolder = (path: string, folder: Folder): void => {
    tree.setState({ folders: new Map(tree.getState().folders).set(path, folder) });
  };
  const setExpanded = (expanded: ReadonlySet<string>): void => {
    tree.setState({ expanded });
    writeJson(storage, storageKey, { expanded: [...expanded] });
  };
  const dropBelow = (path: string): void => {
    const { folders, expanded, selected } = tree.getState();
    tree.setState({
      folders: new Map([...folders].filter(([folder]) => !isAtOrBelow(folder, path))),
      selected: selected !== undefined && isAtOrBelow(selected, path) ? toParent(path) : selected,
    });
    setExpanded(new Set([...expanded].filter((folder) => !isAtOrBelow(folder, path))));
  };

  const read = async (path: string): Promise<void> => {
    const before = tree.getState().folders.get(path);
    if (!before) setFolder(path, { phase: "loading", entries: [] });
    try {
      const { entries } = await api.listEntries({ params, query: { path } });
      setFolder(path, { phase: "ready", entries });
      const open = entries.filter(
        ({ kind, path: child }) => kind === "directory" && tree.getState().expanded.has(child),
      );
      await Promise.all(
        open.filter(({ path: child }) => !tree.getState().folders.has(child)).map((child) => loadFolder(child.path)),
      );
    } catch (error) {
      setFolder(path, { phase: "failed", entries: before?.entries ?? [], error });
    }
  };
  /** One reading of a folder at a time; asked for in the middle of it, once more after it. */
  const loadFolder = (path: string): Promise<void> => {
    const running = reading.get(path);
    if (running) {
      readAgain.add(path);
      return running;
    }
    const work = read(path).then(() => {
      reading.delete(path);
      return readAgain.delete(path) ? loadFolder(path) : undefined;
    });
    reading.set(path, work);
    return work;
  };
  const expand = (path: string): void => {
    setExpanded(new Set(tree.getState().expanded).add(path));
    if (tree.getState().folders.get(path)?.phase !== "ready") void loadFolder(path);
  };
  const collapse = (path: string): void => {
    setExpanded(new Set([...tree.getState().expanded].filter((folder) => folder !== path)));
  };
  const reveal = async (path: string): Promise<void> => {
    const ancestors = listAncestors(path);
    tree.setState({ selected: path });
    setExpanded(new Set([...tree.getState().expanded, ...ancestors]));
    const { folders } = tree.getState();
    await Promise.all(["", ...ancestors].filter((folder) => folders.get(folder)?.phase !== "ready").map(loadFolder));
  };
  const refreshLoaded = async (paths: Iterable<string>): Promise<void> => {
    const { folders } = tree.getState();
    await Promise.all([...paths].filter((path) => folders.has(path)).map(loadFolder));
  };

  return {
    tree,
    uploads,
    loadFolder,
    expand,
    collapse,
    reveal,
    toggle: (path) => (tree.getState().expanded.has(path) ? collapse(path) : expand(path)),
    collapseAll: () => setExpanded(new Set()),
    select: (selected) => tree.setState({ selected }),
    find: (path) =>
      tree
        .getState()
        .folders.get(toParent(path))
        ?.entries.find((entry) => entry.path === path),
    async create(path, kind) {
      await api.createEntry({ params, body: { path, kind } });
      await loadFolder(toParent(path));
      await reveal(path);
    },
    async move(from, to) {
      if (from === to) return;
      await api.moveEntry({ params, body: { from, to } });
      options.onMoved?.(from, to);
      dropBelow(from);
      await Promise.all([...new Set([toParent(from), toParent(to)])].map(loadFolder));
      await reveal(to);
    },
    async copy(from, folder) {
      const { entries } = await api.listEntries({ params, query: { path: folder } });
      const taken = new Set(entries.map(({ name }) => name));
      const name = taken.has(toName(from)) ? findCopyName(toName(from), taken) : toName(from);
      const to = joinPath(folder, name);
      await api.copyEntry({ params, body: { from, to } });
      await loadFolder(folder);
      await reveal(to);
      return to;
    },
    async remove(path) {
      await api.removeEntry({ params, query: { path } });
      options.onRemoved?.(path);
      dropBelow(path);
      await loadFolder(toParent(path));
    },
    async upload(folder, files, overwrite) {
      try {
        for (const [done, { name, data }] of files.entries()) {
          uploads.setState({ name, done, total: files.length }, true);
          const path = joinPath(folder, name);
          await api.uploadFile({ params, query: { path, ...(overwrite ? { overwrite: "true" } : {}) }, raw: data });
        }
      } finally {
        uploads.setState(undefined, true);
        await refreshLoaded(new Set([folder, ...files.map(({ name }) => toParent(joinPath(folder, name)))]));
        if (folder !== "") expand(folder);
      }
    },
    downloadUrl: (path) => toRouteUrl("downloadEntry", { params, query: { path } }),
    listPaths: () => api.listFiles({ params }),
    noteChange(path, change) {
      if (change === "removed" && tree.getState().folders.has(path)) dropBelow(path);
      stale.add(toParent(path)).add(path);
      if (refreshTimer !== undefined) return;
      refreshTimer = setTimeout(() => {
        refreshTimer = undefined;
        const paths = [...stale];
        stale.clear();
        void refreshLoaded(paths);
      }, REFRESH_AFTER_MS);
    },
    refreshAll: () => refreshLoaded(new Set(["", ...tree.getState().folders.keys()])),
  };
}
