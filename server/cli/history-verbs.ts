/** `webrunner run source|environment|bundle|keeping`: what is kept of a run, given away of it, and for how long. */
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { describeBytes } from "@/lib/client/run-words";
import type { RunKeeping, RunKeepingChange, RunSource, SourceFile, WebhookDelivery } from "@/lib/protocol/history";
import { UsageError, type Verb } from "./noun";

export const sourceVerb: Verb = {
  words: ["RUN"],
  summary: "the git revision that it ran on, and what was not committed then, as a patch",
  async run({ api, positionals, print }) {
    const source = await api.readRunSource({ params: { run: positionals[0]! } });
    print(source, describeSource(source));
    return undefined;
  },
};

export const environmentVerb: Verb = {
  words: ["RUN"],
  summary: "the variables, the engine and the machine that it had",
  async run({ api, positionals, print }) {
    const environment = await api.readRunEnvironment({ params: { run: positionals[0]! } });
    const { variables, engine, machine } = environment;
    const lines = [
      `${machine.system}, ${machine.architecture}, ${machine.processors} processors, ${describeBytes(machine.memoryBytes)}`,
      ...Object.entries(engine).map(([name, version]) => `${name} ${version}`),
      ...Object.entries(variables).map(([name, value]) => `${name}=${value}`),
    ];
    print(environment, `${lines.join("\n")}\n`);
    return undefined;
  },
};

export const bundleVerb: Verb = {
  words: ["RUN", "[FILE]"],
  summary: "log, plan, values, timeline and changes in one tar.gz, secrets redacted; FILE - is standard output",
  async run({ api, positionals, print }) {
    const [run = "", file = `run-${run}.tar.gz`] = positionals;
    const response = await api.downloadRunBundle({ params: { run } });
    const body = Readable.fromWeb(response.body as never);
    if (file === "-") {
      await pipeline(body, process.stdout, { end: false });
      return undefined;
    }
    await pipeline(body, createWriteStream(file, { mode: 0o600 }));
    print({ run, file }, `${file}\n`);
    return undefined;
  },
};

export const keepingVerb: Verb = {
  words: ["[NAME=VALUE…]"],
  summary:
    "how long runs are kept and who hears of their ends; sets keep-days, keep-megabytes, webhook-url, webhook-secret (none for nothing)",
  options: { "test-webhook": { type: "boolean", summary: "tell the webhook of the last run, now" } },
  async run({ api, getProject, positionals, flag, print }) {
    const params = { project: await getProject() };
    const change = toChange(positionals);
    const settings =
      positionals.length > 0
        ? await api.changeRunKeeping({ params, body: change })
        : await api.readRunKeeping({ params });
    if (!flag("test-webhook")) {
      print(settings, describeSettings(settings));
      return undefined;
    }
    const delivery = await api.testWebhook({ params });
    print(delivery, describeDelivery(delivery));
    return delivery.error === undefined ? 0 : 1;
  },
};

function toChange(words: readonly string[]): RunKeepingChange {
  const change: RunKeepingChange = {};
  for (const word of words) {
    const [, name, value] = /^([a-z-]+)=(.*)$/s.exec(word) ?? [];
    if (name === undefined || value === undefined) throw new UsageError(`${word} is not NAME=VALUE`);
    const given = value === "none" || value === "" ? null : value;
    if (name === "webhook-url") change.webhookUrl = given;
    else if (name === "webhook-secret") change.webhookSecret = given;
    else if (name === "keep-days") change.keepDays = toNumber(name, given);
    else if (name === "keep-megabytes") change.keepMegabytes = toNumber(name, given);
    else throw new UsageError(`there is no setting ${name}`);
  }
  return change;
}

function toNumber(name: string, text: string | null): number | null {
  if (text === null) return null;
  if (/^\d+$/.test(text)) return Number(text);
  throw new UsageError(`${name} is a whole number, or none`);
}

function describeSettings({
  keepDays,
  keepMegabytes,
  webhookUrl,
  hasWebhookSecret,
  kept,
  lastDelivery,
}: RunKeeping): string {
  const lines = [
    `keep-days: ${keepDays ?? "none"}`,
    `keep-megabytes: ${keepMegabytes ?? "none"}`,
    `webhook-url: ${webhookUrl ?? "none"}${webhookUrl && hasWebhookSecret ? " (signed)" : ""}`,
    `${kept.runs} runs are kept, ${describeBytes(kept.sizeBytes)}`,
  ];
  return `${lines.join("\n")}\n${lastDelivery ? describeDelivery(lastDelivery) : ""}`;
}

function describeDelivery({ status, error, attempts }: WebhookDelivery): string {
  const tries = attempts === 1 ? "" : ` after ${attempts} attempts`;
  return error === undefined ? `the webhook answered ${status}${tries}\n` : `webrunner: ${error}${tries}\n`;
}

function describeSource({ revision, branch, files, truncated }: RunSource): string {
  const at = revision === undefined ? "before the first commit" : `commit ${revision}${branch ? ` (${branch})` : ""}`;
  return `${at}\n${toPatch(files)}${truncated ? "more was not committed than is kept\n" : ""}`;
}

export function toPatch(files: readonly SourceFile[]): string {
  return files
    .map(({ path, kind, diff, binary, recipeOf }) => {
      const code = recipeOf === undefined ? "" : `, code of the recipes in ${recipeOf}`;
      return `${kind} ${path}${code}\n${binary ? "  (binary or large)\n" : diff}`;
    })
    .join("");
}
