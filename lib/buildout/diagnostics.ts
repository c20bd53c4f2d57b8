/**
 * What is wrong with a profile, said with its place.
 *
 * A diagnostic never replaces a value: whatever can still be computed stands beside it.
 */
import type { TextRange } from "@/lib/base/text-range";

export const DIAGNOSTIC_CODES = {
  /** The profile cannot be loaded at all: buildout would stop before it has any value. */
  "load/missing-file": "error",
  "load/unreadable-file": "error",
  "load/not-text": "error",
  "load/url-unavailable": "error",
  "load/extends-cycle": "error",
  "load/no-section-header": "error",
  "load/not-an-option": "error",
  "load/condition-failed": "error",
  "load/condition-unsupported": "error",
  "load/extended-by": "error",
  "load/internal": "error",
  "load/invalid-option": "error",
  "load/versions-section": "error",
  /** Buildout loads the profile but stops while it starts. */
  "start/failed": "error",
  /** One section or option has no value. */
  "resolve/macro-missing": "error",
  "resolve/macro-cycle": "error",
  "resolve/section-missing": "error",
  "resolve/option-missing": "error",
  "resolve/reference-syntax": "error",
  "resolve/reference-cycle": "error",
  "resolve/too-deep": "error",
  "resolve/too-large": "error",
  /** Works, but not as it looks. */
  "value/repeated": "info",
  "value/truncated": "warning",
} as const;

export type DiagnosticCode = keyof typeof DIAGNOSTIC_CODES;
export type DiagnosticSeverity = "error" | "warning" | "info";

export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: DiagnosticSeverity;
  /** One sentence for a person. */
  readonly message: string;
  /** The file it is in; the profile asked for where no file can be named. */
  readonly path: string;
  readonly range: TextRange;
  /** Of a reference that fails: what it refers to. */
  readonly target?: OptionName;
}

export interface OptionName {
  readonly section: string;
  readonly option: string;
}

export function createDiagnostic(
  code: DiagnosticCode,
  message: string,
  path: string,
  { start, end }: TextRange = { start: 0, end: 0 },
  target?: OptionName,
): Diagnostic {
  return { code, severity: DIAGNOSTIC_CODES[code], message, path, range: { start, end }, ...(target && { target }) };
}

/** Whether buildout would refuse the whole profile for this. */
export function stopsLoading(diagnostic: Diagnostic): boolean {
  return diagnostic.code.startsWith("load/");
}
