/**
 * From a line of a rendered file to the line of its template that it came from.
 *
 * A template's line may hold `{{ … }}` and `${…}`, which stand for any text; a rendered line that fits several lines came
 * from the one with the most text of its own. Lines that a loop made have the loop's line.
 */

/** Shorter text would fit by chance. */
const LEAST_TEXT = 3;

/** One-based; undefined where no line of the template could have become it. */
export function findTemplateLine(template: string, rendered: string): number | undefined {
  const wanted = rendered.trim();
  if (wanted === "") return undefined;
  let best: { line: number; own: number } | undefined;
  for (const [index, text] of template.split("\n").entries()) {
    const own = text.trim();
    if (own === wanted) return index + 1;
    const pattern = toPattern(own);
    if (!pattern || pattern.own < LEAST_TEXT || !pattern.expression.test(wanted)) continue;
    if (!best || pattern.own > best.own) best = { line: index + 1, own: pattern.own };
  }
  return best?.line;
}

/** The header of a section, which may be written with variables in its name. */
export function findSectionLine(template: string, section: string): number | undefined {
  const lines = template.split("\n");
  const exact = lines.findIndex((text) => /^\[\s*([^\]:\s]+)/.exec(text)?.[1] === section);
  if (exact >= 0) return exact + 1;
  let best: { line: number; own: number } | undefined;
  for (const [index, text] of lines.entries()) {
    if (!text.startsWith("[")) continue;
    const pattern = toPattern(text.trim());
    if (pattern?.expression.test(`[${section}]`) && (!best || pattern.own > best.own)) {
      best = { line: index + 1, own: pattern.own };
    }
  }
  return best?.line;
}

/** Undefined for a line without variables. */
function toPattern(line: string): { expression: RegExp; own: number } | undefined {
  const parts = line.replaceAll(/\{%.*?%\}/g, "").split(/\{\{.*?\}\}|\$?\$\{[^}]*\}/);
  if (parts.length === 1 && parts[0] === line) return undefined;
  const own = parts.reduce((sum, part) => sum + part.trim().length, 0);
  const text = parts.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".*");
  return { expression: new RegExp(`^${text.trim()}$`), own };
}
