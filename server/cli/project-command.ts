/** `webrunner project …` */
import type { CommandModule } from "./commands";
import { createNoun, toTable } from "./noun";

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
  },
});

export const run: CommandModule["run"] = noun.run;
