/**
 * A language service over files in a string: `#- /base.cfg` starts a file, `<|>` is the cursor.
 */
import { createHash } from "node:crypto";
import { applyTextEdits } from "@/lib/base/text-range";
import type { FileEdit } from "@/lib/language/answers";
import { createLanguageService } from "@/lib/language/create-language-service";
import type { LanguageService, PackageRelease } from "@/lib/language/service";

export interface LanguageFixture {
  readonly service: LanguageService;
  readonly files: Map<string, string>;
  /** Of the cursor; the first file when there is none. */
  readonly path: string;
  readonly offset: number;
  /** `path:line` of a place, one-based. */
  place(location: { path: string; range: { start: number } }): string;
  apply(edits: readonly FileEdit[]): Record<string, string>;
  change(path: string, text: string): void;
}

const ROOT = "/workspace";

export function createFixture(
  source: string,
  releases: Readonly<Record<string, PackageRelease>> = {},
): LanguageFixture {
  const files = new Map<string, string>();
  let path = "";
  let offset = 0;
  const parts = source.startsWith("#- ") ? source.split(/^#- /m).slice(1) : [`/main.cfg\n${source}`];
  for (const part of parts) {
    const end = part.indexOf("\n");
    const name = ROOT + part.slice(0, end).trim();
    let text = part.slice(end + 1);
    const cursor = text.indexOf("<|>");
    if (cursor >= 0) {
      path = name;
      offset = cursor;
      text = text.replace("<|>", "");
    }
    path ||= name;
    files.set(name, text);
  }
  const md5 = (text: string): string => createHash("md5").update(text).digest("hex");
  const service = createLanguageService({
    files: {
      read: (name) => files.get(name),
      kindOf: (name) =>
        files.has(name)
          ? "file"
          : [...files.keys()].some((file) => file.startsWith(`${name}/`))
            ? "directory"
            : undefined,
      list(directory) {
        const prefix = directory === "/" ? "/" : `${directory}/`;
        const entries = new Map<string, "file" | "directory">();
        for (const name of files.keys()) {
          if (!name.startsWith(prefix)) continue;
          const [first, ...more] = name.slice(prefix.length).split("/");
          entries.set(first!, more.length > 0 ? "directory" : "file");
        }
        return [...entries].map(([name, kind]) => ({ name, kind }));
      },
      all: () => [...files.keys()],
      roots: [ROOT],
    },
    digest: (name) => (files.has(name) ? md5(files.get(name)!) : undefined),
    packages: {
      release: async (project) => releases[project],
      known: (project) => releases[project],
      projectPage: (project) => `/project/${project}/`,
    },
    remote: { text: () => undefined, digest: async (url) => md5(url) },
  });
  return {
    service,
    files,
    path,
    offset,
    place: (location) => {
      const text = files.get(location.path) ?? "";
      return `${location.path.slice(ROOT.length)}:${text.slice(0, location.range.start).split("\n").length}`;
    },
    apply(edits) {
      return Object.fromEntries(
        edits.map((file) => [file.path.slice(ROOT.length), applyTextEdits(files.get(file.path) ?? "", file.edits)]),
      );
    },
    change(path, text) {
      const name = ROOT + path;
      files.set(name, text);
      service.fileChanged(name);
    },
  };
}
