/**
 * Why failed runs failed, as the server explains it, and mending what it says.
 *
 * An explanation is read once for a run and again when the file of its place changes: then it may be out of date, and
 * its fixes with it. A fix is made in the open document and saved, so that it can be undone and lands in the history.
 */
import { createStore, type StoreApi } from "zustand/vanilla";
import { applyTextEdits, createLineIndex } from "@/lib/base/text-range";
import type { QuickFix, RunFailure } from "@/lib/protocol/explanations";
import { type Api, ConnectionLost } from "./api";
import type { Connection } from "./connection";
import type { Workspace } from "./workspace";

export interface RunFailuresStore {
  /** By run; absent until it was read, undefined where the server has none. */
  readonly state: StoreApi<ReadonlyMap<string, RunFailure | undefined>>;
  read(run: string): Promise<void>;
  /** The file is shown in a tab, which its document belongs to. Resolves to true when the mended text is on the disk; false when the text is another than the fix is for. */
  apply(run: string, fix: QuickFix): Promise<boolean>;
}

export function createRunFailures(options: {
  readonly api: Pick<Api, "readFailure">;
  readonly connection: Pick<Connection, "on">;
  readonly workspace: StoreApi<Workspace | undefined>;
}): RunFailuresStore {
  const { api, connection, workspace } = options;
  const state = createStore<ReadonlyMap<string, RunFailure | undefined>>(() => new Map());
  const reading = new Map<string, Promise<void>>();

  const fetchFailure = async (run: string): Promise<void> => {
    let failure: RunFailure | undefined;
    try {
      failure = await api.readFailure({ params: { run } });
    } catch (error) {
      // Asked again when the server is back, and until then what is known stands.
      if (error instanceof ConnectionLost) return;
      // What the engine said stands in the run itself; without an explanation that is shown alone.
    }
    state.setState(new Map(state.getState()).set(run, failure), true);
  };
  const read = (run: string): Promise<void> => {
    const known = reading.get(run);
    if (known) return known;
    const asked = fetchFailure(run).finally(() => reading.delete(run));
    reading.set(run, asked);
    return asked;
  };
  connection.on("file:changed", ({ path }) => {
    for (const [run, failure] of state.getState()) if (failure?.place?.path === path) void read(run);
  });

  return {
    state,
    read: (run) => (state.getState().has(run) ? Promise.resolve() : read(run)),
    async apply(run, fix) {
      const documents = workspace.getState()?.documents;
      if (!documents) return false;
      await openLoaded(documents, fix.path);
      // The fix is for the text on the disk, which an unsaved one no longer is.
      const buffer = documents.buffer(fix.path);
      if (!buffer || documents.state.getState().get(fix.path)?.dirty) return false;
      await read(run);
      const current = state
        .getState()
        .get(run)
        ?.fixes.find(({ title }) => title === fix.title);
      if (!current) return false;
      const text = buffer.getText();
      const index = createLineIndex(text);
      const edits = current.edits.map((edit) => ({
        range: {
          start: index.toOffset({ line: edit.line - 1, column: edit.column - 1 }),
          end: index.toOffset({ line: edit.endLine - 1, column: edit.endColumn - 1 }),
        },
        newText: edit.text,
      }));
      buffer.replaceText(applyTextEdits(text, edits));
      return documents.save(fix.path);
    },
  };
}

/** A document that the tab has just asked for is there only when its text is. */
async function openLoaded(documents: Workspace["documents"], path: string): Promise<void> {
  await documents.open(path);
  if (documents.state.getState().get(path)?.phase !== "loading") return;
  await new Promise<void>((resolve) => {
    const stop = documents.state.subscribe((state) => {
      if (state.get(path)?.phase === "loading") return;
      stop();
      resolve();
    });
  });
}
