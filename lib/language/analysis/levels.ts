/**
 * How the `${}` of a file are to be read: is it a profile, a template of one, or any other text?
 *
 * A file's name says little (`haproxy.cfg.in` is no profile), so its text decides, and where that is not enough, the
 * recipe that renders it.
 */
import { baseNameOf } from "@/lib/buildout";
import { hasJinja } from "../document/jinja-syntax";
import type { DocumentLevels, ProfileDocument } from "../document/profile-document";
import { isTemplateName } from "../document/template-mask";
import type { Renderer } from "./renderers";

const OWN_REFERENCE = /\$\$\{[-\w .]*:(?!-)[-\w .]+\}/;
const PROFILE_EVIDENCE = /^(?:\[buildout\]|recipe[ \t]*=|<[ \t]*=)/m;
const SECTION_HEADER = /^\[[^\]\n]+\]\s*(?:[#;].*)?$/m;
const JINJA_LINE = /^(?:\{[%#{]|\[[^\]\n]*\{\{)/m;
const INLINE_OPTION = /^(?:inline|template|rendered|input|content)\s*=/;

/** By its name, a file that may be a profile, or an instance's profile before rendering. */
export function isProfileName(path: string): boolean {
  return /\.cfg(?:\.(?:in|jinja2?|j2|tmpl|template))*$|\.(?:in|jinja2?)$/.test(baseNameOf(path));
}

/** Whether a profile can only be read by Buildout after a template engine has been over it. */
function isJinjaProfile(text: string): boolean {
  if (!hasJinja(text)) return false;
  if (JINJA_LINE.test(text)) return true;
  let inNames = false;
  for (const line of text.split("\n")) {
    if (/^\S/.test(line) && !/^[#;]/.test(line)) inNames = /^(?:extends|parts)[ \t]*\+?=/.test(line);
    if (inNames && /\{[{%]/.test(line)) return true;
  }
  return false;
}

/** `$${own:option}` outside the texts of inline templates. */
function hasOwnReferences(text: string): boolean {
  if (!OWN_REFERENCE.test(text)) return false;
  let inline = false;
  for (const line of text.split("\n")) {
    if (/^\S/.test(line) && !/^[#;]/.test(line)) inline = INLINE_OPTION.test(line);
    if (!inline && OWN_REFERENCE.test(line) && !/^[#;]/.test(line)) return true;
  }
  return false;
}

/** A file of another program that happens to end in `.cfg`: lines, but neither a section nor an option. */
function isOtherConfiguration(text: string): boolean {
  if (SECTION_HEADER.test(text) || /^[^\s=[\]]+[ \t]*[-+]?=/m.test(text)) return false;
  return text.split("\n").some((line) => line.trim() !== "" && !/^[#;[]/.test(line));
}

export function levelsOf(path: string, text: string, renderers: () => readonly Renderer[]): DocumentLevels {
  const isCfg = path.endsWith(".cfg");
  if (!isCfg && !isTemplateName(path)) return "text";
  if (!isCfg && (text.startsWith("#!") || !PROFILE_EVIDENCE.test(text))) return "text";
  if (isCfg && isOtherConfiguration(text)) return "text";
  if (hasOwnReferences(text)) {
    const engines = renderers().map((renderer) => renderer.engine);
    const single = engines.length > 0 ? engines.every((engine) => engine === "jinja") : refersToItself(text);
    if (!single) return "two-level";
  }
  if (isCfg ? isJinjaProfile(text) : hasJinja(text)) return "jinja";
  if (isCfg && !/^instance|template/.test(baseNameOf(path))) return "profile";
  const rendered = renderers();
  return rendered.length > 0 && rendered.every((renderer) => renderer.engine === "buildout") ? "two-level" : "profile";
}

/** A plain `${section:option}` of one of its own sections, other than `[buildout]`, or a `${:option}` that its section sets. */
function refersToItself(text: string): boolean {
  for (const section of text.split(/^(?=\[)/m)) {
    for (const [, option] of section.matchAll(/(?<!\$)\$\{:([-\w. ]+)\}/g)) {
      if (section.includes(`\n${option} =`) || section.includes(`\n${option}=`)) return true;
    }
  }
  for (const [, section] of text.matchAll(/(?<!\$)\$\{([-\w. ]+):/g)) {
    if (section !== "buildout" && text.includes(`\n[${section}]`)) return true;
  }
  return false;
}

/**
 * Whether the file is only a part of a profile: a template without `[buildout]`, or a file that adds to the parts of
 * those that will extend it. What it refers to may be anywhere.
 */
export function isFragment(document: ProfileDocument): boolean {
  const buildout = document.sectionsNamed("buildout");
  const isProfile = document.levels === "profile" && document.path.endsWith(".cfg");
  if (buildout.length === 0) return !isProfile;
  const options = buildout.flatMap((section) => section.options);
  const parts = options.filter((option) => option.name === "parts");
  if (isProfile && options.some((option) => option.name === "extends")) return false;
  return parts.length > 0 ? parts.every((option) => option.operator === "+=") : !isProfile;
}

/** Sections that the node adds to an instance's profile. */
export function isInstanceProfile(path: string, levels: DocumentLevels): boolean {
  return levels === "jinja" || levels === "two-level" || /instance/.test(baseNameOf(path)) || !path.endsWith(".cfg");
}
