/** `webrunner run plan`, `run explain` and `run compare`: what a run would do, why one failed, what changed since another. */

import { setTimeout as wait } from "node:timers/promises";
import { describeDownloads, describeOwnCode, listDownloads } from "@/lib/client/download-words";
import { describeDuration } from "@/lib/client/run-words";
import type {
  FailureCause,
  Place,
  PlanDownloads,
  QuickFix,
  RunChanges,
  RunPlanInfo,
  RunWarning,
} from "@/lib/protocol/explanations";
import { toPatch } from "./history-verbs";
import { EXIT, UsageError, type Verb, type VerbInput } from "./noun";

/** How often the server is asked how far it is. */
const PROGRESS_MS = 1000;
const ACTIONS = { install: "install", reinstall: "install again", keep: "keep", uninstall: "uninstall" } as const;

export function createPlanVerb(
  findOnlyRelease: (input: VerbInput, project: string, kind: "software" | "buildout") => Promise<string>,
): Verb {
  return {
    words: ["[PROFILE]"],
    summary: "what a run would do now, part by part and why; exits 1 when the profile cannot be loaded",
    options: {
      buildout: { type: "boolean", summary: "plain zc.buildout instead of a software release" },
      all: { type: "boolean", summary: "also the parts that are kept, and each download" },
      "check-downloads": {
        type: "boolean",
        summary: "ask for each download and for what eggs require in turn; exits 1 when one cannot be had",
      },
    },
    async run(input) {
      const { api, positionals, flag, print } = input;
      const project = await input.getProject();
      const kind = flag("buildout") ? "buildout" : "software";
      const profile = positionals[0] ?? (await findOnlyRelease(input, project, kind));
      const plan = flag("check-downloads")
        ? await checkDownloads(input, project, { profile, kind })
        : await api.readPlan({ params: { project }, query: { profile, kind } });
      print(plan, describePlan(plan, flag("all")));
      const isDead =
        flag("check-downloads") &&
        plan.downloads !== undefined &&
        listDownloads(plan.downloads).some(({ problem }) => problem !== undefined);
      return plan.outcome === "blocked" || isDead ? EXIT.failed : EXIT.ok;
    },
  };
}

/** Says how far it is on the error output, as it may take a while; interrupted, the server stops asking. */
async function checkDownloads(
  { api, json }: VerbInput,
  project: string,
  body: { readonly profile: string; readonly kind: "software" | "buildout" },
): Promise<RunPlanInfo> {
  let isDone = false;
  const watch = async (): Promise<void> => {
    let told = "";
    while (!isDone) {
      await wait(PROGRESS_MS, undefined, { ref: false });
      const { check } = isDone ? {} : await api.readDownloadCheck({ params: { project } });
      const text = check ? `asked ${check.done} of ${check.total}\n` : told;
      if (!isDone && text !== told) process.stderr.write(text);
      told = text;
    }
  };
  // Without an answer there is no progress to tell: the plan itself says why.
  if (!json) void watch().catch(() => undefined);
  try {
    return await api.checkDownloads({ params: { project }, body });
  } finally {
    isDone = true;
  }
}

export const explainVerb: Verb = {
  words: ["RUN"],
  summary: "why a run failed and what the engine warned of, where that stands, and what would mend it",
  async run({ api, positionals, print }) {
    const run = positionals[0];
    if (run === undefined) throw new UsageError("RUN is missing");
    const info = await api.readRun({ params: { run } });
    const { warnings } = info.finishedAt === undefined ? { warnings: [] } : await api.readWarnings({ params: { run } });
    const warned = warnings.map((warning) => describeWarning(warning, run)).join("");
    if (info.state !== "failed" && warnings.length > 0) {
      print({ warnings }, warned);
      return undefined;
    }
    const failure = await api.readFailure({ params: { run } });
    const text = [failure, ...failure.others].map(describeCause).join("\n");
    print({ ...failure, warnings }, warned ? `${text}\n${warned}` : text);
    return undefined;
  },
};

export const compareVerb: Verb = {
  words: ["RUN", "[SINCE]"],
  summary: "what the resolved profile changed in since another run; without SINCE, the last that succeeded before",
  options: { text: { type: "boolean", summary: "the workspace's files instead, committed or not, as a patch" } },
  async run({ api, positionals, flag, print }) {
    const [run, since] = positionals;
    if (run === undefined) throw new UsageError("RUN is missing");
    if (flag("text")) {
      const changes = await api.compareRunSources({ params: { run }, query: { since } });
      const same = changes.files.length === 0 ? "No file differs.\n" : "";
      print(changes, `Since run ${changes.since}:\n${same}${toPatch(changes.files)}`);
      return undefined;
    }
    const reply = await api.compareRuns({ params: { run }, query: { since } });
    print(reply, describeChanges(reply));
    return undefined;
  },
};

function describeChanges({ since, changes }: RunChanges): string {
  if (changes.length === 0) return `Nothing changed since run ${since}.\n`;
  const lines = changes.map(({ kind, section, option, before, after }) => {
    if (option === undefined) return `${before === undefined ? "+" : "-"} [${section}]`;
    const old = before === undefined ? "" : `\n    - ${before.replaceAll("\n", "\n      ")}`;
    const mark = kind === "option" ? "" : ` (${kind})`;
    return `  ${section}:${option}${mark}${old}${after === undefined ? "" : `\n    + ${after.replaceAll("\n", "\n      ")}`}`;
  });
  return `Since run ${since}:\n${lines.join("\n")}\n`;
}

function toText({ path, line, column }: Place): string {
  return `${path}:${line}:${column}`;
}

function describePlan(plan: RunPlanInfo, all: boolean): string {
  const at = plan.place ? `${toText(plan.place)}: ` : "";
  if (plan.outcome === "blocked") return `The profile cannot be loaded. ${at}${plan.because}\n`;
  if (plan.outcome === "nothing") return `Nothing to do. ${plan.because}\n`;
  const lines = plan.because ? [plan.because] : [];
  for (const { part, action, reasons } of plan.parts) {
    if (action === "keep" && !all) continue;
    lines.push(`${ACTIONS[action]} ${part}`);
    for (const { text, place } of action === "keep" ? [] : reasons)
      lines.push(`    ${text}${place ? ` (${toText(place)})` : ""}`);
  }
  const kept = plan.parts.filter(({ action }) => action === "keep").length;
  if (kept > 0) lines.push(`keep ${kept} ${kept === 1 ? "part" : "parts"}`);
  if (plan.estimate) {
    const { durationMs, runs, unknownParts } = plan.estimate;
    const unknown =
      unknownParts === 0
        ? ""
        : `; ${unknownParts} ${unknownParts === 1 ? "part was" : "parts were"} never built before`;
    lines.push(`takes about ${describeDuration(durationMs)} (from ${runs} ${runs === 1 ? "run" : "runs"}${unknown})`);
  }
  if (plan.downloads) lines.push(...describePlanDownloads(plan.downloads, all));
  lines.push(...plan.notes);
  return `${lines.join("\n")}\n`;
}

/** All of it with `--all`; else what cannot be had. */
function describePlanDownloads(downloads: PlanDownloads, all: boolean): string[] {
  const items = listDownloads(downloads);
  const ownCode = describeOwnCode(downloads);
  const more = ownCode === undefined ? [] : [ownCode];
  if (items.length + downloads.files.length + downloads.eggs.length === 0) return more;
  return [
    describeDownloads(downloads),
    ...more,
    ...items.flatMap(({ part, what, details, problem }) => {
      if (problem !== undefined) return [`    ${part}: ${what}: ${problem}`];
      return all ? [`    ${[`${part}: ${what}`, ...details].join(", ")}`] : [];
    }),
  ];
}

function describeCause({ part, partition, message, place, isEdited, fixes, lines }: FailureCause): string {
  const where = [part && `part ${part}`, partition].filter(Boolean).join(", ");
  const text = [`${where ? `${where}: ` : ""}${message}`];
  if (place) text.push(toFoundText(place, isEdited));
  text.push(...lines.filter((line) => line.trim() !== message).map((line) => `  ${line}`));
  text.push(...fixes.map(toFixText));
  return `${text.join("\n")}\n`;
}

function describeWarning({ message, place, isEdited, fixes, run }: RunWarning, asked: string): string {
  const text = [`warning: ${message}${run === asked ? "" : ` (said by run ${run})`}`];
  if (place) text.push(toFoundText(place, isEdited));
  text.push(...fixes.map(toFixText));
  return `${text.join("\n")}\n`;
}

function toFoundText(place: Place, isEdited: boolean): string {
  return `${toText(place)}${isEdited ? " (edited since)" : ""}`;
}

function toFixText({ title }: QuickFix): string {
  return `fix: ${title.replaceAll("`", "")}`;
}
