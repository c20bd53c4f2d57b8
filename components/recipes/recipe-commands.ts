import type { ClientApp } from "@/lib/client/app";
import type { Command } from "@/lib/client/commands";
import { describeError } from "@/lib/client/describe-error";
import { findActiveTab } from "@/lib/client/editor-groups";
import { findReleaseOfFile } from "@/lib/client/run-control";

interface RecipeAtCursor {
  readonly path: string;
  readonly section: string;
  /** `slapos.cookbook` of `recipe = slapos.cookbook:wrapper`; undefined where the section has none. */
  readonly egg?: string;
}

/** Recipe development mode, and one recipe tested alone. */
export function recipeCommands(app: ClientApp): readonly Command[] {
  const { guide } = app;
  return [
    {
      id: "recipe.develop",
      category: "Recipe",
      title: "Develop from source…",
      async run() {
        const egg = findRecipeAtCursor(app)?.egg;
        if (egg !== undefined) return developEgg(app, egg);
        await guide.recipes.reload();
        const eggs = guide.recipes.state.getState().value ?? [];
        app.palette.choose("Which egg of recipes?", [
          ...eggs
            .filter(({ developed }) => !developed)
            .map(({ egg: name, checkouts }) => ({
              title: name,
              detail: checkouts.map((path) => path || "the workspace").join(", "),
              run: () => developEgg(app, name),
            })),
          { title: "Another egg…", detail: "from your fork", run: () => askForEgg(app) },
        ]);
        return undefined;
      },
    },
    {
      id: "recipe.release",
      category: "Recipe",
      title: "Back to the released egg…",
      isEnabled: () => (guide.recipes.state.getState().value ?? []).some(({ developed }) => developed),
      run: () => chooseRelease(app),
    },
    {
      id: "recipe.test",
      category: "Recipe",
      title: "Test this recipe",
      run: () => testRecipe(app),
    },
    {
      id: "recipe.convert",
      title: "Convert to recipe development mode",
      isHidden: true,
      run: (argument) => developEgg(app, "slapos.cookbook", typeof argument === "string" ? argument : undefined),
    },
  ];
}

/** The section of the cursor in the open profile; for a Python file nothing. */
export function findRecipeAtCursor(app: ClientApp): RecipeAtCursor | undefined {
  const tab = findActiveTab(app.editors.state.getState());
  if (tab?.kind !== "file") return undefined;
  const text = app.workspace.getState()?.documents.buffer(tab.path)?.getText();
  const line = app.editors.cursor.getState()?.line;
  if (text === undefined || line === undefined) return undefined;
  const lines = text.split(/\r\n|\n|\r/);
  const header = lines.slice(0, line).findLastIndex((one) => /^\[[^\]]+\]/.test(one));
  if (header < 0) return undefined;
  const section = /^\[([^\]:]+)/.exec(lines[header]!)![1]!.trim();
  const after = lines.slice(header + 1);
  const end = after.findIndex((one) => one.startsWith("["));
  const own = end < 0 ? after : after.slice(0, end);
  const egg = own.map((one) => /^recipe\s*=\s*([A-Za-z0-9._-]+)/.exec(one)?.[1]).find(Boolean);
  return { path: tab.path, section, ...(egg !== undefined && { egg }) };
}

export async function developEgg(app: ClientApp, egg: string, url?: string): Promise<void> {
  const { guide, notices } = app;
  try {
    const found = await guide.develop(egg, {});
    tellDeveloped(app, egg, found.developed?.path ?? "");
  } catch (error) {
    if ((error as { code?: string }).code !== "recipe/no-checkout") throw error;
    const given = await app.dialogs.askText({
      title: `Develop ${egg} from source`,
      label: "The workspace has no checkout of it. Address of your fork, which is cloned first",
      value: url ?? "",
      confirm: "Clone and develop",
      check: (text) => (text.trim() === "" ? "An address is needed." : undefined),
    });
    if (given === undefined) return;
    const waiting = notices.show({ kind: "info", title: `Cloning ${given.trim()}`, durationMs: 600_000 });
    try {
      const found = await guide.develop(egg, { url: given.trim() });
      tellDeveloped(app, egg, found.developed?.path ?? "");
    } finally {
      notices.dismiss(waiting);
    }
  }
}

function tellDeveloped(app: ClientApp, egg: string, path: string): void {
  app.notices.show({
    kind: "success",
    title: `${egg} is in development mode`,
    detail: `The next run uses it from ${path || "the workspace"}. No file of yours was changed.`,
    actions: [{ title: "Run software", run: () => app.commands.execute("run.software") }],
  });
}

async function askForEgg(app: ClientApp): Promise<void> {
  const egg = await app.dialogs.askText({
    title: "Develop a recipe's egg from source",
    label: "Name of the egg",
    value: "slapos.cookbook",
    confirm: "Go on",
    check: (text) => (/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(text.trim()) ? undefined : "That is no name of an egg."),
  });
  if (egg !== undefined) await developEgg(app, egg.trim());
}

export function chooseRelease(app: ClientApp): void {
  const developed = (app.guide.recipes.state.getState().value ?? []).filter((egg) => egg.developed);
  app.palette.choose(
    "Recipe eggs in development mode",
    developed.flatMap(({ egg, developed: setting }) => [
      {
        title: `Back to the released ${egg}`,
        detail: "in the next run; the checkout stays",
        run: async () => {
          await app.guide.release(egg);
          app.notices.show({ kind: "info", title: `The next run uses the released ${egg} again` });
        },
      },
      {
        title: `Show the checkout of ${egg}`,
        detail: setting?.path || "the workspace",
        run: () => app.editors.openFile({ path: setting?.path ? `${setting.path}/setup.py` : "setup.py" }),
      },
    ]),
  );
}

async function testRecipe(app: ClientApp): Promise<void> {
  const { project } = app.project.state.getState();
  const releases = app.project.state.getState().releases;
  const at = findRecipeAtCursor(app);
  if (!project) return;
  const inRelease = at && findReleaseOfFile(releases, at.path);
  const release = inRelease ?? app.runControl.findRelease();
  if (!release) return;
  const start = async (section: string): Promise<void> => {
    await app.workspace.getState()?.documents.saveAll();
    try {
      await app.runControl.startRecipeTest(release.profile, section);
    } catch (error) {
      const { title, hint } = describeError(error);
      app.notices.show({ kind: "error", title, detail: hint });
    }
  };
  if (at && /\.cfg$/.test(at.path) && at.section !== "buildout") return start(at.section);
  // A Python file: which of the sections that use it?
  const { parts } = await app.api.profileParts({ params: { project: project.id }, query: { path: release.profile } });
  app.palette.choose(
    "Which part's recipe?",
    parts
      .filter(({ recipe }) => recipe !== undefined)
      .map(({ name, recipe }) => ({ title: name, detail: recipe, run: () => start(name) })),
  );
}
