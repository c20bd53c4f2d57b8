/**
 * Several profiles in one text: `#- /name.cfg` on a line of its own begins a file; the first is the profile.
 */
import { type AnalysisOptions, ProfileAnalysis, type Resolution } from "@/lib/buildout";

export function readFixture(fixture: string): Map<string, string> {
  const files = new Map<string, string>();
  for (const part of fixture.replace(/^\n/, "").split(/^#- /m)) {
    if (part.trim() === "") continue;
    const end = part.indexOf("\n");
    files.set(part.slice(0, end).trim(), part.slice(end + 1));
  }
  return files;
}

export function openFixture(fixture: string, options: Partial<AnalysisOptions> = {}): [ProfileAnalysis, string[]] {
  const files = readFixture(fixture);
  const source = {
    read: (path: string) => files.get(path) ?? ({ problem: "missing", message: `There is no ${path}.` } as const),
    exists: (path: string) => files.has(path),
  };
  return [new ProfileAnalysis({ source, ...options }), [...files.keys()]];
}

export function resolveFixture(fixture: string, options: Partial<AnalysisOptions> = {}): Resolution {
  const [analysis, [top]] = openFixture(fixture, options);
  return analysis.resolve(top!);
}

/** `code path:line:column`, one-based, of everything that is wrong. */
export function placesOf(resolution: Resolution, analysis: ProfileAnalysis): string[] {
  return resolution.diagnostics.map(({ code, path, range }) => {
    const profile = analysis.profile(path);
    if ("problem" in profile) return `${code} ${path}`;
    const { line, column } = profile.syntax.toPosition(range.start);
    return `${code} ${path}:${line + 1}:${column + 1}`;
  });
}
