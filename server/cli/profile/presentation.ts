/**
 * How results look for a person: short paths, one-based lines, indented values.
 */
import { relative } from "node:path";
import type { Contribution, Diagnostic, ProfileAnalysis } from "@/lib/buildout";

/** Relative to the working directory where that is shorter. */
export function shortPath(path: string): string {
  if (!path.startsWith("/")) return path;
  const near = relative(process.cwd(), path);
  return near !== "" && near.length < path.length ? near : path;
}

export interface Place {
  readonly path: string;
  /** One-based, as editors and compilers count. */
  readonly line: number;
  readonly column: number;
}

export function placeOf(analysis: ProfileAnalysis, path: string, offset: number): Place {
  const profile = analysis.profile(path);
  if ("problem" in profile) return { path, line: 1, column: 1 };
  const { line, column } = profile.syntax.toPosition(offset);
  return { path, line: line + 1, column: column + 1 };
}

export function showPlace({ path, line, column }: Place): string {
  return `${shortPath(path)}:${line}:${column}`;
}

/** A line for each place that had a say in a value, oldest first; with how often where extends lead there in several ways. */
export function showContributions(contributions: readonly Contribution[], remark = ""): string[] {
  const counts = new Map<string, number>();
  for (const { operation, source, position } of contributions) {
    const place = position === undefined ? "" : `:${position.line + 1}:${position.column + 1}`;
    const line = `    ${operation.padEnd(2)} ${shortPath(source)}${place}`;
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  return [...counts].map(([line, count]) => `${line}${count > 1 ? ` × ${count}` : ""}${remark}`);
}

/** A value below its option: the first line beside the sign, the others indented. */
export function showValue(name: string, value: string): string {
  const [first = "", ...rest] = value.split("\n");
  const lines = rest.map((line) => `    ${line}`.trimEnd());
  return [`${name} = ${first}`.trimEnd(), ...lines].join("\n");
}

export interface LocatedDiagnostic extends Place {
  readonly code: string;
  readonly severity: string;
  readonly message: string;
}

export function locateDiagnostics(analysis: ProfileAnalysis, diagnostics: readonly Diagnostic[]): LocatedDiagnostic[] {
  return diagnostics.map(({ code, severity, message, path, range }) => ({
    ...placeOf(analysis, path, range.start),
    code,
    severity,
    message,
  }));
}

export function showDiagnostic(diagnostic: LocatedDiagnostic): string {
  return `${showPlace(diagnostic)}: ${diagnostic.severity}: ${diagnostic.message} [${diagnostic.code}]`;
}
