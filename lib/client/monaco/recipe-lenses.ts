/**
 * Over each `recipe =` whose egg is in development mode: the checkout that it comes from, and the way back. Pointing at
 * the recipe tells the same, and what the last runs really imported.
 */
import type * as monacoTypes from "monaco-editor";
import type { Disposable } from "@/lib/base/disposable";
import type { RecipeEgg } from "@/lib/protocol/recipe-routes";
import type { Commands } from "../commands";
import type { Guide } from "../guide";
import type { Monaco } from "./setup";

const RECIPE = /^recipe\s*=\s*([A-Za-z0-9._-]+)/;
const COMMAND = "webrunner.recipe-development";

interface DevelopedRecipe {
  readonly line: number;
  readonly egg: RecipeEgg;
}

const toKey = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, "-");

/** One-based lines of the text whose recipe's egg is in development mode. */
export function findDevelopedRecipes(text: string, eggs: readonly RecipeEgg[]): readonly DevelopedRecipe[] {
  const developed = new Map(eggs.filter((egg) => egg.developed).map((egg) => [toKey(egg.egg), egg]));
  if (developed.size === 0) return [];
  return text.split(/\r\n|\n|\r/).flatMap((line, index) => {
    const name = RECIPE.exec(line)?.[1];
    const egg = name === undefined ? undefined : developed.get(toKey(name));
    return egg ? [{ line: index + 1, egg }] : [];
  });
}

export function describeDevelopment({ egg, developed, imported }: RecipeEgg): string {
  const place = (path: string): string => path || "the workspace";
  const branch = developed?.branch ? `@${developed.branch}` : "";
  const seen = [...new Set(imported.map(({ location }) => place(location)))];
  const last = seen.length === 0 ? "No run has used it yet." : `The last runs imported it from ${seen.join(", ")}.`;
  return `${egg} is in development mode: the next run uses it from ${place(developed?.path ?? "")}${branch}. ${last}`;
}

export function attachRecipeLenses(page: {
  readonly monaco: Monaco;
  readonly guide: Pick<Guide, "recipes">;
  readonly commands: Pick<Commands, "execute">;
}): Disposable {
  const { monaco, guide, commands } = page;
  const eggs = (): readonly RecipeEgg[] => guide.recipes.state.getState().value ?? [];
  const changed = new monaco.Emitter<monacoTypes.languages.CodeLensProvider>();
  const lenses: monacoTypes.languages.CodeLensProvider = {
    onDidChange: changed.event,
    provideCodeLenses: (model) => ({
      lenses: findDevelopedRecipes(model.getValue(), eggs()).map(({ line, egg }) => ({
        range: { startLineNumber: line, startColumn: 1, endLineNumber: line, endColumn: 1 },
        command: {
          id: COMMAND,
          title: `in development: ${egg.egg} ⟵ ${egg.developed!.path || "workspace"}${egg.developed!.branch ? `@${egg.developed!.branch}` : ""}`,
        },
      })),
      dispose: () => undefined,
    }),
  };
  const parts = [
    changed,
    monaco.editor.registerCommand(COMMAND, () => void commands.execute("recipe.release")),
    monaco.languages.registerCodeLensProvider("buildout", lenses),
    monaco.languages.registerHoverProvider("buildout", {
      provideHover(model, { lineNumber }) {
        const found = findDevelopedRecipes(model.getValue(), eggs()).find(({ line }) => line === lineNumber);
        return found ? { contents: [{ value: describeDevelopment(found.egg) }] } : undefined;
      },
    }),
  ];
  const unsubscribe = guide.recipes.state.subscribe(() => changed.fire(lenses));
  return {
    dispose() {
      unsubscribe();
      for (const part of parts) part.dispose();
    },
  };
}
