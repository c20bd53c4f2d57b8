/**
 * Why runs failed and what they warned of, as the server explains it, and mending what it says.
 *
 * A fix is made in the open document and saved, so that it can be undone and lands in the history.
 */
import type { StoreApi } from "zustand/vanilla";
import { applyTextEdits, createLineIndex } from "@/lib/base/text-range";
import type { FailureCause, QuickFix, RunFailure, RunWarning } from "@/lib/protocol/explanations";
import type { Api } from "./api";
import type { Connection } from "./connection";
import { createRunReadings, type RunReadings } from "./run-readings";
import type { Workspace } from "./workspace";

export interface RunFailuresStore extends Pick<RunReadings<RunFailure>, "state" | "read"> {
  readonly warnings: Pick<RunReadings<readonly RunWarning[]>, "state" | "read">;
  /** The file is shown in a tab, which its document belongs to. Resolves to true when the mended text is on the disk; false when the text is another than the fix is for. */
  apply(run: string, fix: QuickFix): Promise<boolean>;
}

/** The causes of a failure, one after the other. */
export function listCauses(failure: RunFailure): readonly FailureCause[] {
  return [failure, ...failure.others];
}

export function createRunFailures(options: {
  readonly api: Pick<Api, "readFailure" | "readWarnings">;
  readonly connection: Pick<Connection, "on">;
  readonly workspace: StoreApi<Workspace | undefined>;
}): RunFailuresStore {
  const { api, connection, workspace } = options;
  const failures = createRunReadings<RunFailure>({
    connection,
    ask: (run) => api.readFailure({ params: { run } }),
    listPaths: (failure) => listCauses(failure).map(({ place }) => place?.path),
  });
  const warnings = createRunReadings<readonly RunWarning[]>({
    connection,
    ask: async (run) => (await api.readWarnings({ params: { run } })).warnings,
    listPaths: (found) => found.map(({ place }) => place?.path),
  });

  /** The fix as it is for the text of now. */
  const findAgain = async (run: string, fix: QuickFix): Promise<QuickFix | undefined> => {
    const known = [failures, warnings].filter(({ state }) => state.getState().has(run));
    await Promise.all(known.map(({ readAgain }) => readAgain(run)));
    const failure = failures.state.getState().get(run);
    const found = [...(failure ? listCauses(failure) : []), ...(warnings.state.getState().get(run) ?? [])];
    const alike = found
      .flatMap(({ fixes }) => fixes)
      .filter(({ title, path }) => title === fix.title && path === fix.path);
    return alike.length > 1 ? alike.find(({ edits }) => edits[0]?.line === fix.edits[0]?.line) : alike[0];
  };

  return {
    state: failures.state,
    read: failures.read,
    warnings,
    async apply(run, fix) {
      const documents = workspace.getState()?.documents;
      if (!documents) return false;
      await openLoaded(documents, fix.path);
      // The fix is for the text on the disk, which an unsaved one no longer is.
      const buffer = documents.buffer(fix.path);
      if (!buffer || documents.state.getState().get(fix.path)?.dirty) return false;
      const current = await findAgain(run, fix);
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
