/**
 * The `${section:option}` references in a text, for an editor: finished ones and those being typed.
 *
 * A reference without a closing brace on its line comes back with `closed: false` and ends where its names end.
 * `$${…}` is an escaped reference: it is returned with `escaped: true`, its range from the first dollar on.
 */
import type { TextRange } from "@/lib/base/text-range";
import { HOLE } from "./template-mask";

export interface ReferenceText extends TextRange {
  readonly escaped: boolean;
  readonly closed: boolean;
  /** Between the braces. */
  readonly innerStart: number;
  readonly innerEnd: number;
  /** Empty range after the brace for `${:option}`. */
  readonly section: TextRange;
  readonly sectionName: string;
  /** Absent while there is no colon. */
  readonly option: TextRange | undefined;
  readonly optionName: string | undefined;
  /** More than one colon, or a character that Buildout refuses in names. */
  readonly malformed: boolean;
  /** A template decides the name. */
  readonly dynamic: boolean;
}

const NAMES_BEING_TYPED = /[-\w.\ue000]*(?::[ \t]*[-\w.\ue000]*)?/y;
const VALID = /^[-a-zA-Z0-9 ._]*:[-a-zA-Z0-9 ._]+$/;

export function scanReferences(text: string, from = 0, to = text.length): ReferenceText[] {
  const found: ReferenceText[] = [];
  for (let dollar = text.indexOf("${", from); dollar >= 0 && dollar < to; dollar = text.indexOf("${", dollar + 2)) {
    const escaped = dollar > from && text.charCodeAt(dollar - 1) === 36;
    const innerStart = dollar + 2;
    let innerEnd = innerStart;
    let closed = false;
    for (; innerEnd < to; innerEnd++) {
      const code = text.charCodeAt(innerEnd);
      if (code === 125) {
        closed = true;
        break;
      }
      if (code === 10 || code === 13 || (code === 36 && text.charCodeAt(innerEnd + 1) === 123)) break;
    }
    if (!closed) {
      NAMES_BEING_TYPED.lastIndex = innerStart;
      NAMES_BEING_TYPED.exec(text);
      innerEnd = Math.min(Math.max(NAMES_BEING_TYPED.lastIndex, innerStart), to);
    }
    const inner = text.slice(innerStart, innerEnd);
    const colon = inner.indexOf(":");
    const section = { start: innerStart, end: colon < 0 ? innerEnd : innerStart + colon };
    const option = colon < 0 ? undefined : { start: innerStart + colon + 1, end: innerEnd };
    const dynamic = inner.includes(HOLE);
    found.push({
      start: escaped ? dollar - 1 : dollar,
      end: closed ? innerEnd + 1 : innerEnd,
      escaped,
      closed,
      innerStart,
      innerEnd,
      section,
      sectionName: text.slice(section.start, section.end),
      option,
      optionName: option && text.slice(option.start, option.end),
      malformed: closed && !dynamic && !VALID.test(inner),
      dynamic,
    });
  }
  return found;
}
