/**
 * What the tutorial does for a person who presses “Do it”: the same that they would do, with the same features.
 *
 * Written for any checkout of SlapOS's shape; where one lacks what a step needs, the step says what to do by hand.
 */
import { createHash } from "node:crypto";
import { posix } from "node:path";
import { WebrunnerError } from "@/lib/base/errors";
import type { AnalysisOptions } from "@/lib/buildout";
import { promoteOverride } from "@/lib/gestures/promote";
import type { RunAllInfo, RunAllRequest, RunInfo, RunRequest } from "@/lib/protocol";
import { findBadExtends, findOverrides, type TutorialFacts } from "./tutorial-checks";

export interface ActionPorts {
  readonly readText: (path: string) => Promise<string | undefined>;
  /** Makes the file, or replaces it; what it was is kept in the history. */
  readonly writeText: (path: string, text: string) => Promise<void>;
  readonly listPaths: () => Promise<readonly string[]>;
  readonly analysisOptions: AnalysisOptions;
  /** To its end. */
  readonly run: (request: RunRequest) => Promise<RunInfo>;
  readonly runAll: (request: RunAllRequest) => Promise<RunAllInfo>;
  readonly provision: () => Promise<void>;
  /** The release that the tutorial is about from here on. */
  readonly chooseRelease: (profile: string) => Promise<void>;
  readonly saveIdentity: (name: string, email: string) => Promise<void>;
  readonly commit: (message: string) => Promise<void>;
  /** Connects a fork when an address is given, and pushes the branch there. */
  readonly push: (fork: { url: string; user: string; password: string } | undefined) => Promise<void>;
  /** Eggs of recipes whose sources the workspace has, by name. */
  readonly listCheckouts: () => Promise<readonly string[]>;
  readonly develop: (egg: string, url: string | undefined) => Promise<void>;
  readonly requestInstance: (name: string, profile: string, parameters: Record<string, unknown>) => Promise<void>;
  readonly say: (message: string) => void;
}

export interface StepField {
  readonly name: string;
  readonly label: string;
  readonly secret?: boolean;
}

export interface StepAction {
  readonly fields?: readonly StepField[];
  run(facts: TutorialFacts, ports: ActionPorts, values: Readonly<Record<string, string>>): Promise<void>;
}

const refuse = (message: string, hint: string): never => {
  throw new WebrunnerError("run/refused", { message, hint });
};

async function runGreen(ports: ActionPorts, request: RunRequest): Promise<RunInfo> {
  ports.say(`Running ${request.kind} of ${request.profile}`);
  const run = await ports.run(request);
  if (run.state !== "succeeded")
    refuse(
      `The ${request.kind} run ended ${run.state}: ${(run.error ?? run.id).replace(/\.*$/, ".")}`,
      "Look at its log in the Runs view.",
    );
  return run;
}

const getRelease = (facts: TutorialFacts): string =>
  facts.release ?? refuse("The workspace has no release.", "Make software/NAME/software.cfg first.");
const getOwn = (facts: TutorialFacts): string =>
  facts.own ?? refuse("There is no release of your own yet.", "Do step 3 first.");

/** `software.cfg.json` names its schemas relative to itself. */
function moveDescription(text: string, folder: string): string {
  return text.replace(
    /("(?:request|response)"\s*:\s*")(?![a-z]+:\/\/|\/)([^"]+)"/g,
    (_all, key: string, path: string) => `${key}../${folder}/${path}"`,
  );
}

async function buildRelease(
  facts: TutorialFacts,
  ports: ActionPorts,
  { release }: Readonly<Record<string, string>>,
): Promise<void> {
  if (release && release !== facts.release) {
    if ((await ports.readText(release)) === undefined)
      refuse(`There is no file ${release}.`, "Name a software.cfg of the workspace.");
    await ports.chooseRelease(release);
  }
  await runGreen(ports, { kind: "software", profile: release || getRelease(facts) });
}

async function makeOwnRelease(facts: TutorialFacts, ports: ActionPorts): Promise<void> {
  if (facts.own !== undefined) return;
  const release = getRelease(facts);
  const folder = posix.basename(posix.dirname(release));
  const place = `software/my-${folder}`;
  const description = await ports.readText(`${release}.json`);
  if (description !== undefined)
    await ports.writeText(`${place}/software.cfg.json`, moveDescription(description, folder));
  const path = posix.relative(place, release);
  await ports.writeText(
    `${place}/software.cfg`,
    `# My own release, to try things in.\n\n[buildout]\nextends =\n  ${path}\n`,
  );
}

/** The component of the release that is simplest to build: one that is configured and made. */
function findComponent(facts: TutorialFacts): { section: string; path: string } | undefined {
  const resolution = facts.analysis.resolve(`${facts.root}/${getOwn(facts)}`);
  for (const section of resolution.sectionNames()) {
    if (!/^slapos\.recipe\.cmmi(?:$|:)/.test(resolution.option(section, "recipe")?.raw ?? "")) continue;
    const first = resolution.option(section, "configure-options")?.contributions[0]?.profile?.path;
    const path = first?.startsWith(`${facts.root}/`) ? first.slice(facts.root.length + 1) : undefined;
    if (path !== undefined && /^component\/[^/]+\/buildout\.cfg$/.test(path)) return { section, path };
  }
  return undefined;
}

async function addComponent(facts: TutorialFacts, ports: ActionPorts): Promise<void> {
  const own = getOwn(facts);
  const base =
    findComponent(facts) ??
    refuse("No component of the release is configured and made.", "Add a component with the command New component.");
  const name = `my-${base.section}`;
  const path = `component/${name}/buildout.cfg`;
  const options =
    facts.analysis.resolve(`${facts.root}/${base.path}`).option(base.section, "configure-options")?.raw ?? "";
  const lines = options
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  await ports.writeText(
    path,
    `# ${base.section} once more, with options of its own.

[buildout]
extends =
  ${posix.relative(`component/${name}`, base.path)}
parts = ${name}

[${name}]
<= ${base.section}
configure-options =
${lines.map((line) => `  ${line}\n`).join("")}`,
  );
  const text = (await ports.readText(own)) ?? "";
  if (text.includes(path)) return;
  const extend = `  ${posix.relative(posix.dirname(own), path)}\n`;
  // Before what is there: a component says parts of its own, which the release must win over.
  const changed = text.replace(/^(extends *= *\n)/m, (line) => `${line}${extend}`);
  if (changed === text) refuse(`${own} has no list of extends.`, `Add ${path} to it by hand.`);
  await ports.writeText(
    own,
    changed.replace(/^(extends *=[^[]*?\n)(?=\n|\[|$)/m, (lines) => `${lines}parts +=\n  ${name}\n`),
  );
}

/** Paths of the checkout are right as they are; what is not there, or comes from elsewhere, is for the person to decide. */
async function checkExtends(facts: TutorialFacts): Promise<void> {
  getOwn(facts);
  const { missing, remote } = findBadExtends(facts);
  if (missing[0])
    refuse(`${missing[0].replace(`${facts.root}/`, "")} cannot be read.`, "Correct the extends that names it.");
  if (remote[0])
    refuse(
      `${remote[0]} is no file of this checkout.`,
      "Switch source of extends… takes the checkout's where it has one.",
    );
}

async function override(facts: TutorialFacts, ports: ActionPorts): Promise<void> {
  const own = getOwn(facts);
  if (findOverrides(facts).length === 0) {
    const added = [...facts.changed].find((path) => /^component\/my-[^/]+\/buildout\.cfg$/.test(path));
    const section = added?.split("/")[1] ?? refuse("There is no component of yours yet.", "Do step 4 first.");
    const options = facts.analysis.resolve(`${facts.root}/${own}`).option(section, "configure-options")?.raw ?? "";
    const takesMark = facts.analysis
      .resolve(`${facts.root}/${getRelease(facts)}`)
      .option("greeter", "configure-options")
      ?.raw.includes("--with-mark");
    const line = takesMark ? "--with-mark=?" : "--disable-dependency-tracking";
    if (!options.includes(line)) {
      const text = ((await ports.readText(own)) ?? "").replace(/\n*$/, "\n");
      await ports.writeText(own, `${text}\n[${section}]\nconfigure-options +=\n  ${line}\n`);
    }
  }
  await runGreen(ports, { kind: "software", profile: own });
}

async function promote(
  facts: TutorialFacts,
  ports: ActionPorts,
  values: Readonly<Record<string, string>>,
): Promise<void> {
  const own = getOwn(facts);
  if (!facts.done.has("step-6"))
    refuse("The override is not built yet, so nobody knows whether it is good.", "Do step 6 first.");
  const overrides = findOverrides(facts);
  for (const { section, option, definedIn } of overrides) {
    const gesture = promoteOverride(ports.analysisOptions, {
      profile: `${facts.root}/${own}`,
      section,
      option,
      into: `${facts.root}/${definedIn}`,
    });
    if (gesture.kind === "refused")
      refuse(`[${section}] ${option} cannot be promoted: ${gesture.reason}`, "Move it by hand.");
    else for (const file of gesture.files) await ports.writeText(file.path.slice(facts.root.length + 1), file.after);
    ports.say(`Promoted [${section}] ${option} to ${definedIn}`);
  }
  const what = overrides[0] ? posix.dirname(overrides[0].definedIn) : "component";
  if (facts.uncommitted.size > 0 || overrides.length > 0)
    await ports.commit(`${what}: ${overrides[0] ? `change ${overrides[0].option}` : "customise"}`);
  ports.say("Pushing");
  const { url, user = "", password = "" } = values;
  await ports.push(url ? { url, user, password } : undefined);
  await runGreen(ports, { kind: "software", profile: own });
}

async function changeTemplate(facts: TutorialFacts, ports: ActionPorts): Promise<void> {
  const template = facts.templates.find(({ path }) => /\.(?:py|sh|conf|cfg)\.(?:in|jinja2?|j2)$/.test(path));
  if (!template) refuse("The release has no template that could take a comment.", "Change one by hand.");
  else {
    if (!facts.changed.has(template.path)) {
      const text = `${((await ports.readText(template.path)) ?? "").replace(/\n*$/, "\n")}# Changed in the tutorial.\n`;
      await ports.writeText(template.path, text);
    }
    const text = (await ports.readText(template.path)) ?? "";
    const hashes = `${posix.dirname(template.path)}/buildout.hash.cfg`;
    const md5 = createHash("md5").update(text).digest("hex");
    const written = (await ports.readText(hashes)) ?? "";
    if (!written.includes(md5)) await ports.writeText(hashes, written.replace(template.written, md5));
  }
  const profile = facts.own ?? getRelease(facts);
  await runGreen(ports, { kind: "software", profile });
  await runGreen(ports, { kind: "instance", profile });
}

/** A section of the release whose recipe is of the egg. */
function findRecipeSection(facts: TutorialFacts, egg: string): { section: string; entry: string } | undefined {
  const resolution = facts.analysis.resolve(`${facts.root}/${facts.own ?? getRelease(facts)}`);
  for (const section of resolution.sectionNames()) {
    const recipe = resolution.option(section, "recipe")?.raw ?? "";
    if (recipe.startsWith(`${egg}:`)) return { section, entry: recipe.slice(egg.length + 1) };
  }
  return undefined;
}

async function develop(
  facts: TutorialFacts,
  ports: ActionPorts,
  values: Readonly<Record<string, string>>,
): Promise<void> {
  const checkouts = await ports.listCheckouts();
  const egg = values.egg || (checkouts.find((one) => findRecipeSection(facts, one)) ?? checkouts[0]);
  if (egg === undefined) refuse("The workspace makes no egg of recipes.", "Name the egg and the address of your fork.");
  else await ports.develop(egg, values.url || undefined);
  await runGreen(ports, { kind: "software", profile: facts.own ?? getRelease(facts) });
}

async function changeRecipe(facts: TutorialFacts, ports: ActionPorts): Promise<void> {
  const developed = facts.developed ?? refuse("No egg is in development mode.", "Do step 9 first.");
  const base = developed.developed?.path ? `${developed.developed.path}/` : "";
  const profile = facts.own ?? getRelease(facts);
  const { section, entry } =
    findRecipeSection(facts, developed.egg) ??
    refuse(
      `No section of ${profile} has a recipe of ${developed.egg} that could be tested alone.`,
      "Open a profile that has one, put the cursor into its section, and press Ctrl+Alt+T; then press F8.",
    );
  const setup = (await ports.readText(`${base}setup.py`)) ?? "";
  const module = new RegExp(`["']${entry.replace(/[.*+?^$()|[\]{}\\]/g, "\\$&")}\\s*=\\s*([\\w.]+)`).exec(setup)?.[1];
  const paths = await ports.listPaths();
  const path = module
    ? [`${base}${module.replaceAll(".", "/")}.py`, `${base}${module.replaceAll(".", "/")}/__init__.py`].find((one) =>
        paths.includes(one),
      )
    : paths.find((one) => one.startsWith(`${base}slapos/recipe/`) && one.endsWith(".py"));
  if (path === undefined) refuse(`The sources of ${developed.egg} were not found.`, "Change a recipe by hand.");
  else if (!facts.changed.has(path))
    await ports.writeText(
      path,
      `${((await ports.readText(path)) ?? "").replace(/\n*$/, "\n")}\n# Changed in the tutorial.\n`,
    );
  await runGreen(ports, { kind: "recipe", profile, section });
  ports.say("Run all");
  const all = await ports.runAll({
    profile,
    commit: { message: `recipe: change ${posix.basename(path ?? developed.egg)}` },
  });
  const red = all.steps.find(({ state }) => state === "failed");
  if (all.state !== "succeeded")
    refuse(`Run all ended ${all.state}: ${(red?.summary ?? "").replace(/\.*$/, ".")}`, "Mend it, and press F8.");
}

async function breakAndMend(facts: TutorialFacts, ports: ActionPorts): Promise<void> {
  const instance =
    facts.instances.find(({ profile }) => profile === (facts.own ?? facts.release)) ?? facts.instances[0];
  if (!instance) refuse("There is no instance yet.", "Run instance first.");
  else {
    const { name, profile, parameters } = instance;
    ports.say("Asking for a port that only root may listen on");
    await ports.requestInstance(name, profile, { ...parameters, port: 1 });
    const red = await ports.run({ kind: "instance", profile, instance: name });
    const { port: _port, ...others } = parameters;
    await ports.requestInstance(name, profile, others);
    if (red.state !== "failed")
      refuse("The instance did not fail with the port 1.", "Break one of its programs by hand.");
    ports.say(`Its promise failed: ${red.error ?? ""}`);
    await runGreen(ports, { kind: "instance", profile, instance: name });
  }
}

/** By number of the step, from 1. */
export const ACTIONS: readonly StepAction[] = [
  {
    fields: [
      { name: "name", label: "Your name" },
      { name: "email", label: "Your email" },
    ],
    async run(facts, ports, { name, email }) {
      if (name && email) await ports.saveIdentity(name, email);
      else if (facts.identity === undefined) refuse("Git does not know who commits.", "Give your name and email.");
      await ports.provision();
    },
  },
  { fields: [{ name: "release", label: "Release (empty: the one above)" }], run: buildRelease },
  { run: makeOwnRelease },
  { run: addComponent },
  { run: checkExtends },
  { run: override },
  {
    fields: [
      { name: "url", label: "URL of your fork (empty: the one that is connected)" },
      { name: "user", label: "User" },
      { name: "password", label: "Token or password", secret: true },
    ],
    run: promote,
  },
  { run: changeTemplate },
  {
    fields: [
      { name: "egg", label: "Egg (empty: one of the workspace)" },
      { name: "url", label: "URL of its fork (empty: the checkout of the workspace)" },
    ],
    run: develop,
  },
  { run: changeRecipe },
  { run: breakAndMend },
];
