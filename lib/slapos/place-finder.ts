/**
 * Text of the resolved profiles that the engine's words lead to: an option, a word of its value, a section, a line.
 *
 * Asks the profile as it is now. Never throws; undefined where there is no such text.
 */
import type { TextRange } from "@/lib/base/text-range";
import { isUrl, normalisePath, type Profile, type ProfileAnalysis, type Resolution } from "@/lib/buildout";

export interface FailurePlace {
  /** As the analysis names it: an absolute path. */
  readonly path: string;
  readonly range: TextRange;
}

/** The recipes of slapos.recipe.build compile these options, in the order in which a run reaches them. */
const CODE_OPTIONS = ["init", "install", "update", "pre-configure-hook", "post-install-hook"];

/** What slapos.recipe.cmmi hands to the shell. */
const COMMAND_OPTIONS =
  /^(?:patches|configure-command|configure-options|(?:pre|post)-(?:configure|build|make|install)|make-.*|(?:update-)?command)$/;

/** A directory may be named with a slash at its end. */
const withoutEnd = (path: string): string => path.replace(/(.)\/$/, "$1");

export type PlaceFinder = ReturnType<typeof createPlaceFinder>;

export function createPlaceFinder(analysis: ProfileAnalysis, resolution: Resolution) {
  const files = (): Profile[] => {
    const known = resolution.files.map((file) => analysis.profile(file));
    return known.filter((profile): profile is Profile => !("problem" in profile));
  };

  /** The places where an option is written, last first. */
  const writings = (
    section: string,
    option: string,
  ): { profile: Profile; start: number; end: number; keyStart: number }[] => {
    const found: { profile: Profile; start: number; end: number; keyStart: number }[] = [];
    for (const { profile, nodes } of resolution.option(section, option)?.contributions ?? []) {
      if (!profile) continue;
      for (const node of nodes)
        found.push({ profile, start: node.valueStart, end: node.valueEnd, keyStart: node.keyStart });
    }
    if (found.length > 0) return found.reverse();
    // What cannot be resolved is still written somewhere.
    for (const profile of files()) {
      const node = lastNode(profile, section, option);
      if (node) found.push({ profile, start: node.valueStart, end: node.valueEnd, keyStart: node.keyStart });
    }
    return found.reverse();
  };

  const find = (section: string, option: string, text: string, whole: boolean): FailurePlace | undefined => {
    for (const { profile, start, end } of writings(section, option)) {
      const value = profile.syntax.text.slice(start, end);
      for (let at = value.indexOf(text); at >= 0; at = value.indexOf(text, at + 1)) {
        if (whole && /[\w.-]/.test(`${value[at - 1] ?? " "}`.slice(-1))) continue;
        if (whole && /[\w-]/.test(value[at + text.length] ?? " ")) continue;
        const close = text.startsWith("${") && !text.endsWith("}") ? value.indexOf("}", at) + 1 : at + text.length;
        return {
          path: profile.path,
          range: { start: start + at, end: start + (close > at ? close : at + text.length) },
        };
      }
    }
    return undefined;
  };

  const option = (section: string, name: string): FailurePlace | undefined => {
    const [last] = writings(section, name);
    return last && { path: last.profile.path, range: { start: last.keyStart, end: last.end } };
  };

  return {
    option,
    text: (section: string, name: string, text: string): FailurePlace | undefined => find(section, name, text, false),
    word: (section: string, name: string, word: string): FailurePlace | undefined => find(section, name, word, true),

    /** The option's name alone, where it is written last. */
    name(section: string, option: string): FailurePlace | undefined {
      const [last] = writings(section, option);
      return last && { path: last.profile.path, range: { start: last.keyStart, end: last.keyStart + option.length } };
    },

    /** The header of the file that gives the section its recipe, else the first one. */
    section(name: string): FailurePlace | undefined {
      const defining = resolution.option(name, "recipe")?.contributions.at(-1)?.profile;
      for (const profile of defining ? [defining, ...files()] : files()) {
        const header = profile.sections.get(name)?.headers[0];
        if (header) return { path: profile.path, range: { start: header.nameStart, end: header.nameEnd } };
      }
      return undefined;
    },

    /** The `recipe` option that names this recipe. */
    recipe(name: string): FailurePlace | undefined {
      for (const section of resolution.sectionNames()) {
        const value = resolution.option(section, "recipe")?.value;
        if (value === name || value?.startsWith(`${name}:`) || value?.split("[")[0] === name)
          return option(section, "recipe");
      }
      return undefined;
    },

    /** The option of a part whose value, resolved or as written, has this text. */
    containing(section: string, text: string): FailurePlace | undefined {
      for (const resolved of resolution.section(section)) {
        if (!resolved.raw.includes(text) && !resolved.value?.includes(text)) continue;
        return find(section, resolved.name, text, true) ?? option(section, resolved.name);
      }
      return undefined;
    },

    /** What a message names in quotes or by its path or address, where an option of the part has it. */
    named(section: string, message: string): FailurePlace | undefined {
      const words = [...message.matchAll(/'([^']{2,})'|((?:https?:\/)?\/[^\s'"]+)/g)].map(
        (match) => match[1] ?? match[2]!,
      );
      for (const word of words) {
        const found = this.containing(section, word) ?? this.containing(section, word.replace(/[/.]$/, ""));
        if (found) return found;
        // What a reference came to need not be known here: the words after it tell enough.
        for (const { name, raw } of resolution.section(section)) {
          const tail = raw
            .split(/\s+/)
            .map((part) => part.slice(part.lastIndexOf("}") + 1))
            .find((end) => end.length > 4 && word.endsWith(end));
          const place = tail === undefined ? undefined : find(section, name, tail, false);
          if (place) return place;
        }
      }
      return undefined;
    },

    /** Where the template of a part has a text: the file that its `url` names. */
    inTemplate(section: string, text: string): FailurePlace | undefined {
      const url = resolution.option(section, "url")?.value;
      const template = url === undefined || isUrl(url) ? undefined : analysis.profile(normalisePath(url));
      if (!template || "problem" in template) return undefined;
      const start = template.syntax.text.indexOf(text);
      return start < 0 ? undefined : { path: template.path, range: { start, end: start + text.length } };
    },

    /** The header with a condition that has this name. */
    condition(name: string): FailurePlace | undefined {
      for (const profile of files()) {
        for (const match of profile.syntax.text.matchAll(/^\[[^\]\n:]*:[^\]\n]*\]/gm)) {
          const at = match[0].slice(match[0].indexOf(":")).search(new RegExp(`(?<![\\w.])${name}(?![\\w])`));
          if (at >= 0) return { path: profile.path, range: { start: match.index, end: match.index + match[0].length } };
        }
      }
      return undefined;
    },

    /** The words of an option of the part that the shell was given, the longest of them. */
    commanded(section: string, command: string): FailurePlace | undefined {
      let best: { readonly option: string; readonly text: string } | undefined;
      for (const { name, raw } of resolution.section(section)) {
        if (!COMMAND_OPTIONS.test(name)) continue;
        // What a reference came to is not asked for: the words around it tell enough.
        for (const text of raw.split(/\n|\$\{[^}]*\}/).map((words) => words.trim())) {
          if (text.length > (best?.text.length ?? 3) && command.includes(text)) best = { option: name, text };
        }
      }
      return best && find(section, best.option, best.text, false);
    },

    /** The part of a partition's profile that makes the promise: a file of its name in `etc/promise` or `etc/plugin`. */
    promise(name: string): FailurePlace | undefined {
      for (const section of resolution.sectionNames()) {
        for (const { raw, value } of resolution.section(section)) {
          const text = value ?? raw;
          const isNamed = [`/${name}`, `/${name}.py`].some((end) => text.endsWith(end));
          if (isNamed && /promise|plugin/.test(`${text} ${raw}`)) return this.section(section);
        }
      }
      return undefined;
    },

    /** Where code of an option asks for another option. */
    asked(section: string, name: string): FailurePlace | undefined {
      for (const code of CODE_OPTIONS) {
        const found = find(section, code, `'${name}'`, false) ?? find(section, code, `"${name}"`, false);
        if (found) return found;
      }
      return undefined;
    },

    /** The word of `buildout:develop` that came to this path. */
    develop(path: string): FailurePlace | undefined {
      const names = path.split("/");
      for (let from = 1; from < names.length; from++) {
        const found = find("buildout", "develop", names.slice(from).join("/"), false);
        if (found) return found;
      }
      return option("buildout", "develop");
    },

    /** Who extends a file or URL; `from` when it is known. */
    extendsOf(target: string, from?: string): FailurePlace | undefined {
      // The engine prints a path as it was put together, with its `..`.
      const normal = isUrl(target) ? target : withoutEnd(normalisePath(target));
      for (const profile of files()) {
        if (from !== undefined && profile.path !== from) continue;
        const reference = profile.extends.find(
          ({ path, name }) => path === normal || withoutEnd(path) === normal || name === target,
        );
        if (reference) return { path: profile.path, range: { start: reference.start, end: reference.end } };
      }
      return undefined;
    },

    /** A whole line of a file, one-based; a file that is not a profile too, as far as the analysis can read it. */
    line(path: string, line: number): FailurePlace | undefined {
      const profile = analysis.profile(normalisePath(path));
      if ("problem" in profile) return undefined;
      const { lineIndex, text } = profile.syntax;
      if (line > lineIndex.lineCount) return undefined;
      const start = lineIndex.lineStart(line - 1);
      const end = lineIndex.toOffset({ line: line - 1, column: Number.MAX_SAFE_INTEGER });
      const indent = /^\s*/.exec(text.slice(start, end))![0].length;
      return { path: profile.path, range: { start: start + (indent < end - start ? indent : 0), end } };
    },

    /** Line N of Python code in an option: the code begins on the line after the option's name. */
    code(section: string, line: number): FailurePlace | undefined {
      for (const name of CODE_OPTIONS) {
        for (const { profile, start, end, keyStart } of writings(section, name)) {
          const { lineIndex } = profile.syntax;
          const first = lineIndex.toPosition(keyStart).line;
          const wanted =
            first + line - (lineIndex.toPosition(start).line === first && profile.syntax.text[start] !== "\n" ? 1 : 0);
          if (wanted > lineIndex.toPosition(end).line) continue;
          return this.line(profile.path, wanted + 1);
        }
      }
      return undefined;
    },
  };
}

function lastNode(profile: Profile, section: string, name: string) {
  let found: Extract<Profile["syntax"]["nodes"][number], { kind: "option" }> | undefined;
  let current: string | undefined;
  for (const node of profile.syntax.nodes) {
    if (node.kind === "header") current = node.name;
    else if (node.kind === "option" && current === section && node.name === name) found = node;
  }
  return found;
}
