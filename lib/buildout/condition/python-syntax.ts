/**
 * The syntax of Python expressions that a section header may hold, as a tree.
 *
 * Left out, and reported as such: `lambda`, `await`, `yield`, assignment expressions, f-strings and bytes. Nesting is
 * bounded, so that no header can exhaust the stack.
 */
import { type PythonToken, scanPythonTokens } from "./python-tokens";

export type PythonExpression =
  | { readonly kind: "constant"; readonly value: bigint | number | string | boolean | undefined }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "attribute"; readonly target: PythonExpression; readonly name: string }
  | { readonly kind: "subscript"; readonly target: PythonExpression; readonly index: PythonExpression }
  | {
      readonly kind: "slice";
      readonly parts: readonly [
        PythonExpression | undefined,
        PythonExpression | undefined,
        PythonExpression | undefined,
      ];
    }
  | {
      readonly kind: "call";
      readonly target: PythonExpression;
      readonly positional: readonly PythonExpression[];
      readonly named: readonly (readonly [string, PythonExpression])[];
    }
  | { readonly kind: "unary"; readonly operator: string; readonly operand: PythonExpression }
  | {
      readonly kind: "binary";
      readonly operator: string;
      readonly left: PythonExpression;
      readonly right: PythonExpression;
    }
  | { readonly kind: "and" | "or"; readonly left: PythonExpression; readonly right: PythonExpression }
  | {
      readonly kind: "compare";
      readonly first: PythonExpression;
      readonly rest: readonly (readonly [string, PythonExpression])[];
    }
  | {
      readonly kind: "choice";
      readonly test: PythonExpression;
      readonly then: PythonExpression;
      readonly otherwise: PythonExpression;
    }
  | { readonly kind: "list" | "tuple" | "set"; readonly items: readonly PythonExpression[] }
  | { readonly kind: "dict"; readonly items: readonly (readonly [PythonExpression, PythonExpression])[] }
  | {
      readonly kind: "comprehension";
      readonly of: "list" | "set" | "generator" | "dict";
      readonly item: PythonExpression;
      readonly value: PythonExpression | undefined;
      readonly clauses: readonly ComprehensionClause[];
    };

export interface ComprehensionClause {
  readonly names: readonly string[];
  readonly unpack: boolean;
  readonly over: PythonExpression;
  readonly tests: readonly PythonExpression[];
}

export class PythonSyntaxError extends Error {
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message);
  }
}

const MAX_DEPTH = 90;
const KEYWORDS = new Set(
  "and or not in is if else for lambda await yield async def class return import from as with while try assert del global nonlocal pass raise break continue elif except finally".split(
    " ",
  ),
);
const COMPARISONS = new Set(["==", "!=", "<", "<=", ">", ">="]);
/** Binary operators from the loosest to the tightest. */
const BINARY_LEVELS: readonly (readonly string[])[] = [
  ["|"],
  ["^"],
  ["&"],
  ["<<", ">>"],
  ["+", "-"],
  ["*", "/", "//", "%", "@"],
];

/** Throws `PythonSyntaxError`; the caller is this folder only. */
export function parsePythonExpression(text: string): PythonExpression {
  const tokens = scanPythonTokens(text);
  let at = 0;
  let depth = 0;

  const peek = (): PythonToken => tokens[at]!;
  const fail = (message = "This is not a Python expression"): never => {
    throw new PythonSyntaxError(message, peek().start);
  };
  const is = (symbol: string): boolean => {
    const token = peek();
    return (token.kind === "operator" || token.kind === "name") && token.text === symbol;
  };
  const take = (symbol: string): boolean => {
    if (!is(symbol)) return false;
    at++;
    return true;
  };
  const need = (symbol: string): void => {
    if (!take(symbol)) fail(`Expected ${symbol}`);
  };
  const takeName = (): string => {
    const token = peek();
    if (token.kind !== "name" || KEYWORDS.has(token.text)) return fail("Expected a name");
    at++;
    return token.text;
  };

  const nested = <T>(parse: () => T): T => {
    if (++depth > MAX_DEPTH) fail("This expression is nested too deeply");
    const result = parse();
    depth--;
    return result;
  };

  const expression = (): PythonExpression =>
    nested(() => {
      if (is("lambda") || is("await") || is("yield")) fail("This kind of expression is not evaluated in profiles");
      const then = disjunction();
      if (!take("if")) return then;
      const test = disjunction();
      need("else");
      return { kind: "choice", test, then, otherwise: expression() };
    });

  const disjunction = (): PythonExpression => {
    let left = conjunction();
    while (take("or")) left = { kind: "or", left, right: conjunction() };
    return left;
  };

  const conjunction = (): PythonExpression => {
    let left = negation();
    while (take("and")) left = { kind: "and", left, right: negation() };
    return left;
  };

  const negation = (): PythonExpression =>
    nested(() => (take("not") ? { kind: "unary", operator: "not", operand: negation() } : comparison()));

  const comparisonOperator = (): string | undefined => {
    const token = peek();
    if (token.kind === "operator" && COMPARISONS.has(token.text)) {
      at++;
      return token.text;
    }
    if (take("in")) return "in";
    if (is("not")) {
      at++;
      need("in");
      return "not in";
    }
    if (take("is")) return take("not") ? "is not" : "is";
    return undefined;
  };

  const comparison = (): PythonExpression => {
    const first = binary(0);
    const rest: [string, PythonExpression][] = [];
    for (let operator = comparisonOperator(); operator !== undefined; operator = comparisonOperator())
      rest.push([operator, binary(0)]);
    return rest.length === 0 ? first : { kind: "compare", first, rest };
  };

  const binary = (level: number): PythonExpression => {
    const operators = BINARY_LEVELS[level];
    if (operators === undefined) return factor();
    let left = binary(level + 1);
    for (let token = peek(); token.kind === "operator" && operators.includes(token.text); token = peek()) {
      at++;
      left = { kind: "binary", operator: token.text, left, right: binary(level + 1) };
    }
    return left;
  };

  const factor = (): PythonExpression =>
    nested(() => {
      for (const operator of ["-", "+", "~"]) if (take(operator)) return { kind: "unary", operator, operand: factor() };
      const base = primary();
      return take("**") ? { kind: "binary", operator: "**", left: base, right: factor() } : base;
    });

  const primary = (): PythonExpression => {
    let target = atom();
    for (;;) {
      if (take(".")) target = { kind: "attribute", target, name: takeName() };
      else if (take("(")) target = call(target);
      else if (take("[")) {
        target = { kind: "subscript", target, index: subscript() };
        need("]");
      } else return target;
    }
  };

  const call = (target: PythonExpression): PythonExpression => {
    const positional: PythonExpression[] = [];
    const named: [string, PythonExpression][] = [];
    while (!take(")")) {
      const token = peek();
      const after = tokens[at + 1];
      if (token.kind === "name" && after?.kind === "operator" && after.text === "=") {
        at += 2;
        named.push([token.text, expression()]);
      } else {
        if (named.length > 0) fail("A positional argument follows a named one");
        const argument = expression();
        positional.push(is("for") ? comprehension("generator", argument, undefined) : argument);
      }
      if (!take(",")) {
        need(")");
        break;
      }
    }
    return { kind: "call", target, positional, named };
  };

  const subscript = (): PythonExpression => {
    const first = slice();
    if (!is(",")) return first;
    const items = [first];
    while (take(",")) if (!is("]")) items.push(slice());
    return { kind: "tuple", items };
  };

  const slice = (): PythonExpression => {
    const part = (): PythonExpression | undefined => (is(":") || is("]") || is(",") ? undefined : expression());
    const start = part();
    if (!take(":")) return start ?? fail("Expected an index");
    const stop = part();
    const step = take(":") ? part() : undefined;
    return { kind: "slice", parts: [start, stop, step] };
  };

  const comprehension = (
    of: "list" | "set" | "generator" | "dict",
    item: PythonExpression,
    value: PythonExpression | undefined,
  ): PythonExpression => {
    const clauses: ComprehensionClause[] = [];
    while (take("for")) {
      const closing = take("(");
      const names = [takeName()];
      let unpack = false;
      while (take(",")) {
        unpack = true;
        if (!is("in") && !is(")")) names.push(takeName());
      }
      if (closing) need(")");
      need("in");
      const over = disjunction();
      const tests: PythonExpression[] = [];
      while (take("if")) tests.push(disjunction());
      clauses.push({ names, unpack, over, tests });
    }
    return { kind: "comprehension", of, item, value, clauses };
  };

  const items = (closing: string, first: PythonExpression): PythonExpression[] => {
    const result = [first];
    while (take(",")) {
      if (is(closing)) break;
      result.push(expression());
    }
    need(closing);
    return result;
  };

  const atom = (): PythonExpression => {
    const token = peek();
    if (token.kind === "number") {
      at++;
      return { kind: "constant", value: token.value };
    }
    if (token.kind === "string") {
      let value = "";
      for (let next = peek(); next.kind === "string"; next = peek()) {
        value += next.value;
        at++;
      }
      return { kind: "constant", value };
    }
    if (token.kind === "name") {
      if (KEYWORDS.has(token.text)) return fail();
      at++;
      if (token.text === "True") return { kind: "constant", value: true };
      if (token.text === "False") return { kind: "constant", value: false };
      if (token.text === "None") return { kind: "constant", value: undefined };
      return { kind: "name", name: token.text };
    }
    if (take("(")) return parenthesised();
    if (take("[")) return bracketed();
    if (take("{")) return braced();
    return fail();
  };

  const parenthesised = (): PythonExpression => {
    if (take(")")) return { kind: "tuple", items: [] };
    const first = expression();
    if (is("for")) {
      const result = comprehension("generator", first, undefined);
      need(")");
      return result;
    }
    if (take(")")) return first;
    return { kind: "tuple", items: items(")", first) };
  };

  const bracketed = (): PythonExpression => {
    if (take("]")) return { kind: "list", items: [] };
    const first = expression();
    if (is("for")) {
      const result = comprehension("list", first, undefined);
      need("]");
      return result;
    }
    return { kind: "list", items: items("]", first) };
  };

  const braced = (): PythonExpression => {
    if (take("}")) return { kind: "dict", items: [] };
    const first = expression();
    if (take(":")) {
      const value = expression();
      if (is("for")) {
        const result = comprehension("dict", first, value);
        need("}");
        return result;
      }
      const pairs: [PythonExpression, PythonExpression][] = [[first, value]];
      while (take(",")) {
        if (is("}")) break;
        const key = expression();
        need(":");
        pairs.push([key, expression()]);
      }
      need("}");
      return { kind: "dict", items: pairs };
    }
    if (is("for")) {
      const result = comprehension("set", first, undefined);
      need("}");
      return result;
    }
    return { kind: "set", items: items("}", first) };
  };

  const result = expression();
  if (peek().kind !== "end") fail();
  return result;
}
