/**
 * The state of the analysis of a workspace: documents, views, templates and their renderers, recipes.
 *
 * Everything is computed when first asked for from the texts that the port gives, and forgotten when a text changes:
 * the changed file's document fully, views that have read the file, nothing else. Templates reach the resolver masked.
 */
import {
  directoryOf,
  isUrl,
  type Profile,
  ProfileAnalysis,
  type ReadFailure,
  resolveExtendsName,
} from "@/lib/buildout";
import { hasJinja } from "../document/jinja-syntax";
import { type DocumentLevels, type ProfileDocument, parseDocument } from "../document/profile-document";
import { hasHole, maskTemplate, type TemplateMask } from "../document/template-mask";
import { createJsonDocuments, type JsonDocuments } from "../json/json-documents";
import { createRecipeCatalogue, type RecipeCatalogue } from "../recipes/recipe-catalogue";
import { createWorkspaceRecipes, type WorkspaceRecipeIndex } from "../recipes/workspace-recipes";
import type { LanguageFiles } from "../service";
import { createDynamicExtends } from "./dynamic-extends";
import { generatedValue } from "./generated-values";
import { isProfileName, levelsOf } from "./levels";
import { createOuterNames, type OuterNames } from "./outer-names";
import { ProfileView } from "./profile-view";
import { mayChangeRenderers } from "./renderer-relevance";
import { createRendererIndex, type RendererIndex } from "./renderers";

export interface Analysis {
  readonly files: LanguageFiles;
  readonly catalogue: RecipeCatalogue;
  readonly recipes: WorkspaceRecipeIndex;
  readonly renderers: RendererIndex;
  readonly profiles: ProfileAnalysis;
  readonly json: JsonDocuments;
  readonly outerNames: OuterNames;
  document(path: string): ProfileDocument | undefined;
  /** Of the file's own level. */
  view(path: string): ProfileView | undefined;
  /** The file and those that it extends, directly or not. */
  closure(path: string): ReadonlySet<string>;
  /** The files that are read together with one of these in some profile of the workspace. */
  readTogether(paths: Iterable<string>): ReadonlySet<string>;
  readAhead(count: number): boolean;
  /** Files that extend this one, directly or not, among all of the workspace. */
  dependants(path: string): readonly string[];
  invalidate(path: string): void;
  invalidateAll(): void;
  /** Counts changes: what was computed at one generation holds until the next. */
  readonly generation: number;
  /** The path or address that a name in `extends` stands for; of a rendered template, the template. */
  extendsTarget(path: string, name: string): string | undefined;
  /** The file behind a path whose name a template engine will replace, where that can be told. */
  profilePath(path: string): string;
  /** Profiles and templates near a file that extend it by a name that only rendering knows. */
  dynamicExtenders(path: string): readonly string[];
  /** Addresses of profiles that were asked for and are not there. */
  missingUrls(path: string): readonly string[];
}

interface KeptText {
  readonly text: string;
  readonly levels: DocumentLevels;
  readonly mask: TemplateMask | undefined;
  document?: ProfileDocument;
}

export function createAnalysis(files: LanguageFiles, remoteText: (url: string) => string | undefined): Analysis {
  const kept = new Map<string, KeptText>();
  const views = new Map<string, ProfileView | undefined>();
  let generation = 0;
  let ahead = 0;
  let indexed: readonly string[] | undefined;

  const textOf = (path: string): string | undefined => (isUrl(path) ? remoteText(path) : files.read(path));

  const keep = (path: string): KeptText | undefined => {
    const known = kept.get(path);
    if (known) return known;
    const text = textOf(path);
    if (text === undefined) return undefined;
    const levels = levelsOf(path, text, () => renderers.renderersOf(path));
    const masked = levels === "jinja" || levels === "two-level";
    const made = masked ? maskTemplate(text, { jinja: hasJinja(text), twoLevel: levels === "two-level" }) : undefined;
    const mask = made && { ...made, text: dynamicExtends.mark(path, made.text) };
    const entry = { text, levels, mask };
    kept.set(path, entry);
    return entry;
  };

  const read = (path: string): string | ReadFailure => {
    if (hasHole(path) || path.includes("${"))
      return { problem: "missing", message: "Only rendering tells which file." };
    const entry = keep(path);
    if (entry) return entry.mask?.text ?? entry.text;
    if (isUrl(path)) return { problem: "url-unavailable", message: `${path} cannot be fetched.` };
    const kind = files.kindOf(path);
    if (kind === "directory") return { problem: "unreadable", message: "This is a directory, not a profile." };
    if (kind === "file") return { problem: "not-text", message: "This file is not UTF-8 text." };
    return { problem: "missing", message: "This file does not exist." };
  };

  const dynamicExtends = createDynamicExtends(() => analysis);
  const profiles = new ProfileAnalysis({
    source: { read, exists: (path) => files.kindOf(path) === "file", toPath: dynamicExtends.toPath },
  });

  const document = (path: string): ProfileDocument | undefined => {
    const entry = keep(path);
    if (!entry) return undefined;
    if (!entry.document) {
      const profile = entry.levels === "text" ? undefined : profiles.profile(path);
      const syntax = profile && "syntax" in profile ? profile.syntax : undefined;
      entry.document = parseDocument(path, entry.text, entry.levels, entry.mask, syntax);
    }
    return entry.document;
  };

  const outerNames = createOuterNames(files);
  const extenders = new Map<string, readonly string[]>();
  const closures = new Map<string, ReadonlySet<string>>();
  const reach = (from: Iterable<string>): Set<string> => {
    const reached = new Set<string>();
    const pending = [...from];
    for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
      if (reached.has(path)) continue;
      reached.add(path);
      const profile = profiles.profile(path);
      if ("extends" in profile) for (const reference of profile.extends) pending.push(reference.path);
    }
    return reached;
  };

  const makeView = (path: string): ProfileView | undefined => {
    const entry = keep(path);
    if (!entry || entry.levels === "text") return undefined;
    const resolution = profiles.resolve(path);
    const { configuration } = resolution;
    const incomplete =
      configuration.graph.diagnostics.some((found) => found.code !== "load/extends-cycle") ||
      configuration.files.some((file) => (kept.get(file)?.mask?.freeText.length ?? 0) > 0);
    return new ProfileView(path, resolution, incomplete, (view, section, option) =>
      generatedValue(analysis, view, section, option),
    );
  };

  const isForAllTemplates = (path: string, before: Profile | undefined): boolean => {
    const after = before && profiles.profile(path);
    return mayChangeRenderers(
      profiles,
      before,
      after && "sections" in after ? after : undefined,
      dynamicExtends.follows,
    );
  };

  const analysis: Analysis = {
    files,
    profiles,
    json: createJsonDocuments(files),
    outerNames,
    catalogue: createRecipeCatalogue(() => recipes),
    get recipes() {
      return recipes;
    },
    get renderers() {
      return renderers;
    },
    document,
    view(path) {
      if (!views.has(path)) {
        views.set(path, undefined);
        views.set(path, makeView(path));
      }
      return views.get(path);
    },
    closure(path) {
      let reached = closures.get(path);
      if (!reached) {
        reached = reach([path]);
        closures.set(path, reached);
      }
      return reached;
    },
    readTogether(paths) {
      const tops = new Set<string>();
      for (const path of paths) {
        tops.add(path);
        for (const dependant of analysis.dependants(path)) tops.add(dependant);
      }
      return reach(tops);
    },
    readAhead(count) {
      const all = files.all();
      const end = Math.min(ahead + count, all.length);
      for (; ahead < end; ahead++) {
        const path = all[ahead]!;
        if (isProfileName(path) && files.read(path)?.includes("extends")) profiles.load([path]);
      }
      return ahead < all.length || outerNames.readAhead(count);
    },
    dependants(path) {
      if (!indexed) {
        indexed = files.all().filter(isProfileName);
        profiles.load(indexed.filter((candidate) => (files.read(candidate) ?? "").includes("extends")));
      }
      return profiles.impact(path).dependants;
    },
    invalidate(path) {
      const known = kept.get(path);
      if (known && textOf(path) === known.text) return;
      const before = profiles.known(path);
      generation++;
      closures.clear();
      extenders.clear();
      outerNames.invalidate(path);
      kept.delete(path);
      profiles.forget(path);
      for (const [top, view] of views) {
        if (top === path || !view || view.configuration.paths.has(path)) views.delete(top);
      }
      if (indexed && isProfileName(path) && textOf(path) !== undefined) profiles.load([path]);
      const forAll = !renderers.isEmpty && isForAllTemplates(path, before);
      for (const changed of renderers.invalidate(path, forAll)) {
        kept.delete(changed);
        profiles.forget(changed);
        views.delete(changed);
      }
      recipes.invalidate(path);
    },
    invalidateAll() {
      generation++;
      closures.clear();
      extenders.clear();
      outerNames.invalidateAll();
      for (const path of kept.keys()) profiles.forget(path);
      kept.clear();
      views.clear();
      indexed = undefined;
      renderers.invalidateAll();
      recipes.invalidateAll();
    },
    get generation() {
      return generation;
    },
    extendsTarget(path, name) {
      if (name.includes("${")) return undefined;
      const target = dynamicExtends.toPath(resolveExtendsName(name, directoryOf(path)));
      return hasHole(target) ? undefined : target;
    },
    profilePath: dynamicExtends.toPath,
    dynamicExtenders(path) {
      const known = extenders.get(path);
      if (known) return known;
      extenders.set(path, []);
      const found = renderers.profilesNear(path).filter((candidate) => {
        if (candidate === path || !/^extends[^[]*(?:\{\{|\$\{)/m.test(files.read(candidate) ?? "")) return false;
        return analysis.view(candidate)?.configuration.paths.has(path) ?? false;
      });
      extenders.set(path, found);
      return found;
    },
    missingUrls(path) {
      const view = analysis.view(path);
      return view ? [...view.configuration.paths].filter((name) => isUrl(name) && remoteText(name) === undefined) : [];
    },
  };
  const recipes = createWorkspaceRecipes(files);
  const renderers: RendererIndex = createRendererIndex(analysis);
  return analysis;
}
