/** What the protocol server needs from the machine, made once for a client. */
import type { LanguagePorts } from "@/lib/language/service";
import type { PythonLint } from "./python-lint";

export interface LanguageSettings {
  /** Base address of the package index; empty when versions are not to be looked up. */
  pypiUrl: string;
  /** A Python that has pyflakes. */
  pythonPath: string;
  /** Whether saving a file updates its entry in `buildout.hash.cfg`. */
  hashOnSave: boolean;
}

export interface OpenedPorts extends LanguagePorts {
  readonly texts: { forget(path: string): void };
  readonly lint: PythonLint;
  /** Whether any of the addresses gave a text. */
  fetchProfiles(urls: readonly string[]): Promise<boolean>;
}

export interface LanguageEnvironment {
  readonly version: string;
  readonly settings: LanguageSettings;
  open(
    roots: readonly string[],
    openText: (path: string) => string | undefined,
    settings: Readonly<LanguageSettings>,
  ): OpenedPorts;
}
