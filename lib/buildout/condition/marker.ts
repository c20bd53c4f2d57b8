/**
 * Environment markers (PEP 508): `python_version >= "3.9" and platform_system == "Linux"`.
 *
 * Buildout tries every condition as a marker first and takes it for Python only if it is none.
 */

import { unescapePythonString } from "./python-tokens";
import { PythonError } from "./python-values";
import { meetsSpecifier } from "./version-specifier";

interface MarkerOperand {
  readonly variable: boolean;
  readonly value: string;
}

type MarkerTree =
  | { readonly kind: "compare"; readonly left: MarkerOperand; readonly operator: string; readonly right: MarkerOperand }
  | { readonly kind: "and" | "or"; readonly items: readonly MarkerTree[] };

const VARIABLE =
  /\b(?:python_version|python_full_version|os[._]name|sys[._]platform|platform_(?:release|system)|platform[._](?:version|machine|python_implementation)|python_implementation|implementation_(?:name|version)|extras?|dependency_groups)\b/y;
const QUOTED = /'[^']*'|"[^"]*"/y;
const OPERATOR = /===|==|~=|!=|<=|>=|<|>/y;
const BLANK = /[ \t]+/y;
const BOOLEAN = /\b(?:or|and)\b/y;
const IN = /\bin\b/y;
const NOT = /\bnot\b/y;
const COMPARED_AS_VERSIONS = new Set([
  "implementation_version",
  "platform_release",
  "python_full_version",
  "python_version",
]);
const MAX_DEPTH = 100;

/** Undefined if the text is not a marker. */
export function parseMarker(text: string): MarkerTree | undefined {
  let at = 0;
  let depth = 0;

  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) return undefined;
    at += match[0].length;
    return match[0];
  };

  const operand = (): MarkerOperand | undefined => {
    const variable = take(VARIABLE)?.replace(".", "_");
    if (variable !== undefined)
      return {
        variable: true,
        value: variable === "python_implementation" ? "platform_python_implementation" : variable,
      };
    const quoted = take(QUOTED);
    if (quoted === undefined || quoted.includes("\n")) return undefined;
    const value = unescapePythonString(quoted.slice(1, -1));
    return value === undefined ? undefined : { variable: false, value };
  };

  const operator = (): string | undefined => {
    if (take(IN)) return "in";
    if (take(NOT)) return take(BLANK) && take(IN) ? "not in" : undefined;
    return take(OPERATOR);
  };

  const comparison = (): MarkerTree | undefined => {
    const left = operand();
    take(BLANK);
    const sign = left && operator();
    take(BLANK);
    const right = sign === undefined ? undefined : operand();
    if (left === undefined || sign === undefined || right === undefined) return undefined;
    return { kind: "compare", left, operator: sign, right };
  };

  const atom = (): MarkerTree | undefined => {
    take(BLANK);
    let result: MarkerTree | undefined;
    if (text[at] === "(") {
      if (++depth > MAX_DEPTH) return undefined;
      at++;
      result = marker();
      if (text[at] !== ")") return undefined;
      at++;
      depth--;
    } else result = comparison();
    take(BLANK);
    return result;
  };

  const marker = (): MarkerTree | undefined => {
    const first = atom();
    if (first === undefined) return undefined;
    const groups: MarkerTree[][] = [[first]];
    for (let word = take(BOOLEAN); word !== undefined; word = take(BOOLEAN)) {
      const next = atom();
      if (next === undefined) return undefined;
      if (word === "or") groups.push([next]);
      else groups.at(-1)!.push(next);
    }
    return { kind: "or", items: groups.map((items) => ({ kind: "and", items })) };
  };

  const result = marker();
  return at === text.length ? result : undefined;
}

function compareTexts(left: string, operator: string, right: string): boolean {
  switch (operator) {
    case "in":
      return right.includes(left);
    case "not in":
      return !right.includes(left);
    case "==":
    case "<=":
    case ">=":
      return left === right;
    case "!=":
      return left !== right;
    case "<":
    case ">":
      return false;
    default:
      throw new PythonError("UndefinedComparison", `Undefined ${operator} on ${left} and ${right}`);
  }
}

/** Throws `PythonError` where Python would fail: an unknown name, a comparison that has no meaning. */
export function evaluateMarker(tree: MarkerTree, environment: Readonly<Record<string, string>>): boolean {
  if (tree.kind !== "compare") {
    const results = tree.items.map((item) => evaluateMarker(item, environment));
    return tree.kind === "and" ? results.every(Boolean) : results.some(Boolean);
  }
  const lookUp = (name: string): string => {
    const value = name === "extra" ? "" : environment[name];
    if (value === undefined) throw new PythonError("UndefinedEnvironmentName", `${name} is not known here`);
    return value;
  };
  const { left, operator, right } = tree;
  const key = left.variable ? left.value : right.value;
  const leftValue = left.variable ? lookUp(left.value) : left.value;
  const rightValue = left.variable ? right.value : lookUp(right.value);
  if (COMPARED_AS_VERSIONS.has(key)) {
    const met = meetsSpecifier(leftValue, operator, rightValue);
    if (met !== undefined) return met;
  }
  return compareTexts(leftValue, operator, rightValue);
}
