/** `webrunner project …` */
import type { CommandModule } from "./commands";
import { createNoun, toTable, UsageError } from "./noun";

const noun = createNoun({
  name: "project",
  verbs: {
    list: {
      summary: "all projects",
      async run({ api, print }) {
        const reply = await api.listProjects();
        print(reply, toTable(reply.projects.map(({ id, name, createdAt }) => [id, name, createdAt])));
        return undefined;
      },
    },
    show: {
      summary: "one project and its software releases",
      async run({ api, getProject, print }) {
        const project = await api.readProject({ params: { project: await getProject() } });
        const rows = project.releases.map(({ profile, engine, built, title }) => [
          profile,
          engine,
          built ? "built" : "not built",
          title,
        ]);
        print(project, `${project.id}: ${project.name}\n${toTable(rows)}`);
        return undefined;
      },
    },
    partitions: {
      words: ["[COUNT]"],
      summary: "how many partitions the project's node has, or gives it another number; the next run makes them",
      async run({ api, positionals, getProject, print }) {
        const params = { project: await getProject() };
        const [word] = positionals;
        const count = Number(word);
        if (word !== undefined && !(Number.isInteger(count) && count >= 1)) {
          throw new UsageError("COUNT is a number from 1");
        }
        const node =
          word === undefined
            ? await api.readNode({ params })
            : await api.replaceNode({ params, body: { partitions: count } });
        print(node, `${node.partitions} partitions, ${node.used} in use\n`);
        return undefined;
      },
    },
  },
});

export const run: CommandModule["run"] = noun.run;
