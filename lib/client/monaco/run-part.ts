/** Runs one part of a profile: of the profile itself where it is a release, else of a release that extends it. */
import { fromDocumentUri, type LanguageClient } from "../language";
import { findReleaseOfFile } from "../run-control";
import type { LanguagePage } from "./language-page";

export async function runPart(page: LanguagePage, client: LanguageClient, uri: string, part: string): Promise<void> {
  const { runControl, project, notices, palette, showError } = page;
  const path = fromDocumentUri(uri);
  if (path === undefined) return;
  const { releases } = project.state.getState();
  const run = (profile: string): void => {
    runControl.pick(profile);
    void runControl.run("software", { parts: [part] }).catch(showError);
  };
  if (releases.some(({ profile }) => profile === path)) {
    run(path);
    return;
  }
  const tops = (await client.request<string[]>("buildout/tops", { textDocument: { uri } })) ?? [];
  const beside = findReleaseOfFile(releases, path)?.profile;
  const fitting = releases.filter(({ profile }) => tops.includes(profile)).map(({ profile }) => profile);
  const [only] = fitting.length > 0 ? fitting : beside === undefined ? [] : [beside];
  if (only === undefined) {
    notices.show({
      kind: "warning",
      title: `No release builds ${part}`,
      detail: `None of the project extends ${path}.`,
    });
  } else if (fitting.length > 1) {
    palette.choose(
      `Run ${part} in`,
      fitting.map((profile) => ({ title: profile, run: () => run(profile) })),
    );
  } else run(only);
}
