/**
 * The two commands of a fresh clone, `npm start` and `npm test`, and what they share: install when the lock file
 * changed, build when sources changed. Needs nothing but Node: it is what makes the rest available.
 */
import { buildPage, buildServer, installPackages, withLock } from "./bootstrap/build.mjs";
import { checkNode, checkStartPrerequisites, Refusal } from "./bootstrap/prerequisites.mjs";

const [command = "start", ...rest] = process.argv.slice(2);

try {
  checkNode();
  if (command === "start") await start();
  else if (command === "build") await build();
  else if (command === "test" || command === "test-long") await test(command === "test-long");
  else if (command === "bench") await bench();
  else throw new Refusal(`Unknown command: ${command}. Use start, build, test, test-long or bench.`);
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(`webrunner: ${error.message}`);
  process.exitCode = 1;
}

async function build() {
  await withLock(async () => {
    await installPackages();
    await buildServer();
    await buildPage();
  });
}

async function start() {
  checkStartPrerequisites();
  await build();
  process.env.NODE_ENV = "production";
  const { main } = await import("../dist/server.mjs");
  await main();
}

async function test(long) {
  const { runTests } = await import("./bootstrap/test.mjs");
  await build();
  process.exitCode = await runTests({ long, only: rest });
}

async function bench() {
  const { runBenches } = await import("./bootstrap/test.mjs");
  await build();
  process.exitCode = await runBenches(rest);
}
