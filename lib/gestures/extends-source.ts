/**
 * Where each `extends` of a profile comes from, and switching all of them at once: the checkout, a fork's branch, a tag
 * of upstream.
 *
 * Lines that name a file of the repository are switched; what lies in the profile's own folder belongs to it and stays,
 * and so does what is of another repository. A switch is made for all lines or for none: a profile of which one half
 * comes from the checkout and the other from the web would have two of the same component.
 */
import { applyTextEdits, type TextEdit } from "@/lib/base/text-range";
import {
  compareValues,
  directoryOf,
  type ExtendsReference,
  isUrl,
  type Profile,
  ProfileAnalysis,
  type Resolution,
  type ResolvedValues,
  resolvedValues,
} from "@/lib/buildout";
import { relativeName } from "./extends-edits";
import { type FileChange, type Gesture, type GestureOptions, refuse, resolveChanged } from "./gesture";
import { parseRawAddress, type RawAddress, SLAPOS_REPOSITORIES, toRawAddress, toRepositoryName } from "./raw-address";

/** The repository that the profile is in. */
export interface RepositoryFacts {
  /** Its folder. */
  readonly root: string;
  readonly remotes: readonly { readonly name: string; readonly url: string }[];
  /** Whether the checkout has a file, by its path in the repository. */
  hasFile(path: string): boolean;
}

export type EdgeSource =
  | { readonly kind: "checkout" }
  /** `remote` is one of the repository's, `upstream` when it is the official one. */
  | {
      readonly kind: "fork" | "upstream" | "other";
      readonly remote?: string;
      readonly ref: string;
      readonly repository: string;
    }
  | { readonly kind: "url" };

export interface ExtendsEdge {
  readonly profile: string;
  readonly name: string;
  /** The path or address that the name stands for. */
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly source: EdgeSource;
  /** The file of the checkout that an address is of, if it is there. */
  readonly checkout?: string;
  readonly missing: boolean;
}

export type SwitchTarget =
  | { readonly kind: "checkout" }
  | {
      readonly kind: "remote";
      /** An address that git takes for the repository. */
      readonly url: string;
      readonly ref: string;
      /** Whether the repository has the file there, where that is known. */
      hasFile?(path: string): boolean;
    };

/** Names of remotes that are the official repository by convention. */
const UPSTREAM_NAMES = new Set(["upstream", "nexedi", "slapos"]);

/** Every edge that is reached, in the order of reading. Addresses are read where the options can read them. */
export function listEdges(
  options: GestureOptions,
  path: string,
  repository: RepositoryFacts | undefined,
): ExtendsEdge[] {
  const analysis = new ProfileAnalysis(options);
  const { graph } = analysis.resolve(path).configuration;
  return graph.nodes.flatMap(({ profile }) =>
    profile.extends.map(
      (reference): ExtendsEdge => ({
        profile: profile.path,
        name: reference.name,
        path: reference.path,
        start: reference.start,
        end: reference.end,
        ...locateProfile(reference.path, repository),
        missing: "problem" in analysis.profile(reference.path),
      }),
    ),
  );
}

/** Where a path or an address comes from, and the file of the checkout that an address is of. */
export function locateProfile(
  path: string,
  repository: RepositoryFacts | undefined,
): Pick<ExtendsEdge, "source" | "checkout"> {
  const reference = { path };
  const address = repository && findAddress(reference, repository);
  const checkout = address && repository.hasFile(address.path) ? `${repository.root}/${address.path}` : undefined;
  return { source: sourceOf(reference, address, repository), ...(checkout !== undefined && { checkout }) };
}

function findAddress({ path }: Pick<ExtendsReference, "path">, repository: RepositoryFacts): RawAddress | undefined {
  return isUrl(path) ? parseRawAddress(path, (name) => repository.hasFile(name)) : undefined;
}

function sourceOf(
  { path }: Pick<ExtendsReference, "path">,
  address: RawAddress | undefined,
  repository: RepositoryFacts | undefined,
): EdgeSource {
  if (!isUrl(path)) return { kind: "checkout" };
  if (!address || !repository) return { kind: "url" };
  const remote = repository.remotes.find(({ url }) => toRepositoryName(url) === address.repository);
  const { ref } = address;
  const isUpstream = SLAPOS_REPOSITORIES.includes(address.repository) || UPSTREAM_NAMES.has(remote?.name ?? "");
  if (!isUpstream && !remote && !isSameName(address, repository)) return { kind: "url" };
  const kind = isUpstream ? "upstream" : remote ? "fork" : "other";
  return { kind, ref, repository: address.repository, ...(remote && { remote: remote.name }) };
}

/** Another fork of the same: the last word of its name is that of a remote, or of SlapOS's. */
function isSameName(address: RawAddress, { remotes }: RepositoryFacts): boolean {
  const last = (name: string): string => name.slice(name.lastIndexOf("/") + 1);
  const known = [...remotes.map(({ url }) => toRepositoryName(url)), ...SLAPOS_REPOSITORIES].map(last);
  return known.includes(last(address.repository));
}

/** The text of an address of the repository, as the checkout has it. */
export function findCheckoutPath(url: string, repository: RepositoryFacts): string | undefined {
  const { source, checkout } = locateProfile(url, repository);
  return source.kind === "url" ? undefined : checkout;
}

/** More rounds than any chain of profiles is long that each bring in another one on the web. */
const MAX_ROUNDS = 50;

export function switchExtends(
  options: GestureOptions,
  path: string,
  target: SwitchTarget,
  repository: RepositoryFacts,
): Gesture {
  if (isUrl(path)) return refuse("The profile lies on the web; only files can be changed.");
  const before = new ProfileAnalysis(options);
  const top = before.profile(path);
  if ("problem" in top) return refuse(top.message);
  const start = before.resolve(path);
  const changed = new Map<string, FileChange>();
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const analysis = new ProfileAnalysis(options);
    for (const file of changed.values()) analysis.update(file.path, file.after);
    const { graph } = analysis.resolve(path).configuration;
    let grown = false;
    for (const { profile } of graph.nodes) {
      if (isUrl(profile.path) || (target.kind === "remote" && !isBeside(profile.path, path))) continue;
      const edits = switchProfile(profile, path, target, repository);
      if (!Array.isArray(edits)) return edits;
      if (edits.length === 0) continue;
      grown = true;
      const first = changed.get(profile.path)?.before ?? profile.syntax.text;
      const after = applyTextEdits(profile.syntax.text, edits);
      changed.set(profile.path, {
        path: profile.path,
        before: first,
        after,
        edits: changed.has(profile.path) ? [{ range: { start: 0, end: first.length }, newText: after }] : edits,
      });
    }
    if (!grown) break;
  }
  const files = [...changed.values()];
  if (files.length === 0)
    return { kind: "proposed", summary: "Every extends is so already.", notes: [], files: [], effects: [] };
  const after = resolveChanged(options, path, files);
  const half = findHalf(after, path, target, repository);
  if (half !== undefined) return refuse(half);
  if (!after.loads)
    return refuse(`Switched, the profile would not load. ${after.diagnostics[0]?.message ?? ""}`.trim());
  const effects = compareValues(placeless(start, repository), placeless(after, repository));
  const lines = files.reduce((sum, file) => sum + countLines(file), 0);
  return {
    kind: "proposed",
    summary: `Switch ${lines} extends of ${files.length === 1 ? "1 file" : `${files.length} files`} to ${describe(target)}`,
    notes: [],
    files,
    effects,
  };
}

function describe(target: SwitchTarget): string {
  return target.kind === "checkout" ? "the checkout" : `${toRepositoryName(target.url)} @${target.ref}`;
}

function countLines({ before, after }: FileChange): number {
  const old = new Set(before.split("\n"));
  return after.split("\n").filter((line) => !old.has(line)).length;
}

/** In the profile's folder or below: it is of the release. */
function isBeside(path: string, profile: string): boolean {
  return path.startsWith(`${directoryOf(profile)}/`);
}

function switchProfile(
  profile: Profile,
  top: string,
  target: SwitchTarget,
  repository: RepositoryFacts,
): TextEdit[] | Gesture {
  const edits: TextEdit[] = [];
  const lacking: string[] = [];
  for (const reference of profile.extends) {
    const inside = fileOf(reference, repository);
    if (inside === undefined) continue;
    if (target.kind === "checkout") {
      if (!isUrl(reference.path)) continue;
      if (!repository.hasFile(inside)) lacking.push(reference.name);
      else edits.push(replaceName(reference, relativeName(profile.path, `${repository.root}/${inside}`)));
      continue;
    }
    if (!isUrl(reference.path) && isBeside(reference.path, top)) continue;
    if (target.hasFile?.(inside) === false) lacking.push(inside);
    const name = toRawAddress(target.url, target.ref, inside);
    if (name !== reference.name) edits.push(replaceName(reference, name));
  }
  if (lacking.length === 0) return edits;
  return refuse(
    `Half of the profile would be switched and half not: ${describe(target)} has no ${lacking.slice(0, 5).join(", no ")}${
      lacking.length > 5 ? `, nor ${lacking.length - 5} more` : ""
    }.${target.kind === "remote" ? " Commit and push it first." : ""}`,
  );
}

/** The path in the repository of what a line names; undefined for what is not of this repository. */
function fileOf(reference: ExtendsReference, repository: RepositoryFacts): string | undefined {
  if (!isUrl(reference.path)) {
    const inside = `${repository.root}/`;
    return reference.path.startsWith(inside) ? reference.path.slice(inside.length) : undefined;
  }
  const address = findAddress(reference, repository);
  return address && sourceOf(reference, address, repository).kind !== "url" ? address.path : undefined;
}

function replaceName({ start, end }: ExtendsReference, newText: string): TextEdit {
  return { range: { start, end }, newText };
}

/** One file of the repository that would be read from both places, or from the other one. */
function findHalf(
  { configuration: { graph } }: Resolution,
  top: string,
  target: SwitchTarget,
  repository: RepositoryFacts,
): string | undefined {
  for (const { profile } of graph.nodes) {
    if (profile.path === top || isBeside(profile.path, top)) continue;
    const inside = fileOf({ path: profile.path } as ExtendsReference, repository);
    if (inside === undefined || isUrl(profile.path) === (target.kind === "remote")) continue;
    return `Half of the profile would be switched and half not: ${inside} would still come from ${
      isUrl(profile.path) ? "the web" : "the checkout"
    }.`;
  }
  return undefined;
}

/** Values without where the files lie: an address and the checkout of the same file are the same. */
function placeless(resolution: Resolution, repository: RepositoryFacts): ResolvedValues {
  const places = new Map<string, string>();
  for (const { profile } of resolution.configuration.graph.nodes) {
    const inside = fileOf({ path: profile.path } as ExtendsReference, repository);
    if (inside !== undefined && isUrl(profile.path))
      places.set(directoryOf(profile.path), directoryOf(`${repository.root}/${inside}`));
  }
  const ordered = [...places].sort(([a], [b]) => b.length - a.length);
  const replace = (value: string): string => ordered.reduce((text, [from, to]) => text.replaceAll(from, to), value);
  return Object.fromEntries(
    Object.entries(resolvedValues(resolution)).map(([section, values]) => [
      section,
      Object.fromEntries(Object.entries(values).map(([option, value]) => [option, replace(value)])),
    ]),
  );
}
