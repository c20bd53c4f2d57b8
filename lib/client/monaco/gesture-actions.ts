/**
 * Gestures in the text editor: in its menu, at the left of the line whose option could be overridden, and above
 * `extends` where what is extended comes from.
 */
import { type Disposable, toDisposable } from "@/lib/base/disposable";
import type { ExtendsEdgeInfo, OverrideInfo } from "@/lib/protocol/gestures";
import type { Api } from "../api";
import type { Commands } from "../commands";
import { describeOverrides, summariseSources } from "../extends-words";
import type { Monaco } from "./setup";

/** What the lenses need of the page. */
export interface GesturePage {
  readonly monaco: Monaco;
  readonly commands: Pick<Commands, "execute">;
  readonly api: Pick<Api, "listExtendsSources" | "listOverrides">;
  readonly project: string;
}

type CodeEditor = import("monaco-editor/editor").editor.ICodeEditor;

const OPTION_LINE = /^[^\s=:[\]{}#;][^=]*=/;
const GLYPH = "gesture-glyph";

const MENU = [
  { command: "gesture.override", label: "Override in Sandbox… (Alt+O)" },
  { command: "gesture.customise", label: "Customise Component… (Ctrl+Alt+C)" },
  { command: "gesture.promote", label: "Promote to Component… (Alt+Shift+O)" },
] as const;

/** Whether a model is a file of the workspace, and which. */
function pathOf(model: { readonly uri: { readonly scheme: string; readonly path: string } }): string | undefined {
  return model.uri.scheme === "file" ? model.uri.path.replace(/^\//, "") : undefined;
}

const LENS = "webrunner.extendsLens";

function attachExtendsLens({ monaco, commands, api, project }: GesturePage): Disposable {
  const command = monaco.editor.registerCommand(LENS, (_accessor, id: string, path: string, section?: string) =>
    commands.execute(id, { path, ...(section !== undefined && { section }) }),
  );
  const provider = monaco.languages.registerCodeLensProvider("buildout", {
    async provideCodeLenses(model) {
      const path = pathOf(model);
      const none = { lenses: [], dispose: () => undefined };
      const [found] = model.findMatches("^extends\\s*=", false, true, true, null, false, 1);
      if (path === undefined || !found) return none;
      let own: readonly ExtendsEdgeInfo[];
      try {
        const sources = await api.listExtendsSources({ params: { project }, query: { path } });
        own = sources.edges.filter(({ profile }) => profile === path);
      } catch {
        // Not saved yet, or the server is away: there is nothing to say above the line.
        return none;
      }
      if (own.length === 0 || model.isDisposed()) return none;
      const unread = own.filter(({ reachable }) => reachable === false).length;
      const title = `${summariseSources(own)}${unread > 0 ? `, ${unread} cannot be reached` : ""}`;
      const lens = (id: string, text: string) => ({
        range: found.range,
        command: { id: LENS, title: text, arguments: [id, path] },
      });
      return {
        lenses: [lens("extends.sources", title), lens("extends.switch", "Switch source…")],
        dispose: () => undefined,
      };
    },
  });
  return toDisposable(() => {
    provider.dispose();
    command.dispose();
  });
}

/** Above a section that overrides: what, where that is defined, and what to do with it. */
function attachOverrideLens({ monaco, api, project }: GesturePage): Disposable {
  return monaco.languages.registerCodeLensProvider("buildout", {
    async provideCodeLenses(model) {
      const path = pathOf(model);
      const none = { lenses: [], dispose: () => undefined };
      if (path === undefined) return none;
      let overrides: readonly OverrideInfo[];
      try {
        overrides = (await api.listOverrides({ params: { project }, query: { path } })).overrides;
      } catch {
        // Not saved yet, or the server is away.
        return none;
      }
      if (model.isDisposed()) return none;
      const lenses = [...new Set(overrides.map(({ section }) => section))].flatMap((section) => {
        const own = overrides.filter((one) => one.section === section);
        const header = `[${section}]`;
        const line = model.getLinesContent().findIndex((text) => text.startsWith(header)) + 1;
        if (line === 0) return [];
        const lens = (id: string, title: string) => ({
          range: new monaco.Range(line, 1, line, 1),
          command: { id: LENS, title, arguments: [id, path, section] },
        });
        const copies = own.filter(({ isCopy }) => isCopy).length;
        return [
          lens("gesture.showOverridden", describeOverrides(own)),
          lens("gesture.promote", "Promote…"),
          ...(copies > 1 ? [lens("gesture.reduce", `${copies} of ${own.length} are copies: reduce`)] : []),
          ...(own.some(({ isStale }) => isStale) ? [lens("gesture.check", "Stale override: look at it")] : []),
        ];
      });
      return { lenses, dispose: () => undefined };
    },
  });
}

export function attachGestureActions(page: GesturePage): Disposable {
  const { monaco, commands } = page;
  const lens = attachExtendsLens(page);
  const overrideLens = attachOverrideLens(page);
  const actions = MENU.map(({ command, label }, index) =>
    monaco.editor.addEditorAction({
      id: command,
      label,
      precondition: "editorLangId == buildout && !editorReadonly",
      contextMenuGroupId: "1_gestures",
      contextMenuOrder: index,
      run: () => void commands.execute(command),
    }),
  );
  const watched = new Map<CodeEditor, Disposable>();
  const watch = (editor: CodeEditor): void => {
    const glyphs = editor.createDecorationsCollection();
    const show = (): void => {
      const model = editor.getModel();
      const line = editor.getPosition()?.lineNumber;
      const isOption =
        model?.getLanguageId() === "buildout" && line !== undefined && OPTION_LINE.test(model.getLineContent(line));
      glyphs.set(
        isOption
          ? [
              {
                range: new monaco.Range(line, 1, line, 1),
                options: {
                  glyphMarginClassName: GLYPH,
                  glyphMarginHoverMessage: { value: "Override this option (Alt+O)" },
                },
              },
            ]
          : [],
      );
    };
    const listeners = [
      editor.onDidChangeCursorPosition(show),
      editor.onDidChangeModel(show),
      editor.onDidChangeModelContent(show),
      editor.onMouseDown(({ target }) => {
        if (target.element?.classList.contains(GLYPH)) commands.execute("gesture.override");
      }),
      editor.onDidDispose(() => watched.delete(editor)),
    ];
    watched.set(
      editor,
      toDisposable(() => {
        glyphs.clear();
        for (const listener of listeners) listener.dispose();
      }),
    );
    show();
  };
  for (const editor of monaco.editor.getEditors()) watch(editor);
  const creating = monaco.editor.onDidCreateEditor(watch);
  return toDisposable(() => {
    creating.dispose();
    lens.dispose();
    overrideLens.dispose();
    for (const action of actions) action.dispose();
    for (const one of [...watched.values()]) one.dispose();
  });
}
