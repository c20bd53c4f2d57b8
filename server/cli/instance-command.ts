/** `webrunner instance …` */
import { readFile } from "node:fs/promises";
import type { InstanceInfo } from "@/lib/protocol/instances";
import type { CommandModule } from "./commands";
import { createNoun, toTable, UsageError } from "./noun";

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
    parameters: {
      words: ["NAME", "[KEY=VALUE…]"],
      summary: "shows the parameters, or sets some; the next run of the instance applies them",
      options: {
        file: { type: "string", value: "FILE", summary: "a JSON object that replaces all parameters" },
        remove: { type: "string", value: "KEY", summary: "takes one parameter away" },
      },
      async run({ api, positionals, text, getProject, print }) {
        const [name, ...assignments] = positionals;
        const params = { project: await getProject(), instance: name! };
        const file = text("file");
        const removed = text("remove");
        let instance = await api.readInstance({ params });
        if (file !== undefined || removed !== undefined || assignments.length > 0) {
          const before = file === undefined ? instance.parameters : await readParameters(file);
          const parameters = { ...before, ...Object.fromEntries(assignments.map(toAssignment)) };
          if (removed !== undefined) delete parameters[removed];
          instance = await api.requestInstance({ params, body: { profile: instance.profile, parameters } });
        }
        print(instance.parameters, toTable(toRows(instance.parameters)));
        return undefined;
      },
    },
    request: {
      words: ["NAME", "PROFILE"],
      summary: "asks for an instance of a release, or for another state of it; run instance applies it",
      options: {
        type: { type: "string", value: "TYPE", summary: "software type" },
        state: { type: "string", value: "STATE", summary: "started, stopped or destroyed" },
        file: { type: "string", value: "FILE", summary: "a JSON object with the parameters" },
      },
      async run({ api, positionals, text, getProject, print }) {
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

function toAssignment(word: string): [string, string] {
  const equals = word.indexOf("=");
  if (equals <= 0) throw new UsageError(`${word} is not KEY=VALUE`);
  return [word.slice(0, equals), word.slice(equals + 1)];
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

function describeInstance({ name, profile, state, health, parameters, connection, partitions }: InstanceInfo): string {
  const rows = [
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
