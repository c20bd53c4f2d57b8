/** The editor language of a file, by its name. A template (`x.sh.in`) has the language of what it makes. */
const BY_EXTENSION: Readonly<Record<string, string>> = {
  cfg: "buildout",
  py: "python",
  json: "json",
  sh: "shell",
  bash: "shell",
  md: "markdown",
};

export function toLanguage(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1).replace(/(?:\.(?:in|jinja2?|j2))+$/, "");
  if (name === "buildout.hash" || name.endsWith(".hash.cfg")) return "buildout";
  return BY_EXTENSION[name.slice(name.lastIndexOf(".") + 1)] ?? "plaintext";
}

export const LANGUAGE_TITLES: Readonly<Record<string, string>> = {
  buildout: "Buildout",
  python: "Python",
  json: "JSON",
  shell: "Shell",
  markdown: "Markdown",
  plaintext: "Plain text",
};
