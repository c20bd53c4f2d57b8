/** What is shown when the pointer rests on something. */

import type { TextRange } from "@/lib/base/text-range";
import { isUrl } from "@/lib/buildout";
import type { Analysis } from "../analysis/analysis";
import { levelOf, namesOf, slapgridOptions, viewsFor } from "../analysis/reference-target";
import { sectionMentions } from "../analysis/section-mentions";
import type { HoverAnswer } from "../answers";
import { cursorAt, meantOffset } from "../document/cursor";
import type { ProfileDocument } from "../document/profile-document";
import { toReadable } from "../document/template-mask";
import { parameterHover } from "../parameters/parameter-features";
import { BUILDOUT_SECTION } from "../recipes/recipe-catalogue";
import { findPin, isEggOption, projectIn } from "./eggs";
import { contextVariables, localBindings } from "./jinja-context";
import {
  describeOption,
  describeRecipe,
  describeSection,
  optionDoc,
  recipeOptionDoc,
  shortPath,
} from "./section-summary";

export function hoverAt(analysis: Analysis, document: ProfileDocument, asked: number): HoverAnswer | undefined {
  const offset = meantOffset(document, asked);
  const parameter = parameterHover(analysis, document, offset);
  const other = hoverElse(analysis, document, offset);
  if (!parameter || !other) return parameter ?? other;
  // In a template's string there is nothing else to say but what the string is in.
  return document.referenceAt(offset) || document.optionAt(offset)?.section
    ? { ...parameter, markdown: `${parameter.markdown}\n\n---\n\n${other.markdown}` }
    : parameter;
}

function hoverElse(analysis: Analysis, document: ProfileDocument, offset: number): HoverAnswer | undefined {
  const cursor = cursorAt(document, offset);
  switch (cursor.kind) {
    case "reference": {
      const { reference } = cursor;
      const { section, option } = namesOf(reference, cursor.section);
      const onSection = cursor.part === "section" && reference.sectionName !== "";
      const range = onSection || !reference.option ? reference.section : reference.option;
      for (const view of viewsFor(analysis, document, levelOf(document, reference))) {
        if (onSection || option === undefined) {
          if (view.hasSection(section)) return answer(range, describeSection(analysis, view, section));
          continue;
        }
        const markdown =
          describeOption(analysis, view, section, option) ??
          optionDoc(analysis, view, section, option) ??
          (option === "_buildout_section_name_" && view.hasSection(section)
            ? `**${section}:${option}**\n\n\`${section}\`, the name of the section`
            : undefined);
        if (markdown) return answer(range, markdown);
      }
      const provided = slapgridOptions(document, section);
      if (provided) {
        const names = Object.keys(provided).map((name) => `\`${name}\``);
        if (onSection || !option) {
          return answer(
            range,
            `**[${section}]**\n\nProvided by the node${names.length > 0 ? `: ${names.join(", ")}` : "."}`,
          );
        }
        if (provided[option]) return answer(range, `**${section}:${option}**\n\n${provided[option]}`);
      }
      return undefined;
    }
    case "header": {
      const view = analysis.view(document.path);
      const { section } = cursor;
      if (!view || section.dynamic || offset < section.start) return undefined;
      return answer(section.nameRange, describeSection(analysis, view, section.name));
    }
    case "key": {
      const { section, option } = cursor;
      const view = analysis.view(document.path);
      if (!view || !section || !option) return undefined;
      if (section.name === "buildout" && Object.hasOwn(BUILDOUT_SECTION.options, option.name)) {
        return answer(option.key, `**buildout:${option.name}**\n\n${BUILDOUT_SECTION.options[option.name]!.doc ?? ""}`);
      }
      const doc = optionDoc(analysis, view, section.name, option.name);
      const value = option.dynamic ? undefined : describeOption(analysis, view, section.name, option.name);
      const markdown = doc && value?.includes(doc) ? value : [doc, value].filter(Boolean).join("\n\n---\n\n");
      return markdown ? answer(option.key, markdown) : undefined;
    }
    case "value":
      return hoverValue(analysis, document, offset, cursor);
    case "jinja":
      return hoverJinja(analysis, document, cursor.word);
    default:
      return undefined;
  }
}

function answer(range: TextRange, markdown: string): HoverAnswer {
  return { range: { start: range.start, end: range.end }, markdown: toReadable(markdown) };
}

function hoverValue(
  analysis: Analysis,
  document: ProfileDocument,
  offset: number,
  cursor: Extract<ReturnType<typeof cursorAt>, { kind: "value" }>,
): HoverAnswer | undefined {
  const view = analysis.view(document.path);
  if (!view || cursor.word.start === cursor.word.end) return undefined;
  const word = document.text.slice(cursor.word.start, cursor.word.end);
  if (cursor.role === "recipe") return answer(cursor.word, describeRecipe(analysis.catalogue.find(word), word));
  if (cursor.role === "extends") {
    const reference = findExtends(analysis, document, cursor.word);
    return reference
      ? answer(cursor.word, `\`${isUrl(reference) ? reference : shortPath(analysis, reference)}\``)
      : undefined;
  }
  const mention = sectionMentions(document).find(
    (candidate) =>
      (candidate.sectionRange.start <= offset && offset <= candidate.sectionRange.end) ||
      (candidate.optionRange && candidate.optionRange.start <= offset && offset <= candidate.optionRange.end),
  );
  if (mention) {
    const onOption = mention.optionRange && offset >= mention.optionRange.start;
    const markdown = onOption
      ? describeOption(analysis, view, mention.section, mention.optionName!)
      : view.hasSection(mention.section)
        ? describeSection(analysis, view, mention.section)
        : undefined;
    return markdown ? answer(onOption ? mention.optionRange! : mention.sectionRange, markdown) : undefined;
  }
  if (isEggOption(cursor.option)) {
    const project = projectIn(word);
    if (!project) return undefined;
    const pin = findPin(analysis, document, project);
    return answer(
      cursor.word,
      pin
        ? `**${project}** ${pin.version}\n\nPinned in \`${shortPath(analysis, pin.place.path)}\``
        : `**${project}**\n\nNot pinned in \`[versions]\`.`,
    );
  }
  return undefined;
}

function findExtends(analysis: Analysis, document: ProfileDocument, word: TextRange): string | undefined {
  const profile = analysis.profiles.profile(document.path);
  if (!("extends" in profile)) return undefined;
  const reference = profile.extends.find((candidate) => candidate.start <= word.start && word.end <= candidate.end);
  return reference && analysis.extendsTarget(document.path, reference.name);
}

function hoverJinja(analysis: Analysis, document: ProfileDocument, word: TextRange): HoverAnswer | undefined {
  const name = document.text.slice(word.start, word.end);
  if (name === "") return undefined;
  const variable = contextVariables(analysis, document.path).find((candidate) => candidate.name === name);
  const binding = localBindings(document, word.start).findLast((candidate) => candidate.name === name);
  if (binding) {
    return answer(
      word,
      `\`${name}\`${binding.value ? ` = \`${binding.value}\`` : ""} (${binding.kind} of this template)`,
    );
  }
  if (!variable) return undefined;
  const from = `\`${variable.kind} ${name} ${variable.expression}\`, [${variable.section}] of \`${shortPath(analysis, variable.place.path)}\``;
  const [section, option] = variable.expression.split(/\s/)[0]!.split(":");
  const target = section || variable.section;
  const more =
    variable.kind === "section"
      ? describeSection(analysis, variable.view, target)
      : option
        ? (describeOption(analysis, variable.view, target, option) ??
          recipeOption(analysis, variable.view.recipe(target), option))
        : undefined;
  return answer(word, more ? `${from}\n\n${more}` : from);
}

function recipeOption(analysis: Analysis, recipe: string | undefined, option: string): string | undefined {
  const known = recipe ? analysis.catalogue.find(recipe) : undefined;
  return known ? recipeOptionDoc(known, recipe!, option) : undefined;
}
