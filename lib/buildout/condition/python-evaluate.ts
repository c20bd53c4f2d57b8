/**
 * Evaluates the tree of a Python expression over a set of names, without ever running Python.
 *
 * Throws `PythonError`. The number of steps is bounded.
 */
import { findAttribute } from "./python-library";
import type { ComprehensionClause, PythonExpression } from "./python-syntax";
import {
  arithmetic,
  contains,
  isEqual,
  isOrdered,
  isTruthy,
  list,
  negate,
  PythonDict,
  PythonError,
  PythonFunction,
  PythonObject,
  PythonSequence,
  type PythonValue,
  toIndex,
  toItems,
  toSet,
  tuple,
  typeError,
  typeName,
  unsupported,
} from "./python-values";

const MAX_STEPS = 50_000;

type Scope = (name: string) => { readonly value: PythonValue } | undefined;

class Slice {
  constructor(readonly parts: readonly (number | undefined)[]) {}
}

function sliceItems<T>(items: readonly T[], { parts }: Slice): T[] {
  const step = parts[2] ?? 1;
  if (step === 0) throw new PythonError("ValueError", "slice step cannot be zero");
  const clamp = (index: number | undefined, otherwise: number): number => {
    if (index === undefined) return otherwise;
    const at = index < 0 ? index + items.length : index;
    return step > 0 ? Math.min(Math.max(at, 0), items.length) : Math.min(Math.max(at, -1), items.length - 1);
  };
  const start = clamp(parts[0], step > 0 ? 0 : items.length - 1);
  const stop = clamp(parts[1], step > 0 ? items.length : -1);
  const result: T[] = [];
  for (let i = start; step > 0 ? i < stop : i > stop; i += step) result.push(items[i]!);
  return result;
}

function itemAt<T>(items: readonly T[], index: PythonValue): T {
  const at = toIndex(index);
  const position = at < 0 ? at + items.length : at;
  if (position < 0 || position >= items.length) throw new PythonError("IndexError", "index out of range");
  return items[position]!;
}

export function evaluatePython(root: PythonExpression, names: ReadonlyMap<string, PythonValue>): PythonValue {
  let steps = 0;

  const compare = (operator: string, left: PythonValue, right: PythonValue): boolean => {
    switch (operator) {
      case "==":
        return isEqual(left, right);
      case "!=":
        return !isEqual(left, right);
      case "in":
        return contains(right, left);
      case "not in":
        return !contains(right, left);
      case "is":
      case "is not": {
        const same = typeName(left) === typeName(right) && isEqual(left, right);
        if (same && left !== undefined && typeof left !== "boolean" && typeof left !== "bigint")
          unsupported("Whether equal values are one object is not evaluated in conditions");
        return same === (operator === "is");
      }
      default:
        return isOrdered(operator, left, right);
    }
  };

  const index = (target: PythonValue, at: PythonValue | Slice): PythonValue => {
    if (at instanceof Slice) {
      if (typeof target === "string") return sliceItems([...target], at).join("");
      if (target instanceof PythonSequence && target.kind !== "set")
        return new PythonSequence(target.kind, sliceItems(target.items, at));
      return typeError(`${typeName(target)} cannot be sliced`);
    }
    if (typeof target === "string") return itemAt([...target], at);
    if (target instanceof PythonSequence && target.kind !== "set") return itemAt(target.items, at);
    if (target instanceof PythonDict) {
      const found = target.entries.find(([key]) => isEqual(key, at));
      if (found === undefined) throw new PythonError("KeyError", "no such key");
      return found[1];
    }
    return typeError(`${typeName(target)} has no items`);
  };

  const attribute = (target: PythonValue, name: string): PythonValue => {
    const found = findAttribute(target, name);
    if (found !== undefined) return found.value;
    if (target instanceof PythonObject && ["sys", "os", "platform", "re"].includes(target.name))
      return unsupported(`${target.name}.${name} is not known in conditions`);
    throw new PythonError("AttributeError", `${typeName(target)} has no attribute ${name}`);
  };

  const comprehend = (clauses: readonly ComprehensionClause[], scope: Scope, emit: (inner: Scope) => void): void => {
    const [clause, ...rest] = clauses;
    if (clause === undefined) {
      emit(scope);
      return;
    }
    for (const item of toItems(evaluate(clause.over, scope))) {
      if (++steps > MAX_STEPS) unsupported("The condition takes too long");
      const values = clause.unpack ? toItems(item) : [item];
      if (values.length !== clause.names.length) throw new PythonError("ValueError", "cannot unpack");
      const inner: Scope = (name) => {
        const at = clause.names.lastIndexOf(name);
        return at < 0 ? scope(name) : { value: values[at] };
      };
      if (clause.tests.every((test) => isTruthy(evaluate(test, inner)))) comprehend(rest, inner, emit);
    }
  };

  const evaluateIndex = (node: PythonExpression, scope: Scope): PythonValue | Slice => {
    if (node.kind !== "slice") return evaluate(node, scope);
    return new Slice(
      node.parts.map((part) => {
        const value = part && evaluate(part, scope);
        return value === undefined ? undefined : toIndex(value);
      }),
    );
  };

  const evaluate = (node: PythonExpression, scope: Scope): PythonValue => {
    if (++steps > MAX_STEPS) unsupported("The condition takes too long");
    switch (node.kind) {
      case "constant":
        return node.value;
      case "name": {
        const found = scope(node.name);
        if (found === undefined) throw new PythonError("NameError", `The name ${node.name} is not defined`);
        return found.value;
      }
      case "attribute":
        return attribute(evaluate(node.target, scope), node.name);
      case "subscript":
        return index(evaluate(node.target, scope), evaluateIndex(node.index, scope));
      case "slice":
        return typeError("a slice stands alone");
      case "call": {
        const target = evaluate(node.target, scope);
        if (!(target instanceof PythonFunction)) return typeError(`${typeName(target)} is not callable`);
        const positional = node.positional.map((argument) => evaluate(argument, scope));
        return target.call(positional, new Map(node.named.map(([name, value]) => [name, evaluate(value, scope)])));
      }
      case "unary":
        return negate(node.operator, evaluate(node.operand, scope));
      case "binary":
        return arithmetic(node.operator, evaluate(node.left, scope), evaluate(node.right, scope));
      case "and": {
        const left = evaluate(node.left, scope);
        return isTruthy(left) ? evaluate(node.right, scope) : left;
      }
      case "or": {
        const left = evaluate(node.left, scope);
        return isTruthy(left) ? left : evaluate(node.right, scope);
      }
      case "compare": {
        let left = evaluate(node.first, scope);
        for (const [operator, operand] of node.rest) {
          const right = evaluate(operand, scope);
          if (!compare(operator, left, right)) return false;
          left = right;
        }
        return true;
      }
      case "choice":
        return isTruthy(evaluate(node.test, scope)) ? evaluate(node.then, scope) : evaluate(node.otherwise, scope);
      case "list":
        return list(node.items.map((item) => evaluate(item, scope)));
      case "tuple":
        return tuple(node.items.map((item) => evaluate(item, scope)));
      case "set":
        return toSet(node.items.map((item) => evaluate(item, scope)));
      case "dict": {
        const entries = node.items.map(([key, value]): [PythonValue, PythonValue] => [
          evaluate(key, scope),
          evaluate(value, scope),
        ]);
        toSet(entries.map(([key]) => key));
        return new PythonDict(
          entries.filter(([key], i) => entries.findLastIndex(([other]) => isEqual(other, key)) === i),
        );
      }
      case "comprehension": {
        const items: PythonValue[] = [];
        const values: PythonValue[] = [];
        comprehend(node.clauses, scope, (inner) => {
          items.push(evaluate(node.item, inner));
          if (node.value !== undefined) values.push(evaluate(node.value, inner));
        });
        if (node.of === "dict") {
          const entries = items.map((key, i): [PythonValue, PythonValue] => [key, values[i]]);
          return new PythonDict(
            entries.filter(([key], i) => entries.findLastIndex(([other]) => isEqual(other, key)) === i),
          );
        }
        return node.of === "set" ? toSet(items) : list(items);
      }
    }
  };

  return evaluate(root, (name) => (names.has(name) ? { value: names.get(name) } : undefined));
}
