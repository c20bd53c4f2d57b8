/** `webrunner instance …` */
import { readFile } from "node:fs/promises";
import type { Api } from "@/lib/client/api";
import type { InstanceInfo } from "@/lib/protocol/instances";
import type { CommandModule } from "./commands";
import { formatDiagnosis } from "./debug-output";
import { createNoun, EXIT, toTable, UsageError } from "./noun";

const noun = createNoun({
  name: "instance",
  verbs: {
    list: {
      summary: "all instances",
      async run({ api, getProject, print }) {
        const reply = await api.listInstances({ params: { project: await getProject() } });
        print(
          reply,
          toTable(reply.instances.map(({ name, state, health, profile }) => [name, state, health, profile])),
        );
        return undefined;
      },
    },
    show: {
      words: ["NAME"],
      summary: "one instance with its partitions, programs, promises and connection parameters",
      async run({ api, positionals, getProject, print }) {
        const params = { project: await getProject(), instance: positionals[0]! };
        const instance = await api.readInstance({ params });
        print(instance, describeInstance(instance));
        return undefined;
      },
    },
    why: {
      words: ["NAME"],
      summary:
        "why it is not green: the log's end, part, recipe and last change of what is wrong; exits with 2 when it is red",
      async run({ api, positionals, getProject, print }) {
        const params = { project: await getProject(), instance: positionals[0]! };
        const diagnosis = await api.explainInstance({ params });
        print(diagnosis, formatDiagnosis(positionals[0]!, diagnosis));
        return diagnosis.reasons.length > 0 ? EXIT.promiseFailed : EXIT.ok;
      },
    },
    parameters: {
      words: ["NAME", "[KEY=VALUE…]"],
      summary: "shows the parameters, or sets some (KEY=text, KEY:=json); the next run of the instance applies them",
      options: {
        file: { type: "string", value: "FILE", summary: "a JSON object that replaces all parameters" },
        remove: { type: "string", value: "KEY", summary: "takes one parameter away" },
        version: { type: "string", value: "NUMBER", summary: "takes those of an older version; 1 is the one before" },
        unchecked: { type: "boolean", summary: "also takes what does not fit the release's schema" },
      },
      async run({ api, positionals, text, flag, getProject, print }) {
        const [name, ...assignments] = positionals;
        const params = { project: await getProject(), instance: name! };
        const file = text("file");
        const removed = text("remove");
        let instance = await api.readInstance({ params });
        const version = text("version");
        if (file !== undefined || removed !== undefined || version !== undefined || assignments.length > 0) {
          const former = version === undefined ? instance.parameters : await readVersion(api, params, version);
          const before = file === undefined ? former : await readParameters(file);
          const parameters = { ...before, ...parseAssignments(assignments) };
          if (removed !== undefined) delete parameters[removed];
          instance = await api.requestInstance({
            params,
            body: { profile: instance.profile, parameters, unchecked: flag("unchecked") },
          });
        }
        print(instance.parameters, toTable(toRows(instance.parameters)));
        return undefined;
      },
    },
    history: {
      words: ["NAME"],
      summary: "what was asked for, newest first",
      async run({ api, positionals, getProject, print }) {
        const params = { project: await getProject(), instance: positionals[0]! };
        const reply = await api.listInstanceVersions({ params });
        const rows = reply.versions.map(({ requestedAt, softwareType = "default", state, parameters }, number) => [
          String(number),
          requestedAt,
          softwareType,
          state,
          JSON.stringify(parameters),
        ]);
        print(reply, toTable(rows));
        return undefined;
      },
    },
    destroy: {
      words: ["NAME"],
      summary: "asks for its end, with all its data; the next run of the instance applies it",
      options: { name: { type: "string", value: "NAME", summary: "its name once more, so that no other goes" } },
      async run({ api, positionals, text, getProject, print }) {
        const name = positionals[0]!;
        if (text("name") !== name) throw new UsageError(`to destroy ${name}, say --name ${JSON.stringify(name)}`);
        const params = { project: await getProject(), instance: name };
        const { profile } = await api.readInstance({ params });
        const instance = await api.requestInstance({ params, body: { profile, state: "destroyed" } });
        print(instance, `${name}: asked to be destroyed\n`);
        return undefined;
      },
    },
    request: {
      words: ["NAME", "PROFILE"],
      summary: "asks for an instance of a release, or for another state of it; run instance applies it",
      options: {
        type: { type: "string", value: "TYPE", summary: "software type" },
        shared: { type: "boolean", summary: "one that another instance of the release serves" },
        unchecked: { type: "boolean", summary: "also takes what does not fit the release's schema" },
        state: { type: "string", value: "STATE", summary: "started, stopped or destroyed" },
        file: { type: "string", value: "FILE", summary: "a JSON object with the parameters" },
      },
      async run({ api, positionals, text, flag, getProject, print }) {
        const [name, profile] = positionals;
        const state = text("state");
        if (state !== undefined && state !== "started" && state !== "stopped" && state !== "destroyed") {
          throw new UsageError("--state is started, stopped or destroyed");
        }
        const file = text("file");
        const instance = await api.requestInstance({
          params: { project: await getProject(), instance: name! },
          body: {
            profile: profile!,
            softwareType: text("type"),
            shared: flag("shared") || undefined,
            unchecked: flag("unchecked"),
            state,
            parameters: file === undefined ? undefined : await readParameters(file),
          },
        });
        print(instance, describeInstance(instance));
        return undefined;
      },
    },
  },
});

/** `KEY=text` and `KEY:=json`. */
export function parseAssignments(words: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(words.map(toAssignment));
}

function toAssignment(word: string): [string, unknown] {
  const equals = word.indexOf("=");
  if (equals <= 0 || word.startsWith(":=")) throw new UsageError(`${word} is neither KEY=VALUE nor KEY:=JSON`);
  const value = word.slice(equals + 1);
  if (word[equals - 1] !== ":") return [word.slice(0, equals), value];
  try {
    return [word.slice(0, equals - 1), JSON.parse(value)];
  } catch {
    throw new UsageError(`${value} is no JSON`);
  }
}

async function readVersion(
  api: Api,
  params: { project: string; instance: string },
  number: string,
): Promise<Record<string, unknown>> {
  const { versions } = await api.listInstanceVersions({ params });
  const version = /^\d+$/.test(number) ? versions[Number(number)] : undefined;
  if (!version) throw new UsageError(`there is no version ${number}; see instance history`);
  return version.parameters;
}

async function readParameters(path: string): Promise<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(await readFile(path, "utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
  throw new UsageError(`${path} is no JSON object`);
}

function toRows(values: Readonly<Record<string, unknown>>): string[][] {
  return Object.entries(values).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]);
}

function describeInstance(instance: InstanceInfo): string {
  const { name, profile, state, health, parameters, connection, partitions, problems = [] } = instance;
  const rows = [
    ...problems.map((problem) => ["problem", "", problem]),
    ...toRows(parameters).map(([key, value]) => ["parameter", key!, value!]),
    ...toRows(connection).map(([key, value]) => ["connection", key!, value!]),
    ...partitions.flatMap(({ id, programs, promises }) => [
      ...programs.map((program) => ["program", `${id}:${program.name}`, `${program.state} ${program.description}`]),
      ...promises.map((promise) => [
        "promise",
        `${id}:${promise.name}`,
        `${promise.ok ? "ok" : "failed"} ${promise.message}`,
      ]),
    ]),
  ];
  return `${name}: ${health}, ${state}, of ${profile}\n${toTable(rows)}`;
}

export const run: CommandModule["run"] = noun.run;
