/**
 * Unsaved texts kept in this browser (IndexedDB), one record a file and page.
 *
 * Two pages of one browser may hold different unsaved texts of one file; each writes under its own writer id, so
 * neither overwrites the other. A page holds a lock named after its id as long as it lives: a record whose writer
 * is not alive is an orphan that any page may take up.
 */
import type { Draft } from "@/lib/protocol/files";

export interface ShelvedDraft extends Draft {
  readonly project: string;
  readonly writer: string;
}

export interface DraftShelf {
  keep(draft: ShelvedDraft): Promise<void>;
  remove(project: string, path: string, writer: string): Promise<void>;
  /** Of all writers. */
  list(project: string): Promise<readonly ShelvedDraft[]>;
}

const DATABASE = "webrunner";
const STORE = "drafts";

export function createIndexedDraftShelf(): DraftShelf {
  let opened: Promise<IDBDatabase> | undefined;
  const open = (): Promise<IDBDatabase> => {
    opened ??= new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(DATABASE, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore(STORE, { keyPath: ["project", "path", "writer"] });
      };
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error ?? new Error("The browser's storage cannot be opened"));
    }).catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
  const run = async <Result>(
    mode: IDBTransactionMode,
    work: (store: IDBObjectStore) => IDBRequest<Result>,
  ): Promise<Result> => {
    const database = await open();
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode, { durability: "strict" });
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error ?? new Error("The browser's storage refused"));
    });
  };
  return {
    keep: async (draft) => void (await run("readwrite", (store) => store.put(draft))),
    remove: async (project, path, writer) =>
      void (await run("readwrite", (store) => store.delete([project, path, writer]))),
    list: (project) =>
      run(
        "readonly",
        (store) => store.getAll(IDBKeyRange.bound([project], [project, []])) as IDBRequest<ShelvedDraft[]>,
      ),
  };
}

/** This page's writer id: the same after a reload, another one in a duplicated tab. */
export async function claimWriterId(storage: Pick<Storage, "getItem" | "setItem">): Promise<string> {
  const key = "webrunner.writer";
  const known = storage.getItem(key);
  if (known && (await holdLock(known))) return known;
  const fresh = Array.from(crypto.getRandomValues(new Uint8Array(9)), (byte) => byte.toString(36)).join("");
  storage.setItem(key, fresh);
  await holdLock(fresh);
  return fresh;
}

/** Writers that live now in this browser; undefined where the browser (or a plain http page) has no locks. */
export async function listLivingWriters(): Promise<ReadonlySet<string> | undefined> {
  if (!navigator.locks) return undefined;
  const { held = [] } = await navigator.locks.query();
  return new Set(held.map(({ name }) => name?.replace(LOCK_PREFIX, "") ?? ""));
}

const LOCK_PREFIX = "webrunner-page-";

function holdLock(writer: string): Promise<boolean> {
  if (!navigator.locks) return Promise.resolve(true);
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(LOCK_PREFIX + writer, { ifAvailable: true }, (lock) => {
        resolve(lock !== null);
        // Held until the page is gone; the browser gives it back then.
        return lock === null ? undefined : new Promise<never>(() => {});
      })
      .catch(reject);
  });
}
