/**
 * Keeps what a person types until it is saved, discarded or merged: in this browser within 1 s of a change, on
 * the server within 5 s.
 *
 * Invariants: writes of one file to one place never overtake each other · a draft that `forget` ended is not
 * written again by a write that was on its way · a place that fails is tried again at the next change and at
 * `flush`; `isKept` says whether any place has the latest text.
 */
import type { Draft } from "@/lib/protocol/files";
import type { Api } from "./api";
import type { DraftShelf } from "./draft-shelf";

/** Time from a change to the write in the browser: promised is 1 s, typing fast must not mean a write per key. */
export const BROWSER_DELAY_MS = 400;
/** Time from a change to the write on the server: promised are 5 s. */
export const SERVER_DELAY_MS = 2_500;
/** A failed write is tried again after this. */
const RETRY_MS = 3_000;
/** The most that a browser sends after a page is gone. */
const KEEPALIVE_LIMIT = 60_000;

export interface DraftText {
  readonly text: string;
  readonly baseTag: string | null;
}

export interface DraftCandidate extends Draft {
  readonly source: "own" | "browser" | "server";
  readonly writer?: string;
}

export interface Drafts {
  /** The file's text changed; `read` gives the latest when it is written. */
  changed(path: string, read: () => DraftText): void;
  /** The draft has ended: nothing of it is kept any more. */
  forget(path: string): Promise<void>;
  /** Writes what waits, now. `leaving`: the page is being closed. */
  flush(leaving?: boolean): Promise<void>;
  /** The latest text is in the browser or on the server. */
  isKept(path: string): boolean;
  /** What is kept of a file, newest first; texts of other living pages are theirs and not among them. */
  find(path: string): Promise<readonly DraftCandidate[]>;
  list(): Promise<readonly DraftCandidate[]>;
  /** Removes a kept text of another page that was looked at and not wanted. */
  discard(candidate: DraftCandidate): Promise<void>;
}

export interface DraftsOptions {
  readonly project: string;
  readonly writer: string;
  readonly shelf: DraftShelf;
  readonly api: Pick<Api, "keepDraft" | "removeDraft" | "listDrafts">;
  readonly listLivingWriters: () => Promise<ReadonlySet<string> | undefined>;
  readonly now: () => Date;
}

interface Keeping {
  read: () => DraftText;
  /** Counts changes; what a place has reached is compared with it. */
  version: number;
  ended: boolean;
  readonly places: readonly [Place, Place];
}

interface Place {
  readonly name: "browser" | "server";
  readonly delayMs: number;
  kept: number;
  timer: ReturnType<typeof setTimeout> | undefined;
  queue: Promise<void>;
}

export function createDrafts(options: DraftsOptions): Drafts {
  const { project, writer, shelf, api } = options;
  const params = { project };
  const keepings = new Map<string, Keeping>();
  /** Removals under way: a new draft of the file waits for them, or they would take it along. */
  const endings = new Map<string, Promise<void>>();
  const place = (path: string, name: Place["name"], delayMs: number): Place => ({
    name,
    delayMs,
    kept: 0,
    timer: undefined,
    queue: endings.get(path) ?? Promise.resolve(),
  });

  const writeTo = async (target: Place, path: string, draft: DraftText, leaving: boolean): Promise<void> => {
    if (target.name === "browser") {
      return shelf.keep({ ...draft, project, path, writer, keptAt: options.now().toISOString() });
    }
    const keepalive = leaving && draft.text.length < KEEPALIVE_LIMIT;
    await api.keepDraft({ params, query: { path }, body: draft, keepalive });
  };

  const write = (path: string, keeping: Keeping, target: Place, leaving = false): Promise<void> => {
    clearTimeout(target.timer);
    target.timer = undefined;
    target.queue = target.queue.then(async () => {
      if (keeping.ended || target.kept === keeping.version) return;
      const version = keeping.version;
      try {
        await writeTo(target, path, keeping.read(), leaving);
        target.kept = version;
      } catch {
        // The other place may have it; `isKept` tells, and it is tried again.
        if (!keeping.ended) target.timer ??= setTimeout(() => void write(path, keeping, target), RETRY_MS);
      }
    });
    return target.queue;
  };

  const removeFrom = async (target: Place["name"], path: string): Promise<void> => {
    if (target === "browser") return shelf.remove(project, path, writer);
    await api.removeDraft({ params, query: { path } });
  };

  const list = async (): Promise<readonly DraftCandidate[]> => {
    const [shelved, living, remote] = await Promise.all([
      shelf.list(project).catch(() => []),
      options.listLivingWriters(),
      api.listDrafts({ params }).then(
        ({ drafts }) => drafts,
        () => [],
      ),
    ]);
    const isOthers = (id: string): boolean => id !== writer && (living?.has(id) ?? false);
    const candidates: DraftCandidate[] = [
      ...shelved
        .filter((draft) => !isOthers(draft.writer))
        .map((draft) => ({ ...draft, source: draft.writer === writer ? ("own" as const) : ("browser" as const) })),
      ...remote.map((draft) => ({ ...draft, source: "server" as const })),
    ];
    return candidates.sort((a, b) => b.keptAt.localeCompare(a.keptAt));
  };

  return {
    changed(path, read) {
      const keeping: Keeping = keepings.get(path) ?? {
        read,
        version: 0,
        ended: false,
        places: [place(path, "browser", BROWSER_DELAY_MS), place(path, "server", SERVER_DELAY_MS)],
      };
      keepings.set(path, keeping);
      keeping.read = read;
      keeping.version += 1;
      for (const target of keeping.places)
        target.timer ??= setTimeout(() => void write(path, keeping, target), target.delayMs);
    },
    async forget(path) {
      const keeping = keepings.get(path);
      keepings.delete(path);
      if (keeping) {
        keeping.ended = true;
        for (const target of keeping.places) clearTimeout(target.timer);
      }
      const earlier = endings.get(path);
      const remove = async (name: Place["name"]): Promise<void> => {
        await Promise.all([earlier, keeping?.places.find((target) => target.name === name)?.queue]);
        await removeFrom(name, path).catch(() => undefined); // What is left equals the file and is dropped when found.
      };
      const ending = Promise.all([remove("browser"), remove("server")]).then(() => {
        if (endings.get(path) === ending) endings.delete(path);
      });
      endings.set(path, ending);
      await ending;
    },
    async flush(leaving = false) {
      const writes = [...keepings].flatMap(([path, keeping]) =>
        keeping.places.map((target) => write(path, keeping, target, leaving)),
      );
      await Promise.all(writes);
    },
    isKept(path) {
      const keeping = keepings.get(path);
      return keeping === undefined || keeping.places.some(({ kept }) => kept === keeping.version);
    },
    find: async (path) => (await list()).filter((draft) => draft.path === path),
    list,
    async discard(candidate) {
      if (candidate.source === "server") await api.removeDraft({ params, query: { path: candidate.path } });
      else if (candidate.writer) await shelf.remove(project, candidate.path, candidate.writer);
    },
  };
}
