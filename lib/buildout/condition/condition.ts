/**
 * Whether a section with a condition is read: `[name: expression]`.
 *
 * As buildout does: the text is an environment marker, or else a Python expression in a list whose first item counts.
 * Nothing is executed; the names come from facts. Never throws: a condition that fails says so.
 */
import type { EngineFacts } from "../facts";
import { evaluateMarker, parseMarker } from "./marker";
import { evaluatePython } from "./python-evaluate";
import { createPythonNames } from "./python-library";
import { PythonSyntaxError, parsePythonExpression } from "./python-syntax";
import { isTruthy, PythonError, PythonSequence, type PythonValue } from "./python-values";

export type ConditionOutcome =
  | { readonly kind: "marker" | "python"; readonly holds: boolean }
  /** `unsupported`: Python might well evaluate this; we do not. */
  | { readonly kind: "failed" | "unsupported"; readonly message: string };

export interface ConditionEvaluator {
  /** `expression` is the text after the colon, `tail` the closing bracket and the comment after it. */
  evaluate(expression: string, tail: string): ConditionOutcome;
}

export function createConditionEvaluator(facts: EngineFacts): ConditionEvaluator {
  let names: ReadonlyMap<string, PythonValue> | undefined;
  const outcomes = new Map<string, ConditionOutcome>();

  /** Most conditions are one name; buildout passes those as plain truths. */
  const decideName = (name: string): ConditionOutcome | undefined => {
    const value = Object.hasOwn(facts.globals, name) ? facts.globals[name] : undefined;
    return typeof value === "boolean" ? { kind: "python", holds: value } : undefined;
  };

  const decide = (text: string, comment: string): ConditionOutcome => {
    try {
      const marker = parseMarker(text);
      if (marker !== undefined) return { kind: "marker", holds: evaluateMarker(marker, facts.marker_environment) };
      names ??= createPythonNames(facts);
      const value = evaluatePython(parsePythonExpression(`[${text}${comment}`), names);
      const first = value instanceof PythonSequence ? value.items[0] : undefined;
      if (!(value instanceof PythonSequence)) {
        if (typeof value !== "string" || value === "") return { kind: "failed", message: "The condition has no value" };
        return { kind: "python", holds: true };
      }
      if (value.items.length === 0) return { kind: "failed", message: "The condition is empty" };
      return { kind: "python", holds: isTruthy(first) };
    } catch (error) {
      if (error instanceof PythonSyntaxError) return { kind: "failed", message: error.message };
      if (!(error instanceof PythonError)) throw error;
      const kind = error.type === "Unsupported" ? "unsupported" : "failed";
      return { kind, message: kind === "failed" ? `${error.type}: ${error.message}` : error.message };
    }
  };

  return {
    evaluate(expression, tail) {
      const known = outcomes.get(expression);
      if (known !== undefined) return known;
      // `#` and `;` begin a comment in a header, so expressions write them as escapes.
      const text = expression.replaceAll("\\x23", "#").replaceAll("\\x3b", ";");
      const outcome = decideName(text) ?? decide(text, tail.replaceAll(";", "#"));
      outcomes.set(expression, outcome);
      return outcome;
    },
  };
}
