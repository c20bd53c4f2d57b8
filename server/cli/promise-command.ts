/** `webrunner promise …` */
import type { PromiseCheckInfo } from "@/lib/protocol/processes";
import type { CommandModule } from "./commands";
import { createNoun, EXIT, toTable, type VerbInput } from "./noun";

interface PartitionPromises {
  readonly partition: string;
  readonly promises: readonly PromiseCheckInfo[];
}

const noun = createNoun({
  name: "promise",
  verbs: {
    list: {
      words: ["INSTANCE"],
      summary: "promises as they were checked last; exit code 2 when one fails",
      run: async (input) => show(input, await readAll(input)),
    },
    run: {
      words: ["INSTANCE", "[NAME]"],
      summary: "checks all promises now, or the one of this name and no other",
      async run(input) {
        const { api, positionals, getProject } = input;
        const project = await getProject();
        const name = positionals[1];
        const all = await readAll(input);
        const asked = all.filter(({ promises }) => name === undefined || promises.some((each) => each.name === name));
        // A promise that was never checked is known to the engine alone: it says whether there is one.
        const partitions = asked.length > 0 ? asked : all.slice(0, 1);
        const results: PartitionPromises[] = [];
        for (const { partition } of partitions) {
          const { promises } = await api.runPromises({ params: { project, partition }, body: { name } });
          results.push({ partition, promises: promises.filter((each) => name === undefined || each.name === name) });
        }
        return show(input, results);
      },
    },
  },
});

async function readAll({ api, positionals, getProject }: VerbInput): Promise<PartitionPromises[]> {
  const params = { project: await getProject(), instance: positionals[0]! };
  const { partitions } = await api.readInstance({ params });
  return partitions.map(({ id, promises }) => ({ partition: id, promises }));
}

function show({ print }: VerbInput, partitions: readonly PartitionPromises[]): number {
  const rows = partitions.flatMap(({ partition, promises }) =>
    promises.map(({ name, ok, message, checkedAt }) => [
      `${partition}:${name}`,
      ok ? "ok" : "failed",
      checkedAt ?? "",
      message.trim().split("\n")[0] ?? "",
    ]),
  );
  print({ partitions }, toTable(rows));
  const isGood = partitions.every(({ promises }) => promises.every(({ ok }) => ok));
  return isGood ? EXIT.ok : EXIT.promiseFailed;
}

export const run: CommandModule["run"] = noun.run;
