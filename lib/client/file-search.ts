/**
 * The search in all files: what is looked for, what was found, and replacing it.
 *
 * The server searches what is on disk; the page saves nothing for it. Replacing changes an open document as an
 * undoable step, and a file that is not open on disk by its tag, with its old text kept for `undo`.
 */
import { createStore, type StoreApi } from "zustand/vanilla";
import type { SearchHit } from "@/lib/protocol/files";
import type { Api } from "./api";
import type { ProjectStore } from "./project-store";
import { countMatches, groupHits, replaceMatches } from "./replacements";
import type { Workspace } from "./workspace";

export const SEARCH_VIEW = "search";

export interface SearchQuery {
  readonly text: string;
  readonly regex: boolean;
  readonly matchCase: boolean;
  readonly words: boolean;
  readonly include: string;
  readonly exclude: string;
  readonly replacement: string;
}

export interface FileSearchState {
  readonly query: SearchQuery;
  readonly replaces: boolean;
  readonly phase: "idle" | "searching" | "done" | "failed";
  readonly error: unknown;
  readonly hits: readonly SearchHit[];
  readonly truncated: boolean;
  /** Files written of those to write, while a replacement goes on. */
  readonly progress: { readonly done: number; readonly total: number } | undefined;
  /** Files whose lines are folded away, and the row that is chosen. */
  readonly folded: ReadonlySet<string>;
  readonly selected: string | undefined;
  /** Goes up when the search field shall have the focus. */
  readonly focusAsked: number;
}

export interface Replaced {
  readonly files: number;
  readonly matches: number;
  /** Their text was another by then, or they may not be written; nothing was changed in them. */
  readonly refused: readonly string[];
  /** Gives each file its old text back, unless it was changed since; tells those that were. */
  undo(): Promise<readonly string[]>;
}

export interface FileSearch {
  readonly state: StoreApi<FileSearchState>;
  change(query: Partial<SearchQuery>): void;
  showReplace(shown: boolean): void;
  askFocus(text?: string): void;
  /** At once; a search that is under way is given up. */
  search(): Promise<void>;
  clear(): void;
  /** Takes a file or a line out of the results. */
  dismiss(path: string, line?: number): void;
  toggleFold(path: string): void;
  foldAll(): void;
  select(row: string): void;
  /** All results, or those of one file or line. */
  replace(only?: { readonly path: string; readonly line?: number }): Promise<Replaced>;
  /** Ends a replacement after the file that is being written. */
  stop(): void;
}

/** Typing is over: a search for each letter would only be given up again. */
const TYPING_MS = 250;

const emptyQuery: SearchQuery = {
  text: "",
  regex: false,
  matchCase: false,
  words: false,
  include: "",
  exclude: "",
  replacement: "",
};

export interface FileSearchOptions {
  readonly api: Pick<Api, "searchFiles" | "readFile" | "replaceFile">;
  readonly project: ProjectStore;
  readonly workspace: StoreApi<Workspace | undefined>;
}

export function createFileSearch({ api, project, workspace }: FileSearchOptions): FileSearch {
  const state = createStore<FileSearchState>(() => ({
    query: emptyQuery,
    replaces: false,
    phase: "idle",
    error: undefined,
    hits: [],
    truncated: false,
    progress: undefined,
    folded: new Set(),
    selected: undefined,
    focusAsked: 0,
  }));
  let searching: AbortController | undefined;
  let typing: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;

  const projectId = (): string | undefined => project.state.getState().project?.id;
  const noResults = { hits: [], truncated: false, error: undefined };

  const search = async (): Promise<void> => {
    clearTimeout(typing);
    searching?.abort();
    const { query, replaces } = state.getState();
    const id = projectId();
    if (query.text === "" || id === undefined) return state.setState({ phase: "idle", ...noResults });
    const abort = new AbortController();
    searching = abort;
    state.setState({ phase: "searching" });
    try {
      const found = await api.searchFiles({
        params: { project: id },
        query: {
          text: query.text,
          case: query.matchCase ? "exact" : "ignored",
          ...(query.regex ? { regex: "true" } : {}),
          ...(query.words ? { words: "true" } : {}),
          ...(query.include ? { include: query.include } : {}),
          ...(query.exclude ? { exclude: query.exclude } : {}),
          ...(replaces ? { replacement: query.replacement } : {}),
        },
        signal: abort.signal,
      });
      if (!abort.signal.aborted) state.setState({ phase: "done", error: undefined, ...found });
    } catch (error) {
      if (!abort.signal.aborted) state.setState({ phase: "failed", ...noResults, error });
    }
  };
  const searchSoon = (): void => {
    clearTimeout(typing);
    typing = setTimeout(() => void search(), TYPING_MS);
  };

  /** @returns how to take it back, or undefined when nothing was changed */
  const replaceInFile = async (
    id: string,
    path: string,
    hits: readonly SearchHit[],
  ): Promise<(() => Promise<boolean>) | undefined> => {
    const { documents } = workspace.getState() ?? {};
    const document = documents?.state.getState().get(path);
    const buffer = documents?.buffer(path);
    if (documents && buffer && document?.phase === "ready") {
      const before = buffer.getText();
      const after = document.readOnly ? undefined : replaceMatches(before, hits);
      if (after === undefined) return undefined;
      const put = async (text: string): Promise<void> => {
        const { dirty } = documents.state.getState().get(path) ?? {};
        buffer.replaceText(text);
        if (!dirty) await documents.save(path);
      };
      await put(after);
      return async () => {
        if (documents.buffer(path) !== buffer || buffer.getText() !== after) return false;
        await put(before);
        return true;
      };
    }
    const params = { project: id };
    const file = await api.readFile({ params, query: { path } });
    const text = file.readOnly ? undefined : replaceMatches(file.text, hits);
    if (text === undefined) return undefined;
    const { tag } = await api.replaceFile({ params, query: { path }, body: { text, tag: file.tag } });
    return async () => {
      try {
        await api.replaceFile({ params, query: { path }, body: { text: file.text, tag } });
        return true;
      } catch {
        return false; // Changed meanwhile, or out of reach: what is there now stays, and the caller names the file.
      }
    };
  };

  return {
    state,
    search,
    change(query) {
      state.setState({ query: { ...state.getState().query, ...query } });
      searchSoon();
    },
    showReplace(replaces) {
      state.setState({ replaces });
      void search();
    },
    askFocus(text) {
      const { query, focusAsked } = state.getState();
      state.setState({ focusAsked: focusAsked + 1, query: { ...query, ...(text ? { text } : {}) } });
      if (text && text !== query.text) void search();
    },
    clear() {
      state.setState({ query: { ...emptyQuery } });
      void search();
    },
    dismiss(path, line) {
      const { hits } = state.getState();
      state.setState({ hits: hits.filter((hit) => hit.path !== path || (line !== undefined && hit.line !== line)) });
    },
    toggleFold(path) {
      const folded = new Set(state.getState().folded);
      if (!folded.delete(path)) folded.add(path);
      state.setState({ folded });
    },
    foldAll: () => state.setState({ folded: new Set(state.getState().hits.map(({ path }) => path)) }),
    select: (selected) => state.setState({ selected }),
    stop() {
      stopped = true;
    },
    async replace(only) {
      const { hits } = state.getState();
      const id = projectId();
      const chosen = hits.filter(
        ({ path, line }) => !only || (path === only.path && (only.line === undefined || line === only.line)),
      );
      const files = groupHits(chosen);
      const undos: { path: string; undo: () => Promise<boolean> }[] = [];
      const refused: string[] = [];
      let matches = 0;
      stopped = false;
      try {
        for (const [done, file] of files.entries()) {
          if (stopped || id === undefined) break;
          state.setState({ progress: { done, total: files.length } });
          const undo = await replaceInFile(id, file.path, file.hits);
          if (!undo) {
            refused.push(file.path);
            continue;
          }
          undos.push({ path: file.path, undo });
          matches += countMatches(file.hits);
        }
      } finally {
        state.setState({ progress: undefined });
        await search();
      }
      return {
        files: undos.length,
        matches,
        refused,
        async undo() {
          const kept: string[] = [];
          for (const { path, undo } of undos) if (!(await undo())) kept.push(path);
          await search();
          return kept;
        },
      };
    },
  };
}
