/** `webrunner partition …`: commands and a shell in a partition, as the user that its programs run as. */
import { attachTerminal } from "./attach-terminal";
import type { CommandModule } from "./commands";
import { formatSource, tellRendered } from "./debug-output";
import { parseAssignments } from "./instance-command";
import { createNoun, EXIT, UsageError } from "./noun";

const noun = createNoun({
  name: "partition",
  verbs: {
    exec: {
      words: ["PARTITION", "COMMAND…"],
      summary: "runs a command in a partition and gives its exit code; write -- before a command with options",
      options: { timeout: { type: "string", value: "SECONDS", summary: "ends it after this time (default: 60)" } },
      async run({ api, positionals, text, getProject, json, print }) {
        const [partition, ...argv] = positionals;
        if (argv.length === 0) throw new UsageError("COMMAND is missing");
        const timeout = text("timeout");
        const timeoutSeconds = timeout === undefined ? undefined : Number(timeout);
        if (timeoutSeconds !== undefined && !(timeoutSeconds > 0))
          throw new UsageError("--timeout is a number of seconds");
        const params = { project: await getProject(), partition: partition! };
        const result = await api.runInPartition({ params, body: { argv, timeoutSeconds } });
        if (json) print(result, "");
        else {
          process.stdout.write(result.stdout);
          process.stderr.write(result.stderr);
        }
        return result.code < 0 ? EXIT.failed : result.code;
      },
    },
    source: {
      words: ["PARTITION", "FILE"],
      summary: "where a file comes from: parts, recipes and templates, down to a line of the workspace",
      options: { line: { type: "string", value: "N", summary: "the line of the file to follow" } },
      async run({ api, positionals, text, getProject, print }) {
        const [partition, path] = positionals;
        const params = { project: await getProject(), partition: partition! };
        const source = await api.readFileSource({ params, query: { path: path!, line: toNumber(text("line")) } });
        print(source, formatSource(source));
        return EXIT.ok;
      },
    },
    render: {
      words: ["PARTITION", "FILE", "[KEY=VALUE…]"],
      summary: "a file as the next run would leave it, without a run; exits with 1 when it differs and --diff is given",
      options: {
        diff: { type: "boolean", summary: "what would change against the file as it is" },
        type: { type: "string", value: "TYPE", summary: "another software type" },
        saved: { type: "boolean", summary: "without texts that are typed and not saved" },
      },
      async run({ api, positionals, text, flag, json, getProject, print }) {
        const [partition, path, ...words] = positionals;
        const rendered = await api.renderFile({
          params: { project: await getProject() },
          body: {
            partition: partition!,
            path: path!,
            parameters: words.length === 0 ? undefined : parseAssignments(words),
            softwareType: text("type"),
            saved: flag("saved") || undefined,
          },
        });
        return tellRendered(rendered, { json, diff: flag("diff"), print });
      },
    },
    shell: {
      words: ["PARTITION"],
      summary: "a shell in a partition, on this terminal; with --program, the program by hand",
      options: {
        program: { type: "string", value: "NAME", summary: "stops this program and runs it as supervisord does" },
      },
      async run({ api, positionals, text, url, token, getProject }) {
        const { stdin, stdout } = process;
        if (!stdin.isTTY || !stdout.isTTY) throw new UsageError("a shell needs a terminal; use partition exec");
        const params = { project: await getProject(), partition: positionals[0]! };
        const { columns, rows } = stdout;
        const terminal = await api.openPartitionTerminal({ params, body: { program: text("program"), columns, rows } });
        return attachTerminal(url, token, params.project, terminal);
      },
    },
  },
});

function toNumber(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new UsageError("--line is a number from 1");
  return number;
}

export const run: CommandModule["run"] = noun.run;
