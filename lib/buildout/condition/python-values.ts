/**
 * Python's values, as far as conditions of sections meet them, and what may be done with them.
 *
 * `int` is a `bigint`, `float` a `number`, `None` is `undefined`. Every operation either gives what Python gives or
 * throws `PythonError`; sizes are bounded, so that no header can cost more than a moment.
 */
export class PythonError extends Error {
  constructor(
    /** Python's own name for it, or `Unsupported` for what is not evaluated here. */
    readonly type: string,
    message: string,
  ) {
    super(message);
  }
}

export class PythonSequence {
  constructor(
    readonly kind: "tuple" | "list" | "set",
    readonly items: readonly PythonValue[],
    readonly fields: Readonly<Record<string, number>> = {},
  ) {}
}

export class PythonDict {
  constructor(readonly entries: readonly (readonly [PythonValue, PythonValue])[]) {}
}

/** A module, or something else that only has attributes. */
export class PythonObject {
  constructor(
    readonly name: string,
    readonly attributes: Readonly<Record<string, PythonValue>>,
  ) {}
}

export class PythonFunction {
  constructor(
    readonly name: string,
    readonly call: (positional: readonly PythonValue[], named: ReadonlyMap<string, PythonValue>) => PythonValue,
  ) {}
}

export type PythonValue =
  | bigint
  | number
  | string
  | boolean
  | undefined
  | PythonSequence
  | PythonDict
  | PythonObject
  | PythonFunction;

/** Longest text, list or number (in bits) that a condition may make. */
const MAX_SIZE = 100_000;

export function typeError(message: string): never {
  throw new PythonError("TypeError", message);
}

export function unsupported(message: string): never {
  throw new PythonError("Unsupported", message);
}

export function tuple(items: readonly PythonValue[]): PythonSequence {
  return new PythonSequence("tuple", items);
}

export function list(items: readonly PythonValue[]): PythonSequence {
  return new PythonSequence("list", items);
}

export function typeName(value: PythonValue): string {
  if (value === undefined) return "NoneType";
  if (typeof value === "bigint") return "int";
  if (typeof value === "number") return "float";
  if (typeof value === "string") return "str";
  if (typeof value === "boolean") return "bool";
  if (value instanceof PythonSequence) return value.kind;
  if (value instanceof PythonDict) return "dict";
  return value instanceof PythonFunction ? "function" : value.name;
}

export function isTruthy(value: PythonValue): boolean {
  if (value === undefined || value === false || value === "" || value === 0 || value === 0n) return false;
  if (value instanceof PythonSequence) return value.items.length > 0;
  if (value instanceof PythonDict) return value.entries.length > 0;
  return true;
}

type Numeric = bigint | number;

function toNumeric(value: PythonValue): Numeric | undefined {
  if (typeof value === "boolean") return value ? 1n : 0n;
  return typeof value === "bigint" || typeof value === "number" ? value : undefined;
}

export function toIndex(value: PythonValue): number {
  const numeric = toNumeric(value);
  if (typeof numeric !== "bigint") return typeError(`${typeName(value)} is not an integer`);
  return Number(numeric);
}

export function isEqual(left: PythonValue, right: PythonValue): boolean {
  if (left === right) return true;
  const a = toNumeric(left);
  const b = toNumeric(right);
  // biome-ignore lint/suspicious/noDoubleEquals: compares an integer with a float by value, as Python does.
  if (a !== undefined && b !== undefined) return a == b;
  if (left instanceof PythonSequence && right instanceof PythonSequence) {
    if (left.kind !== right.kind || left.items.length !== right.items.length) return false;
    if (left.kind === "set") return left.items.every((item) => contains(right, item));
    return left.items.every((item, i) => isEqual(item, right.items[i]));
  }
  if (left instanceof PythonDict && right instanceof PythonDict)
    return (
      left.entries.length === right.entries.length &&
      left.entries.every(([key, value]) => {
        const other = right.entries.find(([name]) => isEqual(name, key));
        return other !== undefined && isEqual(value, other[1]);
      })
    );
  return false;
}

function compareText(left: string, right: string): number {
  const a = [...left];
  const b = [...right];
  for (let i = 0; i < a.length && i < b.length; i++) {
    const difference = a[i]!.codePointAt(0)! - b[i]!.codePointAt(0)!;
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

export function isOrdered(operator: string, left: PythonValue, right: PythonValue): boolean {
  const decide = (difference: number): boolean =>
    operator === "<"
      ? difference < 0
      : operator === "<="
        ? difference <= 0
        : operator === ">"
          ? difference > 0
          : difference >= 0;
  const a = toNumeric(left);
  const b = toNumeric(right);
  if (a !== undefined && b !== undefined) {
    if (Number.isNaN(a) || Number.isNaN(b)) return false;
    return decide(a < b ? -1 : a > b ? 1 : 0);
  }
  if (typeof left === "string" && typeof right === "string") return decide(compareText(left, right));
  if (left instanceof PythonSequence && right instanceof PythonSequence && left.kind === right.kind) {
    if (left.kind === "set") {
      const [small, large] = operator.startsWith("<") ? [left, right] : [right, left];
      const within = small.items.every((item) => contains(large, item));
      return within && (operator.endsWith("=") || small.items.length < large.items.length);
    }
    for (let i = 0; i < left.items.length && i < right.items.length; i++)
      if (!isEqual(left.items[i], right.items[i])) return isOrdered(operator, left.items[i], right.items[i]);
    return decide(left.items.length - right.items.length);
  }
  return typeError(`'${operator}' not supported between ${typeName(left)} and ${typeName(right)}`);
}

export function contains(container: PythonValue, item: PythonValue): boolean {
  if (typeof container === "string") {
    if (typeof item !== "string") return typeError("'in <string>' requires a string");
    return container.includes(item);
  }
  if (container instanceof PythonSequence) return container.items.some((other) => isEqual(item, other));
  if (container instanceof PythonDict) toSet([item]);
  if (container instanceof PythonDict) return container.entries.some(([key]) => isEqual(item, key));
  return typeError(`${typeName(container)} is not a container`);
}

/** Everything that a value gives when looped over. */
export function toItems(value: PythonValue): readonly PythonValue[] {
  if (typeof value === "string") return [...value];
  if (value instanceof PythonSequence) return value.items;
  if (value instanceof PythonDict) return value.entries.map(([key]) => key);
  return typeError(`${typeName(value)} is not iterable`);
}

function bounded<T extends PythonValue>(value: T): T {
  const size =
    typeof value === "string"
      ? value.length
      : value instanceof PythonSequence
        ? value.items.length
        : typeof value === "bigint"
          ? value.toString(16).length * 4
          : 0;
  if (size > MAX_SIZE) unsupported("The value is too large for a condition");
  return value;
}

function repeat(value: string | PythonSequence, times: number): PythonValue {
  const count = Math.max(0, times);
  const length = typeof value === "string" ? value.length : value.items.length;
  if (length * count > MAX_SIZE) unsupported("The value is too large for a condition");
  if (typeof value === "string") return value.repeat(count);
  return new PythonSequence(value.kind, Array.from({ length: count }, () => value.items).flat());
}

const floorDivide = (a: bigint, b: bigint): bigint => {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
};

function integerArithmetic(operator: string, a: bigint, b: bigint): PythonValue {
  if ((operator === "/" || operator === "//" || operator === "%") && b === 0n)
    throw new PythonError("ZeroDivisionError", "division by zero");
  if (operator === "<<" || operator === ">>" || operator === "**") {
    if (b < 0n) {
      if (operator !== "**") throw new PythonError("ValueError", "negative shift count");
      if (a === 0n) throw new PythonError("ZeroDivisionError", "0 cannot be raised to a negative power");
      return Number(a) ** Number(b);
    }
    const bits = operator === "**" ? BigInt(a.toString(2).length) * b : b;
    if (operator !== ">>" && bits > BigInt(MAX_SIZE)) unsupported("The number is too large for a condition");
  }
  switch (operator) {
    case "+":
      return bounded(a + b);
    case "-":
      return bounded(a - b);
    case "*":
      return bounded(a * b);
    case "/":
      return Number(a) / Number(b);
    case "//":
      return floorDivide(a, b);
    case "%":
      return a - floorDivide(a, b) * b;
    case "**":
      return a ** b;
    case "<<":
      return a << b;
    case ">>":
      return b > BigInt(MAX_SIZE) ? (a < 0n ? -1n : 0n) : a >> b;
    case "&":
      return a & b;
    case "|":
      return a | b;
    default:
      return operator === "^" ? a ^ b : typeError(`${operator} is not for numbers`);
  }
}

function floatArithmetic(operator: string, a: number, b: number): PythonValue {
  if ((operator === "/" || operator === "//" || operator === "%") && b === 0)
    throw new PythonError("ZeroDivisionError", "float division by zero");
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return a / b;
    case "//":
      return Math.floor(a / b);
    case "%":
      return a - Math.floor(a / b) * b;
    default:
      return operator === "**" ? a ** b : typeError(`${operator} is not for floats`);
  }
}

/** `%` of a text: only the plain conversions. */
function formatText(template: string, value: PythonValue): string {
  const values = value instanceof PythonSequence && value.kind === "tuple" ? [...value.items] : [value];
  const result = template.replace(/%(.)?/g, (_, conversion: string | undefined) => {
    if (conversion === "%") return "%";
    if (values.length === 0) return typeError("not enough arguments for format string");
    const next = values.shift();
    if (conversion === "s") return toText(next);
    if (conversion === "d" && toNumeric(next) !== undefined) return String(toNumeric(next));
    return unsupported("This format is not evaluated in conditions");
  });
  // A list or dict may be a mapping for named conversions, so Python lets it be left over.
  const mayBeLeft = value instanceof PythonDict || (value instanceof PythonSequence && value.kind === "list");
  if (values.length > 0 && !mayBeLeft) typeError("not all arguments converted during string formatting");
  return result;
}

export function arithmetic(operator: string, left: PythonValue, right: PythonValue): PythonValue {
  if (typeof left === "boolean" && typeof right === "boolean") {
    if (operator === "&") return left && right;
    if (operator === "|") return left || right;
    if (operator === "^") return left !== right;
  }
  if (operator === "%" && typeof left === "string") return bounded(formatText(left, right));
  const a = toNumeric(left);
  const b = toNumeric(right);
  if (a !== undefined && b !== undefined) {
    if (typeof a === "bigint" && typeof b === "bigint") return integerArithmetic(operator, a, b);
    return floatArithmetic(operator, Number(a), Number(b));
  }
  if (operator === "+") {
    if (typeof left === "string" && typeof right === "string") return bounded(left + right);
    if (left instanceof PythonSequence && right instanceof PythonSequence && left.kind === right.kind)
      if (left.kind !== "set") return bounded(new PythonSequence(left.kind, [...left.items, ...right.items]));
  }
  if (operator === "*") {
    const isRepeatable = (value: PythonValue): value is string | PythonSequence =>
      typeof value === "string" || (value instanceof PythonSequence && value.kind !== "set");
    if (isRepeatable(left) && typeof b === "bigint") return repeat(left, Number(b));
    if (isRepeatable(right) && typeof a === "bigint") return repeat(right, Number(a));
  }
  if (
    left instanceof PythonSequence &&
    right instanceof PythonSequence &&
    left.kind === "set" &&
    right.kind === "set"
  ) {
    const inRight = left.items.filter((item) => contains(right, item));
    const onlyLeft = left.items.filter((item) => !contains(right, item));
    const onlyRight = right.items.filter((item) => !contains(left, item));
    if (operator === "&") return new PythonSequence("set", inRight);
    if (operator === "-") return new PythonSequence("set", onlyLeft);
    if (operator === "|") return new PythonSequence("set", [...left.items, ...onlyRight]);
    if (operator === "^") return new PythonSequence("set", [...onlyLeft, ...onlyRight]);
  }
  return typeError(`unsupported operand types for ${operator}: ${typeName(left)} and ${typeName(right)}`);
}

export function negate(operator: string, value: PythonValue): PythonValue {
  if (operator === "not") return !isTruthy(value);
  const numeric = toNumeric(value);
  if (numeric === undefined) return typeError(`bad operand type for unary ${operator}: ${typeName(value)}`);
  if (operator === "+") return numeric;
  if (operator === "-") return -numeric;
  return typeof numeric === "bigint" ? -numeric - 1n : typeError("bad operand type for unary ~: float");
}

/** `str(value)`. */
export function toText(value: PythonValue): string {
  if (typeof value === "string") return value;
  if (value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number")
    return Number.isInteger(value) && Math.abs(value) < 1e16 ? `${value}.0` : String(value);
  if (typeof value === "bigint") return String(value);
  return unsupported(`The text of a ${typeName(value)} is not evaluated in conditions`);
}

/** Removes equal items, keeping the first of each. */
export function toSet(items: readonly PythonValue[]): PythonSequence {
  const result: PythonValue[] = [];
  for (const item of items) {
    if ((item instanceof PythonSequence && item.kind !== "tuple") || item instanceof PythonDict)
      typeError(`unhashable type: ${typeName(item)}`);
    if (!result.some((other) => isEqual(other, item))) result.push(item);
  }
  return new PythonSequence("set", result);
}
