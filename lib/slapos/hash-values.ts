/**
 * `md5sum` options of a profile and the local files that they are of, found in the text alone.
 *
 * A file of a hash list (`buildout.hash.cfg`, README.update-hash of slapos.git) is named by `_update_hash_filename_` or
 * `filename`, elsewhere by `url`, `template` or `input` below `${:_profile_base_location_}`. Needs no analysis, as it
 * reads texts that are half of a merge.
 *
 * Invariant: only values of `md5sum` are ever changed.
 */

export interface HashOption {
  readonly section: string;
  /** Relative to the root that the profile's own path is relative to. */
  readonly file: string;
  /** Of the value, without the spaces around it. */
  readonly start: number;
  readonly end: number;
  readonly value: string;
}

export function isHashList(path: string): boolean {
  return path.endsWith(".hash.cfg");
}

interface Option {
  readonly start: number;
  readonly value: string;
}

const FILE_NAMES = ["_update_hash_filename_", "filename", "url", "template", "input"];

/** `path` is the profile's own. */
export function findHashOptions(text: string, path: string): HashOption[] {
  const found: HashOption[] = [];
  let section = "";
  let options = new Map<string, Option>();
  const finish = (): void => {
    const hash = options.get("md5sum");
    const file = hash && findFile(options, path);
    if (hash && file !== undefined) {
      found.push({ section, file, start: hash.start, end: hash.start + hash.value.length, value: hash.value });
    }
    options = new Map();
  };
  for (const match of text.matchAll(/^(?:\[([^\]\r\n]+)\]|([^\s#;[=+-][^=\r\n]*?)[ \t]*=[ \t]*([^\r\n]*))/gm)) {
    if (match[1] !== undefined) {
      finish();
      section = match[1].trim();
      continue;
    }
    const raw = match[3] ?? "";
    options.set(match[2]!, { start: match.index + match[0].length - raw.length, value: raw.trimEnd() });
  }
  finish();
  return found;
}

function findFile(options: ReadonlyMap<string, Option>, path: string): string | undefined {
  const base = "${:_profile_base_location_}/";
  const isListed = (name: string): boolean =>
    name === "_update_hash_filename_" || (name === "filename" && isHashList(path));
  const name = FILE_NAMES.find((each) => {
    const value = options.get(each)?.value ?? "";
    return value !== "" && (isListed(each) || (each !== "filename" && value.startsWith(base)));
  });
  if (name === undefined) return undefined;
  let { value } = options.get(name)!;
  value = value
    .replace(base, "")
    .replace(/\$\{:(_update_hash_filename_|filename)\}/g, (whole, other: string) => options.get(other)?.value ?? whole);
  if (value === "" || value.includes("$") || value.includes("://") || value.startsWith("/")) return undefined;
  return resolvePath(path.split("/").slice(0, -1), value);
}

/** Undefined when it leads out of the root. */
function resolvePath(directory: readonly string[], relative: string): string | undefined {
  const parts = [...directory];
  for (const part of relative.split("/")) {
    if (part === "..") {
      if (parts.pop() === undefined) return undefined;
    } else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/");
}

/** The text with each value replaced by what `computeValue` says; undefined leaves it. */
export function replaceHashes(
  text: string,
  path: string,
  computeValue: (option: HashOption) => string | undefined,
): string {
  let result = text;
  for (const option of findHashOptions(text, path).reverse()) {
    const value = computeValue(option);
    if (value !== undefined) result = result.slice(0, option.start) + value + result.slice(option.end);
  }
  return result;
}
