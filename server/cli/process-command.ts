/** `webrunner process …` */
import { setTimeout as wait } from "node:timers/promises";
import { WebrunnerError } from "@/lib/base/errors";
import type { ProcessAction, ProcessList, ProgramInfo } from "@/lib/protocol/processes";
import type { CommandModule } from "./commands";
import { createNoun, EXIT, toTable, type Verb, type VerbInput } from "./noun";

const FOLLOW_MS = 500;

const control = (action: ProcessAction, summary: string): Verb => ({
  words: ["PROCESS"],
  summary,
  async run(input) {
    const project = await input.getProject();
    const process = await findProcess(input, project);
    const list = await input.api.controlProcess({ params: { project, process, action } });
    input.print(list, describe(list));
    return undefined;
  },
});

const noun = createNoun({
  name: "process",
  verbs: {
    list: {
      summary: "supervisord's programs with their states",
      async run({ api, getProject, print }) {
        const list = await api.listProcesses({ params: { project: await getProject() } });
        print(list, describe(list));
        return list.answers ? undefined : EXIT.failed;
      },
    },
    start: control("start", "starts a program (`slappart0:web`, or `web` when there is one) or all (`slappart0:*`)"),
    stop: control("stop", "stops a program, or all of a partition"),
    restart: control("restart", "stops and starts a program, or all of a partition"),
    tail: {
      words: ["PROCESS"],
      summary: "the end of a program's log",
      options: { follow: { type: "boolean", summary: "goes on with what comes, through rotation, until interrupted" } },
      async run(input) {
        const { api, flag, json } = input;
        const project = await input.getProject();
        const id = await findProcess(input, project);
        const { processes } = await api.listProcesses({ params: { project } });
        const program = processes.find((each) => toId(each) === id);
        if (!program?.log) {
          throw new WebrunnerError("process/not-found", { message: `${id} has no log in its partition.` });
        }
        const params = { project, partition: program.group };
        let piece = await api.readPartitionLog({ params, query: { path: program.log } });
        if (json) {
          input.print(piece, "");
          return undefined;
        }
        for (;;) {
          if (piece.gap) process.stderr.write("webrunner: something is missing here\n");
          process.stdout.write(piece.text);
          if (!flag("follow")) return undefined;
          if (!piece.more || piece.text === "") await wait(FOLLOW_MS);
          const after = piece.end;
          piece = await api.readPartitionLog({ params, query: { path: program.log, after } });
          if (piece.end === undefined) piece = { ...piece, end: after };
        }
      },
    },
  },
});

/** A full id as it is; a short one (`web`, `slappart0:web`) when exactly one program fits. */
async function findProcess({ api, positionals }: VerbInput, project: string): Promise<string> {
  const asked = positionals[0]!;
  if (/^slappart\d+:\*$/.test(asked)) return asked;
  const { processes } = await api.listProcesses({ params: { project } });
  const fitting = processes.filter((program) => toId(program) === asked);
  const short = processes.filter((program) => [toShortId(program), toShortName(program)].includes(asked));
  const found = fitting.length > 0 ? fitting : short;
  if (found.length === 1) return toId(found[0]!);
  throw new WebrunnerError("process/not-found", {
    message: found.length === 0 ? `there is no program ${asked}.` : `several programs are called ${asked}.`,
    hint: `These are there: ${processes.map(toShortId).join(", ") || "none"}`,
  });
}

function toId({ group, name }: ProgramInfo): string {
  return `${group}:${name}`;
}

function toShortName({ name }: ProgramInfo): string {
  return name.replace(/-on-watch$/, "").replace(/-[0-9a-f]{32}$/, "");
}

function toShortId(program: ProgramInfo): string {
  return `${program.group}:${toShortName(program)}`;
}

function describe({ answers, processes }: ProcessList): string {
  if (!answers) return "supervisord does not answer: run instance starts it\n";
  return toTable(processes.map((program) => [toShortId(program), program.state, program.description]));
}

export const run: CommandModule["run"] = noun.run;
