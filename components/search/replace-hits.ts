import type { ClientApp } from "@/lib/client/app";

/** Replacing this many files at once is asked about first. */
const ASKED_FROM_FILES = 2;

/** Replaces all results, or those of one file or line, and offers to take it back. */
export async function replaceHits(
  app: ClientApp,
  only?: { readonly path: string; readonly line?: number },
): Promise<void> {
  const { hits, query } = app.fileSearch.state.getState();
  const files = new Set(hits.map(({ path }) => path)).size;
  if (!only && files >= ASKED_FROM_FILES) {
    const answer = await app.dialogs.choose({
      title: `Replace in ${files} files?`,
      detail: `“${query.text}” becomes “${query.replacement}”. It can be taken back, and the old texts stay in local history.`,
      choices: [{ id: "replace", title: "Replace" }],
    });
    if (!answer) return;
  }
  try {
    const replaced = await app.fileSearch.replace(only);
    tell(app, replaced);
  } catch (error) {
    app.showError(error, "Not everything was replaced");
  }
}

function tell(app: ClientApp, replaced: Awaited<ReturnType<ClientApp["fileSearch"]["replace"]>>): void {
  const { files, matches, refused, undo } = replaced;
  const takeBack = async (): Promise<void> => {
    const kept = await undo();
    if (kept.length === 0) return;
    app.notices.show({
      kind: "warning",
      title: "Not taken back where the text changed since",
      detail: kept.join(", "),
    });
  };
  app.notices.show({
    kind: refused.length > 0 ? "warning" : "success",
    title: `${matches} replaced in ${files} file${files === 1 ? "" : "s"}`,
    ...(refused.length > 0
      ? { detail: `Not in ${refused.join(", ")}: the text is another than the one searched.` }
      : {}),
    actions:
      files > 0 ? [{ title: "Undo", run: () => takeBack().catch((error: unknown) => app.showError(error)) }] : [],
  });
}
