/** Between the protocol's document addresses and the paths that the language service knows files by. */
import { fileURLToPath, pathToFileURL } from "node:url";

/** A path for `file:` addresses; other addresses name themselves. */
export function uriToPath(uri: string): string {
  if (!uri.startsWith("file:")) return uri;
  try {
    return fileURLToPath(uri);
  } catch {
    return uri;
  }
}

export function pathToUri(path: string): string {
  return path.startsWith("/") ? pathToFileURL(path).href : path;
}

/** Remembers how the client spells the address of a file it has opened, and answers in its spelling. */
export interface UriSpelling {
  toPath(uri: string): string;
  toUri(path: string): string;
  forget(path: string): void;
}

export function createUriSpelling(): UriSpelling {
  const spellings = new Map<string, string>();
  return {
    toPath(uri) {
      const path = uriToPath(uri);
      if (pathToUri(path) !== uri) spellings.set(path, uri);
      return path;
    },
    toUri: (path) => spellings.get(path) ?? pathToUri(path),
    forget: (path) => {
      spellings.delete(path);
    },
  };
}
