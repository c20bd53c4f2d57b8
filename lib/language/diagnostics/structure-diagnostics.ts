/** What is wrong with a document's own lines, its `extends`, its `parts` and its macros. */
import { isUrl } from "@/lib/buildout";
import type { Analysis } from "../analysis/analysis";
import { isFragment } from "../analysis/levels";
import type { ProfileView } from "../analysis/profile-view";
import { definedTogether, slapgridOptions } from "../analysis/reference-target";
import type { LanguageDiagnostic } from "../answers";
import { type DocumentOption, type ProfileDocument, valueLines, valueWords } from "../document/profile-document";
import { GAP, HOLE, hasHole } from "../document/template-mask";

const STOPS_LOADING: ReadonlySet<string> = new Set(["load/versions-section", "load/invalid-option"]);

export function syntaxDiagnostics(analysis: Analysis, document: ProfileDocument): LanguageDiagnostic[] {
  const found: LanguageDiagnostic[] = [];
  const rendered = document.levels === "jinja" || document.jinja.length > 0;
  for (const stray of document.strays) {
    const line = document.masked.slice(stray.start, stray.end);
    if (rendered && (stray.indented || line.includes(HOLE) || line.includes(GAP) || inMacro(document, stray.start)))
      continue;
    const first = document.sections.length === 0 || stray.start < document.sections[0]!.start;
    found.push({
      range: { start: stray.start, end: stray.end },
      severity: "error",
      code: first ? "syntax/no-section-header" : "syntax/not-an-option",
      message: first
        ? "This line stands before any section header."
        : "This is neither an option, a section header nor a comment.",
    });
  }
  if (!rendered && document.orphans[0]) {
    found.push({
      range: { start: document.orphans[0].start, end: document.orphans[0].node.end },
      severity: "error",
      code: "syntax/no-section-header",
      message: "The file contains no section header before this option.",
    });
  }
  for (const tag of document.jinja) {
    if (tag.closed) continue;
    found.push({
      range: { start: tag.start, end: tag.end },
      severity: "information",
      code: "jinja/unclosed",
      source: "jinja",
      message: "This tag is not closed.",
    });
  }
  const profile = analysis.profiles.profile(document.path);
  for (const problem of "diagnostics" in profile ? profile.diagnostics : []) {
    if (!problem.code.startsWith("load/condition")) continue;
    // What the machine's kernel says is not known here.
    if (
      /\bplatform\.(?:release|version|node|uname)\b/.test(document.text.slice(problem.range.start, problem.range.end))
    )
      continue;
    const severity = problem.code === "load/condition-failed" ? "error" : "warning";
    found.push({ range: problem.range, severity, code: problem.code, message: problem.message });
  }
  return found;
}

/** What buildout would stop at before it looks at any part. */
export function loadDiagnostics(document: ProfileDocument, view: ProfileView): LanguageDiagnostic[] {
  if (view.incomplete) return [];
  const found: LanguageDiagnostic[] = view.configuration.diagnostics
    .filter(({ code, path }) => path === document.path && STOPS_LOADING.has(code))
    .map(({ code, message, range }) => ({ range, severity: "error", code, message }));
  const problem = view.resolution.substitution.startProblem;
  const name = problem?.code === "start/failed" ? /^buildout:([-\w]+) /.exec(problem.message)?.[1] : undefined;
  const option = document
    .sectionsNamed("buildout")
    .flatMap((section) => section.options)
    .findLast((written) => written.name === name);
  if (problem && option && found.length === 0)
    found.push({ range: option.value, severity: "error", code: problem.code, message: `${problem.message}.` });
  return found;
}

function inMacro(document: ProfileDocument, offset: number): boolean {
  return document.jinjaBlocks.some(
    (block) => /^(?:macro|call|filter|set)$/.test(block.keyword) && block.start < offset && offset < block.end,
  );
}

export function extendsDiagnostics(document: ProfileDocument, view: ProfileView): LanguageDiagnostic[] {
  const found: LanguageDiagnostic[] = [];
  for (const problem of view.configuration.graph.diagnostics) {
    if (problem.path !== document.path) continue;
    const name = document.masked.slice(problem.range.start, problem.range.end);
    if (hasHole(name) || name.includes(GAP) || name.includes("${")) continue;
    if (problem.code === "load/url-unavailable") {
      found.push({
        range: problem.range,
        severity: "information",
        code: "extends/not-fetched",
        message: `${name} cannot be fetched now.`,
      });
      continue;
    }
    const written = document.text.slice(problem.range.start, problem.range.end);
    found.push({
      range: problem.range,
      severity: "error",
      code: problem.code === "load/extends-cycle" ? "extends/cycle" : "extends/missing-file",
      message:
        problem.code === "load/extends-cycle"
          ? `Extending \`${written}\` leads back to this file.`
          : problem.code === "load/missing-file"
            ? `Extended profile \`${written}\` does not exist.`
            : `Extended profile \`${written}\` cannot be read: ${problem.message}`,
    });
  }
  return found;
}

export function partDiagnostics(
  analysis: Analysis,
  document: ProfileDocument,
  view: ProfileView,
): LanguageDiagnostic[] {
  const found: LanguageDiagnostic[] = [];
  for (const section of document.sectionsNamed("buildout")) {
    for (const option of section.options) {
      if (option.name !== "parts" || option.operator === "-=") continue;
      const templated = document.levels === "jinja" || document.jinja.length > 0;
      for (const word of valueWords(document, option)) {
        if (hasHole(word.text) || word.text.includes("${") || /[{}%]/.test(word.text)) continue;
        if (templated && inStatementLine(document, word.start)) continue;
        const problem = partProblem(view, word.text);
        if (!problem || isFragment(document) || definedTogether(analysis, [view], word.text, "recipe")) continue;
        found.push({
          range: { start: word.start, end: word.end },
          severity: analysis.dependants(document.path).length > 0 ? "warning" : "error",
          code: problem.code,
          message: problem.message,
          data: { section: word.text },
        });
      }
    }
  }
  return found;
}

/** In a block of a template, words of a `parts` value may be anything. */
function inStatementLine(document: ProfileDocument, offset: number): boolean {
  return document.jinjaBlocks.some((block) => block.innerStart < offset && offset < block.innerEnd);
}

function partProblem(view: ProfileView, name: string): { code: string; message: string } | undefined {
  if (view.incomplete) return undefined;
  if (!view.hasSection(name)) {
    if (view.mayHaveSection(name)) return undefined;
    return { code: "parts/unknown-section", message: `Section \`${name}\` does not exist.` };
  }
  if (view.macroProblem(name) || view.mayHaveOption(name, "recipe")) return undefined;
  return { code: "parts/no-recipe", message: `Section \`${name}\` has no recipe.` };
}

export function macroDiagnostics(
  analysis: Analysis,
  document: ProfileDocument,
  view: ProfileView,
): LanguageDiagnostic[] {
  const found: LanguageDiagnostic[] = [];
  for (const section of document.sections) {
    for (const option of section.options) {
      if (option.name !== "<") continue;
      for (const line of valueLines(document, option)) {
        if (hasHole(line.text) || line.text.includes(GAP)) continue;
        const range = { start: line.start, end: line.end };
        if (line.text.includes("${")) {
          if (document.levels !== "profile") continue;
          found.push({
            range,
            severity: "error",
            code: "macro/reference",
            message: "Buildout does not substitute in `<`: it looks for a section of exactly this name.",
          });
        } else if (!view.mayHaveSection(line.text)) {
          if (view.incomplete || isFragment(document) || slapgridOptions(document, line.text)) continue;
          const elsewhere = definedTogether(analysis, [view], line.text, "recipe");
          found.push({
            range,
            severity: elsewhere ? "information" : "error",
            code: "macro/unknown-section",
            message: elsewhere
              ? `Section \`${line.text}\` is defined only by profiles that extend this one.`
              : `Section \`${line.text}\` does not exist.`,
            data: { section: line.text },
          });
        } else if (document.levels === "jinja") {
          // A branch or a macro of the template decides which of the sections of one name there is.
        } else if (line.text === section.name || view.macroChain(line.text).includes(section.name)) {
          found.push({
            range,
            severity: "error",
            code: "macro/cycle",
            message: `The macros of \`${section.name}\` lead back to it.`,
          });
        }
      }
    }
  }
  return found;
}

/** Options whose value is made of itself. */
export function cycleDiagnostics(document: ProfileDocument, view: ProfileView): LanguageDiagnostic[] {
  const found: LanguageDiagnostic[] = [];
  let reference = document.masked.indexOf("${");
  for (const section of document.sections) {
    if (reference < 0) break;
    if (section.dynamic || reference >= section.end || view.macroProblem(section.name)) continue;
    for (const option of section.options) {
      if (reference >= 0 && reference < option.value.start)
        reference = document.masked.indexOf("${", option.value.start);
      if (reference < 0 || reference >= option.value.end) continue;
      if (option.dynamic || !view.isCircular(section.name, option.name)) continue;
      found.push({
        range: option.value,
        severity: "error",
        code: "reference/cycle",
        message: `The value of \`${option.name}\` refers to itself.`,
      });
    }
  }
  return found;
}

/** Options written twice below one header. */
export function duplicateDiagnostics(document: ProfileDocument): LanguageDiagnostic[] {
  const found: LanguageDiagnostic[] = [];
  for (const section of document.sections) {
    const seen = new Map<string, DocumentOption>();
    for (const option of section.options) {
      if (option.operator !== "=" || option.dynamic || option.conditional || inMacro(document, option.start)) continue;
      const before = seen.get(option.name);
      seen.set(option.name, option);
      if (!before) continue;
      found.push({
        range: option.key,
        severity: "warning",
        code: "option/duplicate",
        message: `\`${option.name}\` is written twice in this section: this one counts.`,
        related: [{ location: { path: document.path, range: before.key }, message: "This one has no effect." }],
        data: { section: section.name, option: option.name },
      });
    }
  }
  return found;
}

export function isRemote(document: ProfileDocument): boolean {
  return isUrl(document.path);
}
