/** What is in the way in the files of a release: their md5sums, JSON, Python, and instances that nothing checks. */
import { applyTextEdits, createLineIndex } from "@/lib/base/text-range";
import { isUrl, ProfileAnalysis } from "@/lib/buildout";
import { type Gesture, refuse } from "@/lib/gestures/gesture";
import { makePromiseSection } from "@/lib/gestures/promise-section";
import { findPythonMend, type PythonMend } from "@/lib/gestures/python-mends";
import { type Crime, findMissingPromises } from "@/lib/gestures/release-crimes";
import type { LanguageDiagnostic } from "@/lib/language/answers";
import {
  type CheckedRelease,
  type Finding,
  type Fix,
  findQuickFix,
  openThere,
  toFinding,
  toMend,
  toProvenMend,
} from "./check-finding";
import { adviseOn, PROMISE_ADVICE, PYTHON_ERROR_ADVICE, PYTHON_WARNING_ADVICE } from "./finding-advice";
import type { GestureRepository } from "./gesture-repository";
import { toInner } from "./gesture-texts";

export interface PythonComplaint {
  /** One-based. */
  readonly line: number;
  /** Zero-based. */
  readonly column: number;
  readonly message: string;
  /** It fails when it is run; else it is of no use, as an import that nothing needs. */
  readonly isError: boolean;
}

/** pyflakes, or a syntax error; of each source in its turn. */
export type LintPython = (sources: readonly string[]) => Promise<readonly (readonly PythonComplaint[])[]>;

/** What the editor says of the md5sums in every profile of the release. */
export function fromHashes(release: CheckedRelease): Finding[] {
  const { opened, path, service } = release;
  const { graph } = new ProfileAnalysis(opened.options).resolve(path).configuration;
  const profiles = graph.nodes.map(({ profile }) => profile.path).filter((file) => !isUrl(file));
  return profiles.flatMap((file) =>
    service
      .diagnostics(file)
      .filter(({ code }) => code.startsWith("hash/"))
      .map((found) => {
        const { message, range, code, data } = found;
        const subject = `${code} ${data?.section ?? message}`;
        const place = { kind: "hash", severity: "error", message, path: file, at: range.start, subject } as const;
        const fix = { title: "Update md5sum", how: "mend" } as const;
        const mend = (): Gesture =>
          toMend(release, "Update the md5sum", findQuickFix(service, file, found)?.edits ?? []);
        return toFinding(opened, place, code === "hash/mismatch" ? { fix, mend } : openThere(adviseOn(code)));
      }),
  );
}

/** What the editor says of the release's description and of its schemas; a slip of a keyword too. */
export function fromJson(release: CheckedRelease): Finding[] {
  const { opened, service, beside } = release;
  return beside
    .filter((file) => file.endsWith(".json"))
    .flatMap((file) =>
      service
        .diagnostics(file)
        .filter(
          ({ severity, code }) => severity !== "information" && (severity !== "hint" || code.startsWith("schema/")),
        )
        .map((found) =>
          toFinding(
            opened,
            {
              kind: "schema",
              severity: found.severity === "error" ? "error" : "warning",
              message: found.message,
              path: file,
              at: found.range.start,
              subject: `${found.code} ${found.message}`,
            },
            fixOfJson(release, file, found),
          ),
        ),
    );
}

function fixOfJson(release: CheckedRelease, file: string, found: LanguageDiagnostic): Fix {
  const action = findQuickFix(release.service, file, found);
  if (!action) return openThere(adviseOn(found.code));
  return {
    fix: { title: action.title, how: "mend" },
    mend: () => toProvenMend(release, file, found, action),
  };
}

/** Python beside the release, and what of the repository's Python is changed. */
export async function fromPython(
  release: CheckedRelease,
  repository: GestureRepository | undefined,
  lintPython: LintPython,
): Promise<Finding[]> {
  const { opened, beside } = release;
  const root = repository ? toInner(repository.path).replace(/\/$/, "") : undefined;
  const changed = (repository?.listChanged() ?? []).map((name) => `${root}/${name}`);
  const files = [...new Set([...beside, ...changed])].filter((file) => file.endsWith(".py"));
  const sources = files.flatMap((file) => {
    const text = opened.texts.read(file);
    return text === undefined ? [] : [{ file, text }];
  });
  const complaints = await lintPython(sources.map(({ text }) => text));
  return sources.flatMap(({ file, text }, index) => {
    const own = complaints[index] ?? [];
    const lines = createLineIndex(text);
    return own.map(({ line, column, message, isError }) => {
      const mend = findPythonMend(text, line, message);
      const at = lines.toOffset({ line: line - 1, column });
      const subject = `${line} ${message}`;
      const severity = isError ? "error" : "warning";
      const place = { kind: "python", severity, message, path: file, at, subject } as const;
      if (!mend) return toFinding(opened, place, openThere(isError ? PYTHON_ERROR_ADVICE : PYTHON_WARNING_ADVICE));
      return toFinding(opened, place, {
        fix: { title: mend.title, how: "mend" },
        mend: () => mendPython(release, file, text, mend, own.length, lintPython),
      });
    });
  });
}

/** Linted again before it is offered: an import can be the only statement of a block. */
async function mendPython(
  release: CheckedRelease,
  file: string,
  text: string,
  { title, edits }: PythonMend,
  countBefore: number,
  lintPython: LintPython,
): Promise<Gesture> {
  const [after = []] = await lintPython([applyTextEdits(text, edits)]);
  if (after.length >= countBefore) return refuse("The source would not be right without it: look at the line.");
  return toMend(release, title, [{ path: file, edits }]);
}

export function fromInstances(release: CheckedRelease): Finding[] {
  const { opened, beside } = release;
  const files = beside.flatMap((path) => {
    const text = opened.texts.read(path);
    return text === undefined ? [] : [{ path, text }];
  });
  const fixOf = ({ path }: Crime): Fix => {
    const made = makePromiseSection(files.find((file) => file.path === path)!.text);
    if (!made) return openThere(PROMISE_ADVICE);
    const title = `Check that ${made.service} listens`;
    return { fix: { title, how: "mend" }, mend: () => toMend(release, title, [{ path, edits: made.edits }]) };
  };
  return findMissingPromises(files).map((crime) => toFinding(opened, { ...crime, severity: "warning" }, fixOf(crime)));
}
