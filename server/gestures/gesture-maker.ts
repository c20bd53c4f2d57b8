/**
 * Makes gestures on a project's workspace: proposes from the texts of the moment, and writes when asked to.
 *
 * Promises: of several files all are written or none is, unless the disk itself fails half-way; what is overwritten is
 * in the local history; a file that changed since the proposal is a conflict and nothing is written.
 */
import { WebrunnerError } from "@/lib/base/errors";
import { isUrl, ProfileAnalysis } from "@/lib/buildout";
import { proposeCommitMessage } from "@/lib/gestures/commit-message";
import { newComponent } from "@/lib/gestures/component";
import { findCheckoutPath, type SwitchTarget, switchExtends } from "@/lib/gestures/extends-source";
import { type FileChange, type Gesture, type GestureOptions, refuse } from "@/lib/gestures/gesture";
import { overrideOption, reduceSection } from "@/lib/gestures/override";
import { promoteOverride } from "@/lib/gestures/promote";
import { overrideInSandbox } from "@/lib/gestures/sandbox";
import { diffTexts, formatHunks, toHunks } from "@/lib/git/hunks";
import type { FileText, GestureAnswer, GestureIntent } from "@/lib/protocol";
import { LANGUAGE_ROOT } from "@/lib/protocol/language-root";
import { toConfinedPath } from "@/server/platform/confined-path";
import type { WorkspaceTexts } from "@/server/platform/workspace-texts";
import { type GestureRepository, toRepositoryFacts, type WithRepository } from "./gesture-repository";
import { type GestureTexts, openGestureTexts, toInner, toOuter } from "./gesture-texts";
import { type CheckPorts, mendFinding } from "./pre-merge-check";
import type { WebTexts } from "./web-texts";

/** What is written through: the workspace, with its tags and its history. */
export interface GestureFiles {
  readText(path: string): Promise<FileText>;
  replaceText(path: string, text: string, tag: string | null): Promise<unknown>;
  remove(path: string): Promise<void>;
}

/** What gestures of one project work on. */
export interface GestureProject {
  readonly directory: string;
  readonly files: GestureFiles;
  readonly web: WebTexts;
  readonly withRepository: WithRepository;
  readonly check: CheckPorts;
}

export interface GestureRequest {
  readonly intent: GestureIntent;
  readonly texts: readonly { readonly path: string; readonly text: string }[];
  readonly dryRun: boolean;
}

/** More of them are not looked at one by one. */
const MAX_EFFECTS = 500;
/** More rounds than any chain of profiles on the web is long. */
const MAX_ROUNDS = 20;

export async function makeGesture(project: GestureProject, request: GestureRequest): Promise<GestureAnswer> {
  const { intent, dryRun } = request;
  const unsaved = request.texts.map(({ path, text }) => ({ path: toConfinedPath(path), text }));
  if (!dryRun && unsaved.length > 0)
    throw new WebrunnerError("request/invalid", {
      message: "Unsaved texts cannot be written.",
      hint: "Save them first, or ask with dryRun and make the change where they are.",
    });
  const profile = profileOf(intent);
  const opened = await openTexts(project, profile, unsaved);
  const { gesture, unpushed } = await project.withRepository(toConfinedPath(profile), async (repository) => ({
    gesture: await propose(opened, intent, repository, project.check),
    unpushed: countUnpushed(intent, repository),
  }));
  const isWritten = gesture.kind === "proposed" && !dryRun;
  if (isWritten) await write(project.files, gesture.files);
  const answer = toAnswer(gesture, intent, isWritten);
  return answer.kind === "proposed" && unpushed !== undefined ? { ...answer, unpushed } : answer;
}

/** The profile that a gesture is about; of a new component, the one that is to have it. */
function profileOf(intent: GestureIntent): string {
  return intent.gesture === "new-component" ? (intent.into ?? `component/${intent.name}/buildout.cfg`) : intent.profile;
}

/** With every profile on the web that the profile reaches, from the checkout where it has the file. */
export async function openTexts(
  { directory, web, withRepository }: GestureProject,
  profile: string,
  unsaved: readonly { readonly path: string; readonly text: string }[] = [],
): Promise<GestureTexts> {
  let find: (url: string) => string | undefined = () => undefined;
  const opened = openGestureTexts(directory, unsaved, (url) => find(url));
  const facts = await withRepository(toConfinedPath(profile), (repository) =>
    repository ? { own: toRepositoryFacts(repository, opened.texts), hosts: hostsOf(repository) } : undefined,
  );
  find = (url) => {
    const checkout = facts && findCheckoutPath(url, facts.own);
    return (checkout !== undefined ? opened.texts.read(checkout) : undefined) ?? web.find(url)?.text;
  };
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const analysis = new ProfileAnalysis(opened.options);
    analysis.resolve(toInner(toConfinedPath(profile)));
    const wanted = analysis.missingUrls.filter((url) => web.findProblem(url) === undefined);
    if (wanted.length === 0) break;
    await web.fetch(wanted, facts?.hosts ?? []);
  }
  return opened;
}

/** Hosts that the user has a remote at may be in a private network. */
export function hostsOf({ remotes }: Pick<GestureRepository, "remotes">): string[] {
  return remotes.flatMap(({ url }) => (URL.canParse(url) ? [new URL(url).host] : []));
}

function propose(
  opened: GestureTexts,
  intent: GestureIntent,
  repository: GestureRepository | undefined,
  ports: CheckPorts,
): Gesture | Promise<Gesture> {
  const { options, texts } = opened;
  const at = (path: string): string => toInner(toConfinedPath(path));
  switch (intent.gesture) {
    case "override": {
      const wanted = { ...intent, profile: at(intent.profile), extend: intent.extend?.map(at) };
      return intent.place === "sandbox" ? overrideInSandbox(options, wanted) : overrideOption(options, wanted);
    }
    case "reduce":
      return reduceSection(options, at(intent.profile), intent.section);
    case "promote":
      return promoteOverride(options, {
        profile: at(intent.profile),
        section: intent.section,
        option: intent.option,
        ...(intent.into !== undefined && { into: at(intent.into) }),
      });
    case "switch-extends":
      if (!repository) return refuse("The profile is in no git repository, so there is nothing to switch between.");
      return proposeSwitch(options, at(intent.profile), intent.to, repository, texts);
    case "new-component":
      return proposeComponent(options, intent, repository, texts);
    case "mend":
      return mendFinding(opened, intent.profile, intent.finding, repository, ports);
  }
}

function proposeSwitch(
  options: GestureOptions,
  profile: string,
  to: Extract<GestureIntent, { gesture: "switch-extends" }>["to"],
  repository: GestureRepository,
  texts: WorkspaceTexts,
): Gesture {
  const facts = toRepositoryFacts(repository, texts);
  if (to.kind === "checkout") return switchExtends(options, profile, to, facts);
  const remote = repository.remotes.find(({ name }) => name === to.remote);
  if (!remote) {
    const names = repository.remotes.map(({ name }) => name).join(", ");
    return refuse(`There is no remote ${to.remote}. ${names ? `There are: ${names}.` : "Connect your fork first."}`);
  }
  const target: SwitchTarget = {
    kind: "remote",
    url: remote.url,
    ref: to.ref,
    hasFile: (path) => repository.hasFileAt(to.remote, to.ref, path) !== false,
  };
  return switchExtends(options, profile, target, facts);
}

function countUnpushed(intent: GestureIntent, repository: GestureRepository | undefined): number | undefined {
  if (intent.gesture !== "switch-extends" || intent.to.kind !== "remote") return undefined;
  return repository?.countUnpushed(intent.to.remote, intent.to.ref);
}

function proposeComponent(
  options: GestureOptions,
  intent: Extract<GestureIntent, { gesture: "new-component" }>,
  repository: GestureRepository | undefined,
  texts: WorkspaceTexts,
): Gesture {
  const file = intent.file === undefined ? undefined : toInner(toConfinedPath(intent.file));
  const source = file ?? intent.url;
  if (source === undefined || (file === undefined && !isUrl(source)))
    return refuse("Name the sources: the address of a tarball, or a file of the workspace.");
  const md5sum = file === undefined ? intent.md5sum : texts.digest(file);
  if (md5sum === undefined)
    return refuse(file === undefined ? "The md5sum of the sources is missing." : `There is no file ${intent.file}.`);
  return newComponent(options, {
    name: intent.name,
    root: toInner(repository?.path ?? "").replace(/\/$/, ""),
    source,
    md5sum,
    configureOptions: intent.configureOptions ?? [],
    ...(intent.into !== undefined && { into: toInner(toConfinedPath(intent.into)) }),
  });
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
    runs: runs === undefined ? profileOf(intent) : toOuter(runs),
    ...messageOf(intent, files),
    written,
  };
}

function messageOf(intent: GestureIntent, files: readonly FileChange[]): { message?: string } {
  if (intent.gesture === "new-component") return { message: `component/${intent.name}: new component` };
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
