/**
 * Names of profiles: POSIX paths and URLs, as text only.
 *
 * Nothing here looks at a disk; symbolic links are not followed, `..` is resolved in the text.
 */
const URL_START = /^[a-zA-Z0-9+.-]+:\/\//;

export function isUrl(name: string): boolean {
  return URL_START.test(name);
}

export function isAbsolutePath(path: string): boolean {
  return path.charCodeAt(0) === 47;
}

/** `posixpath.join` of two names. */
export function joinPath(base: string, name: string): string {
  if (isAbsolutePath(name) || base === "") return name;
  return base.endsWith("/") ? base + name : `${base}/${name}`;
}

/** `posixpath.normpath`. */
export function normalisePath(path: string): string {
  if (path === "") return ".";
  if (!needsNormalising(path)) return path;
  const absolute = isAbsolutePath(path);
  const result: string[] = [];
  for (const name of path.split("/")) {
    if (name === "" || name === ".") continue;
    if (name !== ".." || (!absolute && result.length === 0) || result.at(-1) === "..") result.push(name);
    else if (result.length > 0) result.pop();
  }
  const root = absolute ? (path.startsWith("//") && !path.startsWith("///") ? "//" : "/") : "";
  if (absolute && result[0] === "..") while (result[0] === "..") result.shift();
  return root + result.join("/") || ".";
}

function needsNormalising(path: string): boolean {
  return path.includes("//") || path.includes("/.") || path.startsWith(".") || path.endsWith("/");
}

/** `posixpath.dirname`; of a URL, everything before the last `/`. */
export function directoryOf(path: string): string {
  const slash = path.lastIndexOf("/");
  if (isUrl(path)) return path.slice(0, slash);
  if (slash < 0) return "";
  const head = path.slice(0, slash + 1);
  return /^\/+$/.test(head) ? head : head.replace(/\/+$/, "");
}

export function baseNameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** `posixpath.abspath` with the working directory said. */
export function absolutePath(path: string, workingDirectory: string): string {
  return normalisePath(joinPath(workingDirectory, path));
}

function normaliseUrl(url: string): string {
  const path = url.indexOf("/", url.indexOf("://") + 3);
  if (path < 0 || !url.includes("/.")) return url;
  return url.slice(0, path) + normalisePath(url.slice(path));
}

/** What a name in `extends` stands for, in a file of the directory. */
export function resolveExtendsName(name: string, directory: string): string {
  if (isUrl(name)) return normaliseUrl(name);
  if (isUrl(directory)) return isAbsolutePath(name) ? normalisePath(name) : normaliseUrl(`${directory}/${name}`);
  let base = directory;
  let rest = name;
  while (rest.startsWith("../") && base.length > 1 && !base.endsWith("..")) {
    base = base.slice(0, Math.max(base.lastIndexOf("/"), 1));
    rest = rest.slice(3);
  }
  const isPlain = base !== directory && isAbsolutePath(directory) && !isAbsolutePath(rest) && !needsNormalising(rest);
  if (isPlain) return base === "/" ? `/${rest}` : `${base}/${rest}`;
  return normalisePath(joinPath(directory, name));
}
