/** `webrunner run pause`, `resume`, `settings`, `shell` and `debug`: how runs are run, and taking one up by hand. */
import { stdin, stdout } from "node:process";
import type { RunSettings } from "@/lib/protocol/run-settings";
import type { TerminalInfo } from "@/lib/protocol/terminals";
import { attachTerminal } from "./attach-terminal";
import { EXIT, UsageError, type Verb, type VerbInput } from "./noun";

/** Of `run software` and `run buildout`. */
export const CHOICE_OPTIONS = {
  "keep-going": { type: "boolean", summary: "go on after a part that fails with those that do not use it" },
  part: { type: "string", value: "NAMES", summary: "only these parts (separated by commas), and those that they use" },
  "no-preflight": { type: "boolean", summary: "fetch nothing before the build begins" },
} as const;

export function readChoices({ flag, text }: VerbInput) {
  return {
    keepGoing: flag("keep-going") || undefined,
    parts: readParts(text("part")),
    preflight: flag("no-preflight") ? false : undefined,
  };
}

function readParts(text: string | undefined): string[] | undefined {
  const parts = text?.split(",").filter((part) => part !== "");
  if (parts?.length === 0) throw new UsageError("--part names a part");
  return parts;
}

export const pauseVerb: Verb = {
  words: ["RUN"],
  summary: "holds all processes of a run where they are",
  async run({ api, positionals, print }) {
    const run = await api.pauseRun({ params: { run: positionals[0]! } });
    print(run, `run ${run.id} is paused\n`);
    return undefined;
  },
};

export const resumeVerb: Verb = {
  words: ["RUN"],
  summary: "lets a paused run go on",
  async run({ api, positionals, print }) {
    const run = await api.resumeRun({ params: { run: positionals[0]! } });
    print(run, `run ${run.id} goes on\n`);
    return undefined;
  },
};

export const settingsVerb: Verb = {
  summary: "how runs of the project are run; with options, changes it for the next ones (`none` takes a limit away)",
  options: {
    jobs: { type: "string", value: "N", summary: "jobs of make (MAKEFLAGS), where a recipe does not say it itself" },
    nice: { type: "string", value: "N", summary: "0 to 19, how much runs give way to others" },
    memory: { type: "string", value: "MIB", summary: "limit of the address space of each process" },
    preflight: { type: "string", value: "on|off", summary: "fetch downloads in parallel before a build" },
    "keep-going": { type: "string", value: "on|off", summary: "go on after a part that fails" },
  },
  async run(input) {
    const { api, print, text } = input;
    const params = { project: await input.getProject() };
    const before = await api.readRunSettings({ params });
    const after: RunSettings = {
      jobs: readNumber(text("jobs"), "--jobs", before.jobs),
      nice: readNumber(text("nice"), "--nice", before.nice),
      memoryMiB: readNumber(text("memory"), "--memory", before.memoryMiB),
      preflight: readSwitch(text("preflight"), "--preflight", before.preflight),
      keepGoing: readSwitch(text("keep-going"), "--keep-going", before.keepGoing),
    };
    const isChange = JSON.stringify(after) !== JSON.stringify(before);
    const settings = isChange ? await api.replaceRunSettings({ params, body: after }) : before;
    print(settings, describe(settings));
    return undefined;
  },
};

function readNumber(text: string | undefined, name: string, before: number | undefined): number | undefined {
  if (text === undefined) return before;
  if (text === "none") return undefined;
  if (!/^\d{1,7}$/.test(text)) throw new UsageError(`${name} is a whole number, or none`);
  return Number(text);
}

function readSwitch(text: string | undefined, name: string, before: boolean): boolean {
  if (text === undefined) return before;
  if (text !== "on" && text !== "off") throw new UsageError(`${name} is on or off`);
  return text === "on";
}

function describe({ jobs, nice, memoryMiB, preflight, keepGoing }: RunSettings): string {
  return [
    `jobs        ${jobs ?? "as the recipes say"}`,
    `nice        ${nice ?? 0}`,
    `memory      ${memoryMiB === undefined ? "no limit" : `${memoryMiB} MiB a process`}`,
    `preflight   ${preflight ? "on" : "off"}`,
    `keep going  ${keepGoing ? "on" : "off"}\n`,
  ].join("\n");
}

export const shellVerb: Verb = {
  words: ["RUN"],
  summary: "a shell on this terminal where the failed part of a run was built, in its environment",
  options: { part: { type: "string", value: "NAME", summary: "another part" } },
  run: (input) =>
    onTerminal(input, async () => {
      const run = await input.api.readRun({ params: { run: input.positionals[0]! } });
      const body = { part: input.text("part") };
      return { project: run.project, terminal: await input.api.openPartShell({ params: { run: run.id }, body }) };
    }),
};

export function createDebugVerb(
  findOnlyRelease: (input: VerbInput, project: string, kind: "software" | "buildout") => Promise<string>,
): Verb {
  return {
    words: ["[PROFILE]"],
    summary: "the build on this terminal, with Python's debugger where it fails",
    options: {
      buildout: { type: "boolean", summary: "plain zc.buildout instead of a software release" },
      part: {
        type: "string",
        value: "NAMES",
        summary: "only these parts (separated by commas), and those that they use",
      },
    },
    run: (input) =>
      onTerminal(input, async () => {
        const project = await input.getProject();
        const kind = input.flag("buildout") ? "buildout" : "software";
        const profile = input.positionals[0] ?? (await findOnlyRelease(input, project, kind));
        const body = { profile, kind, parts: readParts(input.text("part")) } as const;
        return { project, terminal: await input.api.openDebugger({ params: { project }, body }) };
      }),
  };
}

async function onTerminal(
  { url, token, json, print }: VerbInput,
  open: () => Promise<{ project: string; terminal: TerminalInfo }>,
): Promise<number> {
  if (!json && (!stdin.isTTY || !stdout.isTTY)) {
    throw new UsageError("this needs a terminal; with --json it is opened for the page, and told");
  }
  const { project, terminal } = await open();
  if (!json) return attachTerminal(url, token, project, terminal);
  print(terminal, "");
  return EXIT.ok;
}
