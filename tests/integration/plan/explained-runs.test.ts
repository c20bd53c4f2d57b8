/** A release is planned, run, broken, explained, mended and run again: through the API, on the real engine. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readPartLine } from "@/lib/logs/run-progress";
import type { QuickFix, RunChanges, RunFailure, RunPlanInfo, RunWarnings } from "@/lib/protocol";
import { runCommandLine } from "../cli/run-command-line";
import { createRealRuns, type RealRuns } from "../runs/real-runs";

const PROFILE = "software/hello-web/software.cfg";
const TIMEOUT_MS = 180_000;
const WORDS = { install: "Installing", update: "Updating", uninstall: "Uninstalling" } as const;
const software = { kind: "software" as const, profile: PROFILE };

let runs: RealRuns;
beforeAll(async () => {
  runs = await createRealRuns();
}, TIMEOUT_MS);
afterAll(() => runs?.dispose());

async function readPlan(): Promise<RunPlanInfo> {
  const path = `/projects/sample/plan?kind=software&profile=${encodeURIComponent(PROFILE)}`;
  const { status, body } = await runs.server.api<RunPlanInfo>("GET", path);
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
}

async function readFailure(run: string): Promise<RunFailure> {
  const { status, body } = await runs.server.api<RunFailure>("GET", `/runs/${run}/failure`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
}

async function readWarnings(run: string): Promise<RunWarnings["warnings"]> {
  const { status, body } = await runs.server.api<RunWarnings>("GET", `/runs/${run}/warnings`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body.warnings;
}

async function readPartLines(run: string): Promise<string[]> {
  const lines = (await runs.readLog(run)).split("\n").flatMap((line) => {
    const found = readPartLine(line);
    return found ? [`${found.action} ${found.part}`] : [];
  });
  return lines;
}

function toLines({ steps }: RunPlanInfo): string[] {
  return steps.map(({ action, part }) => `${WORDS[action].toLowerCase()} ${part}`);
}

async function edit(path: string, from: string, to: string): Promise<void> {
  const { text } = await runs.readFile(path);
  expect(text).toContain(from);
  await runs.writeFile(
    path,
    text.replace(from, () => to),
  );
}

async function apply({ path, edits }: QuickFix): Promise<void> {
  const { text } = await runs.readFile(path);
  const lines = text.split("\n");
  const toOffset = (line: number, column: number): number =>
    lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0) + column - 1;
  let changed = text;
  for (const one of [...edits].reverse()) {
    changed =
      changed.slice(0, toOffset(one.line, one.column)) + one.text + changed.slice(toOffset(one.endLine, one.endColumn));
  }
  await runs.writeFile(path, changed);
}

describe("a release that is planned and explained", { timeout: TIMEOUT_MS }, () => {
  it("is planned before it was ever built, and built as planned", async () => {
    const plan = await readPlan();
    expect(plan).toMatchObject({ outcome: "run", because: "This release was never built here." });
    expect(plan.parts.every(({ action }) => action === "install")).toBe(true);
    const run = await runs.run(software);
    expect(run.state).toBe("succeeded");
    expect(await readPartLines(run.id)).toEqual(toLines(plan));
  });

  it("has nothing to do then, and the run says the same", async () => {
    expect(await readPlan()).toMatchObject({ outcome: "nothing", steps: [] });
    expect((await runs.run(software)).nothingToDo).toBe(true);
  });

  it("says which edit makes which part anew, with the place of the edit, saved or not", async () => {
    const { text, tag } = await runs.readFile(PROFILE);
    const changed = text.replace("greeting = Hello", "greeting = Bonjour");
    const path = encodeURIComponent(PROFILE);
    await runs.server.api("PUT", `/projects/sample/draft?path=${path}`, { text: changed, baseTag: tag });
    const unsaved = await readPlan();
    expect(unsaved.because).toContain("software.cfg changed");
    await runs.writeFile(PROFILE, changed);
    const plan = await readPlan();
    expect(plan).toEqual(unsaved);
    const again = plan.parts.filter(({ action }) => action === "reinstall");
    expect(again.map(({ part }) => part)).toEqual(["greeting-card", "instance-profile"]);
    const line = changed.split("\n").indexOf("greeting = Bonjour") + 1;
    expect(again[1]!.reasons[0]).toMatchObject({
      text: "uses hello: hello:greeting changed from “Hello” to “Bonjour”",
      place: { path: PROFILE, line, column: 1 },
    });
    expect(JSON.stringify(plan)).not.toContain(runs.dataDirectory);
    const run = await runs.run(software);
    expect(await readPartLines(run.id)).toEqual(toLines(plan));
    const kept = await runs.server.api<RunPlanInfo>("GET", `/runs/${run.id}/plan`);
    const { estimate: _later, ...given } = plan;
    expect(kept.body).toEqual(given);
    const { body } = await runs.server.api<RunChanges>("GET", `/runs/${run.id}/changes`);
    const change = { kind: "option", before: "Hello", after: "Bonjour" };
    expect(body.changes).toEqual([
      { section: "greeting-card", option: "greeting", ...change },
      { section: "hello", option: "greeting", ...change },
    ]);
    const self = await runs.server.api<RunChanges>("GET", `/runs/${run.id}/changes?since=${run.id}`);
    expect(self.body).toEqual({ run: run.id, since: run.id, changes: [] });
  });

  it("is told the guilty reference, mended by the fix it is given, and built", async () => {
    const good = (await runs.readFile(PROFILE)).text;
    await edit(PROFILE, "greeting = ${hello:greeting}", "greeting = ${helo:greeting}");
    const run = await runs.run(software);
    expect(run.state).toBe("failed");
    const failure = await readFailure(run.id);
    const { text } = await runs.readFile(PROFILE);
    const lines = text.split("\n");
    const line = lines.findIndex((one) => one.includes("${helo:greeting}")) + 1;
    expect(failure).toMatchObject({
      kind: "unknown-section",
      isEdited: false,
      place: { path: PROFILE, line, column: lines[line - 1]!.indexOf("${helo") + 1 },
    });
    expect(failure.message).toContain("helo");
    const log = await runs.readLog(run.id);
    expect(Buffer.from(log).subarray(failure.logOffset).toString().startsWith(failure.lines[0]!)).toBe(true);
    expect(failure.fixes[0]!.title).toContain("hello");
    await apply(failure.fixes[0]!);
    expect((await runs.readFile(PROFILE)).text).toBe(good);
    expect(await readFailure(run.id)).toMatchObject({ isEdited: true, fixes: [] });
    expect((await runs.run(software)).state).toBe("succeeded");
  });

  it("is mended after a checksum that no longer fits its file", async () => {
    await edit("software/hello-web/app.py.in", "import", "# One more line.\nimport");
    const run = await runs.run(software);
    expect(run.state).toBe("failed");
    const failure = await readFailure(run.id);
    expect(failure).toMatchObject({ kind: "md5-mismatch", part: "app.py.in" });
    expect(failure.place!.path).toBe("software/hello-web/buildout.hash.cfg");
    await apply(failure.fixes[0]!);
    expect((await runs.run(software)).state).toBe("succeeded");
  });

  it("is blocked by a file that it extends and that is not there; the plan names the place, and so does the failure", async () => {
    await edit(PROFILE, "  ../../stack/hello/buildout.cfg", "  ../../stack/helo/buildout.cfg");
    const plan = await readPlan();
    expect(plan).toMatchObject({ outcome: "blocked", place: { path: PROFILE } });
    const run = await runs.run(software);
    const failure = await readFailure(run.id);
    expect(failure).toMatchObject({ kind: "missing-profile", place: { path: PROFILE, line: plan.place!.line } });
    await edit(PROFILE, "  ../../stack/helo/buildout.cfg", "  ../../stack/hello/buildout.cfg");
    expect((await runs.run(software)).state).toBe("succeeded");
  });

  it("finds what an instance failed of in the template that its profile was made from", async () => {
    const template = "software/hello-web/instance.cfg.in";
    const { text } = await runs.readFile(template);
    const reference = /\$\$?\{[a-z-]+:[a-z-]+\}/.exec(text)?.[0];
    expect(reference).toBeDefined();
    await runs.writeFile(template, text.replace(reference!, reference!.replace(/\{[a-z-]+:/, "{no-such-section:")));
    const md5 = (await import("node:crypto"))
      .createHash("md5")
      .update((await runs.readFile(template)).text)
      .digest("hex");
    const hashes = await runs.readFile("software/hello-web/buildout.hash.cfg");
    const old = /\[instance-profile\][^[]*md5sum = (\w+)/.exec(hashes.text)![1]!;
    await runs.writeFile("software/hello-web/buildout.hash.cfg", hashes.text.replace(old, md5));
    expect((await runs.run(software)).state).toBe("succeeded");
    const run = await runs.run({ kind: "instance", profile: PROFILE });
    expect(run.state).toBe("failed");
    const failure = await readFailure(run.id);
    expect(failure).toMatchObject({ kind: "unknown-section", partition: "slappart0", place: { path: template } });
    const line =
      (await runs.readFile(template)).text.split("\n").findIndex((one) => one.includes("no-such-section")) + 1;
    expect(failure.place!.line).toBe(line);
  });

  it("is warned of options that nothing uses, also when it is built, until the text or the part is another", async () => {
    const profile = "warned/buildout.cfg";
    await runs.server.api("POST", "/projects/sample/entries", { path: "warned", kind: "directory" });
    const lines = [
      "[buildout]",
      "parts = a",
      "develop = nothere",
      "[a]",
      "recipe = plone.recipe.command",
      "command = true",
    ];
    await runs.writeFile(profile, `${[...lines, "updat-command = true"].join("\n")}\n`);
    const build = { kind: "buildout" as const, profile };
    const first = await runs.run(build);
    expect(first.state).toBe("succeeded");
    const unused = "Section `a` contains unused option(s): 'updat-command'.";
    const option = {
      run: first.id,
      message: unused,
      place: { path: profile, line: 7, column: 1, endLine: 7, endColumn: 14 },
      isEdited: false,
    };
    const develop = { kind: "undeveloped", place: { path: profile, line: 3, column: 11 }, isEdited: false };
    const warnings = await readWarnings(first.id);
    expect(warnings).toMatchObject([develop, option]);
    expect(warnings[1]!.fixes.map(({ title }) => title)).toEqual(["Did you mean `update-command`?"]);
    const explained = await runCommandLine(runs.server.url, ["run", "explain", first.id]);
    expect(explained.stdout).toContain(`warning: ${unused}\n${profile}:7:1\nfix: Did you mean update-command?\n`);

    // Buildout says it once; it stands as long as the part is kept, and is known to be the first run's.
    const second = await runs.run(build);
    expect(await readPartLines(second.id)).toEqual(["updating a"]);
    expect(await readWarnings(second.id)).toMatchObject([{ ...develop, run: second.id }, option]);
    await apply(warnings[1]!.fixes[0]!);
    expect((await runs.readFile(profile)).text).toContain("\nupdate-command = true\n");
    expect(await readWarnings(second.id)).toMatchObject([develop, { message: unused, isEdited: true, fixes: [] }]);
    expect(await readWarnings((await runs.run(build)).id)).toMatchObject([develop]);
  });

  it("has no explanation of a run that did not fail", async () => {
    const run = await runs.run(software);
    expect((await runs.server.api("GET", `/runs/${run.id}/failure`)).status).toBe(422);
  });
});
