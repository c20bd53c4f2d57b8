/** Gestures in the text editor: in its menu, and above `extends` and above sections that override. */
import { type Disposable, toDisposable } from "@/lib/base/disposable";
import type { Api } from "../api";
import type { Commands } from "../commands";
import type { Connection } from "../connection";
import { summariseSources } from "../extends-words";
import type { Monaco } from "./setup";

/** What the lenses need of the page. */
export interface GesturePage {
  readonly monaco: Monaco;
  readonly commands: Pick<Commands, "execute">;
  readonly api: Pick<Api, "listExtendsSources" | "listOverrides">;
  readonly connection: Pick<Connection, "on">;
  readonly project: string;
}

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
/** Saving tells of several files one after the other. */
const QUIET_MS = 500;

/**
 * Answers about saved files, each asked for once until a file changes: an editor asks for its lenses at every key.
 */
function createAnswers({ monaco, connection }: GesturePage): {
  readonly onChange: import("monaco-editor/editor").IEvent<never>;
  get<Answer>(key: string, ask: () => Promise<Answer>): Promise<Answer | undefined>;
} & Disposable {
  const known = new Map<string, Promise<unknown>>();
  const changed = new monaco.Emitter<never>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const listening = connection.on("file:changed", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      known.clear();
      changed.fire(undefined as never);
    }, QUIET_MS);
  });
  return {
    onChange: changed.event,
    get<Answer>(key: string, ask: () => Promise<Answer>) {
      // Not saved yet, or the server is away: there is nothing to say above the line.
      const asked = known.get(key) ?? ask().catch(() => undefined);
      known.set(key, asked);
      return asked as Promise<Answer | undefined>;
    },
    dispose() {
      clearTimeout(timer);
      listening.dispose();
      changed.dispose();
    },
  };
}

function attachExtendsLens(page: GesturePage, answers: ReturnType<typeof createAnswers>): Disposable {
  const { monaco, commands, api, project } = page;
  const command = monaco.editor.registerCommand(LENS, (_accessor, id: string, path: string, section?: string) =>
    commands.execute(id, { path, ...(section !== undefined && { section }) }),
  );
  const provider = monaco.languages.registerCodeLensProvider("buildout", {
    onDidChange: answers.onChange,
    async provideCodeLenses(model) {
      const path = pathOf(model);
      const none = { lenses: [], dispose: () => undefined };
      const [found] = model.findMatches("^extends\\s*=", false, true, true, null, false, 1);
      if (path === undefined || !found) return none;
      const sources = await answers.get(`extends ${path}`, () =>
        api.listExtendsSources({ params: { project }, query: { path } }),
      );
      const own = (sources?.edges ?? []).filter(({ profile }) => profile === path);
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

/** Above a section that overrides, beside the language service's lens that says what: what to do with it. */
function attachOverrideLens(
  { monaco, api, project }: GesturePage,
  answers: ReturnType<typeof createAnswers>,
): Disposable {
  return monaco.languages.registerCodeLensProvider("buildout", {
    onDidChange: answers.onChange,
    async provideCodeLenses(model) {
      const path = pathOf(model);
      const none = { lenses: [], dispose: () => undefined };
      if (path === undefined) return none;
      const answer = await answers.get(`overrides ${path}`, () =>
        api.listOverrides({ params: { project }, query: { path } }),
      );
      const overrides = answer?.overrides ?? [];
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
  const answers = createAnswers(page);
  const lens = attachExtendsLens(page, answers);
  const overrideLens = attachOverrideLens(page, answers);
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
  return toDisposable(() => {
    lens.dispose();
    overrideLens.dispose();
    answers.dispose();
    for (const action of actions) action.dispose();
  });
}
