/** What the package index says of pinned versions: unknown ones, newer ones, known vulnerabilities. */
import type { Analysis } from "../analysis/analysis";
import type { LanguageDiagnostic } from "../answers";
import type { DocumentOption, ProfileDocument } from "../document/profile-document";
import type { PackageIndex, PackageRelease } from "../service";
import { isNewerVersion } from "../versions/version-order";

export interface PinnedVersion {
  readonly project: string;
  readonly version: string;
  readonly option: DocumentOption;
}

const PLAIN_VERSION = /^[0-9][\w.!+-]*$/;

/** Pins in the sections that buildout takes versions from: `[versions]`, or what `buildout:versions` names. */
export function pinnedVersions(analysis: Analysis, document: ProfileDocument): PinnedVersion[] {
  const names = new Set(["versions"]);
  const view = document.levels === "profile" ? analysis.view(document.path) : undefined;
  const named = view?.option("buildout", "versions")?.value.trim();
  if (named && named !== "buildout") names.add(named);
  return [...names]
    .flatMap((name) => document.sectionsNamed(name))
    .flatMap((section) => section.options)
    .filter((option) => option.operator === "=")
    .map((option) => ({
      project: option.name.split("[")[0]!.replace(/-patches$/, ""),
      version: document.text.slice(option.value.start, option.value.end).trim(),
      option,
    }))
    .filter(({ version, option }) => PLAIN_VERSION.test(version) && !/-patch(?:es|-)|:whl$/.test(option.name));
}

/** SlapOS marks versions that it patches: `1.2+SlapOSPatched001` is 1.2 for the index. */
export function publishedVersion(version: string): string {
  return version.split("+")[0]!;
}

export async function versionDiagnostics(
  analysis: Analysis,
  document: ProfileDocument,
  packages: PackageIndex,
): Promise<LanguageDiagnostic[]> {
  const pins = pinnedVersions(analysis, document);
  const found = await Promise.all(
    pins.map(async (pin) => {
      const release = await packages.release(pin.project, publishedVersion(pin.version));
      return release ? releaseDiagnostics(pin, release) : [];
    }),
  );
  return found.flat();
}

function releaseDiagnostics(
  { project, version, option }: PinnedVersion,
  release: PackageRelease,
): LanguageDiagnostic[] {
  const data = { project, version };
  const range = option.value;
  if (!release.exists) {
    return [
      {
        range,
        severity: "warning",
        code: "versions/unknown-project",
        source: "pypi",
        data,
        message: `Project \`${project}\` is not in the package index.`,
      },
    ];
  }
  const found: LanguageDiagnostic[] = [];
  const published = publishedVersion(version);
  const latest = release.latest;
  if (!release.versions.includes(published)) {
    found.push({
      range,
      severity: "warning",
      code: "versions/unknown-version",
      source: "pypi",
      message: `Version ${version} of \`${project}\` does not exist${latest ? `; the latest is ${latest}` : ""}.`,
      data: { ...data, ...(latest ? { latest } : {}) },
    });
  } else if (latest && isNewerVersion(latest, published)) {
    found.push({
      range,
      severity: "hint",
      code: "versions/newer",
      source: "pypi",
      message: `Newer version available (${latest})`,
      data: { ...data, latest },
    });
  }
  for (const vulnerability of release.vulnerabilities) {
    const fixed = vulnerability.fixedIn.length > 0 ? ` Fixed in ${vulnerability.fixedIn.join(", ")}.` : "";
    found.push({
      range,
      severity: "warning",
      code: "versions/vulnerability",
      source: "pypi",
      message:
        `${project} ${version} has a known vulnerability, ${vulnerability.id}: ${vulnerability.summary}${fixed}`.trim(),
      href: vulnerability.link || undefined,
      data: {
        ...data,
        link: vulnerability.link,
        vulnerability: vulnerability.id,
        fixedIn: vulnerability.fixedIn.join(","),
      },
    });
  }
  return found;
}
