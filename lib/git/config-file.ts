/**
 * Git's configuration file: reading values, and changing one value with the rest of the text kept.
 *
 * Includes are not followed: a repository's configuration is data of whoever made it, and no file outside it is
 * read because it says so.
 */
export interface ConfigEntry {
  /** Lower-case section, subsection as written, lower-case key: `remote`, `origin`, `url`. */
  readonly section: string;
  readonly subsection: string | undefined;
  readonly key: string;
  readonly value: string;
}

export interface ConfigFile {
  readonly entries: readonly ConfigEntry[];
  /** The last value, as git takes it. */
  get(section: string, subsection: string | undefined, key: string): string | undefined;
  getAll(section: string, subsection: string | undefined, key: string): string[];
  subsections(section: string): string[];
}

interface Line {
  readonly text: string;
  readonly section: string;
  readonly subsection: string | undefined;
  readonly key: string | undefined;
  readonly value: string;
  readonly isHeader: boolean;
}

function parseLines(text: string): Line[] {
  const lines: Line[] = [];
  let section = "";
  let subsection: string | undefined;
  const physical = text.replace(/^\ufeff/, "").split("\n");
  for (let i = 0; i < physical.length; i++) {
    let raw = physical[i]!;
    while (/(^|[^\\])(\\\\)*\\\r?$/.test(raw) && i + 1 < physical.length && !/^\s*[#;]/.test(raw)) {
      raw += `\n${physical[++i]!}`;
    }
    const header = /^\s*\[\s*([A-Za-z0-9.-]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\](.*)$/s.exec(raw);
    let rest = raw;
    if (header) {
      const dot = header[1]!.indexOf(".");
      section = (dot < 0 ? header[1]! : header[1]!.slice(0, dot)).toLowerCase();
      subsection =
        header[2]?.replace(/\\(.)/g, "$1") ?? (dot < 0 ? undefined : header[1]!.slice(dot + 1).toLowerCase());
      rest = header[3]!;
    }
    const setting = /^\s*([A-Za-z][A-Za-z0-9-]*)\s*(?:=(.*))?$/s.exec(rest.replace(/\r$/, ""));
    const bare = setting ?? /^\s*([A-Za-z][A-Za-z0-9-]*)\s*[#;]/.exec(rest);
    lines.push({
      text: raw,
      section,
      subsection,
      key: bare?.[1]?.toLowerCase(),
      value: setting?.[2] === undefined ? "true" : parseValue(setting[2]),
      isHeader: header !== null,
    });
  }
  return lines;
}

function parseValue(raw: string): string {
  let value = "";
  let pending = "";
  let quoted = false;
  for (let i = 0; i < raw.length; i++) {
    const character = raw[i]!;
    if (character === "\\") {
      const next = raw[++i];
      if (next === "\n") continue;
      if (next === "\r" && raw[i + 1] === "\n") {
        i++;
        continue;
      }
      value += pending + (next === "n" ? "\n" : next === "t" ? "\t" : next === "b" ? "\b" : (next ?? ""));
      pending = "";
    } else if (character === '"') quoted = !quoted;
    else if (!quoted && (character === "#" || character === ";")) break;
    else if (!quoted && /\s/.test(character)) {
      if (value !== "") pending += character;
    } else {
      value += pending + character;
      pending = "";
    }
  }
  return value;
}

export function parseConfig(text: string): ConfigFile {
  const entries = parseLines(text)
    .filter((line) => line.key !== undefined)
    .map(({ section, subsection, key, value }) => ({ section, subsection, key: key!, value }));
  const getAll = (section: string, subsection: string | undefined, key: string): string[] =>
    entries
      .filter((each) => each.section === section && each.subsection === subsection && each.key === key.toLowerCase())
      .map((each) => each.value);
  return {
    entries,
    getAll,
    get: (section, subsection, key) => getAll(section, subsection, key).at(-1),
    subsections: (section) => [
      ...new Set(entries.filter((each) => each.section === section).flatMap((each) => each.subsection ?? [])),
    ],
  };
}

function formatValue(value: string): string {
  const escaped = value.replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\n").replace(/\t/g, "\\t");
  return /^\s|\s$|[#;]/.test(value) ? `"${escaped}"` : escaped;
}

export interface ConfigChange {
  readonly section: string;
  readonly subsection?: string;
  readonly key: string;
  /** Undefined removes the setting. */
  readonly value: string | undefined;
}

export function changeConfig(text: string, change: ConfigChange): string {
  const lines = parseLines(text);
  const inSection = (line: Line): boolean => line.section === change.section && line.subsection === change.subsection;
  const setting = change.value === undefined ? undefined : `\t${change.key} = ${formatValue(change.value)}`;
  const isTarget = (line: Line): boolean => inSection(line) && line.key === change.key.toLowerCase() && !line.isHeader;
  const existing = lines.filter(isTarget);
  if (existing.length > 0) {
    const last = existing.at(-1);
    return lines
      .flatMap((line) => (isTarget(line) ? (line === last && setting !== undefined ? [setting] : []) : [line.text]))
      .join("\n");
  }
  if (setting === undefined) return text;
  let at = -1;
  lines.forEach((line, position) => {
    if (inSection(line) && (line.isHeader || line.key !== undefined)) at = position;
  });
  const texts = lines.map((line) => line.text);
  if (at >= 0) {
    texts.splice(at + 1, 0, setting);
    return texts.join("\n");
  }
  const name =
    change.subsection === undefined
      ? change.section
      : `${change.section} "${change.subsection.replace(/[\\"]/g, "\\$&")}"`;
  const before = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  return `${before}[${name}]\n${setting}\n`;
}

/** Removes whole sections, for example `branch.x`, or moves them to another name. */
export function changeSection(text: string, section: string, subsection: string, renameTo: string | undefined): string {
  const changed = parseLines(text)
    .flatMap((line) => {
      if (line.section !== section || line.subsection !== subsection) return [line.text];
      if (renameTo === undefined) return [];
      return [line.isHeader ? `[${section} "${renameTo.replace(/[\\"]/g, "\\$&")}"]` : line.text];
    })
    .join("\n");
  return changed === "" || changed.endsWith("\n") ? changed : `${changed}\n`;
}
