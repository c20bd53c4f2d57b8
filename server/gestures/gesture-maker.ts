/**
 * Makes gestures on a project's workspace: proposes from the texts of the moment, and writes when asked to.
 *
 * Promises: of several files all are written or none is, unless the disk itself fails half-way; what is overwritten is
 * in the local history; a file that changed since the proposal is a conflict and nothing is written.
 */
import { WebrunnerError } from "@/lib/base/errors";
import { proposeCommitMessage } from "@/lib/gestures/commit-message";
import type { FileChange, Gesture, GestureOptions } from "@/lib/gestures/gesture";
import { overrideOption, reduceSection } from "@/lib/gestures/override";
import { promoteOverride } from "@/lib/gestures/promote";
import { overrideInSandbox } from "@/lib/gestures/sandbox";
import { diffTexts, formatHunks, toHunks } from "@/lib/git/hunks";
import type { FileText, GestureAnswer, GestureIntent } from "@/lib/protocol";
import { LANGUAGE_ROOT } from "@/lib/protocol/language-root";
import { toConfinedPath } from "@/server/platform/confined-path";
import { openGestureTexts, toInner, toOuter } from "./gesture-texts";

/** What is written through: the workspace, with its tags and its history. */
export interface GestureFiles {
  readText(path: string): Promise<FileText>;
  replaceText(path: string, text: string, tag: string | null): Promise<unknown>;
  remove(path: string): Promise<void>;
}

export interface GestureRequest {
  readonly directory: string;
  readonly files: GestureFiles;
  readonly intent: GestureIntent;
  readonly texts: readonly { readonly path: string; readonly text: string }[];
  readonly dryRun: boolean;
}

/** More of them are not looked at one by one. */
const MAX_EFFECTS = 500;

export async function makeGesture(request: GestureRequest): Promise<GestureAnswer> {
  const { intent, dryRun } = request;
  const texts = request.texts.map(({ path, text }) => ({ path: toConfinedPath(path), text }));
  if (!dryRun && texts.length > 0)
    throw new WebrunnerError("request/invalid", {
      message: "Unsaved texts cannot be written.",
      hint: "Save them first, or ask with dryRun and make the change where they are.",
    });
  const { options } = openGestureTexts(request.directory, texts);
  const gesture = propose(options, intent);
  const isWritten = gesture.kind === "proposed" && !dryRun;
  if (isWritten) await write(request.files, gesture.files);
  return toAnswer(gesture, intent, isWritten);
}

function propose(options: GestureOptions, intent: GestureIntent): Gesture {
  const at = (path: string): string => toInner(toConfinedPath(path));
  const profile = at(intent.profile);
  switch (intent.gesture) {
    case "override": {
      const wanted = { ...intent, profile, extend: intent.extend?.map(at) };
      return intent.place === "sandbox" ? overrideInSandbox(options, wanted) : overrideOption(options, wanted);
    }
    case "reduce":
      return reduceSection(options, profile, intent.section);
    case "promote":
      return promoteOverride(options, {
        profile,
        section: intent.section,
        option: intent.option,
        ...(intent.into !== undefined && { into: at(intent.into) }),
      });
  }
}

async function write(files: GestureFiles, changes: readonly FileChange[]): Promise<void> {
  const tags: (string | null)[] = [];
  for (const { path, before, fate } of changes) {
    if (fate === "created") {
      tags.push(null);
      continue;
    }
    const { text, tag } = await files.readText(toOuter(path));
    if (text !== before)
      throw new WebrunnerError("file/conflict", {
        message: `${toOuter(path)} changed meanwhile; nothing was written.`,
        hint: "Try again.",
      });
    tags.push(tag);
  }
  for (const [index, { path, after, fate }] of changes.entries())
    if (fate === "removed") await files.remove(toOuter(path));
    else await files.replaceText(toOuter(path), after, tags[index] ?? null);
}

function toAnswer(gesture: Gesture, intent: GestureIntent, written: boolean): GestureAnswer {
  if (gesture.kind === "refused") {
    const { reason, choices, missing } = gesture;
    return {
      kind: "refused",
      reason: reason.replaceAll(`${LANGUAGE_ROOT}/`, ""),
      ...(choices && { choices: choices.map(toOuter) }),
      ...(missing && {
        missing: missing.map(({ section, profiles }) => ({ section, profiles: profiles.map(toOuter) })),
      }),
    };
  }
  const { summary, notes, files, effects, runs } = gesture;
  return {
    kind: "proposed",
    summary,
    notes: [...notes],
    files: files.map(({ path, before, after, fate }) => ({
      path: toOuter(path),
      before,
      after,
      ...(fate && { fate }),
      diff: toDiff(before, after),
    })),
    effects: effects.slice(0, MAX_EFFECTS),
    effectCount: effects.length,
    runs: runs === undefined ? intent.profile : toOuter(runs),
    ...messageOf(intent, files),
    written,
  };
}

function messageOf(intent: GestureIntent, files: readonly FileChange[]): { message?: string } {
  if (intent.gesture !== "promote") return {};
  const file = files.find(({ path }) => path !== toInner(intent.profile));
  if (!file) return {};
  const added = toDiff(file.before, file.after)
    .split("\n")
    .filter((line) => line.startsWith("+"))
    .map((line) => line.slice(1));
  return { message: proposeCommitMessage(toOuter(file.path), intent.section, added) };
}

/** The diff works on byte strings. */
export function toDiff(before: string, after: string): string {
  const bytes = (text: string): string => Buffer.from(text, "utf8").toString("latin1");
  return Buffer.from(formatHunks(toHunks(diffTexts(bytes(before), bytes(after)))), "latin1").toString("utf8");
}
