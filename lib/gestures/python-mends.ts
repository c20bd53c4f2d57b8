/**
 * What mends a complaint of pyflakes, where only one thing can be meant: an import that nothing uses goes, a module of
 * the standard library that is used by its name is imported.
 *
 * A mend is an offer: whoever makes it looks at the source again, and drops it when anything new is complained of.
 */
import { createLineIndex, type TextEdit } from "@/lib/base/text-range";

export interface PythonMend {
  readonly title: string;
  readonly edits: readonly TextEdit[];
}

/** Modules whose names stand for nothing else in the recipes and promises of SlapOS. `datetime` is often the class. */
const MODULES: ReadonlySet<string> = new Set(
  (
    "argparse ast base64 binascii collections configparser contextlib copy csv errno fcntl fnmatch functools getpass glob " +
    "grp gzip hashlib hmac html http inspect io itertools json logging math multiprocessing netrc operator os pathlib " +
    "pickle platform pprint pwd random re secrets select shlex shutil signal socket sqlite3 ssl stat string struct " +
    "subprocess sys tarfile tempfile textwrap threading time traceback types unittest urllib uuid xml zipfile zlib"
  ).split(" "),
);

/** `line` is one-based. Undefined for what a person has to look at. */
export function findPythonMend(text: string, line: number, message: string): PythonMend | undefined {
  const unused = /^'(.+)' imported but unused$/.exec(message)?.[1];
  if (unused !== undefined) {
    const edits = removeImport(text, line, (name) => name.full === unused);
    return edits && { title: `Remove the import of ${unused}`, edits };
  }
  const again = /^redefinition of unused '(.+)' from line (\d+)$/.exec(message);
  if (again) {
    const edits = removeImport(text, Number(again[2]), (name) => name.bound === again[1]);
    return edits && { title: `Remove the import of ${again[1]} in line ${again[2]}, which nothing uses`, edits };
  }
  const unknown = /^undefined name '(\w+)'$/.exec(message)?.[1];
  if (unknown === undefined || !MODULES.has(unknown)) return undefined;
  const used = createLineIndex(text).lineStart(line - 1);
  const lineEnd = text.indexOf("\n", used);
  const isModule = new RegExp(`\\b${unknown}\\.\\w`).test(text.slice(used, lineEnd < 0 ? text.length : lineEnd));
  return isModule ? { title: `Import ${unknown}`, edits: [insertImport(text, unknown)] } : undefined;
}

interface ImportedName {
  /** As pyflakes calls it: `os`, `os as o`, `zc.buildout.UserError`. */
  readonly full: string;
  /** What it is known as afterwards. */
  readonly bound: string;
  readonly start: number;
  readonly end: number;
}

const IMPORT = /^[ \t]*(?:from[ \t]+([.\w]+)[ \t]+)?import[ \t]+(?:\(([^()#;\\]*)\)|([^()#;\\\n]*))[ \t]*(?:\r?\n|$)/;

/** Undefined where the statement is written in another way than most are: with comments in it, with others in its line. */
function removeImport(text: string, line: number, isWanted: (name: ImportedName) => boolean): TextEdit[] | undefined {
  const start = createLineIndex(text).lineStart(line - 1);
  const statement = IMPORT.exec(text.slice(start));
  if (!statement) return undefined;
  const [whole, from, inBrackets, plain = ""] = statement;
  const list = inBrackets ?? plain;
  const names = namesIn(list, from, start + whole.indexOf(list, whole.indexOf("import") + "import".length));
  const at = names.findIndex(isWanted);
  const found = names[at];
  if (!found) return undefined;
  if (names.length === 1) return [{ range: { start, end: start + whole.length }, newText: "" }];
  const next = names[at + 1];
  const before = names[at - 1];
  const range = next ? { start: found.start, end: next.start } : { start: before!.end, end: found.end };
  return [{ range, newText: "" }];
}

function namesIn(list: string, from: string | undefined, offset: number): ImportedName[] {
  return [...list.matchAll(/([.\w]+)(?:\s+as\s+(\w+))?/g)].map((match) => {
    const [written, name = "", alias] = match;
    const base = from === undefined ? "" : from.endsWith(".") ? from : `${from}.`;
    const start = offset + match.index;
    return {
      full: alias === undefined || alias === name ? base + name : `${base}${name} as ${alias}`,
      bound: alias ?? name,
      start,
      end: start + written.length,
    };
  });
}

/** Comments and the module's documentation. */
const HEAD = /^(?:[ \t]*(?:#.*)?\r?\n)*(?:[rRuU]?("""|''')[\s\S]*?\1[^\n]*(?:\n|$))?/;
const FUTURE = /^from[ \t]+__future__[ \t]+import[ \t]+(?:\([^)]*\)|.*)(?:\n|$)/gm;

/** Above the first import; a file without imports gets it below its documentation. */
function insertImport(text: string, name: string): TextEdit {
  const head = HEAD.exec(text)?.[0].length ?? 0;
  const future = [...text.matchAll(FUTURE)].at(-1);
  const from = future ? future.index + future[0].length : head;
  const first = /^(?:import|from)[ \t]/m.exec(text.slice(from));
  const at = from + (first?.index ?? 0);
  const lineEnd = text.includes("\r\n") ? "\r\n" : "\n";
  return { range: { start: at, end: at }, newText: `import ${name}${lineEnd}${first ? "" : lineEnd}` };
}
