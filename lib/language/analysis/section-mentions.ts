/**
 * Sections and options that values name without `${}`: what `<=`, `parts`, a template's `context`, `switch-softwaretype`
 * and some recipes' options refer to.
 */
import type { TextRange } from "@/lib/base/text-range";
import {
  type DocumentOption,
  type DocumentSection,
  type ProfileDocument,
  type ValueLine,
  valueLines,
  valueWords,
} from "../document/profile-document";
import { GAP, hasHole } from "../document/template-mask";

export interface SectionMention {
  readonly kind: "part" | "macro" | "context" | "software-type" | "environment" | "dependency";
  readonly from: DocumentSection;
  readonly option: DocumentOption;
  readonly section: string;
  readonly sectionRange: TextRange;
  readonly optionName?: string;
  readonly optionRange?: TextRange;
  /** Name that a template knows the value by. */
  readonly variable?: ValueLine;
}

function pairMention(
  kind: SectionMention["kind"],
  from: DocumentSection,
  option: DocumentOption,
  word: ValueLine,
  variable?: ValueLine,
): SectionMention | undefined {
  const colon = word.text.indexOf(":");
  if (colon < 0 || word.text.includes("${") || hasHole(word.text)) return undefined;
  return {
    kind,
    from,
    option,
    section: word.text.slice(0, colon) || from.name,
    sectionRange: { start: word.start, end: word.start + colon },
    optionName: word.text.slice(colon + 1),
    optionRange: { start: word.start + colon + 1, end: word.end },
    variable,
  };
}

function wordsOf(line: ValueLine): ValueLine[] {
  return [...line.text.matchAll(/\S+/g)].map((match) => {
    const start = line.start + match.index;
    return { text: match[0], start, end: start + match[0].length };
  });
}

export interface ContextEntry {
  readonly kind: string;
  readonly variable: ValueLine;
  readonly expression: ValueLine | undefined;
}

/** The lines of a `slapos.recipe.template:jinja2` context. */
export function contextEntries(document: ProfileDocument, option: DocumentOption): ContextEntry[] {
  const entries: ContextEntry[] = [];
  for (const line of valueLines(document, option)) {
    const [kind, variable, expression] = wordsOf(line);
    if (kind && variable) entries.push({ kind: kind.text, variable, expression });
  }
  return entries;
}

export function isContextOption(option: DocumentOption): boolean {
  return option.name === "context" || option.name.startsWith("context-") || option.name.endsWith("-context");
}

const mentionsOf = new WeakMap<ProfileDocument, readonly SectionMention[]>();

/** Computed once for a document. */
export function sectionMentions(document: ProfileDocument): readonly SectionMention[] {
  let mentions = mentionsOf.get(document);
  if (!mentions) {
    mentions = readMentions(document);
    mentionsOf.set(document, mentions);
  }
  return mentions;
}

/** The software types of the instances that the section switches between are its options. */
function isTypeSwitch(document: ProfileDocument, section: DocumentSection): boolean {
  return section.options.some(
    (option) =>
      option.name === "recipe" && document.masked.startsWith("slapos.cookbook:switch-softwaretype", option.value.start),
  );
}

function readMentions(document: ProfileDocument): SectionMention[] {
  const mentions: SectionMention[] = [];
  for (const section of document.sections) {
    let switchesTypes: boolean | undefined;
    const isTypeSwitchKept = (): boolean => {
      switchesTypes ??= isTypeSwitch(document, section);
      return switchesTypes;
    };
    for (const option of section.options) {
      if (option.name === "<") {
        for (const line of valueLines(document, option)) {
          if (hasHole(line.text) || line.text.includes("${") || line.text.includes(GAP)) continue;
          mentions.push({ kind: "macro", from: section, option, section: line.text, sectionRange: line });
        }
      } else if (section.name === "buildout" && option.name === "parts") {
        for (const word of valueWords(document, option)) {
          if (hasHole(word.text) || word.text.includes("${")) continue;
          mentions.push({ kind: "part", from: section, option, section: word.text, sectionRange: word });
        }
      } else if (option.node.key === "<part-dependencies>") {
        for (const word of valueWords(document, option)) {
          mentions.push({ kind: "dependency", from: section, option, section: word.text, sectionRange: word });
        }
      } else if (isContextOption(option)) {
        for (const { kind, variable, expression } of contextEntries(document, option)) {
          if (!expression) continue;
          if (kind === "key" || kind === "jsonkey") {
            const mention = pairMention("context", section, option, expression, variable);
            if (mention) mentions.push(mention);
          } else if (kind === "section" && !expression.text.includes("${") && !hasHole(expression.text)) {
            mentions.push({
              kind: "context",
              from: section,
              option,
              section: expression.text,
              sectionRange: expression,
              variable,
            });
          }
        }
      } else if (option.name !== "recipe" && isTypeSwitchKept()) {
        for (const line of valueLines(document, option)) {
          const mention = pairMention("software-type", section, option, line);
          if (mention) mentions.push(mention);
        }
      } else if (option.name === "environment" || option.name === "environment-section") {
        const [line, ...more] = valueLines(document, option);
        if (line && more.length === 0 && /^[-\w.]+$/.test(line.text)) {
          mentions.push({ kind: "environment", from: section, option, section: line.text, sectionRange: line });
        }
      }
    }
  }
  return mentions;
}
