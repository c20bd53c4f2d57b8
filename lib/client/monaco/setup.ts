/**
 * Monaco, served from this server, with the languages and looks of this project. Loaded once and only when an
 * editor is wanted: see `loadMonaco`.
 */
import * as monaco from "monaco-editor/editor";
import "./features";
import { findFoldedLines } from "./buildout-folding";
import { buildoutConfiguration, buildoutLanguage } from "./buildout-grammar";
import { jsonConfiguration, jsonLanguage } from "./json-grammar";
import { readTheme, THEME_NAME } from "./themes";

export type Monaco = typeof monaco;

self.MonacoEnvironment = {
  getWorker: () => new Worker(new URL("./editor.worker.ts", import.meta.url), { type: "module" }),
};

monaco.languages.register({ id: "buildout", aliases: ["Buildout"] });
monaco.languages.setMonarchTokensProvider("buildout", buildoutLanguage);
monaco.languages.setLanguageConfiguration("buildout", buildoutConfiguration);
monaco.languages.registerFoldingRangeProvider("buildout", {
  provideFoldingRanges: (model) => findFoldedLines(model.getLinesContent()).map(({ start, end }) => ({ start, end })),
});
monaco.languages.register({ id: "json", aliases: ["JSON"] });
monaco.languages.setMonarchTokensProvider("json", jsonLanguage);
monaco.languages.setLanguageConfiguration("json", jsonConfiguration);

/** Takes the page's colours as they are now. */
export function applyTheme(): void {
  monaco.editor.defineTheme(THEME_NAME, readTheme());
  monaco.editor.setTheme(THEME_NAME);
}
applyTheme();

export { monaco };

/** What the page puts where the editor's files are asked for early; see `monaco-preload`. */
export default function drawNothing(): null {
  return null;
}
