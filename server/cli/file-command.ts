/** `webrunner file …` */
import { readFile } from "node:fs/promises";
import { WebrunnerError } from "@/lib/base/errors";
import type { Api } from "@/lib/client/api";
import { groupHits, replaceMatches } from "@/lib/client/replacements";
import type { SearchHit } from "@/lib/protocol";
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
    search: {
      words: ["TEXT"],
      summary: "the lines that have it; with --replace, what they would be, or with --write become",
      options: {
        regex: { type: "boolean", summary: "TEXT is a regular expression" },
        case: { type: "boolean", summary: "capitals matter" },
        words: { type: "boolean", summary: "only whole words" },
        in: { type: "string", value: "PATTERNS", summary: "only these paths: '*.cfg, component'" },
        "not-in": { type: "string", value: "PATTERNS", summary: "none of these paths" },
        replace: { type: "string", value: "TEXT", summary: "what takes its place; $1 is a group of an expression" },
        write: { type: "boolean", summary: "write the replacements" },
      },
      async run({ api, positionals, flag, text, getProject, print }) {
        const params = { project: await getProject() };
        const replacement = text("replace");
        const found = await api.searchFiles({
          params,
          query: {
            text: positionals[0]!,
            case: flag("case") ? "exact" : "ignored",
            regex: flag("regex") ? "true" : "false",
            words: flag("words") ? "true" : "false",
            include: text("in"),
            exclude: text("not-in"),
            replacement,
          },
        });
        const written =
          flag("write") && replacement !== undefined ? await replaceAll(api, params, found.hits) : undefined;
        const lines = found.hits.map((hit) => `${hit.path}:${hit.line}:${hit.column}: ${describeHit(hit)}\n`);
        print({ ...found, ...written }, lines.join(""));
        for (const path of written?.refused ?? []) console.error(`${path}: not written, its text is another by now`);
        if (found.truncated) console.error("Only the first lines are shown.");
        return found.hits.length === 0 || (written?.refused.length ?? 0) > 0 ? 1 : undefined;
      },
    },
  },
});

function describeHit(hit: SearchHit): string {
  const { text, textColumn } = hit;
  const matches = hit.matches.map((match) => ({ ...match, column: match.column - textColumn + 1 }));
  return replaceMatches(text, [{ ...hit, line: 1, textColumn: 1, matches }]) ?? text;
}

async function replaceAll(
  api: Api,
  params: { readonly project: string },
  hits: readonly SearchHit[],
): Promise<{ written: string[]; refused: string[] }> {
  const written: string[] = [];
  const refused: string[] = [];
  for (const { path, hits: own } of groupHits(hits)) {
    const file = await api.readFile({ params, query: { path } });
    const text = file.readOnly ? undefined : replaceMatches(file.text, own);
    if (text === undefined) refused.push(path);
    else {
      await api.replaceFile({ params, query: { path }, body: { text, tag: file.tag } });
      written.push(path);
    }
  }
  return { written, refused };
}

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
