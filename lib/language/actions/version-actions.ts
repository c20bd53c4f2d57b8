/** Actions on a pinned version: another version, its page, its vulnerabilities. */
import type { TextRange } from "@/lib/base/text-range";
import type { CodeActionAnswer } from "../answers";
import { pinnedVersions, publishedVersion } from "../diagnostics/version-diagnostics";
import { isNewerVersion } from "../versions/version-order";
import type { ActionContext } from "./action-context";

export function versionActions({ analysis, document, packages }: ActionContext, range: TextRange): CodeActionAnswer[] {
  const pin = pinnedVersions(analysis, document).find(
    ({ option }) => option.start <= range.end && range.start <= option.node.end && range.start <= option.end,
  );
  if (!pin) return [];
  const { project, version, option } = pin;
  const actions: CodeActionAnswer[] = [];
  const release = packages.known(project, publishedVersion(version));
  const latest = release?.latest;
  const use = (other: string, preferred: boolean): CodeActionAnswer => ({
    title: `Use version ${other}`,
    kind: "quickfix",
    preferred,
    edits: [{ path: document.path, edits: [{ range: option.value, newText: other }] }],
    mends: ["versions/newer", "versions/unknown-version", "versions/vulnerability"],
  });
  const known = release?.versions.includes(publishedVersion(version));
  if (latest && release.exists && (!known || isNewerVersion(latest, publishedVersion(version))))
    actions.push(use(latest, true));
  for (const vulnerability of release?.vulnerabilities ?? []) {
    for (const fixed of vulnerability.fixedIn) {
      if (fixed !== latest && isNewerVersion(fixed, publishedVersion(version))) actions.push(use(fixed, false));
    }
    if (vulnerability.link) {
      actions.push({
        title: `View ${vulnerability.id}`,
        kind: "quickfix",
        show: vulnerability.link,
        mends: ["versions/vulnerability"],
      });
    }
  }
  actions.push({ title: `View ${project} on pypi`, kind: "quickfix", show: packages.projectPage(project, version) });
  return actions;
}
