/** `webrunner partition …`: commands and a shell in a partition, as the user that its programs run as. */
import { io } from "socket.io-client";
import type { TerminalInfo, TerminalOutput } from "@/lib/protocol/terminals";
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
        return attach(url, token, params.project, terminal);
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

/** What the program printed last comes beside the news of its end, or a little later. */
const LAST_OUTPUT_MS = 200;

/** Until the program in the terminal has ended, and what it printed was shown; gives its exit code. */
export function attach(
  url: string,
  token: string | undefined,
  project: string,
  terminal: TerminalInfo,
): Promise<number> {
  const { stdin, stdout } = process;
  const extraHeaders: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const socket = io(url, { transports: ["websocket"], extraHeaders });
  let received = 0;
  let ended: number | undefined;
  let quiet: NodeJS.Timeout | undefined;
  return new Promise((resolve, reject) => {
    const finishWhenQuiet = (): void => {
      if (ended === undefined) return;
      clearTimeout(quiet);
      quiet = setTimeout(finish, LAST_OUTPUT_MS, ended);
    };
    const finish = (code: number): void => {
      stdin.setRawMode(false);
      stdin.pause();
      socket.close();
      resolve(code);
    };
    socket.on("terminal:output", ({ terminal: id, offset, bytes }: TerminalOutput, acknowledge?: () => void) => {
      if (id !== terminal.id) return;
      const fresh = Buffer.from(bytes).subarray(Math.max(0, received - offset));
      received = Math.max(received, offset + bytes.byteLength);
      stdout.write(fresh, () => acknowledge?.());
      finishWhenQuiet();
    });
    socket.on("terminal:changed", ({ id, state, exitCode }: TerminalInfo) => {
      if (id !== terminal.id || state === "running") return;
      ended ??= exitCode ?? 0;
      finishWhenQuiet();
    });
    socket.on("connect", () => {
      socket.emit("project:watch", { project });
      socket.emit("terminal:view", { terminal: terminal.id, offset: received });
    });
    socket.on("connect_error", (error) => {
      if (!socket.active) reject(error);
    });
    stdin.setRawMode(true);
    stdin.on("data", (data) => socket.emit("terminal:type", { terminal: terminal.id, data: data.toString("utf8") }));
    stdout.on("resize", () => {
      socket.emit("terminal:resize", { terminal: terminal.id, columns: stdout.columns, rows: stdout.rows });
    });
  });
}

export const run: CommandModule["run"] = noun.run;
