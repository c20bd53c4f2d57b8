/** A plan as it goes over the wire: workspace paths, sentences, places; nothing of the disk outside the workspace. */
import { type Diagnostic, stopsLoading } from "@/lib/buildout";
import { describeReason } from "@/lib/buildout/plan/describe-reason";
import type { Place, PlannedPartInfo, RunPlanInfo } from "@/lib/protocol";
import { toPlace, withoutRoots } from "./places";
import type { PlanTarget, ReadPlan } from "./plan-reader";
import type { SoftwareChange } from "./software-inputs";

export interface PlanRoots {
  readonly workspace: string;
  /** Directories that are taken out of texts, longest first. */
  readonly hidden: readonly string[];
}

const SHOWN_FILES = 5;

export function toPlanInfo(read: ReadPlan, target: PlanTarget, profile: string, roots: PlanRoots): RunPlanInfo {
  const { plan, resolution, change } = read;
  const failure = resolution.loads ? undefined : resolution.configuration.diagnostics.find(stopsLoading);
  const clean = (text: string): string => withoutRoots(text, [...roots.hidden, roots.workspace]);
  const parts = plan.parts.map(
    ({ part, action, recipe, reasons }): PlannedPartInfo => ({
      part,
      action,
      recipe,
      reasons: reasons.map((reason) => {
        const { kind, text, option, path } = describeReason(reason);
        const place = option && !path ? placeOfOption(read, roots.workspace, option.section, option.option) : undefined;
        return { kind, text: clean(text), place: place ?? placeOfFile(roots.workspace, path) };
      }),
    }),
  );
  const common = {
    profile,
    kind: target.kind,
    parts,
    steps: [...plan.steps],
    isExact: plan.isExact,
    notes: [...plan.notes],
  };
  if (failure) {
    const nothing = { parts: [], steps: [], isExact: true, notes: [] };
    const place = placeOfDiagnostic(read, roots.workspace, failure);
    return { ...common, ...nothing, outcome: "blocked", because: clean(failure.message), place };
  }
  if (change?.kind === "nothing") return { ...common, steps: [], outcome: "nothing", because: describeChange(change) };
  return { ...common, outcome: "run", because: change ? clean(describeChange(change)) : "" };
}

function describeChange(change: SoftwareChange): string {
  switch (change.kind) {
    case "nothing":
      return "The software is complete, and nothing that it is made from has changed.";
    case "never-built":
      return "This release was never built here.";
    case "engine-changed":
      return "The engine has changed.";
    case "incomplete":
      return "The last build did not complete.";
    case "unknown":
      return "It is not known what the last build was made from.";
    case "develop":
      return "Other recipe eggs are in development mode.";
    case "files": {
      const names = change.paths.slice(0, SHOWN_FILES).join(", ");
      const more = change.paths.length - SHOWN_FILES;
      return more > 0 ? `${names} and ${more} other files changed.` : `${names} changed.`;
    }
  }
}

function placeOfOption(read: ReadPlan, workspace: string, section: string, option: string): Place | undefined {
  const last = read.resolution.option(section, option)?.contributions.at(-1);
  const node = last?.nodes.at(-1);
  if (!last?.profile || !node) return undefined;
  return toPlace(workspace, last.profile.path, last.profile.syntax.text, { start: node.keyStart, end: node.valueEnd });
}

function placeOfFile(workspace: string, path: string | undefined): Place | undefined {
  return path === undefined ? undefined : toPlace(workspace, path, "", { start: 0, end: 0 });
}

function placeOfDiagnostic({ analysis }: ReadPlan, workspace: string, { path, range }: Diagnostic): Place | undefined {
  const profile = analysis.profile(path);
  return "problem" in profile ? undefined : toPlace(workspace, path, profile.syntax.text, range);
}
