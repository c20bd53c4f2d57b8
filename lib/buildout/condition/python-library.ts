/**
 * The names that a condition of a section can use: a few builtins, the methods of text, and the modules that buildout
 * passes (`sys`, `os`, `platform`, `re`), made from facts and never from the machine this runs on.
 */
import type { EngineFacts } from "../facts";
import { baseNameOf, directoryOf, isAbsolutePath, joinPath, normalisePath } from "../paths";
import { pythonStrip, pythonWords } from "../python-text";
import {
  contains,
  isEqual,
  isOrdered,
  isTruthy,
  list,
  PythonDict,
  PythonError,
  PythonFunction,
  PythonObject,
  PythonSequence,
  type PythonValue,
  toIndex,
  toItems,
  toSet,
  toText,
  tuple,
  typeError,
  typeName,
  unsupported,
} from "./python-values";

const MAX_RANGE = 10_000;
/** Longest text that a regular expression of a profile is tried on, and longest expression. */
const MAX_PATTERN_SUBJECT = 1_000;
/** A repeated group that itself repeats or chooses can take exponential time; such expressions are refused. */
const NESTED_REPEAT = /\((?:[^()\\]|\\.)*(?:[*+{|]|\()(?:[^\\]|\\.)*\)[*+{]/;

function define(name: string, call: PythonFunction["call"]): PythonFunction {
  return new PythonFunction(name, call);
}

function text(value: PythonValue): string {
  return typeof value === "string" ? value : typeError(`expected a str, not ${typeName(value)}`);
}

function fromJson(value: unknown): PythonValue {
  if (value === null || value === undefined) return undefined;
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") {
    if (!Number.isInteger(value)) return value;
    // JSON numbers beyond 2**53 are rounded on reading; of the facts only sys.maxsize is that large.
    return Number.isSafeInteger(value) ? BigInt(value) : BigInt(value) - 1n;
  }
  if (Array.isArray(value)) return tuple(value.map(fromJson));
  return new PythonDict(Object.entries(value).map(([key, entry]) => [key, fromJson(entry)]));
}

function withFields(value: PythonValue, names: readonly string[]): PythonValue {
  if (!(value instanceof PythonSequence)) return value;
  return new PythonSequence(value.kind, value.items, Object.fromEntries(names.map((name, i) => [name, i])));
}

function toInteger(value: PythonValue, base: PythonValue): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "boolean") return value ? 1n : 0n;
  if (typeof value === "number" && Number.isFinite(value)) return BigInt(Math.trunc(value));
  if (typeof value !== "string") return typeError("int() argument must be a string or a number");
  if (base !== undefined && !isEqual(base, 10n)) return unsupported("int() with a base is not evaluated in conditions");
  const digits = pythonStrip(value);
  if (!/^[-+]?[0-9](?:_?[0-9])*$/.test(digits))
    throw new PythonError("ValueError", `invalid literal for int(): ${value}`);
  return BigInt(digits.replaceAll("_", "").replace(/^\+/, ""));
}

function toFunction(value: PythonValue): PythonFunction["call"] {
  return value instanceof PythonFunction ? value.call : typeError(`${typeName(value)} is not callable`);
}

function sorted(items: readonly PythonValue[], reverse: boolean): PythonSequence {
  const result = [...items].sort((a, b) => (isOrdered("<", a, b) ? -1 : isOrdered("<", b, a) ? 1 : 0));
  return list(reverse ? result.reverse() : result);
}

function extreme(operator: "<" | ">", positional: readonly PythonValue[]): PythonValue {
  const items = positional.length === 1 ? toItems(positional[0]) : positional;
  if (items.length === 0) throw new PythonError("ValueError", "arg is an empty sequence");
  return items.reduce((best, item) => (isOrdered(operator, item, best) ? item : best));
}

const BUILTINS: readonly PythonFunction[] = [
  define("len", ([value]) =>
    value instanceof PythonDict ? BigInt(value.entries.length) : BigInt(toItems(value).length),
  ),
  define("str", (args) => (args.length === 0 ? "" : toText(args[0]))),
  define("int", ([value, base]) => toInteger(value ?? 0n, base)),
  define("float", ([value]) => {
    const number = typeof value === "string" ? Number(pythonStrip(value) || "x") : Number(toInteger(value, undefined));
    if (typeof value === "number") return value;
    if (Number.isNaN(number)) throw new PythonError("ValueError", "could not convert to float");
    return number;
  }),
  define("bool", ([value]) => isTruthy(value)),
  define("tuple", ([value]) => tuple(value === undefined ? [] : toItems(value))),
  define("list", ([value]) => list(value === undefined ? [] : toItems(value))),
  define("set", ([value]) => toSet(value === undefined ? [] : toItems(value))),
  define("frozenset", ([value]) => toSet(value === undefined ? [] : toItems(value))),
  define("dict", (args, named) =>
    args.length > 0 ? unsupported("dict() is not evaluated") : new PythonDict([...named]),
  ),
  define("any", ([value]) => toItems(value).some(isTruthy)),
  define("all", ([value]) => toItems(value).every(isTruthy)),
  define("min", (args) => extreme("<", args)),
  define("max", (args) => extreme(">", args)),
  define("sum", ([value]) =>
    toItems(value).reduce<PythonValue>((total, item) => {
      if (typeof total === "bigint" && typeof item === "bigint") return total + item;
      return Number(total) + Number(item);
    }, 0n),
  ),
  define("abs", ([value]) => (typeof value === "bigint" ? (value < 0n ? -value : value) : Math.abs(Number(value)))),
  define("sorted", ([value], named) => sorted(toItems(value), isTruthy(named.get("reverse")))),
  define("reversed", ([value]) => list([...toItems(value)].reverse())),
  define("range", (args) => {
    const [start, stop, step] = args.length === 1 ? [0, toIndex(args[0]), 1] : [toIndex(args[0]), toIndex(args[1]), 1];
    const stride = args.length > 2 ? toIndex(args[2]) : step;
    if (stride === 0) throw new PythonError("ValueError", "range() arg 3 must not be zero");
    const count = Math.max(0, Math.ceil((stop - start) / stride));
    if (count > MAX_RANGE) unsupported("The range is too long for a condition");
    return list(Array.from({ length: count }, (_, i) => BigInt(start + i * stride)));
  }),
  define("enumerate", ([value]) => list(toItems(value).map((item, i) => tuple([BigInt(i), item])))),
  define("zip", (args) => {
    const columns = args.map(toItems);
    const length = Math.min(...columns.map((column) => column.length));
    return list(Array.from({ length: columns.length === 0 ? 0 : length }, (_, i) => tuple(columns.map((c) => c[i]))));
  }),
  define("map", ([apply, ...columns]) => {
    const rows = columns.map(toItems);
    const length = Math.min(...rows.map((row) => row.length));
    const call = toFunction(apply);
    return list(
      Array.from({ length: rows.length === 0 ? 0 : length }, (_, i) =>
        call(
          rows.map((row) => row[i]),
          new Map(),
        ),
      ),
    );
  }),
  define("filter", ([apply, items]) => {
    const test = apply === undefined ? isTruthy : (item: PythonValue) => isTruthy(toFunction(apply)([item], new Map()));
    return list(toItems(items).filter(test));
  }),
  define("hasattr", ([value, name]) => findAttribute(value, text(name)) !== undefined),
  define("getattr", ([value, name, ...rest]) => {
    const found = findAttribute(value, text(name));
    if (found !== undefined) return found.value;
    if (rest.length > 0) return rest[0];
    throw new PythonError("AttributeError", `no attribute ${text(name)}`);
  }),
  define("isinstance", ([value, type]) => {
    const types = type instanceof PythonSequence ? type.items : [type];
    return types.some((one) => one instanceof PythonFunction && one.name === typeName(value));
  }),
  define("chr", ([value]) => String.fromCodePoint(toIndex(value))),
  define("ord", ([value]) => BigInt(text(value).codePointAt(0) ?? typeError("ord() expected a character"))),
];

function affix(value: PythonValue, test: (one: string) => boolean): boolean {
  return (value instanceof PythonSequence ? value.items : [value]).some((one) => test(text(one)));
}

function trim(subject: string, characters: PythonValue, left: boolean, right: boolean): string {
  const drop =
    characters === undefined
      ? (one: string) => pythonStrip(one) === ""
      : (one: string) => text(characters).includes(one);
  const all = [...subject];
  let start = 0;
  let end = all.length;
  while (left && start < end && drop(all[start]!)) start++;
  while (right && end > start && drop(all[end - 1]!)) end--;
  return all.slice(start, end).join("");
}

function splitText(subject: string, args: readonly PythonValue[]): PythonSequence {
  const limit = args[1] === undefined ? -1 : toIndex(args[1]);
  if (args[0] === undefined) {
    if (limit >= 0) unsupported("split() by white space with a limit is not evaluated in conditions");
    return list(pythonWords(subject));
  }
  const separator = text(args[0]);
  if (separator === "") throw new PythonError("ValueError", "empty separator");
  const parts = subject.split(separator);
  if (limit < 0 || parts.length <= limit + 1) return list(parts);
  return list([...parts.slice(0, limit), parts.slice(limit).join(separator)]);
}

type TextMethod = (subject: string, args: readonly PythonValue[]) => PythonValue;

const TEXT_METHODS: Readonly<Record<string, TextMethod>> = {
  startswith: (subject, [prefix]) => affix(prefix, (one) => subject.startsWith(one)),
  endswith: (subject, [suffix]) => affix(suffix, (one) => subject.endsWith(one)),
  lower: (subject) => subject.toLowerCase(),
  casefold: (subject) => subject.toLowerCase(),
  upper: (subject) => subject.toUpperCase(),
  capitalize: (subject) => subject.slice(0, 1).toUpperCase() + subject.slice(1).toLowerCase(),
  strip: (subject, [characters]) => trim(subject, characters, true, true),
  lstrip: (subject, [characters]) => trim(subject, characters, true, false),
  rstrip: (subject, [characters]) => trim(subject, characters, false, true),
  removeprefix: (subject, [prefix]) =>
    subject.startsWith(text(prefix)) ? subject.slice(text(prefix).length) : subject,
  removesuffix: (subject, [suffix]) =>
    text(suffix) !== "" && subject.endsWith(text(suffix)) ? subject.slice(0, -text(suffix).length) : subject,
  split: splitText,
  splitlines: (subject) => list(subject === "" ? [] : subject.replace(/\r?\n$/, "").split(/\r\n|\n|\r/)),
  partition: (subject, [separator]) => {
    const at = subject.indexOf(text(separator));
    if (at < 0) return tuple([subject, "", ""]);
    return tuple([subject.slice(0, at), text(separator), subject.slice(at + text(separator).length)]);
  },
  replace: (subject, [from, to]) => {
    const pieces = subject.split(text(from));
    if (pieces.length * text(to).length > 100_000) unsupported("The value is too large for a condition");
    return pieces.join(text(to));
  },
  find: (subject, [part]) => BigInt(subject.indexOf(text(part))),
  index: (subject, [part]) => {
    const at = subject.indexOf(text(part));
    if (at < 0) throw new PythonError("ValueError", "substring not found");
    return BigInt(at);
  },
  count: (subject, [part]) => BigInt(subject.split(text(part)).length - 1),
  join: (subject, [items]) => toItems(items).map(text).join(subject),
  isdigit: (subject) => /^\p{Nd}+$/u.test(subject),
  isalpha: (subject) => /^\p{L}+$/u.test(subject),
  isalnum: (subject) => /^[\p{L}\p{Nd}]+$/u.test(subject),
  islower: (subject) => subject !== subject.toUpperCase() && subject === subject.toLowerCase(),
  isupper: (subject) => subject !== subject.toLowerCase() && subject === subject.toUpperCase(),
  isspace: (subject) => subject !== "" && pythonStrip(subject) === "",
};

function sequenceMethod(subject: PythonSequence, name: string): PythonFunction | undefined {
  if (subject.kind === "set") return undefined;
  if (name === "count")
    return define(name, ([item]) => BigInt(subject.items.filter((other) => isEqual(item, other)).length));
  if (name !== "index") return undefined;
  return define(name, ([item]) => {
    if (!contains(subject, item)) throw new PythonError("ValueError", "not in the sequence");
    return BigInt(subject.items.findIndex((other) => isEqual(item, other)));
  });
}

function dictMethod(subject: PythonDict, name: string): PythonFunction | undefined {
  if (name === "get")
    return define(name, ([key, otherwise]) => {
      const found = subject.entries.find(([one]) => isEqual(one, key));
      return found === undefined ? otherwise : found[1];
    });
  if (name === "keys") return define(name, () => list(subject.entries.map(([key]) => key)));
  if (name === "values") return define(name, () => list(subject.entries.map(([, value]) => value)));
  if (name === "items") return define(name, () => list(subject.entries.map(([key, value]) => tuple([key, value]))));
  return undefined;
}

/** The attribute in a box, since its value may be `None`. */
export function findAttribute(target: PythonValue, name: string): { readonly value: PythonValue } | undefined {
  if (typeof target === "string") {
    const method = Object.hasOwn(TEXT_METHODS, name) ? TEXT_METHODS[name] : undefined;
    return method && { value: define(name, (args) => method(target, args)) };
  }
  if (target instanceof PythonObject)
    return Object.hasOwn(target.attributes, name) ? { value: target.attributes[name] } : undefined;
  if (target instanceof PythonSequence) {
    if (Object.hasOwn(target.fields, name)) return { value: target.items[target.fields[name]!] };
    const method = sequenceMethod(target, name);
    return method && { value: method };
  }
  if (target instanceof PythonDict) {
    const method = dictMethod(target, name);
    return method && { value: method };
  }
  return undefined;
}

/** A Python expression in JavaScript's notation, or undefined where the two might not agree. */
function compilePattern(source: PythonValue, start: string, end: string): RegExp {
  const pattern = text(source);
  if (pattern.length > MAX_PATTERN_SUBJECT || NESTED_REPEAT.test(pattern) || /\(\?(?![:=!<])|\\[AZz0-9]/.test(pattern))
    unsupported("This regular expression is not evaluated in conditions");
  try {
    return new RegExp(`${start}(?:${pattern.replace(/\(\?P</g, "(?<")})${end}`, "d");
  } catch (cause) {
    throw new PythonError("error", `This is not a regular expression: ${String(cause)}`);
  }
}

function matchFunction(name: string, start: string, end: string): PythonFunction {
  return define(name, ([pattern, subject, flags]) => {
    if (flags !== undefined) unsupported("Flags of regular expressions are not evaluated in conditions");
    const value = text(subject);
    if (value.length > MAX_PATTERN_SUBJECT) unsupported("The text is too long for a condition");
    const found = compilePattern(pattern, start, end).exec(value);
    if (found === null) return undefined;
    const group = define("group", ([index]) => found[index === undefined ? 0 : toIndex(index)]);
    const groups = define("groups", () => tuple(found.slice(1)));
    return new PythonObject("Match", { group, groups });
  });
}

function constantFunctions(values: Readonly<Record<string, unknown>>): Record<string, PythonValue> {
  const result: Record<string, PythonValue> = {};
  for (const [name, json] of Object.entries(values)) {
    let value = fromJson(json);
    if (name === "uname") value = withFields(value, ["system", "node", "release", "version", "machine", "processor"]);
    result[name] = define(name, () => value);
  }
  return result;
}

/**
 * What is there on every Linux. All other paths count as absent: what a profile means must not depend on the machine
 * that shows it, and conditions that ask the disk ask for rare hardware.
 */
const COMMON_PATHS = new Set(
  "/ /bin /boot /dev /dev/null /etc /etc/passwd /lib /media /mnt /opt /proc /run /sbin /srv /sys /tmp /usr /usr/bin /usr/lib /usr/local /usr/sbin /usr/share /var /var/tmp".split(
    " ",
  ),
);
/** The system that SlapOS is built on, where the facts do not say. */
const DEFAULT_PLATFORM = {
  freedesktop_os_release: {
    NAME: "Debian GNU/Linux",
    ID: "debian",
    PRETTY_NAME: "Debian GNU/Linux 12 (bookworm)",
    VERSION: "12 (bookworm)",
    VERSION_ID: "12",
    VERSION_CODENAME: "bookworm",
  },
};

const COMMON_FILES = new Set(["/dev/null", "/etc/passwd"]);

function createPathModule(): PythonObject {
  const ask = (name: string, test: (path: string) => boolean): PythonFunction =>
    define(name, ([path]) => test(normalisePath(text(path))));
  return new PythonObject("os.path", {
    sep: "/",
    exists: ask("exists", (path) => COMMON_PATHS.has(path)),
    lexists: ask("lexists", (path) => COMMON_PATHS.has(path)),
    isdir: ask("isdir", (path) => COMMON_PATHS.has(path) && !COMMON_FILES.has(path)),
    isfile: ask("isfile", (path) => path === "/etc/passwd"),
    islink: ask("islink", () => false),
    isabs: define("isabs", ([path]) => isAbsolutePath(text(path))),
    join: define("join", ([first, ...rest]) => rest.map(text).reduce(joinPath, text(first))),
    basename: define("basename", ([path]) => baseNameOf(text(path))),
    dirname: define("dirname", ([path]) => directoryOf(text(path))),
    normpath: define("normpath", ([path]) => normalisePath(text(path))),
  });
}

/** `sys.hexversion` of `(3, 11, 7, 'final', 0)`: 0x030b07f0. */
function hexVersion(version: unknown): bigint {
  const [major, minor, micro, level, serial] = version as [number, number, number, string, number];
  const levels: Record<string, number> = { alpha: 0xa, beta: 0xb, candidate: 0xc, final: 0xf };
  return BigInt(major * 0x1000000 + minor * 0x10000 + micro * 0x100 + (levels[level] ?? 0xf) * 0x10 + serial);
}

/** Everything a condition can name. Made once for one set of facts. */
export function createPythonNames(facts: EngineFacts): ReadonlyMap<string, PythonValue> {
  const names = new Map<string, PythonValue>(BUILTINS.map((builtin) => [builtin.name, builtin]));
  const version = withFields(fromJson(facts.sys.version_info), ["major", "minor", "micro", "releaselevel", "serial"]);
  const sys: Record<string, PythonValue> = {};
  for (const [name, value] of Object.entries(facts.sys)) sys[name] = fromJson(value);
  sys.version_info = version;
  sys.executable = facts.executable;
  sys.hexversion = hexVersion(facts.sys.version_info);
  sys.implementation = new PythonObject("implementation", {
    name: facts.marker_environment.implementation_name,
    version,
  });
  const os: Record<string, PythonValue> = {};
  for (const [name, value] of Object.entries(facts.os)) os[name] = fromJson(value);
  Object.assign(os, {
    path: createPathModule(),
    access: define("access", ([path]) => COMMON_PATHS.has(normalisePath(text(path)))),
    F_OK: 0n,
    X_OK: 1n,
    W_OK: 2n,
    R_OK: 4n,
    environ: new PythonDict([]),
    getenv: define("getenv", ([, otherwise]) => otherwise),
    uname: define("uname", () =>
      withFields(fromJson(facts.platform.uname), ["sysname", "nodename", "release", "version", "machine"]),
    ),
  });
  names.set("sys", new PythonObject("sys", sys));
  names.set("os", new PythonObject("os", os));
  names.set("platform", new PythonObject("platform", constantFunctions({ ...DEFAULT_PLATFORM, ...facts.platform })));
  names.set(
    "re",
    new PythonObject("re", {
      match: matchFunction("match", "^", ""),
      search: matchFunction("search", "", ""),
      fullmatch: matchFunction("fullmatch", "^", "$"),
    }),
  );
  for (const [name, value] of Object.entries(facts.globals)) names.set(name, fromJson(value));
  return names;
}
