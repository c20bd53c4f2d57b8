/**
 * Why a run failed, where that stands in the workspace, and what would mend it.
 *
 * The record is made once, at the run's end, from the log and the files as they are then. Fixes are for the text as it
 * is when asked: a place whose text has changed since has none.
 */
import { posix } from "node:path";
import { createLineIndex } from "@/lib/base/text-range";
import { createEngineFacts, ProfileAnalysis } from "@/lib/buildout";
import type { LanguageService } from "@/lib/language/service";
import { type FailureReport, reportFailure } from "@/lib/logs/failure/failure-report";
import type { FailureRecord, Place, QuickFix, RunFailure } from "@/lib/protocol";
import { type FailurePlace, findFailurePlace } from "@/lib/slapos/failure-place";
import type { PlanDisk } from "@/server/platform/plan-disk";
import { toPlace, withoutRoots } from "./places";
import { findStatedFix } from "./stated-fixes";

export interface FailedRun {
  /** The end of the log, and the offset in bytes at which it begins. */
  readonly log: string;
  readonly logOffset: number;
  readonly workspace: string;
  /** Absolute. */
  readonly profile: string;
  /** The written profile of the partition that failed, of an instance. */
  readonly findPartitionProfile: (partition: string) => string;
  readonly roots: readonly string[];
}

export interface FailureReader {
  record(run: FailedRun): FailureRecord;
  /** `profile` is the workspace path of what was run. */
  explain(record: FailureRecord, workspace: string, profile: string): RunFailure;
}

export interface FailureReaderOptions {
  readonly disk: PlanDisk;
  /** Editor answers about the files below a directory, for their quick fixes. */
  readonly openLanguage: (root: string) => Pick<LanguageService, "codeActions">;
}

const MAX_FIXES = 5;
/** What a template's name ends in; the rendered file has the rest of the name. */
const TEMPLATE = /\.(?:in|j2|jinja2?|jinja2?\.cfg|in\.cfg)$/;

export function createFailureReader({ disk, openLanguage }: FailureReaderOptions): FailureReader {
  const locate = (report: FailureReport, run: FailedRun): FailurePlace | undefined => {
    const analysis = new ProfileAnalysis({ source: disk.profiles, dialect: "slapos", facts: createEngineFacts() });
    const profile = report.partition === undefined ? run.profile : run.findPartitionProfile(report.partition);
    const found = findFailurePlace(report, analysis, profile);
    if (!found || found.path.startsWith(`${run.workspace}/`)) return found;
    return findInTemplates(found, run);
  };

  /** A rendered profile lies outside of the workspace: the same line of a template of the release is the guilty one. */
  const findInTemplates = ({ path, range }: FailurePlace, run: FailedRun): FailurePlace | undefined => {
    const rendered = disk.readText(path);
    if (rendered === undefined) return undefined;
    const index = createLineIndex(rendered);
    const start = index.lineStart(index.toPosition(range.start).line);
    const line = rendered.slice(start).split("\n", 1)[0]!.trim();
    const wanted = rendered.slice(range.start, range.end).split("\n", 1)[0]!;
    const section = /^\[\s*([^\]:\s]+)/.exec(
      rendered
        .slice(0, range.end)
        .split("\n")
        .findLast((one) => one.startsWith("[")) ?? "",
    );
    const folder = posix.dirname(run.profile);
    for (const { name, isFile } of disk.list(folder)) {
      if (!isFile || !TEMPLATE.test(name)) continue;
      const template = posix.join(folder, name);
      const text = disk.readText(template);
      const found = text === undefined ? undefined : findInText(text, section?.[1], line, wanted);
      if (found) return { path: template, range: found };
    }
    return undefined;
  };

  const readStatedFix = (record: FailureRecord, workspace: string, profile: string): QuickFix | undefined => {
    const path = posix.join(workspace, profile);
    const text = disk.readText(path);
    if (text === undefined) return undefined;
    const analysis = new ProfileAnalysis({ source: disk.profiles, dialect: "slapos", facts: createEngineFacts() });
    const { versionsSection } = analysis.resolve(path).configuration;
    return findStatedFix({ record, profile: { path: profile, text }, versionsSection });
  };

  return {
    record(run) {
      const report = reportFailure(run.log);
      const lines = run.log.split("\n");
      const found = locate(report, run);
      const text = found && disk.readText(found.path);
      const place = found && toPlace(run.workspace, found.path, text ?? "", found.range);
      return {
        phase: report.phase,
        part: report.part,
        partition: report.partition,
        kind: report.cause.kind,
        message: withoutRoots(report.message, run.roots),
        lines: lines
          .slice(report.start, Math.max(report.end, report.start + 1))
          .map((line) => withoutRoots(line, run.roots)),
        logOffset:
          run.logOffset +
          Buffer.byteLength(
            lines
              .slice(0, report.start)
              .map((line) => `${line}\n`)
              .join(""),
          ),
        place,
        placeText: place && found ? text?.slice(found.range.start, found.range.end) : undefined,
      };
    },
    explain({ placeText, ...record }, workspace, profile) {
      if (!record.place) return { ...record, isEdited: false, fixes: [] };
      const path = posix.join(workspace, record.place.path);
      const text = disk.readText(path);
      const range = text === undefined ? undefined : toRange(text, record.place);
      if (!range || text!.slice(range.start, range.end) !== placeText) return { ...record, isEdited: true, fixes: [] };
      const stated = readStatedFix({ ...record, placeText }, workspace, profile);
      const fixes: QuickFix[] = stated ? [stated] : [];
      for (const { title, kind, preferred, edits, mends } of openLanguage(workspace).codeActions(path, range)) {
        const file = edits?.[0];
        if (kind !== "quickfix" || !mends?.length || !file || edits.length !== 1) continue;
        const target = disk.readText(file.path);
        if (target === undefined || !file.path.startsWith(`${workspace}/`)) continue;
        const fix = {
          title,
          path: file.path.slice(workspace.length + 1),
          edits: file.edits.map((edit) => toChange(target, edit)),
        };
        if (preferred) fixes.unshift(fix);
        else fixes.push(fix);
      }
      return { ...record, isEdited: false, fixes: fixes.slice(0, MAX_FIXES) };
    },
  };
}

function findInText(
  text: string,
  section: string | undefined,
  line: string,
  wanted: string,
): FailurePlace["range"] | undefined {
  let inSection = section === undefined;
  let at = 0;
  for (const own of text.split("\n")) {
    const header = /^\[\s*([^\]:\s]+)/.exec(own);
    if (header) inSection = section === undefined || header[1] === section || header[1]!.includes("{");
    if (inSection && (own.trim() === line || own.includes(wanted))) {
      const column = own.indexOf(wanted);
      const start = at + (column < 0 ? own.length - own.trimStart().length : column);
      return { start, end: column < 0 ? at + own.trimEnd().length : start + wanted.length };
    }
    at += own.length + 1;
  }
  return undefined;
}

function toRange(text: string, place: Place): FailurePlace["range"] | undefined {
  const index = createLineIndex(text);
  if (place.endLine > index.lineCount) return undefined;
  return {
    start: index.toOffset({ line: place.line - 1, column: place.column - 1 }),
    end: index.toOffset({ line: place.endLine - 1, column: place.endColumn - 1 }),
  };
}

function toChange(
  text: string,
  edit: { readonly range: FailurePlace["range"]; readonly newText: string },
): QuickFix["edits"][number] {
  const index = createLineIndex(text);
  const start = index.toPosition(edit.range.start);
  const end = index.toPosition(edit.range.end);
  return {
    line: start.line + 1,
    column: start.column + 1,
    endLine: end.line + 1,
    endColumn: end.column + 1,
    text: edit.newText,
  };
}
