/**
 * Requests that the protocol does not have: a profile as a whole, from the texts as they are in the editor.
 *
 * `buildout/effective {textDocument, section}`, `buildout/extends {textDocument}`, `buildout/parts {textDocument}`;
 * the answer is null for a file that is no profile. `buildout/tops {textDocument}` gives the profiles that extend it and
 * that nothing else extends.
 */
import type { Connection } from "vscode-languageserver";
import { createProfileAnswers } from "@/server/language/profile-answers";
import type { LanguageSession } from "./language-connection";

interface OfDocument {
  readonly textDocument: { readonly uri: string };
}

export function registerProfileViews(
  connection: Connection,
  { service, toPath, ready }: LanguageSession,
  roots: readonly string[],
): void {
  const answers = createProfileAnswers(roots);
  connection.onRequest("buildout/effective", async ({ textDocument, section }: OfDocument & { section: string }) => {
    const path = toPath(textDocument.uri);
    await ready(path);
    const found = service.effectiveSection(path, section);
    return found ? answers.effective(found) : null;
  });
  connection.onRequest("buildout/tops", ({ textDocument }: OfDocument) =>
    answers.paths(service.tops(toPath(textDocument.uri))),
  );
  connection.onRequest("buildout/extends", async ({ textDocument }: OfDocument) => {
    const path = toPath(textDocument.uri);
    await ready(path);
    const found = service.extendsView(path);
    return found ? answers.extendsView(found) : null;
  });
  connection.onRequest("buildout/parts", async ({ textDocument }: OfDocument) => {
    const path = toPath(textDocument.uri);
    await ready(path);
    const found = service.parts(path);
    return found ? answers.parts(found) : null;
  });
}
