/**
 * Texts of the workspace that a run spoke of: found once, at its end, and looked at again whenever somebody asks.
 *
 * A place whose text has changed since has no fixes: they are for the text as it is.
 */
import { posix } from "node:path";
import { createLineIndex } from "@/lib/base/text-range";
import { createEngineFacts, ProfileAnalysis } from "@/lib/buildout";
import type { LanguageService } from "@/lib/language/service";
import type { Place, QuickFix } from "@/lib/protocol";
import type { FailurePlace } from "@/lib/slapos/place-finder";
import type { PlanDisk } from "@/server/platform/plan-disk";
import { toPlace } from "./places";

export interface EndedRun {
  /** Absolute, as the profile. */
  readonly workspace: string;
  readonly profile: string;
  /** The written profile of a partition, of an instance. */
  readonly findPartitionProfile: (partition: string) => string;
}

/** As it was at the run's end. */
export interface FoundText {
  readonly place?: Place;
  readonly placeText?: string;
}

/** As it is now. */
export interface TextState {
  readonly isEdited: boolean;
  readonly fixes: readonly QuickFix[];
}

export interface RunPlaces {
  /** For all that a run said: the profiles that its words are about are read once. */
  open(run: EndedRun): {
    readonly analysis: ProfileAnalysis;
    /** The profile of the run, or of one partition of it. */
    readonly toPath: (partition: string | undefined) => string;
  };
  take(run: EndedRun, found: FailurePlace | undefined): FoundText;
  isEdited(text: FoundText, workspace: string): boolean;
  /** For several texts of one workspace. */
  look(workspace: string): (text: FoundText) => TextState;
}

export interface RunPlacesOptions {
  readonly disk: PlanDisk;
  /** Editor answers about the files below a directory, for their quick fixes. */
  readonly openLanguage: (root: string) => Pick<LanguageService, "codeActions">;
}

/** What a template's name ends in; the rendered file has the rest of the name. */
const TEMPLATE = /\.(?:in|j2|jinja2?|jinja2?\.cfg|in\.cfg)$/;

export function createRunPlaces({ disk, openLanguage }: RunPlacesOptions): RunPlaces {
  /** A rendered profile lies outside of the workspace: the same line of a template of the release is the guilty one. */
  const findInTemplates = ({ path, range }: FailurePlace, run: EndedRun): FailurePlace | undefined => {
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

  /** The range of the text, where it is what it was. */
  const findUnchanged = ({ place, placeText }: FoundText, workspace: string) => {
    if (!place) return undefined;
    const path = posix.join(workspace, place.path);
    const text = disk.readText(path);
    const range = text === undefined ? undefined : toRange(text, place);
    return range && text!.slice(range.start, range.end) === placeText ? { path, range } : undefined;
  };

  const isEdited = (text: FoundText, workspace: string): boolean =>
    text.place !== undefined && findUnchanged(text, workspace) === undefined;

  return {
    open: (run) => ({
      analysis: new ProfileAnalysis({ source: disk.profiles, dialect: "slapos", facts: createEngineFacts() }),
      toPath: (partition) => (partition === undefined ? run.profile : run.findPartitionProfile(partition)),
    }),
    take(run, found) {
      const isWithin = found?.path.startsWith(`${run.workspace}/`);
      const own = found && !isWithin ? findInTemplates(found, run) : found;
      const text = own && disk.readText(own.path);
      const place = own && toPlace(run.workspace, own.path, text ?? "", own.range);
      return place && own ? { place, placeText: text?.slice(own.range.start, own.range.end) } : {};
    },
    isEdited,
    look(workspace) {
      let language: Pick<LanguageService, "codeActions"> | undefined;
      return (text) => {
        const unchanged = findUnchanged(text, workspace);
        if (!unchanged) return { isEdited: text.place !== undefined, fixes: [] };
        language ??= openLanguage(workspace);
        const fixes: QuickFix[] = [];
        for (const action of language.codeActions(unchanged.path, unchanged.range)) {
          const file = action.edits?.[0];
          if (action.kind !== "quickfix" || !action.mends?.length || !file || action.edits.length !== 1) continue;
          const target = disk.readText(file.path);
          if (target === undefined || !file.path.startsWith(`${workspace}/`)) continue;
          const edits = file.edits.map((edit) => toChange(target, edit));
          const fix = { title: action.title, path: file.path.slice(workspace.length + 1), edits };
          if (action.preferred) fixes.unshift(fix);
          else fixes.push(fix);
        }
        return { isEdited: false, fixes };
      };
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
