/** `webrunner find section NAME`: every profile that opens the section, those that define a part first; no server. */
import { relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { createLanguageService } from "@/lib/language/create-language-service";
import { createWorkspaceTexts } from "@/server/platform/workspace-texts";
import type { CommandModule } from "./commands";
import { EXIT } from "./noun";
import { writeOutput } from "./profile/output";

const USAGE = `usage: webrunner find section NAME [FOLDER] [--json]

Prints FILE:LINE of every section of exactly this name below FOLDER (default: here); exits 1 when there is none.
`;

export const run: CommandModule["run"] = (args) => {
  let words: { values: { json?: boolean; help?: boolean }; positionals: string[] };
  try {
    const options = { json: { type: "boolean" }, help: { type: "boolean" } } as const;
    words = parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    process.stderr.write(`webrunner: ${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return EXIT.usage;
  }
  const [what, name, folder = ".", ...more] = words.positionals;
  if (words.values.help) {
    writeOutput(USAGE);
    return EXIT.ok;
  }
  if (what !== "section" || name === undefined || more.length > 0) {
    process.stderr.write(`webrunner: say find section NAME\n\n${USAGE}`);
    return EXIT.usage;
  }
  const root = resolve(folder);
  const texts = createWorkspaceTexts([root]);
  const service = createLanguageService({
    files: { read: texts.read, kindOf: texts.kindOf, list: texts.list, all: texts.all, roots: [root] },
    digest: texts.digest,
    packages: { release: () => Promise.resolve(undefined), known: () => undefined, projectPage: () => "" },
    remote: { text: () => undefined, digest: () => Promise.resolve(undefined) },
  });
  const found = service
    .workspaceSymbols(`#${name}`)
    .filter((symbol) => symbol.name === name)
    .map(({ kind, location: { path, range } }) => {
      const line = (texts.read(path) ?? "").slice(0, range.start).split("\n").length;
      return { path: relative(".", path), line, defines: kind === "part" };
    });
  const lines = found.map(({ path, line, defines }) => `${path}:${line}${defines ? "" : " (adds to it)"}\n`);
  writeOutput(
    words.values.json ? `${JSON.stringify({ section: name, places: found }, undefined, 2)}\n` : lines.join(""),
  );
  return found.length > 0 ? EXIT.ok : EXIT.failed;
};
