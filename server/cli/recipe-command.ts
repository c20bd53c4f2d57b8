/** `webrunner recipe …`: eggs in development mode, and one recipe tested alone. */
import type { RecipeEgg } from "@/lib/protocol/recipe-routes";
import type { CommandModule } from "./commands";
import { followRun } from "./follow-run";
import { createNoun, EXIT, toTable, UsageError, type VerbInput } from "./noun";
import { describeRun, findOnlyRelease, finish, writeLog } from "./run-command";

const noun = createNoun({
  name: "recipe",
  verbs: {
    list: {
      summary: "recipe eggs of the workspace: which are in development mode, what was imported in the last runs",
      async run({ api, getProject, print }) {
        const reply = await api.listRecipes({ params: { project: await getProject() } });
        print(reply, toTable(reply.eggs.map(toRow)));
        return undefined;
      },
    },
    develop: {
      words: ["EGG"],
      summary: "use the egg from its checkout in all runs, without a change of any profile",
      options: {
        from: { type: "string", value: "FOLDER|URL", summary: "the checkout, or the fork to clone first" },
        branch: { type: "string", value: "NAME", summary: "of the clone" },
        "dry-run": { type: "boolean", summary: "say what would be used, change nothing" },
      },
      async run({ api, positionals, getProject, text, flag, json, print }) {
        const project = await getProject();
        const from = text("from");
        const isUrl = from !== undefined && /^[a-z][a-z+.-]*:\/\/|^[^/]+@[^/]+:/i.test(from);
        const egg = positionals[0]!;
        if (flag("dry-run")) {
          const { eggs } = await api.listRecipes({ params: { project } });
          const checkouts = eggs.find((one) => one.egg === egg)?.checkouts ?? [];
          const path = isUrl ? undefined : (from ?? checkouts[0]);
          const would = path === undefined ? (isUrl ? `a clone of ${from}` : undefined) : path || "the workspace";
          print(
            { egg, checkouts, ...(path !== undefined && { path }), ...(isUrl && { clone: from }) },
            would
              ? `${egg} would be used from ${would}.\n`
              : `There is no checkout of ${egg}; name your fork: --from URL\n`,
          );
          return would ? EXIT.ok : EXIT.failed;
        }
        if (isUrl && !json) process.stderr.write(`Cloning ${from} if the workspace has no checkout of ${egg} …\n`);
        const body = { ...(isUrl ? { url: from } : { path: from }), branch: text("branch") };
        const found = await api.developRecipe({ params: { project, egg }, body });
        print(found, `${egg} is used from ${found.developed?.path || "the workspace"} in the next run.\n`);
        return undefined;
      },
    },
    release: {
      words: ["EGG"],
      summary: "back to the released egg; the checkout stays",
      options: { "dry-run": { type: "boolean", summary: "say what would change, change nothing" } },
      async run({ api, positionals, getProject, flag, print }) {
        const egg = positionals[0]!;
        const project = await getProject();
        if (flag("dry-run")) {
          const { eggs } = await api.listRecipes({ params: { project } });
          const developed = eggs.find((one) => one.egg === egg)?.developed;
          print(
            { egg, developed },
            developed ? `${egg} would be the released one again.\n` : `${egg} is not in development mode.\n`,
          );
          return developed ? EXIT.ok : EXIT.failed;
        }
        await api.releaseRecipe({ params: { project, egg } });
        print({ egg }, `The next run uses the released ${egg} again.\n`);
        return undefined;
      },
    },
    test: {
      words: ["SECTION", "[PROFILE]"],
      summary: "runs the section's recipe alone in a scratch directory, and leaves the release as it is",
      options: {
        instance: { type: "string", value: "NAME", summary: "the section is one of this instance's profile" },
        "no-follow": { type: "boolean", summary: "begin it, and print the run's name" },
        "dry-run": { type: "boolean", summary: "say which recipe would run with which options, run nothing" },
      },
      async run(input) {
        const { api, positionals, text, flag, json, print } = input;
        const project = await input.getProject();
        const profile = positionals[1] ?? (await findOnlyRelease(input, project, "software"));
        if (flag("dry-run")) return foresee(input, project, profile);
        const body = { kind: "recipe" as const, profile, section: positionals[0], instance: text("instance") };
        const run = await api.startRun({ params: { project }, body });
        if (flag("no-follow")) {
          print(run, `${run.id}\n`);
          return undefined;
        }
        const write = writeLog(json);
        const chunks: Uint8Array[] = [];
        process.stderr.write(`${describeRun(run)}\n`);
        const end = await followRun(api, run.id, {
          offset: 0,
          write(bytes) {
            chunks.push(bytes);
            write(bytes);
          },
        });
        if (!json) return finish(input, end);
        print({ ...end, ...readResult(Buffer.concat(chunks).toString("utf8")) }, "");
        return end.state === "succeeded" ? EXIT.ok : EXIT.failed;
      },
    },
  },
});

/** What a test of the recipe would run. Sections of an instance are only known from its partition. */
async function foresee(
  { api, positionals, text, print }: VerbInput,
  project: string,
  profile: string,
): Promise<number> {
  const section = positionals[0]!;
  const instance = text("instance");
  if (instance !== undefined) {
    const { name } = await api.readInstance({ params: { project, instance } });
    print({ profile, section, instance: name }, `[${section}] would run with the options that it has in ${name}.\n`);
    return EXIT.ok;
  }
  const found = await api.profileEffective({ params: { project }, query: { path: profile, section } });
  const options = Object.fromEntries(found.options.map(({ name, value }) => [name, value]));
  const { recipe } = options;
  if (recipe === undefined) throw new UsageError(`${profile} has no part [${section}]`);
  const lines = Object.entries(options).map(([name, value]) => `${name} = ${value.replaceAll("\n", "\n  ")}\n`);
  print({ profile, section, recipe, options }, `${recipe} would run with\n${lines.join("")}`);
  return EXIT.ok;
}

function toRow({ egg, checkouts, developed, imported }: RecipeEgg): string[] {
  const state = developed ? `developed from ${developed.path || "the workspace"}` : "released";
  const branch = developed?.branch ? ` (${developed.branch})` : "";
  const places = [...new Set(imported.map(({ location }) => location || "the workspace"))];
  return [
    egg,
    `${state}${branch}`,
    places.length > 0 ? `last imported from ${places.join(", ")}` : "",
    developed || checkouts.length === 0
      ? ""
      : `checkout: ${checkouts.map((path) => path || "the workspace").join(", ")}`,
  ];
}

/** What the engine's lines say that the recipe did. */
function readResult(log: string): { files: { path: string; sizeBytes: number }[]; options: Record<string, string> } {
  const files = [...log.matchAll(/^webrunner: The recipe made (.+) \((\d+) bytes\)$/gm)];
  const options = [...log.matchAll(/^webrunner: The recipe set (\S+) = (.*)$/gm)];
  return {
    files: files.map(([, path, size]) => ({ path: path!, sizeBytes: Number(size) })),
    options: Object.fromEntries(options.map(([, name, value]) => [name!, value!])),
  };
}

export const run: CommandModule["run"] = noun.run;
