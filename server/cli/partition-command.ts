/** `webrunner partition …`: commands and a shell in a partition, as the user that its programs run as. */
import { io } from "socket.io-client";
import type { TerminalInfo, TerminalOutput } from "@/lib/protocol/terminals";
import type { CommandModule } from "./commands";
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

/** Until the program in the terminal has ended; gives its exit code. */
function attach(url: string, token: string | undefined, project: string, terminal: TerminalInfo): Promise<number> {
  const { stdin, stdout } = process;
  const extraHeaders: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const socket = io(url, { transports: ["websocket"], extraHeaders });
  let received = 0;
  return new Promise((resolve, reject) => {
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
    });
    socket.on("terminal:changed", ({ id, state, exitCode }: TerminalInfo) => {
      if (id === terminal.id && state !== "running") finish(exitCode ?? 0);
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
