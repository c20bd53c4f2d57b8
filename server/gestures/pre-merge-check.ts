/**
 * Everything that is in the way of merging a release: its profiles, what they extend, what git does not have yet, hashes,
 * versions, JSON schemas, Python, promises. Executes nothing of the workspace.
 *
 * A finding's id is made of what it says, so that a mend asked for later is of the same finding or is refused.
 */
import { applyTextEdits, createLineIndex } from "@/lib/base/text-range";
import { compareResolutions, directoryOf, isUrl, normaliseEggName, ProfileAnalysis } from "@/lib/buildout";
import { switchExtends } from "@/lib/gestures/extends-source";
import { type FileChange, type Gesture, refuse, resolveChanged } from "@/lib/gestures/gesture";
import { type Crime, findCrimes, findMissingPromises, removeDevelop } from "@/lib/gestures/release-crimes";
import type { FileEdit } from "@/lib/language/answers";
import { createLanguageService } from "@/lib/language/create-language-service";
import type { LanguageService, PackageIndex } from "@/lib/language/service";
import type { CheckFinding, OverrideInfo, PreMergeCheck } from "@/lib/protocol";
import { LANGUAGE_ROOT } from "@/lib/protocol/language-root";
import { findEggName } from "@/lib/slapos/egg-name";
import { toConfinedPath } from "@/server/platform/confined-path";
import type { GestureRepository } from "./gesture-repository";
import { toRepositoryFacts } from "./gesture-repository";
import { type GestureTexts, toInner, toOuter } from "./gesture-texts";

export interface PythonComplaint {
  /** One-based. */
  readonly line: number;
  readonly message: string;
}

/** Ports to other features. */
export interface CheckPorts {
  /** pyflakes, or a syntax error; of each source in its turn. */
  readonly lintPython: (sources: readonly string[]) => Promise<readonly (readonly PythonComplaint[])[]>;
  readonly packages: PackageIndex;
  /** Eggs that are used from their checkouts by the project's setting. */
  readonly listDeveloped: () => Promise<readonly string[]>;
  /** What a profile overrides, and what of that is stale. */
  readonly listOverrides: (opened: GestureTexts, profile: string) => Promise<readonly OverrideInfo[]>;
}

interface Finding extends CheckFinding {
  readonly mend?: () => Gesture | Promise<Gesture>;
}

/** Larger than any release of SlapOS; a folder with more is not one. */
const MAX_FILES = 500;

export async function checkRelease(
  opened: GestureTexts,
  profile: string,
  repository: GestureRepository | undefined,
  ports: CheckPorts,
): Promise<PreMergeCheck> {
  const findings = await findAll(opened, profile, repository, ports);
  return {
    profile: toConfinedPath(profile),
    passed: !findings.some(({ severity }) => severity === "error"),
    findings: findings.map(({ mend: _mend, ...finding }) => finding),
  };
}

export async function mendFinding(
  opened: GestureTexts,
  profile: string,
  id: string,
  repository: GestureRepository | undefined,
  ports: CheckPorts,
): Promise<Gesture> {
  const finding = (await findAll(opened, profile, repository, ports)).find((one) => one.id === id);
  if (!finding) return refuse("That is not in the way any more.");
  return finding.mend ? finding.mend() : refuse("There is no mend that could be made for you.");
}

async function findAll(
  opened: GestureTexts,
  profile: string,
  repository: GestureRepository | undefined,
  ports: CheckPorts,
): Promise<Finding[]> {
  const path = toInner(toConfinedPath(profile));
  const service = openService(opened, ports.packages);
  const beside = opened.texts
    .all()
    .filter((file) => directoryOf(file).startsWith(directoryOf(path)))
    .slice(0, MAX_FILES);
  const developed = await ports.listDeveloped();
  const found = [
    ...fromCrimes(
      opened,
      path,
      repository,
      service,
      ports,
      new Set([...ownEggs(opened, path), ...developed.map(normaliseEggName)]),
    ),
    ...developed.map((egg) => fromDeveloped(egg, path)),
    ...fromOverrides(await ports.listOverrides(opened, profile), path),
    ...fromRepository(opened, path, repository),
    ...fromLanguage(opened, path, service, beside),
    ...(await fromPython(opened, beside, repository, ports)),
    ...fromInstances(opened, beside),
  ];
  const seen = new Set<string>();
  return found
    .filter(({ id }) => !seen.has(id) && seen.add(id))
    .sort((a, b) => rank(a) - rank(b) || (a.path < b.path ? -1 : 1));
}

function rank({ severity }: Finding): number {
  return severity === "error" ? 0 : 1;
}

function openService({ options, texts }: GestureTexts, packages: PackageIndex): LanguageService {
  const read = (path: string): string | undefined => {
    const text = options.source.read(path);
    return typeof text === "string" ? text : undefined;
  };
  return createLanguageService({
    files: { read, kindOf: texts.kindOf, list: texts.list, all: texts.all, roots: [LANGUAGE_ROOT] },
    digest: texts.digest,
    packages,
    remote: { text: read, digest: async () => undefined },
  });
}

function toFinding(
  opened: GestureTexts,
  kind: CheckFinding["kind"],
  severity: CheckFinding["severity"],
  message: string,
  place: { readonly path: string; readonly at: number },
  subject: string,
): Finding {
  const text = opened.options.source.read(place.path);
  const line = typeof text === "string" ? createLineIndex(text).toPosition(Math.max(place.at, 0)).line + 1 : 1;
  return {
    id: [kind, toOuter(place.path), subject].join(" "),
    kind,
    severity,
    message: message.replaceAll(`${LANGUAGE_ROOT}/`, ""),
    path: toOuter(place.path),
    line,
  };
}

function fromCrimes(
  opened: GestureTexts,
  path: string,
  repository: GestureRepository | undefined,
  service: LanguageService,
  { packages }: CheckPorts,
  developed: ReadonlySet<string>,
): Finding[] {
  const { options, texts } = opened;
  const facts = repository && toRepositoryFacts(repository, texts);
  const mendOf = (crime: Crime): Pick<Finding, "fix" | "mend"> => {
    if (crime.kind === "develop")
      return {
        fix: { title: "Take it out", how: "mend" },
        mend: () => removeDevelop(options, path, crime.path),
      };
    if (crime.kind === "sandbox") return { fix: { title: "Promote", how: "promote" } };
    if (crime.kind === "extends" && facts)
      return {
        fix: { title: "Switch to the checkout", how: "mend" },
        mend: () => switchExtends(options, path, { kind: "checkout" }, facts),
      };
    if (crime.kind === "version")
      return {
        fix: { title: "Pin the newest version", how: "mend" },
        mend: () => pin(opened, path, crime, service, packages),
      };
    return {};
  };
  return findCrimes(options, path, facts, developed).map((crime) => ({
    ...toFinding(opened, crime.kind, crime.isError ? "error" : "warning", crime.message, crime, crime.subject),
    ...mendOf(crime),
  }));
}

async function pin(
  opened: GestureTexts,
  path: string,
  { subject }: Crime,
  service: LanguageService,
  packages: PackageIndex,
): Promise<Gesture> {
  const release = await packages.release(subject, "0");
  if (!release?.latest)
    return refuse(
      `The package index ${release ? "has no" : "cannot be asked for"} ${subject}: write its version by hand.`,
    );
  const section = versionsSection(opened, path);
  const edits = await service.laterEdits({ kind: "pin", path: section.path, section: section.name, project: subject });
  return toGesture(opened, path, `Pin ${subject} to ${release.latest}`, edits);
}

/** Where the release writes its versions: its own file, or the nearest that has the section. */
function versionsSection({ options }: GestureTexts, path: string): { name: string; path: string } {
  const analysis = new ProfileAnalysis(options);
  const resolution = analysis.resolve(path);
  const name = resolution.option("buildout", "versions")?.value?.trim() || "versions";
  const files = resolution
    .section(name)
    .flatMap(({ contributions }) =>
      contributions.filter(({ nodes, source }) => nodes.length > 0 && !isUrl(source)).map(({ source }) => source),
    );
  return { name, path: files.includes(path) ? path : (files.at(-1) ?? path) };
}

function toGesture({ options }: GestureTexts, path: string, summary: string, edits: readonly FileEdit[]): Gesture {
  const files: FileChange[] = edits.flatMap((file) => {
    const before = options.source.read(file.path);
    if (typeof before !== "string") return [];
    return [{ path: file.path, before, after: applyTextEdits(before, file.edits), edits: file.edits }];
  });
  if (files.length === 0) return refuse("There is nothing to change any more.");
  const analysis = new ProfileAnalysis(options);
  const effects = compareResolutions(analysis.resolve(path), resolveChanged(options, path, files));
  return { kind: "proposed", summary, notes: [], files, effects };
}

function fromDeveloped(egg: string, path: string): Finding {
  return {
    id: `develop ${toOuter(path)} ${egg}`,
    kind: "develop",
    severity: "warning",
    message: `${egg} is used from its checkout in every run: what is released is not what was run.`,
    path: toOuter(path),
    line: 1,
    fix: { title: "Back to the released egg", how: "release-recipe", egg },
  };
}

/** What was written over something that is another thing now. */
function fromOverrides(overrides: readonly OverrideInfo[], path: string): Finding[] {
  return overrides
    .filter(({ isStale }) => isStale)
    .map(({ section, option, line, definedIn }) => ({
      id: `override ${toOuter(path)} ${section}:${option}`,
      kind: "override",
      severity: "warning",
      message: `Stale override: ${option} of [${section}] changed since${definedIn ? ` in ${definedIn.path}:${definedIn.line}` : ""}.`,
      path: toOuter(path),
      line,
      fix: { title: "I looked at it", how: "accept-override" },
    }));
}

/** Names of eggs whose sources the profiles develop. */
function ownEggs({ options, texts }: GestureTexts, path: string): string[] {
  const resolution = new ProfileAnalysis(options).resolve(path);
  const folders = (resolution.option("buildout", "develop")?.value ?? "").split(/\s+/).filter(Boolean);
  return folders.flatMap((folder) => {
    const text = texts.read(`${normalise(folder, directoryOf(path))}/setup.py`);
    const name = text === undefined ? undefined : findEggName("setup.py", text);
    return name === undefined ? [] : [normaliseEggName(name)];
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
function fromRepository(opened: GestureTexts, path: string, repository: GestureRepository | undefined): Finding[] {
  if (!repository) return [];
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
  return changed.map((file) => ({
    ...toFinding(opened, "changes", "error", "It is changed and not committed.", { path: file, at: 0 }, "uncommitted"),
    fix: { title: "Commit…", how: "commit" as const },
  }));
}

/** What the editor says of hashes and of JSON, for every file of the release. */
function fromLanguage(
  opened: GestureTexts,
  path: string,
  service: LanguageService,
  beside: readonly string[],
): Finding[] {
  const { graph } = new ProfileAnalysis(opened.options).resolve(path).configuration;
  const profiles = graph.nodes.map(({ profile }) => profile.path).filter((file) => !isUrl(file));
  const hashes = profiles.flatMap((file) =>
    service
      .diagnostics(file)
      .filter(({ code }) => code.startsWith("hash/"))
      .map((found): Finding => {
        const subject = `${found.code} ${found.data?.section ?? found.message}`;
        const place = { path: file, at: found.range.start };
        const finding = toFinding(opened, "hash", "error", found.message, place, subject);
        if (found.code !== "hash/mismatch") return finding;
        const mend = (): Gesture => {
          const action = service
            .codeActions(file, found.range)
            .find(({ mends, edits }) => mends?.includes("hash/mismatch") && edits !== undefined);
          return toGesture(opened, path, "Update the md5sum", action?.edits ?? []);
        };
        return { ...finding, fix: { title: "Update md5sum", how: "mend" }, mend };
      }),
  );
  const schemas = beside
    .filter((file) => file.endsWith(".json"))
    .flatMap((file) =>
      service
        .diagnostics(file)
        .filter(({ severity }) => severity === "error" || severity === "warning")
        .map((found) =>
          toFinding(
            opened,
            "schema",
            found.severity === "error" ? "error" : "warning",
            found.message,
            { path: file, at: found.range.start },
            `${found.code} ${found.message}`,
          ),
        ),
    );
  return [...hashes, ...schemas];
}

/** Python beside the release, and what of the repository's Python is changed. */
async function fromPython(
  opened: GestureTexts,
  beside: readonly string[],
  repository: GestureRepository | undefined,
  { lintPython }: CheckPorts,
): Promise<Finding[]> {
  const root = repository ? toInner(repository.path).replace(/\/$/, "") : undefined;
  const changed = (repository?.listChanged() ?? []).map((name) => `${root}/${name}`);
  const files = [...new Set([...beside, ...changed])].filter((file) => file.endsWith(".py"));
  const sources = files.flatMap((file) => {
    const text = opened.texts.read(file);
    return text === undefined ? [] : [{ file, text }];
  });
  const complaints = await lintPython(sources.map(({ text }) => text));
  return sources.flatMap(({ file, text }, index) =>
    (complaints[index] ?? []).map(({ line, message }) => {
      const at = createLineIndex(text).lineStart(line - 1);
      return toFinding(opened, "python", "error", message, { path: file, at }, `${line} ${message}`);
    }),
  );
}

function fromInstances(opened: GestureTexts, beside: readonly string[]): Finding[] {
  const files = beside.flatMap((path) => {
    const text = opened.texts.read(path);
    return text === undefined ? [] : [{ path, text }];
  });
  return findMissingPromises(files).map((crime) =>
    toFinding(opened, "promise", "warning", crime.message, crime, crime.subject),
  );
}
