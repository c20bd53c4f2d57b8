/** `webrunner project …` */
import { WebrunnerError } from "@/lib/base/errors";
import type { ProjectRemoval } from "@/lib/protocol/project-removal";
import type { CommandModule } from "./commands";
import { LOGIN, readLogin } from "./git/exchange-verbs";
import { follow } from "./git/git-verb";
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
    create: {
      words: ["NAME"],
      summary: "a new project with an empty repository",
      async run({ api, positionals, print }) {
        const project = await api.createProject({ body: { name: positionals[0]! } });
        print(project, `${project.id}: ${project.name}\n`);
        return undefined;
      },
    },
    clone: {
      words: ["URL", "[NAME]"],
      summary: "a new project from a repository; cancelled or failed, nothing of it stays",
      options: {
        ...LOGIN,
        branch: { type: "string", value: "NAME", summary: "check this branch out" },
        depth: { type: "string", value: "N", summary: "only the last N commits" },
      },
      async run(input) {
        const [url, name] = input.positionals;
        const depth = input.text("depth");
        const body = {
          url: url!,
          name,
          branch: input.text("branch"),
          ...(depth !== undefined && { depth: Number(depth) }),
          ...(await readLogin(input)),
        };
        const { project, task } = await input.api.cloneProject({ body });
        process.stderr.write(`project ${project}\n`);
        return follow(input, project, task);
      },
    },
    remove: {
      words: ["PROJECT"],
      summary: "removes a project with its files, software, instances and runs; without --name tells what would go",
      options: {
        name: { type: "string", value: "NAME", summary: "its name once more, so that no other goes" },
        force: { type: "boolean", summary: "also with work that is nowhere else" },
      },
      async run({ api, positionals, text, flag, json, print }) {
        const params = { project: positionals[0]! };
        const removal = await api.readProjectRemoval({ params });
        const { name, refused } = removal;
        const typed = text("name");
        if (typed === undefined && refused) throw new WebrunnerError("project/busy", refused);
        if (typed === undefined) {
          print(removal, toTable(listGoing(removal)));
          if (json) return undefined;
        }
        if (typed !== name) throw new UsageError(`to remove ${name}, say --name ${JSON.stringify(name)}`);
        await api.removeProject({ params, query: { name, ...(flag("force") && { force: "true" as const }) } });
        print({ removed: params.project }, `${params.project}: removed\n`);
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

function listGoing({ lost, instances, runs, terminals }: ProjectRemoval): string[][] {
  return [
    ...(lost
      ? [
          ["unpushed commits", String(lost.unpushedCommits)],
          ["changed files", String(lost.changedFiles)],
          ["stashes", String(lost.stashes)],
          ["unsaved texts", String(lost.drafts)],
          ["unreadable repositories", String(lost.unreadable)],
        ]
      : []),
    ["instances", instances.join(", ") || "0"],
    ["runs", String(runs)],
    ["terminals", String(terminals)],
  ];
}

export const run: CommandModule["run"] = noun.run;
