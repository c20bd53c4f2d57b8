/**
 * Which section of which profile renders a template.
 *
 * Looked for where SlapOS keeps them: in profiles and templates of the template's directory and those above it, that
 * name the file or a section that downloads it. The name may stand in another file than the section (`buildout.hash.cfg`),
 * so profiles that extend it are asked too.
 */
import { baseNameOf, directoryOf, isUrl, joinPath, normalisePath } from "@/lib/buildout";
import type { Analysis } from "./analysis";
import { isProfileName } from "./levels";
import type { ProfileView } from "./profile-view";

export interface Renderer {
  /** The profile that the section is a part of. */
  readonly path: string;
  readonly section: string;
  /** What replaces references: buildout `${}`, Jinja2 `{{ }}`. */
  readonly engine: "buildout" | "jinja";
}

export interface RendererIndex {
  renderersOf(template: string): readonly Renderer[];
  /** The file that a text of a section stands for, when it is one of the workspace. */
  pathOf(view: ProfileView, section: string, text: string): string | undefined;
  /** The file that a section downloads or renders. */
  sourceOf(view: ProfileView, section: string): string | undefined;
  /** Whether one of these is near the template and names its file, to render it or not. */
  isNamedBy(template: string, files: ReadonlySet<string>): boolean;
  /** Profiles and templates of a file's directory and those above it. */
  profilesNear(path: string): readonly string[];
  /** Views that the `${}` of a template or two-level profile look into. */
  outerViews(path: string): readonly ProfileView[];
  /** Whether something was found that a change could make wrong. */
  readonly isEmpty: boolean;
  /**
   * Gives the templates that may have to be read differently now: those that the file may render, and if the change is
   * one that matters to others, all.
   */
  invalidate(path: string, forAll: boolean): readonly string[];
  invalidateAll(): void;
}

export const SOURCE_OPTIONS = ["url", "template", "input", "source", "path"] as const;
const MAX_DIRECTORIES = 8;

type Role = "buildout" | "jinja" | "download";

export function roleOfRecipe(recipe: string | undefined): Role | undefined {
  if (!recipe) return undefined;
  if (recipe === "slapos.recipe.template:jinja2" || recipe.endsWith(":genshi")) return "jinja";
  if (recipe === "slapos.recipe.template" || recipe.startsWith("collective.recipe.template")) return "buildout";
  if (/^slapos\.recipe\.(?:build:download|download)|^hexagonit\.recipe\.download/.test(recipe)) return "download";
  return undefined;
}

export function createRendererIndex(analysis: Analysis): RendererIndex {
  const found = new Map<string, readonly Renderer[]>();
  const underWay = new Set<string>();

  const directoriesAbove = (path: string): string[] => {
    const directories: string[] = [];
    const { roots } = analysis.files;
    for (let at = directoryOf(path); at && directories.length < MAX_DIRECTORIES; at = directoryOf(at)) {
      directories.push(at);
      if (roots.includes(at) || at === "/") break;
    }
    return directories;
  };

  const profilesNear = (path: string): string[] =>
    directoriesAbove(path).flatMap((directory) =>
      analysis.files
        .list(directory)
        .filter((entry) => entry.kind === "file" && isProfileName(entry.name))
        .map((entry) => joinPath(directory, entry.name)),
    );

  const pathOf = (view: ProfileView, section: string, text: string): string | undefined => {
    if (isUrl(text)) return undefined;
    const result = /^\$\{([^}:]*):(target|output|rendered)\}$/.exec(text.trim());
    if (result) {
      const name = result[1] || section;
      if (name !== section) return sourceOf(view, name);
    }
    const inDownload = /^\$\{([^}:]+):location\}\/([^$]+|\$\{\1:[^}]+\})$/.exec(text.trim());
    if (inDownload && inDownload[1] !== section) return sourceOf(view, inDownload[1]!);
    const value = view.displayText(section, text).trim().split("#")[0]!;
    if (value === "" || value.includes("${") || /[\ue000\n]/.test(value) || isUrl(value)) return undefined;
    if (value.startsWith("/")) return normalisePath(value);
    return normalisePath(joinPath(directoryOf(view.path), value));
  };

  const sourceOf = (view: ProfileView, section: string): string | undefined => {
    for (const name of SOURCE_OPTIONS) {
      const option = view.option(section, name);
      const path = option && pathOf(view, section, option.value);
      if (path !== undefined && analysis.files.kindOf(path) === "file") return path;
    }
    return undefined;
  };

  /** Profiles near the template in which a section of `file` may get its final meaning. */
  const topsOf = (file: string, near: readonly string[]): ProfileView[] => {
    const views: ProfileView[] = [];
    const own = analysis.view(file);
    if (own) views.push(own);
    for (const candidate of near) {
      if (candidate === file || !candidate.endsWith(".cfg")) continue;
      const text = analysis.files.read(candidate);
      if (!text?.includes("extends")) continue;
      const view = analysis.closure(candidate).has(file) ? analysis.view(candidate) : undefined;
      if (view) views.push(view);
    }
    return views;
  };

  /** Sections of other files and of this one that use what a section has downloaded. */
  const usersOf = (view: ProfileView, section: string, near: readonly string[], into: Renderer[]): void => {
    const mention = new RegExp(
      `\\b${section.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}:(?:target|location|output|rendered)\\b`,
    );
    for (const name of view.sectionNames()) {
      const role = roleOfRecipe(view.recipe(name));
      if (role === undefined || role === "download" || name === section) continue;
      const options = view.options(name)!;
      if (SOURCE_OPTIONS.some((key) => mention.test(options.get(key)?.value ?? ""))) {
        into.push({ path: view.path, section: name, engine: role });
      }
      for (const line of (options.get("context")?.value ?? "").split("\n")) {
        const [kind, variable, expression] = line.trim().split(/\s+/);
        if (kind !== "key" || !variable || !expression || !mention.test(expression)) continue;
        const template = sourceOf(view, name);
        if (template) usersInText(template, new RegExp(`\\{\\{[^}]*\\b${variable}\\b`), into);
      }
    }
    for (const file of near) {
      if (file === view.path) continue;
      const text = analysis.files.read(file);
      if (text && mention.test(text)) usersInText(file, mention, into);
    }
  };

  const usersInText = (file: string, mention: RegExp, into: Renderer[]): void => {
    const document = analysis.document(file);
    const view = analysis.view(file);
    if (!document || !view) return;
    for (const section of document.sections) {
      for (const option of section.options) {
        if (!(SOURCE_OPTIONS as readonly string[]).includes(option.name)) continue;
        if (!mention.test(document.text.slice(option.value.start, option.value.end))) continue;
        const role = roleOfRecipe(view.recipe(section.name));
        if (role && role !== "download") into.push({ path: file, section: section.name, engine: role });
      }
    }
  };

  const search = (template: string): Renderer[] => {
    const renderers: Renderer[] = [];
    const name = baseNameOf(template);
    const near = profilesNear(template).filter((path) => path !== template);
    for (const file of near) {
      if (!analysis.files.read(file)?.includes(name)) continue;
      const document = analysis.document(file);
      if (!document || document.levels === "text") continue;
      const naming = new Set(
        document.sections
          .filter((section) =>
            section.options.some((option) => document.text.slice(option.value.start, option.value.end).includes(name)),
          )
          .map((section) => section.name),
      );
      if (naming.size === 0) continue;
      for (const view of topsOf(file, near)) {
        const sections = new Set(naming);
        for (const other of view.sectionNames()) {
          if (view.macroChain(other).some((macro) => naming.has(macro))) sections.add(other);
        }
        for (const section of sections) {
          const role = roleOfRecipe(view.recipe(section));
          if (!role || sourceOf(view, section) !== template) continue;
          if (role === "download") usersOf(view, section, near, renderers);
          else renderers.push({ path: view.path, section, engine: role });
        }
      }
    }
    const seen = new Set<string>();
    return renderers.filter(({ path, section }) => {
      const key = `${path}\n${section}`;
      return !seen.has(key) && seen.add(key);
    });
  };

  const renderersOf = (template: string): readonly Renderer[] => {
    const known = found.get(template);
    if (known) return known;
    if (underWay.has(template)) return [];
    underWay.add(template);
    const renderers = search(template);
    underWay.delete(template);
    found.set(template, renderers);
    return renderers;
  };

  const isNamedBy = (template: string, candidates: ReadonlySet<string>): boolean => {
    const name = baseNameOf(template);
    return profilesNear(template).some(
      (path) => path !== template && candidates.has(path) && analysis.files.read(path)?.includes(name),
    );
  };

  return {
    renderersOf,
    isNamedBy,
    profilesNear,
    pathOf,
    sourceOf,
    outerViews(path) {
      const views = renderersOf(path)
        .filter((renderer) => renderer.engine === "buildout")
        .map((renderer) => analysis.view(renderer.path));
      return [...new Set(views)].filter((view) => view !== undefined);
    },
    get isEmpty() {
      return found.size === 0;
    },
    invalidate(path, forAll) {
      const below = `${directoryOf(path)}/`;
      const affected = [...found.keys()].filter((template) => forAll || template.startsWith(below));
      for (const template of affected) found.delete(template);
      const templates = affected.filter((template) => template !== path && !template.endsWith(".cfg"));
      return isProfileName(path) ? templates.filter((template) => analysis.document(template)?.levels !== "text") : [];
    },
    invalidateAll: () => found.clear(),
  };
}
