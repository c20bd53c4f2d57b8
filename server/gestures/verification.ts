/**
 * Whether what was pushed is what is here: the release is resolved once from the files, and once from the commit that
 * the branch of the remote is at, read out of the repository as a clone of it would have it.
 */
import { compareResolutions, directoryOf, isUrl, ProfileAnalysis, type Resolution } from "@/lib/buildout";
import type { Verification } from "@/lib/protocol";
import { toConfinedPath } from "@/server/platform/confined-path";
import type { GestureRepository } from "./gesture-repository";
import { type GestureTexts, toInner, toOuter } from "./gesture-texts";

const MAX_DIFFERENCES = 200;

export function verifyRelease(
  { options, texts }: GestureTexts,
  profile: string,
  repository: GestureRepository | undefined,
): Verification {
  const path = toInner(toConfinedPath(profile));
  const nothing: Verification = {
    profile: toOuter(path),
    pushed: false,
    changed: [],
    missing: [],
    equal: false,
    differences: [],
    differenceCount: 0,
  };
  if (!repository) return { ...nothing, problem: "The profile is in no git repository." };
  const root = toInner(repository.path).replace(/\/$/, "");
  const here = new ProfileAnalysis(options).resolve(path);
  const used = new Set(here.configuration.graph.nodes.map((node) => node.profile.path));
  const folder = `${directoryOf(path)}/`;
  const changed = repository
    .listChanged()
    .map((name) => `${root}/${name}`)
    .filter((file) => used.has(file) || file.startsWith(folder) || folder.startsWith(file))
    .map(toOuter);
  const target = findPushed(repository);
  if (!target) return { ...nothing, changed, problem: "The branch was not pushed anywhere yet." };
  const { remote, branch, commit } = target;
  const inside = (file: string): string | undefined =>
    file.startsWith(`${root}/`) ? file.slice(root.length + 1) : undefined;
  const there = new ProfileAnalysis({
    ...options,
    source: {
      read(file) {
        const name = inside(file);
        if (isUrl(file) || name === undefined) return options.source.read(file);
        const text = repository.readFileAt(remote, branch, name);
        return text ?? { problem: "missing", message: `There is no ${name} in the pushed commit.` };
      },
      exists: (file) => {
        const name = inside(file);
        return name === undefined ? options.source.exists(file) : repository.hasFileAt(remote, branch, name) === true;
      },
    },
  }).resolve(path);
  const differences = compareResolutions(here, there);
  const equal = there.loads && here.loads && differences.length === 0;
  return {
    ...nothing,
    remote,
    branch,
    commit,
    pushed: commit === repository.head,
    changed,
    missing: listNamedFiles(here, root)
      .filter((file) => texts.kindOf(file) === "file" && repository.hasFileAt(remote, branch, inside(file)!) === false)
      .map(toOuter),
    equal,
    differences: differences.slice(0, MAX_DIFFERENCES),
    differenceCount: differences.length,
    ...(!there.loads && { problem: there.diagnostics[0]?.message ?? "The pushed profile does not load." }),
  };
}

/** Paths below `root` that are in values: what `${:_profile_base_location_}` leads to. */
function listNamedFiles(resolution: Resolution, root: string): string[] {
  const found = new Set<string>();
  for (const section of resolution.sectionNames())
    for (const { value = "" } of resolution.section(section))
      for (const rest of value.split(`${root}/`).slice(1)) found.add(`${root}/${/^[^\s'"]*/.exec(rest)![0]}`);
  return [...found].sort();
}

export interface PushedBranch {
  readonly remote: string;
  readonly branch: string;
  readonly commit: string;
}

/** The fork's branch of the name that is checked out; else any remote's. */
export function findPushed(repository: GestureRepository): PushedBranch | undefined {
  const { branch, branches } = repository;
  if (branch === undefined) return undefined;
  const ranked = branches.filter(({ name }) => name === branch).sort((a, b) => rank(a.remote) - rank(b.remote));
  for (const { remote } of ranked) {
    const commit = repository.findCommitAt(remote, branch);
    if (commit !== undefined) return { remote, branch, commit };
  }
  return undefined;
}

function rank(remote: string): number {
  return remote === "fork" ? 0 : 1;
}
