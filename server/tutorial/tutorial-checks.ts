/**
 * When a step of the tutorial is done: conditions that are looked up in the workspace, its history and its runs.
 *
 * Pure: everything comes from `TutorialFacts`. Nothing that a person clicks is a condition.
 */
import { type Contribution, isUrl, type ProfileAnalysis } from "@/lib/buildout";
import type { InstanceInfo, RecipeEgg, RunAllInfo, RunInfo } from "@/lib/protocol";

export interface Condition {
  readonly text: string;
  readonly ok: boolean;
  readonly detail?: string;
}

export interface TutorialFacts {
  readonly engineReady: boolean;
  readonly engineDetail: string;
  readonly identity: string | undefined;
  /** Workspace root; the paths below are the workspace's. */
  readonly root: string;
  readonly analysis: ProfileAnalysis;
  readonly release: string | undefined;
  /** The release of one's own: it was not there when the tutorial began. */
  readonly own: string | undefined;
  /** Newest first. */
  readonly runs: readonly RunInfo[];
  /** Steps that were green before. */
  readonly done: ReadonlySet<string>;
  /** When the tutorial began. */
  readonly startedAt: string;
  /** Differ from the commit where the tutorial began, committed or not. */
  readonly changed: ReadonlySet<string>;
  /** Differ from what is committed. */
  readonly uncommitted: ReadonlySet<string>;
  readonly pushed: { readonly ok: boolean; readonly detail: string };
  /** Of the last commit; undefined when there is none since the tutorial began. */
  readonly committedAt: string | undefined;
  /** Templates beside the release with the md5sum that is written down for them, and theirs. */
  readonly templates: readonly { readonly path: string; readonly written: string; readonly actual: string }[];
  /** The egg of recipes that is in development mode. */
  readonly developed: RecipeEgg | undefined;
  /** The first error; undefined for none. */
  readonly pythonErrors: string | undefined;
  readonly instances: readonly InstanceInfo[];
  readonly runAll: RunAllInfo | undefined;
}

export type StepCheck = (facts: TutorialFacts) => readonly Condition[];

const succeeded = (facts: TutorialFacts, kind: RunInfo["kind"], profile: string | undefined, since: string) =>
  facts.runs.find(
    (run) => run.kind === kind && run.profile === profile && run.state === "succeeded" && run.createdAt > since,
  );

function ranSince(
  facts: TutorialFacts,
  text: string,
  kind: RunInfo["kind"],
  profile: string | undefined,
  since: string,
): Condition {
  const run = succeeded(facts, kind, profile, since);
  return { text, ok: run !== undefined, ...(run && { detail: `run ${run.id}` }) };
}

function fileOf(facts: TutorialFacts, { profile }: Contribution): string | undefined {
  return profile?.path.startsWith(`${facts.root}/`) ? profile.path.slice(facts.root.length + 1) : undefined;
}

/** Options of one's own release that override those of a component or a stack. */
export function findOverrides(facts: TutorialFacts): { section: string; option: string; definedIn: string }[] {
  if (facts.own === undefined) return [];
  const resolution = facts.analysis.resolve(`${facts.root}/${facts.own}`);
  return resolution.sectionNames().flatMap((section) =>
    section === "buildout"
      ? []
      : resolution.section(section).flatMap(({ name, contributions }) => {
          const files = contributions.map((one) => fileOf(facts, one));
          const definedIn = files.find((path) => path !== facts.own && /^(component|stack)\//.test(path ?? ""));
          return files.includes(facts.own) && definedIn ? [{ section, option: name, definedIn }] : [];
        }),
  );
}

/** Files that one's own release extends: those that cannot be read, and those that come from elsewhere. */
export function findBadExtends(facts: TutorialFacts): { missing: string[]; remote: string[]; count: number } {
  const { configuration } = facts.analysis.resolve(`${facts.root}/${facts.own ?? facts.release}`);
  // Also those that could not be read.
  const files = [...configuration.paths];
  return {
    count: files.length,
    missing: files.filter((path) => !isUrl(path) && "problem" in facts.analysis.profile(path)),
    remote: files.filter(isUrl),
  };
}

const isComponent = (path: string): boolean => /^(component|stack)\/.+\.cfg$/.test(path);

/** By number of the step, from 1. */
export const CHECKS: readonly StepCheck[] = [
  (facts) => [
    { text: "The engine is ready", ok: facts.engineReady, detail: facts.engineDetail },
    {
      text: "Commits have a name and an email",
      ok: facts.identity !== undefined,
      ...(facts.identity && { detail: facts.identity }),
    },
  ],
  (facts) => [
    {
      text: "The workspace has a release",
      ok: facts.release !== undefined,
      ...(facts.release && { detail: facts.release }),
    },
    ranSince(facts, "Its software is built", "software", facts.release, ""),
  ],
  (facts) => {
    const loads = facts.own !== undefined && facts.analysis.resolve(`${facts.root}/${facts.own}`).loads;
    return [
      {
        text: "There is a release of your own below software/",
        ok: facts.own !== undefined,
        ...(facts.own && { detail: facts.own }),
      },
      { text: "It extends another profile and can be read", ok: loads },
    ];
  },
  (facts) => {
    const added = [...facts.changed].filter((path) => /^component\/[^/]+\/[^/]+\.cfg$/.test(path));
    const files =
      facts.own === undefined ? [] : facts.analysis.resolve(`${facts.root}/${facts.own}`).configuration.files;
    const used = added.find((path) => files.includes(`${facts.root}/${path}`));
    return [
      { text: "A component is new or changed", ok: added.length > 0, ...(added[0] && { detail: added[0] }) },
      { text: "Your release extends it", ok: used !== undefined, ...(used && { detail: used }) },
    ];
  },
  (facts) => {
    const { missing, remote, count } = findBadExtends(facts);
    return [
      { text: "Your release is there", ok: facts.own !== undefined },
      {
        text: "Every file that it extends can be read",
        ok: facts.own !== undefined && missing.length === 0,
        detail:
          missing.length === 0
            ? `${count} files`
            : missing.map((path) => path.replace(`${facts.root}/`, "")).join(", "),
      },
      {
        text: "All of them are files of this checkout",
        ok: remote.length === 0 && facts.own !== undefined,
        ...(remote[0] && { detail: remote.join(", ") }),
      },
    ];
  },
  (facts) => {
    const [override] = findOverrides(facts);
    const run = succeeded(facts, "software", facts.own, facts.startedAt);
    return [
      {
        text: "Your release overrides an option of a component or a stack",
        ok: override !== undefined,
        ...(override && { detail: `[${override.section}] ${override.option}, defined in ${override.definedIn}` }),
      },
      {
        text: "The software of your release is built with it",
        ok: override !== undefined && run !== undefined,
        ...(run && { detail: `run ${run.id}` }),
      },
    ];
  },
  (facts) => {
    const promoted = [...facts.changed].find(isComponent);
    const rest = findOverrides(facts);
    return [
      { text: "The override was built in your release (step 6)", ok: facts.done.has("step-6") },
      {
        text: "A component is changed, and your release overrides nothing any more",
        ok: promoted !== undefined && rest.length === 0,
        ...(promoted && { detail: promoted }),
      },
      {
        text: "It is committed",
        ok: facts.committedAt !== undefined && promoted !== undefined && ![...facts.uncommitted].some(isComponent),
      },
      {
        text: "It is pushed to your fork",
        ok: facts.pushed.ok && facts.committedAt !== undefined,
        detail: facts.pushed.detail,
      },
      ranSince(facts, "The software is built from it", "software", facts.own, facts.committedAt ?? "9"),
    ];
  },
  (facts) => {
    const changed = facts.templates.filter(({ path }) => facts.changed.has(path));
    const stale = facts.templates.filter(({ written, actual }) => written !== actual);
    const profile = facts.own ?? facts.release;
    const software = facts.runs.find(
      (run) => run.kind === "software" && run.state === "succeeded" && run.profile === profile,
    );
    const instance = succeeded(facts, "instance", profile, software?.createdAt ?? "9");
    return [
      { text: "A template is changed", ok: changed.length > 0, ...(changed[0] && { detail: changed[0].path }) },
      {
        text: "Its md5sum is right",
        ok: changed.length > 0 && stale.length === 0,
        ...(stale[0] && { detail: stale.map(({ path }) => path).join(", ") }),
      },
      {
        text: "Software and instance ran with it",
        ok: changed.length > 0 && instance !== undefined,
        ...(instance && { detail: `run ${instance.id}` }),
      },
    ];
  },
  (facts) => {
    const { developed } = facts;
    const used = developed?.imported.some(({ location }) => location === developed.developed?.path);
    const run =
      developed &&
      facts.runs.find(
        (one) => one.kind === "software" && one.state === "succeeded" && one.createdAt > developed.developed!.since,
      );
    return [
      {
        text: "An egg of recipes is in development mode",
        ok: developed !== undefined,
        ...(developed && { detail: `${developed.egg} from ${developed.developed!.path || "the workspace"}` }),
      },
      {
        text: "A software run imported it from the checkout",
        ok: used === true && run !== undefined,
        ...(run && { detail: `run ${run.id}` }),
      },
    ];
  },
  (facts) => {
    const recipe = [...facts.changed].find((path) => /(?:^|\/)slapos\/recipe\/.*\.py$/.test(path));
    const test = facts.runs.find(
      (run) => run.kind === "recipe" && run.state === "succeeded" && run.createdAt > facts.startedAt,
    );
    const all = facts.runAll?.state === "succeeded" && facts.runAll.startedAt > facts.startedAt;
    return [
      { text: "A recipe is changed", ok: recipe !== undefined, ...(recipe && { detail: recipe }) },
      {
        text: "pyflakes finds no error",
        ok: facts.pythonErrors === undefined,
        ...(facts.pythonErrors && { detail: facts.pythonErrors }),
      },
      {
        text: "A recipe was tested alone",
        ok: test !== undefined,
        ...(test && { detail: `[${test.section}], run ${test.id}` }),
      },
      { text: "Run all is green", ok: all },
    ];
  },
  (facts) => {
    const since = facts.runs.filter((run) => run.kind === "instance" && run.createdAt > facts.startedAt);
    const red = since.find((run) => run.state === "failed" && run.code === 2);
    const mended =
      red &&
      since.find((run) => run.state === "succeeded" && run.createdAt > red.createdAt && run.instance === red.instance);
    const green = facts.instances.find((instance) => instance.health === "green" && instance.state === "started");
    return [
      {
        text: "A promise of an instance failed",
        ok: red !== undefined,
        ...(red && { detail: red.error ?? `run ${red.id}` }),
      },
      {
        text: "The same instance is green again",
        ok: mended !== undefined && green !== undefined,
        ...(mended && { detail: `run ${mended.id}` }),
      },
    ];
  },
];
