/**
 * Reads recipes from Python sources of the workspace: entry points from `setup.py`, options from the classes.
 *
 * Text patterns, nothing is run. What cannot be recognised is left out; a recipe that sets options by computed names is
 * said to generate any.
 */
import type { RecipeDescription, RecipeOption } from "./recipe-description";

export interface EntryPoint {
  /** `egg` or `egg:name`. */
  readonly recipe: string;
  readonly module: string;
  readonly attribute: string;
}

const STRING = /(["'])((?:\\.|(?!\1).)*)\1/g;

/** The `zc.buildout` entry points that a setup.py says literally. */
export function readEntryPoints(setupSource: string): EntryPoint[] {
  const list = /(["'])zc\.buildout\1\s*:\s*\[([\s\S]*?)\]/.exec(setupSource);
  const egg =
    /\bname\s*=\s*(["'])([^"']+)\1/.exec(setupSource)?.[2] ?? /^name\s*=\s*(["'])([^"']+)\1/m.exec(setupSource)?.[2];
  if (!list || !egg) return [];
  const source = list[2]!.replace(/^\s*#.*$/gm, "").replace(/(["'])\s*\n\s*\1/g, "");
  const points: EntryPoint[] = [];
  for (const match of source.matchAll(STRING)) {
    const point = /^\s*([\w.-]+)\s*=\s*([\w.]+)\s*:\s*([\w.]+)/.exec(match[2]!);
    if (!point) continue;
    const [, name, module, attribute] = point;
    points.push({ recipe: name === "default" ? egg : `${egg}:${name}`, module: module!, attribute: attribute! });
  }
  return points;
}

export interface PythonClass {
  readonly name: string;
  readonly bases: readonly string[];
  /** Offset of `class`. */
  readonly start: number;
  readonly end: number;
  readonly line: number;
}

export function findPythonClasses(source: string): PythonClass[] {
  const found: PythonClass[] = [];
  for (const match of source.matchAll(/^class\s+(\w+)\s*(?:\(([^)]*)\))?\s*:/gm)) {
    const after = /^[^\s#)\]}]/gm;
    after.lastIndex = match.index + match[0].length;
    const next = after.exec(source);
    found.push({
      name: match[1]!,
      bases: (match[2] ?? "").split(",").map((base) => base.trim()),
      start: match.index,
      end: next?.index ?? source.length,
      line: source.slice(0, match.index).split("\n").length,
    });
  }
  return found;
}

const OPTIONS = String.raw`(?:self\.)?_?options`;
const WRITES = new RegExp(String.raw`\b${OPTIONS}\[\s*(["'])([^"']+)\1\s*\]\s*(?:=(?!=)|,|\+=)`, "g");
const READS = new RegExp(String.raw`\b${OPTIONS}\[\s*(["'])([^"']+)\1\s*\]`, "g");
const GETS = new RegExp(
  String.raw`\b${OPTIONS}\.(get|setdefault|pop)\(\s*(["'])([^"']+)\2(?:\s*,\s*(["'])([^"']*)\4)?`,
  "g",
);
const TESTS = new RegExp(String.raw`(["'])([^"']+)\1\s+(?:not\s+)?in\s+${OPTIONS}\b`, "g");
const ANY_WRITE = new RegExp(
  String.raw`\b${OPTIONS}\[\s*[^"'\]\s][^\]]*\]\s*=(?!=)|\b${OPTIONS}\[\s*["'][^"']*["']\s*[%+.]|\b${OPTIONS}\.update\(`,
);

export function describePythonRecipe(source: string, attribute: string): RecipeDescription | undefined {
  const classes = findPythonClasses(source);
  const byName = new Map(classes.map((found) => [found.name, found]));
  const main = byName.get(attribute);
  if (!main) return undefined;
  const chain: PythonClass[] = [];
  const collect = (found: PythonClass): void => {
    if (chain.includes(found)) return;
    chain.push(found);
    for (const base of found.bases) {
      const parent = byName.get(base);
      if (parent) collect(parent);
    }
  };
  collect(main);
  const body = chain.map((found) => source.slice(found.start, found.end)).join("\n");
  const doc =
    chain.map((found) => docstringOf(source.slice(found.start, found.end))).find(Boolean) ?? moduleDoc(source);

  const generated: Record<string, RecipeOption> = {};
  for (const match of body.matchAll(WRITES)) generated[match[2]!] ??= {};
  const options: Record<string, RecipeOption> = {};
  for (const match of body.matchAll(GETS)) {
    options[match[3]!] = { ...(match[5] === undefined ? {} : { default: match[5] }) };
    if (match[1] === "setdefault") generated[match[3]!] ??= {};
  }
  for (const match of body.matchAll(TESTS)) options[match[2]!] ??= {};
  for (const match of body.matchAll(READS)) {
    if (!Object.hasOwn(generated, match[2]!)) options[match[2]!] ??= {};
  }
  for (const name of Object.keys(options)) {
    const explained = new RegExp(
      String.raw`^[ \t]*(?:[-*:]\s*|:param\s+(?:\w+\s+)?)?${escapePattern(name)}\s*(?::|--?|\s{2,})\s*(\S.*)$`,
      "m",
    );
    const text = explained.exec(doc)?.[1];
    if (text) options[name] = { ...options[name], doc: text };
  }
  return {
    doc,
    options,
    generated,
    anyGenerated: ANY_WRITE.test(body),
    anyOption: /\boptions\.(?:items|keys|values|copy)\(/.test(body),
    source: { line: main.line, attribute },
  };
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function docstringOf(source: string): string {
  const match = /^class[^\n]*\n\s*[rRuU]?("""|''')([\s\S]*?)\1/.exec(source);
  return match ? dedent(match[2]!) : "";
}

function moduleDoc(source: string): string {
  const match = /^(?:#[^\n]*\n|\s*\n)*[rRuU]?("""|''')([\s\S]*?)\1/.exec(source);
  return match ? dedent(match[2]!) : "";
}

function dedent(text: string): string {
  const [first = "", ...rest] = text.replace(/\s+$/, "").split("\n");
  const margins = rest.filter((line) => line.trim()).map((line) => line.length - line.trimStart().length);
  const margin = margins.length > 0 ? Math.min(...margins) : 0;
  return [first.trim(), ...rest.map((line) => line.slice(margin))].join("\n").trim();
}
