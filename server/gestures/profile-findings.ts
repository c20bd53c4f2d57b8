/** What of a release's own profiles is in the way, as far as they alone show it, and what is only in this workspace. */
import { directoryOf, isUrl, ProfileAnalysis, toPackageName } from "@/lib/buildout";
import { switchExtends } from "@/lib/gestures/extends-source";
import { type Gesture, refuse } from "@/lib/gestures/gesture";
import { type Crime, findCrimes, findProfileErrors, removeDevelop } from "@/lib/gestures/release-crimes";
import type { OverrideInfo } from "@/lib/protocol";
import { findEggName } from "@/lib/slapos/egg-name";
import {
  type CheckedRelease,
  type Finding,
  type Fix,
  findQuickFix,
  openThere,
  toFinding,
  toMend,
} from "./check-finding";
import { adviseOn, COMMIT_ADVICE, EXTENDS_ADVICE, OVERRIDE_ADVICE, SANDBOX_ADVICE } from "./finding-advice";
import { type GestureRepository, toRepositoryFacts } from "./gesture-repository";
import { type GestureTexts, toInner, toOuter } from "./gesture-texts";

export function fromCrimes(
  release: CheckedRelease,
  repository: GestureRepository | undefined,
  developed: readonly string[],
): Finding[] {
  const { opened, path } = release;
  const { options, texts } = opened;
  const facts = repository && toRepositoryFacts(repository, texts);
  const released = new Set([...ownEggs(opened, path), ...developed.map(toPackageName)]);
  const fixOf = (crime: Crime): Fix => {
    switch (crime.kind) {
      case "develop":
        return {
          fix: { title: "Take it out", how: "mend" },
          mend: () => removeDevelop(options, path, crime.path),
        };
      case "sandbox":
        return { fix: { title: "Promote", how: "promote", advice: SANDBOX_ADVICE } };
      case "extends":
        // What cannot be read may be of no repository that is known here.
        if (!facts || crime.isMissing) return openThere(EXTENDS_ADVICE);
        return {
          fix: { title: "Switch to the checkout", how: "mend" },
          mend: () => switchExtends(options, path, { kind: "checkout" }, facts),
        };
      case "version":
        return {
          fix: { title: "Pin the newest version", how: "mend" },
          mend: () => pin(release, crime),
        };
      default:
        return fixOfProfile(release, crime);
    }
  };
  return findCrimes(options, path, facts, released).map((crime) =>
    toFinding(opened, { ...crime, severity: crime.isError ? "error" : "warning" }, fixOf(crime)),
  );
}

/** The quick fix of the editor, if the profile resolves better with it. */
function fixOfProfile(release: CheckedRelease, { path: file, at, end = at, subject, message }: Crime): Fix {
  const { opened, path, service } = release;
  const action = service
    .diagnostics(file)
    .filter(({ range }) => range.start <= end && at <= range.end)
    .map((found) => findQuickFix(service, file, found))
    .find(Boolean);
  if (!action) return openThere(adviseOn(subject.split(" ")[0]!));
  const countErrors = (files: readonly { path: string; after: string }[]): number => {
    const analysis = new ProfileAnalysis(opened.options);
    for (const changed of files) analysis.update(changed.path, changed.after);
    return findProfileErrors(analysis.resolve(path)).length;
  };
  return {
    fix: { title: action.title, how: "mend" },
    mend() {
      const gesture = toMend(release, action.title, action.edits ?? []);
      if (gesture.kind === "refused" || countErrors(gesture.files) < countErrors([])) return gesture;
      return refuse(`That would not mend it: ${message}`);
    },
  };
}

async function pin(release: CheckedRelease, { subject }: Crime): Promise<Gesture> {
  const { service, packages } = release;
  const found = await packages.release(subject, "0");
  if (!found?.latest)
    return refuse(
      `The package index ${found ? "has no" : "cannot be asked for"} ${subject}: write its version by hand.`,
    );
  const section = versionsSection(release);
  const edits = await service.laterEdits({ kind: "pin", path: section.path, section: section.name, project: subject });
  return toMend(release, `Pin ${subject} to ${found.latest}`, edits);
}

/** Where the release writes its versions: its own file, or the nearest that has the section. */
function versionsSection({ opened, path }: CheckedRelease): { name: string; path: string } {
  const resolution = new ProfileAnalysis(opened.options).resolve(path);
  const name = resolution.option("buildout", "versions")?.value?.trim() || "versions";
  const files = resolution
    .section(name)
    .flatMap(({ contributions }) =>
      contributions.filter(({ nodes, source }) => nodes.length > 0 && !isUrl(source)).map(({ source }) => source),
    );
  return { name, path: files.includes(path) ? path : (files.at(-1) ?? path) };
}

/** By the project's setting, for all runs. */
export function fromDeveloped(egg: string, path: string): Finding {
  return {
    id: `develop ${toOuter(path)} ${egg}`,
    kind: "develop",
    severity: "warning",
    message: `${egg} is used from its checkout in every run: what is released is not what was run.`,
    path: toOuter(path),
    line: 1,
    column: 1,
    fix: {
      title: "Back to the released egg",
      how: "release-recipe",
      egg,
      advice: `Use the released egg again: webrunner recipe release ${egg}.`,
    },
  };
}

/** What was written over something that is another thing now. */
export function fromOverrides(overrides: readonly OverrideInfo[], path: string): Finding[] {
  return overrides
    .filter(({ isStale }) => isStale)
    .map(({ section, option, line, definedIn }) => ({
      id: `override ${toOuter(path)} ${section}:${option}`,
      kind: "override",
      severity: "warning",
      message: `Stale override: ${option} of [${section}] changed since${definedIn ? ` in ${definedIn.path}:${definedIn.line}` : ""}.`,
      path: toOuter(path),
      line,
      column: 1,
      fix: { title: "I looked at it", how: "accept-override", advice: OVERRIDE_ADVICE },
    }));
}

/** Names of eggs whose sources the profiles develop. */
function ownEggs({ options, texts }: GestureTexts, path: string): string[] {
  const resolution = new ProfileAnalysis(options).resolve(path);
  const folders = (resolution.option("buildout", "develop")?.value ?? "").split(/\s+/).filter(Boolean);
  return folders.flatMap((folder) => {
    const text = texts.read(`${normalise(folder, directoryOf(path))}/setup.py`);
    const name = text === undefined ? undefined : findEggName("setup.py", text);
    return name === undefined ? [] : [toPackageName(name)];
  });
}

function normalise(folder: string, base: string): string {
  const parts: string[] = [];
  for (const name of (folder.startsWith("/") ? folder : `${base}/${folder}`).split("/"))
    if (name === "..") parts.pop();
    else if (name !== "" && name !== ".") parts.push(name);
  return `/${parts.join("/")}`;
}

/** What of the release is only here: a build from the repository would not have it. */
export function fromRepository({ opened, path }: CheckedRelease, repository: GestureRepository): Finding[] {
  const root = toInner(repository.path).replace(/\/$/, "");
  const { graph } = new ProfileAnalysis(opened.options).resolve(path).configuration;
  const used = new Set(graph.nodes.map(({ profile }) => profile.path));
  const changed = repository
    .listChanged()
    .flatMap((name) =>
      name.endsWith("/")
        ? opened.texts.all().filter((file) => file.startsWith(`${root}/${name}`))
        : [`${root}/${name}`],
    )
    .filter((file) => used.has(file) || file.startsWith(`${directoryOf(path)}/`));
  return changed.map((file) =>
    toFinding(
      opened,
      {
        kind: "changes",
        severity: "error",
        message: "It is changed and not committed.",
        path: file,
        at: 0,
        subject: "uncommitted",
      },
      { fix: { title: "Stage & commit…", how: "commit", advice: COMMIT_ADVICE } },
    ),
  );
}
