/**
 * All checks of the project in one run: lint, types, then the test layers in stages. Ends with `N passed, N failed`.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { root, run } from "./build.mjs";
import { findChromium, findEnginePython, Refusal } from "./prerequisites.mjs";

/**
 * Test layers in stages; `workers` files of a stage run side by side. Pure ones touch no port, no engine and no browser;
 * what measures a load has the machine for itself. Where processes, a browser or a load compete for the machine (`again`), a
 * file that fails is run once more by itself, from its beginning; what only that made pass is named at the end.
 */
const STAGES = [
  { name: "pure", folders: ["tests/tidy", "tests/unit", "tests/property", "tests/conformance"] },
  { name: "server", folders: ["tests/integration", "tests/fault", "tests/security"], workers: 2, again: true },
  { name: "browser", folders: ["tests/e2e"], workers: 2, again: true },
  { name: "load", folders: ["tests/load"], workers: 1, again: true },
];
/** Where more files fail than this, the fault is no chance. */
const MOST_AGAIN = 6;
const LONG_STAGES = [{ name: "long", folders: ["tests/long"], workers: 1 }];

export async function runTests({ long, only }) {
  const environment = { CHROMIUM: findChromium(), WEBRUNNER_ENGINE: await provisionEngine() };
  if (long) environment.WEBRUNNER_LONG = "on";
  if (long) environment.WEBRUNNER_SEED = process.env.WEBRUNNER_SEED ?? String(Date.now() % 2 ** 31);
  const total = { passed: 0, failed: 0 };
  const count = (passed, failed) => {
    total.passed += passed;
    total.failed += failed;
  };
  if (!long && only.length === 0) {
    for (const [name, argv] of [
      ["lint", ["node_modules/@biomejs/biome/bin/biome", "check", "."]],
      ["types", ["node_modules/typescript/bin/tsc", "--noEmit"]],
    ]) {
      const ok = spawnSync(process.execPath, argv, { cwd: root, stdio: "inherit" }).status === 0;
      console.log(`${ok ? "✓" : "✗"} ${name}`);
      count(ok ? 1 : 0, ok ? 0 : 1);
    }
  }
  const unsteady = [];
  for (const stage of long ? LONG_STAGES : STAGES) {
    const outcome = await runStage(stage, only, environment);
    count(outcome.passed, outcome.failed);
    unsteady.push(...outcome.unsteady);
  }
  if (unsteady.length > 0)
    console.log(`\nPassed only when tried again:\n${unsteady.map((name) => `  ${name}`).join("\n")}`);
  console.log(`\n${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
}

export async function runBenches(only) {
  await run(
    [process.execPath, "node_modules/vitest/vitest.mjs", "run", "--config", "vitest.bench.config.ts", ...only],
    "A benchmark failed; see the lines above.",
    { CHROMIUM: findChromium(), WEBRUNNER_ENGINE: await provisionEngine() },
  );
  return 0;
}

async function runStage(stage, only, environment) {
  const files = only.length
    ? only.filter((name) => stage.folders.some((prefix) => name.startsWith(prefix)))
    : stage.folders;
  if (files.length === 0) return { passed: 0, failed: 0, unsteady: [] };
  const begin = Date.now();
  const first = await runFiles(files, stage.workers, environment);
  const again = stage.again ? first.files.filter(({ failed }) => failed.length > 0) : [];
  const outcome = { passed: first.passed, failed: first.failed, unsteady: [] };
  if (again.length > 0 && again.length <= MOST_AGAIN) {
    const names = again.map(({ name }) => name);
    console.log(`\nTried once more, one after the other:\n${names.map((name) => `  ${name}`).join("\n")}`);
    const second = await runFiles(names, 1, environment);
    // The first count of these files gives way to the second; an error outside of every test stays.
    outcome.passed += second.passed - again.reduce((sum, { passed }) => sum + passed, 0);
    outcome.failed += second.failed - again.reduce((sum, { failed }) => sum + failed.length, 0);
    const toNames = (found) => found.flatMap(({ name, failed }) => failed.map((test) => `${name}: ${test}`));
    const stillFailed = new Set(toNames(second.files));
    outcome.unsteady = toNames(again).filter((name) => !stillFailed.has(name));
  }
  console.log(`Stage ${stage.name}: ${((Date.now() - begin) / 1000).toFixed(0)} s`);
  return outcome;
}

/** One run of the test runner: `{ passed, failed, files: { name, passed, failed: names }[] }`. */
async function runFiles(files, workers, environment) {
  const folder = mkdtempSync(join(tmpdir(), "webrunner-test-"));
  const report = join(folder, "report.json");
  const argv = ["node_modules/vitest/vitest.mjs", "run", ...files, "--reporter=default", "--reporter=json"];
  argv.push(`--outputFile.json=${report}`, "--passWithNoTests");
  if (workers === 1) argv.push("--no-file-parallelism");
  else if (workers) argv.push(`--maxWorkers=${workers}`);
  const code = await new Promise((resolve) => {
    const child = spawn(process.execPath, argv, {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, ...environment },
    });
    child.on("exit", (status) => resolve(status ?? 1));
  });
  const outcome = readReport(report);
  rmSync(folder, { recursive: true, force: true });
  // An error outside of every test fails the run although no test is counted for it.
  if (code !== 0 && outcome.failed === 0) outcome.failed = 1;
  return outcome;
}

function readReport(path) {
  let report;
  try {
    report = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    // Without a report the runner itself broke: its own output above says how.
    return { passed: 0, failed: 1, files: [] };
  }
  const files = report.testResults.map(({ name, status, assertionResults }) => {
    // A test that was skipped, also by a preparation that failed, counts as failed.
    const failed = assertionResults.filter((test) => test.status !== "passed").map((test) => test.fullName);
    // A file that does not load has no test.
    if (status === "failed" && failed.length === 0) failed.push("(the whole file)");
    return {
      name: relative(root, name),
      passed: assertionResults.filter((test) => test.status === "passed").length,
      failed,
    };
  });
  return {
    passed: report.numPassedTests,
    failed: files.reduce((sum, file) => sum + file.failed.length, 0),
    files,
  };
}

/** As root, builds run as the unprivileged user, who must be able to execute the engine's Python: `--user NAME`, or nothing. */
function ensureBuildUser() {
  if (process.getuid?.() !== 0) return [];
  const name = process.env.WEBRUNNER_USER || "webrunner";
  if (spawnSync("id", ["--", name], { stdio: "ignore" }).status !== 0) {
    const made = spawnSync("useradd", ["--system", "--create-home", "--home-dir", `/var/lib/${name}`, "--", name], {
      encoding: "utf8",
    });
    if (made.status !== 0) throw new Refusal(`The user ${name} could not be made: ${(made.stderr ?? "").trim()}`);
  }
  return ["--user", name];
}

/** The engine's environment for the tests: `WEBRUNNER_ENGINE`, or one place under the temporary folder, made once. */
async function provisionEngine() {
  const engine = process.env.WEBRUNNER_ENGINE || join(tmpdir(), "webrunner-engine");
  const script = join(root, "server/engine/python/provision.py");
  const user = ensureBuildUser();
  const child = spawn(findEnginePython(user), [script, "--engine", engine, ...user], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  child.stdout.setEncoding("utf8");
  let last = "";
  child.stdout.on("data", (text) => {
    for (const line of text.split("\n").filter(Boolean)) {
      try {
        const { step, message } = JSON.parse(line);
        if (step !== last) console.log(`Engine: ${message}`);
        last = step;
      } catch {
        // A line cut by buffering: the next step is told all the same.
      }
    }
  });
  const code = await new Promise((resolve) => child.on("exit", (status) => resolve(status ?? 1)));
  if (code !== 0) throw new Refusal("The engine's environment could not be made; see the line above.");
  return engine;
}
