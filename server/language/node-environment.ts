/** The language service's ports on Node: files, package index, web, Python. */
import { createHash } from "node:crypto";
import { fetchFromWeb, type WebFetch } from "@/server/platform/web-fetch";
import { createWorkspaceTexts, type WorkspaceTexts } from "@/server/platform/workspace-texts";
import type { LanguageEnvironment, LanguageSettings, OpenedPorts } from "./language-environment";
import { createPackageIndex } from "./package-index";
import { createPythonLint } from "./python-lint";

const PROFILE_LIMITS = { timeoutMs: 5_000, maxBytes: 2 << 20 };
const DOWNLOAD_LIMITS = { timeoutMs: 120_000, maxBytes: 256 << 20 };

/** The JSON interface stands beside the simple one that pip is configured with. */
function indexOfPip(url: string | undefined): string {
  return url?.replace(/\/simple\/?$/, "") ?? "";
}

export function createNodeEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
  now: () => number,
  fetch: WebFetch = fetchFromWeb,
  createTexts: (roots: readonly string[]) => WorkspaceTexts = createWorkspaceTexts,
): LanguageEnvironment {
  const defaults: LanguageSettings = {
    pypiUrl: variables.LSP_TEST_PYPI_URL || variables.WEBRUNNER_PYPI_URL || indexOfPip(variables.PIP_INDEX_URL),
    pythonPath: variables.WEBRUNNER_PYTHON || "python3",
    hashOnSave: true,
  };
  return {
    version: "0.1.0",
    settings: defaults,
    open(roots, openText, settings): OpenedPorts {
      const texts = createTexts(roots);
      const profiles = new Map<string, string>();
      const asked = new Map<string, Promise<void>>();
      return {
        texts,
        files: {
          read: (path) => openText(path) ?? texts.read(path),
          peek: (path) => openText(path) ?? texts.peek(path),
          kindOf: (path) => (openText(path) === undefined ? texts.kindOf(path) : "file"),
          list: texts.list,
          all: texts.all,
          roots,
        },
        digest(path) {
          const text = openText(path);
          return text === undefined ? texts.digest(path) : createHash("md5").update(text).digest("hex");
        },
        packages: createPackageIndex({ fetch, now, url: () => settings.pypiUrl.replace(/\/+$/, "") }),
        remote: {
          text: (url) => profiles.get(url),
          async digest(url) {
            const bytes = await fetch(url, DOWNLOAD_LIMITS).catch(() => undefined);
            return bytes && createHash("md5").update(bytes).digest("hex");
          },
        },
        lint: createPythonLint(() => settings.pythonPath),
        async fetchProfiles(urls) {
          const wanted = urls.filter((url) => !profiles.has(url));
          for (const url of wanted) {
            if (asked.has(url)) continue;
            const answer = fetch(url, PROFILE_LIMITS).then(
              (bytes) => {
                if (bytes) profiles.set(url, new TextDecoder().decode(bytes));
              },
              () => {
                // The address cannot be reached: the profile stays unknown, as a diagnostic says.
              },
            );
            asked.set(url, answer);
          }
          await Promise.all(wanted.map((url) => asked.get(url)));
          return wanted.some((url) => profiles.has(url));
        },
      };
    },
  };
}
