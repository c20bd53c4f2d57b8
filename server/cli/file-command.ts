/** `webrunner file …` */
import { readFile } from "node:fs/promises";
import { WebrunnerError } from "@/lib/base/errors";
import type { Api } from "@/lib/client/api";
import type { CommandModule } from "./commands";
import { createNoun, toTable } from "./noun";
import { readStandardInput } from "./standard-input";

const noun = createNoun({
  name: "file",
  verbs: {
    list: {
      words: ["[FOLDER]"],
      summary: "one folder, or with --all every path of the project",
      options: { all: { type: "boolean", summary: "all paths" } },
      async run({ api, positionals, flag, getProject, print }) {
        const params = { project: await getProject() };
        if (flag("all")) {
          const reply = await api.listFiles({ params });
          print(reply, reply.paths.map((path) => `${path}\n`).join(""));
          return undefined;
        }
        const reply = await api.listEntries({ params, query: { path: toFolder(positionals[0]) } });
        const rows = reply.entries.map(({ name, kind, sizeBytes }) => [
          kind === "directory" ? `${name}/` : name,
          kind === "directory" ? "" : String(sizeBytes),
        ]);
        print(reply, toTable(rows));
        return undefined;
      },
    },
    read: {
      words: ["PATH"],
      summary: "a text file; with --json also its tag",
      async run({ api, positionals, getProject, print }) {
        const query = { path: positionals[0]! };
        const file = await api.readFile({ params: { project: await getProject() }, query });
        print(file, file.text);
        return undefined;
      },
    },
    write: {
      words: ["PATH"],
      summary: "saves standard input as the file; conflict (6) when it is not the one that --tag names",
      options: {
        from: { type: "string", value: "FILE", summary: "a file of this machine instead of standard input" },
        tag: { type: "string", value: "TAG", summary: "the tag that was read; 'none' when there must be no file yet" },
      },
      async run({ api, positionals, text, getProject, print }) {
        const params = { project: await getProject() };
        const query = { path: positionals[0]! };
        const from = text("from");
        const bytes = from === undefined ? await readStandardInput() : await readFile(from);
        const asked = text("tag");
        const tag =
          asked === undefined ? await findTag(api, params.project, query.path) : asked === "none" ? null : asked;
        const saved = await api.replaceFile({ params, query, body: { text: bytes.toString("utf8"), tag } });
        print(saved, `${saved.path} ${saved.tag}\n`);
        return undefined;
      },
    },
  },
});

function toFolder(word: string | undefined): string {
  return (word ?? "").replace(/^\.$|\/+$/g, "");
}

async function findTag(api: Api, project: string, path: string): Promise<string | null> {
  try {
    return (await api.readFile({ params: { project }, query: { path } })).tag;
  } catch (error) {
    if (error instanceof WebrunnerError && error.code === "file/not-found") return null;
    throw error;
  }
}

export const run: CommandModule["run"] = noun.run;
