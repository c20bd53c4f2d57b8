/** `webrunner release …`: what a built software release has. */
import { attachTerminal } from "./attach-terminal";
import type { CommandModule } from "./commands";
import { tellRendered } from "./debug-output";
import { createNoun, UsageError } from "./noun";

const noun = createNoun({
  name: "release",
  verbs: {
    render: {
      words: ["PROFILE", "FILE"],
      summary: "a file of the software (instance.cfg) as the next run would leave it, without a run",
      options: {
        diff: { type: "boolean", summary: "what would change against the file as it is; exits with 1 when it would" },
        saved: { type: "boolean", summary: "without texts that are typed and not saved" },
      },
      async run({ api, positionals, flag, json, getProject, print }) {
        const [profile, path] = positionals;
        const body = { profile: profile!, path: path!, saved: flag("saved") || undefined };
        const rendered = await api.renderFile({ params: { project: await getProject() }, body });
        return tellRendered(rendered, { json, diff: flag("diff"), print });
      },
    },
    shell: {
      words: ["PROFILE"],
      summary: "a shell in the directory of the built software, its bin/ first on the PATH",
      async run({ api, positionals, url, token, getProject }) {
        const { stdin, stdout } = process;
        if (!stdin.isTTY || !stdout.isTTY) throw new UsageError("a shell needs a terminal");
        const params = { project: await getProject() };
        const { columns, rows } = stdout;
        const body = { profile: positionals[0]!, columns, rows };
        return attachTerminal(url, token, params.project, await api.openReleaseTerminal({ params, body }));
      },
    },
  },
});

export const run: CommandModule["run"] = noun.run;
