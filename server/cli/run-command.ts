/** `webrunner run …`: starts runs, follows their logs, stops them. */
import type { RunInfo, RunKind } from "@/lib/protocol/runs";
import type { CommandModule } from "./commands";
import { compareVerb, createPlanVerb, explainVerb } from "./explain-verbs";
import { followRun, readLogTo } from "./follow-run";
import { bundleVerb, environmentVerb, keepingVerb, sourceVerb } from "./history-verbs";
import { createNoun, EXIT, toTable, UsageError, type Verb, type VerbInput } from "./noun";
import { writeOutput } from "./profile/output";
import { createAllVerb } from "./run-all-verb";
import {
  CHOICE_OPTIONS,
  createDebugVerb,
  pauseVerb,
  readChoices,
  resumeVerb,
  settingsVerb,
  shellVerb,
} from "./run-choice-verbs";
import { printLine, printMatches, timelineVerb } from "./trace-verbs";

const START_OPTIONS = {
  follow: { type: "boolean", summary: "print the log until the end, and exit with the run's code" },
} as const;

function createStart(kind: Exclude<RunKind, "report" | "recipe">, summary: string, options: Verb["options"]): Verb {
  return {
    words: ["[PROFILE]"],
    summary,
    options: { ...options, ...START_OPTIONS },
    async run(input) {
      const { api, positionals, flag, text, json, print } = input;
      const project = await input.getProject();
      const profile = positionals[0] ?? (await findOnlyRelease(input, project, kind));
      const choices = kind === "instance" ? {} : readChoices(input);
      const body = { kind, profile, force: flag("force") || undefined, instance: text("instance"), ...choices };
      const run = await api.startRun({ params: { project }, body });
      if (!flag("follow")) {
        print(run, `${run.id}\n`);
        return undefined;
      }
      process.stderr.write(`${describeRun(run)}\n`);
      const end = await followRun(api, run.id, { offset: 0, write: writeLog(json) });
      return finish(input, end);
    },
  };
}

const noun = createNoun({
  name: "run",
  verbs: {
    software: createStart("software", "builds a software release", {
      force: { type: "boolean", summary: "build although nothing has changed" },
      ...CHOICE_OPTIONS,
    }),
    instance: createStart("instance", "deploys an instance of a built release, a first one when there is none", {
      instance: { type: "string", value: "NAME", summary: "which instance of the release" },
    }),
    buildout: createStart("buildout", "runs plain zc.buildout on a profile", {
      force: { type: "boolean", summary: "look for newer eggs too" },
      ...CHOICE_OPTIONS,
    }),
    all: createAllVerb((input, project) => findOnlyRelease(input, project, "software")),
    plan: createPlanVerb((input, project, kind) => findOnlyRelease(input, project, kind)),
    explain: explainVerb,
    compare: compareVerb,
    timeline: timelineVerb,
    pause: pauseVerb,
    resume: resumeVerb,
    settings: settingsVerb,
    shell: shellVerb,
    debug: createDebugVerb((input, project, kind) => findOnlyRelease(input, project, kind)),
    source: sourceVerb,
    environment: environmentVerb,
    bundle: bundleVerb,
    keeping: keepingVerb,
    list: {
      summary: "all runs, newest first",
      async run({ api, getProject, print }) {
        const reply = await api.listRuns({ params: { project: await getProject() } });
        print(reply, toTable(reply.runs.map((run) => [run.id, run.kind, describeEnd(run), run.profile])));
        return undefined;
      },
    },
    show: {
      words: ["RUN"],
      summary: "one run",
      async run({ api, positionals, print }) {
        const run = await api.readRun({ params: { run: positionals[0]! } });
        print(run, `${describeRun(run)}\n${run.error ? `${run.error}\n` : ""}${run.reason ? `${run.reason}\n` : ""}`);
        return undefined;
      },
    },
    log: {
      words: ["RUN"],
      summary: "the log, from its beginning or a byte offset; --search prints the lines that match",
      options: {
        ...START_OPTIONS,
        offset: { type: "string", value: "BYTES", summary: "where to begin" },
        search: { type: "string", value: "TEXT", summary: "only lines with this text, as OFFSET:LINE:TEXT" },
        regex: { type: "boolean", summary: "the text is a regular expression" },
        "match-case": { type: "boolean", summary: "upper and lower case are different" },
        line: { type: "string", value: "NUMBER", summary: "only this line, with the time when it was written" },
        part: { type: "string", value: "PART", summary: "begin at this part, as the timeline names it" },
      },
      async run(input) {
        const { api, positionals, text, flag, json, print } = input;
        const params = { run: positionals[0]! };
        const search = text("search");
        if (search !== undefined) {
          const is = (name: string) => (flag(name) ? ("true" as const) : undefined);
          const query = { text: search, regex: is("regex"), matchCase: is("match-case") };
          return (await printMatches(input, params.run, query)) > 0 ? EXIT.ok : EXIT.failed;
        }
        if (text("line") !== undefined) return printLine(input, params.run, Number(text("line")));
        const part = text("part");
        const offset = part ? (await api.findLogLine({ params, query: { part } })).offset : Number(text("offset") ?? 0);
        if (!Number.isSafeInteger(offset) || offset < 0) throw new UsageError("--offset is a number of bytes");
        if (flag("follow")) return finish(input, await followRun(api, params.run, { offset, write: writeLog(json) }));
        if (!json) {
          await readLogTo(api, params.run, offset, writeOutput);
          return undefined;
        }
        const chunks: Buffer[] = [];
        const end = await readLogTo(api, params.run, offset, (bytes) => chunks.push(Buffer.from(bytes)));
        print({ run: params.run, offset, end, text: Buffer.concat(chunks).toString("utf8") }, "");
        return undefined;
      },
    },
    stop: {
      words: ["RUN"],
      summary: "ends the run with all its processes, and waits for the end",
      async run({ api, positionals, json, print }) {
        const params = { run: positionals[0]! };
        await api.stopRun({ params });
        const end = await followRun(api, params.run);
        print(end, json ? "" : `${describeRun(end)}\n`);
        return undefined;
      },
    },
  },
});

export async function findOnlyRelease({ api }: VerbInput, project: string, kind: RunKind): Promise<string> {
  const { releases } = await api.readProject({ params: { project } });
  const engine = kind === "buildout" ? "buildout" : "slapos";
  const fitting = releases.filter((release) => release.engine === engine);
  if (fitting.length === 1) return fitting[0]!.profile;
  const names = fitting.map(({ profile }) => profile).join(", ");
  throw new UsageError(names ? `say which PROFILE: ${names}` : "PROFILE is missing");
}

/** With `--json` standard output is one document, so the log goes to standard error. */
export function writeLog(json: boolean): (bytes: Uint8Array) => void {
  return json ? (bytes) => process.stderr.write(bytes) : writeOutput;
}

export function finish({ json, print }: VerbInput, end: RunInfo): number {
  if (json) print(end, "");
  else process.stderr.write(`${describeRun(end)}\n${end.error ? `${end.error}\n` : ""}`);
  return toExitCode(end);
}

function toExitCode({ state, code }: RunInfo): number {
  if (state === "succeeded") return EXIT.ok;
  return code === EXIT.promiseFailed && state === "failed" ? EXIT.promiseFailed : EXIT.failed;
}

export function describeRun(run: RunInfo): string {
  return `run ${run.id}: ${run.kind} of ${run.section ? `[${run.section}], ` : ""}${run.instance ? `${run.instance}, ` : ""}${run.profile}: ${describeEnd(run)}`;
}

function describeEnd(run: RunInfo): string {
  if (run.paused) return "paused";
  if (run.nothingToDo && run.state === "succeeded") return "nothing to do";
  if (run.state === "failed" && run.code === EXIT.promiseFailed) return "failed (a promise)";
  if (run.state === "failed" && run.code !== undefined) return `failed (code ${run.code})`;
  return run.state;
}

export const run: CommandModule["run"] = noun.run;
