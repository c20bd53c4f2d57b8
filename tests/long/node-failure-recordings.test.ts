/**
 * The same for what slapgrid says: the lock, a promise, parameters, an instance's profile. `WEBRUNNER_RECORD=1` records anew;
 * the rendered profile of the partition is kept beside the log.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reportFailures } from "@/lib/logs/failure/report-failures";
import { ENGINE, EngineNode, provisionEngine, start } from "../integration/engine-python/engine-harness";

const RECORDED = new URL("../fixtures/failures/recorded/", import.meta.url);
const RECORDS = process.env.WEBRUNNER_RECORD === "1";
const DIRECTORY = "/srv/failures";

const SOFTWARE = `[buildout]
parts = instance
[instance]
recipe = slapos.recipe.template
inline =
  [buildout]
  parts = page publish
  eggs-directory = \${buildout:eggs-directory}
  develop-eggs-directory = \${buildout:develop-eggs-directory}
  offline = true
  [directory]
  recipe = slapos.cookbook:mkdirectory
  etc = $\${buildout:directory}/etc
  promise = $\${:etc}/promise
  [page]
  recipe = slapos.cookbook:wrapper
  command-line = COMMAND
  wrapper-path = $\${directory:promise}/page-answers
  [publish]
  recipe = slapos.cookbook:publish
  url = VALUE
output = \${buildout:directory}/instance.cfg
`;

let node: EngineNode;
beforeAll(async () => {
  provisionEngine();
  node = new EngineNode();
  await node.start();
}, 300_000);
afterAll(() => node?.close());

const profileOf = (name: string): string => node.place.path(name, "software.cfg");

async function build(name: string, command: string, value: string): Promise<void> {
  node.place.write({
    [`${name}/software.cfg`]: SOFTWARE.replace("COMMAND", () => command).replace("VALUE", () => value),
  });
  const { code, output } = await node.driver("software", { profile: profileOf(name) });
  expect(code, output).toBe(0);
}

function check(name: string, output: string, partition?: string): void {
  const normal = (text: string): string =>
    text.replaceAll(node.place.directory, DIRECTORY).replaceAll(ENGINE, "/srv/engine");
  const path = new URL(`node-${name}.log`, RECORDED);
  if (RECORDS) {
    writeFileSync(path, normal(output));
    if (partition) {
      const rendered = readFileSync(join(node.node.root, "inst", partition, "buildout.cfg"), "utf8");
      writeFileSync(new URL(`node-${name}.cfg`, RECORDED), normal(rendered));
    }
  }
  const recorded = reportFailures(readFileSync(path, "utf8"))[0];
  const { cause, part, phase } = reportFailures(normal(output))[0];
  expect({ kind: cause.kind, part, phase }).toEqual({
    kind: recorded.cause.kind,
    part: recorded.part,
    phase: recorded.phase,
  });
}

describe("slapgrid", () => {
  it("says that another one is at work", { timeout: 120_000 }, async () => {
    await build("lock", "true", "x");
    // A living process that looks like one of its own.
    const other = start("/bin/sh", ["-c", "exec -a slapos sleep 60"], {});
    const living = start("/bin/bash", ["-c", "exec -a 'slapos node software' sleep 60"], {});
    node.place.write({ "e/var/run/software.pid": `${living.pid}\n` });
    node.place.write({ "lock/software.cfg": SOFTWARE.replace("COMMAND", "true").replace("VALUE", "y") });
    const { output, code } = await node.driver("software", { profile: profileOf("lock") });
    for (const process of [other, living]) process.kill("SIGKILL");
    node.place.write({ "e/var/run/software.pid": "" });
    expect(code, output).toBe(1);
    check("lock", output);
  });

  it("says which promise is not kept", { timeout: 180_000 }, async () => {
    await build("promise", "sh -c 'echo no answer; exit 1'", "x");
    const spec = { name: "promise", profile: profileOf("promise"), promiseSeconds: 1 };
    const { output, code } = await node.driver("instance", spec);
    expect(code, output).toBe(2);
    check("promise", output, "slappart0");
  });

  it("says what an instance's profile lacks", { timeout: 180_000 }, async () => {
    await build("section", "true", "$${nowhere:url}");
    const { output, code } = await node.driver("instance", { name: "section", profile: profileOf("section") });
    expect(code, output).toBe(1);
    check("section", output, "slappart1");
  });
});
