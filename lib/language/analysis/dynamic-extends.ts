/**
 * Names in `extends` that only rendering knows, followed as far as they can be: `extends = {{ monitor }}` and
 * `extends = ${monitor:output}` lead to the file that the section of the rendering profile downloads or renders.
 *
 * In the masked text the last character of each such name is a mark of its own, so that the resolver, which knows only
 * names, can ask for the file behind it.
 */
import type { TextRange } from "@/lib/base/text-range";
import { contextVariables } from "../features/jinja-context";
import type { Analysis } from "./analysis";

/** Characters of Unicode's private use area that nothing else here uses. */
const FIRST_MARK = 0xe100;
const LAST_MARK = 0xf8ff;
const MARK = /[\ue100-\uf8ff]/;
const HOLE = "\ue000";
/** A variable, or an item of one; white space may be put before it. */
const NAME = /^[-+]?\s*(?:(["'])\s*\1\s*~\s*)?(\w+)(?:\[\s*["']([-\w.]+)["']\s*\]|\.(\w+))?\s*[-+]?$/;
const EXTENDS = /^extends[ \t]*\+?=.*(?:\r?\n[ \t].*|\r?\n[#;].*|\r?\n(?=[ \t]*\r?\n[ \t]))*/gm;

interface MarkedName extends TextRange {
  readonly path: string;
}

export interface DynamicExtends {
  /** The masked text with a mark in each name of `extends` that has a hole. */
  mark(path: string, masked: string): string;
  /** Whether a section or a variable of a template is part of some such name. */
  follows(part: string): boolean;
  /** The file that a name stands for; the name itself when that cannot be told. */
  toPath(name: string): string;
}

export function createDynamicExtends(analysis: () => Analysis): DynamicExtends {
  const names: MarkedName[] = [];
  const numbers = new Map<string, number>();
  const underWay = new Set<number>();

  const numberOf = (path: string, ordinal: number): number | undefined => {
    const key = `${path}\n${ordinal}`;
    let number = numbers.get(key);
    if (number === undefined && FIRST_MARK + numbers.size <= LAST_MARK) {
      number = numbers.size;
      numbers.set(key, number);
    }
    return number;
  };

  const follow = ({ path, start, end }: MarkedName): string | undefined => {
    const { document, renderers, view } = analysis();
    const text = document(path)?.text.slice(start, end);
    if (!text) return undefined;
    const variables = text.includes("{{") ? contextVariables(analysis(), path) : [];
    for (const renderer of renderers.renderersOf(path)) {
      const outer = view(renderer.path);
      if (!outer) continue;
      let known = true;
      // A two-level renderer writes `${}` of the profile that renders it; names of its own sections have two dollars.
      const isTwoLevel = document(renderer.path)?.levels === "two-level";
      const written = text.replace(/\{\{([^}]*)\}\}/g, (_tag, inner: string) => {
        const [, , name, item, attribute] = NAME.exec(inner) ?? [];
        const key = item ?? attribute;
        const variable = variables.find((one) => one.name === name && one.view === outer);
        const value = variable && expressionOf(variable.kind, variable.expression, variable.section, key);
        if (value === undefined) known = false;
        return isTwoLevel && variable?.kind !== "raw" ? (value ?? "").replaceAll("${", "$${") : (value ?? "");
      });
      if (!known) continue;
      const isOwn = !isTwoLevel || written.includes("$${");
      const views = isOwn ? [outer] : renderers.outerViews(renderer.path);
      for (const one of views) {
        const target = renderers.pathOf(one, renderer.section, written.replaceAll("$${", "${"));
        if (target !== undefined && analysis().files.kindOf(target) === "file") return target;
      }
    }
    return undefined;
  };

  return {
    mark(path, masked) {
      if (!masked.includes(HOLE)) return masked;
      let ordinal = 0;
      return masked.replace(EXTENDS, (option, offset: number) =>
        option.replace(/[^\s=]*\ue000[^\s=]*/g, (name, at: number) => {
          const number = numberOf(path, ordinal++);
          if (number === undefined || name.length < 3) return name;
          names[number] = { path, start: offset + at, end: offset + at + name.length };
          const last = name.lastIndexOf(HOLE);
          return name.slice(0, last) + String.fromCharCode(FIRST_MARK + number) + name.slice(last + 1);
        }),
      );
    },
    follows: (part) =>
      names.some(({ path, start, end }) => analysis().files.read(path)?.slice(start, end).includes(part)),
    toPath(name) {
      const mark = MARK.exec(name)?.[0];
      const number = mark === undefined ? -1 : mark.charCodeAt(0) - FIRST_MARK;
      const marked = names[number];
      if (!marked || underWay.has(number)) return name;
      underWay.add(number);
      try {
        return follow(marked) ?? name;
      } finally {
        underWay.delete(number);
      }
    },
  };
}

/** What a variable of a template's context is, as buildout would write it. */
function expressionOf(kind: string, expression: string, section: string, key: string | undefined): string | undefined {
  if (kind === "raw" && key === undefined) return expression;
  if (kind === "key" && key === undefined) {
    const [name, option] = expression.split(":");
    return option ? `\${${name || section}:${option}}` : undefined;
  }
  return kind === "section" && key !== undefined ? `\${${expression}:${key}}` : undefined;
}
