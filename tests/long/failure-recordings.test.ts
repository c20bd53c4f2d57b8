/**
 * What the real engine says of each failing profile is what the recordings beside them hold, as far as it is understood.
 *
 * `WEBRUNNER_RECORD=1` writes the recordings anew (those whose names are in `WEBRUNNER_ONLY`, separated by commas).
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reportFailures } from "@/lib/logs/failure/report-failures";
import { readWarning } from "@/lib/logs/failure/warning";
import { FAILURE_CASES, type RecordedCase, WARNING_CASES } from "../fixtures/failures/cases";
import { readCase } from "../fixtures/failures/read-case";
import { ENGINE, Place, PYTHON, provisionEngine, runAsUser } from "../integration/engine-python/engine-harness";

const RECORDED = new URL("../fixtures/failures/recorded/", import.meta.url);
const RECORDS = process.env.WEBRUNNER_RECORD === "1";
const ONLY = process.env.WEBRUNNER_ONLY?.split(",");
/** As the unit tests name them. */
const WEB = "http://files.test:8000";
const DIRECTORY = "/srv/failures";

let server: Server;
let web = "";
beforeAll(async () => {
  provisionEngine();
  server = createServer((request, response) => {
    const path = request.url ?? "";
    if (path.startsWith("/hang")) return;
    if (path.startsWith("/file")) response.end("content");
    else if (path.startsWith("/page"))
      response.setHeader("content-type", "text/html").end("<html>Not a program</html>");
    else response.writeHead(path.startsWith("/busy") ? 503 : 404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  web = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}, 300_000);
afterAll(() => {
  server?.closeAllConnections();
  server?.close();
});

function writeArchives(place: Place, { archives = {} }: RecordedCase): void {
  for (const [name, files] of Object.entries(archives)) {
    const folder = place.path("archives", `${name}-1.0`);
    mkdirSync(folder, { recursive: true });
    for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text, { mode: 0o755 });
    execFileSync("tar", ["-C", place.path("archives"), "-czf", place.path(`${name}.tar.gz`), `${name}-1.0`]);
  }
}

async function runCase(one: RecordedCase, texts: readonly string[], expectedCode: number): Promise<string> {
  const place = new Place();
  try {
    writeArchives(place, one);
    const { preflight } = one.spec ?? {};
    const spec = {
      directory: place.path("build"),
      profile: place.path("buildout.cfg"),
      options: { "buildout:newest": "false" },
      store: place.path("store"),
      ...one.spec,
      ...(preflight ? { preflight: JSON.parse(JSON.stringify(preflight).replaceAll("@WEB@", web)) } : {}),
    };
    place.write({ ...readCase(one, texts, web).files, "spec.json": JSON.stringify(spec) });
    const { output, code } = await runAsUser(PYTHON, [
      "-P",
      "-m",
      "webrunner_engine",
      "buildout",
      "--spec",
      place.path("spec.json"),
    ]);
    expect(code, output).toBe(expectedCode);
    return output
      .replaceAll(place.directory, DIRECTORY)
      .replaceAll(web, WEB)
      .replaceAll(ENGINE, "/srv/engine")
      .replaceAll(/\/(?:root|home|opt)\/[^\s"']*\/lib\/python3/g, "/usr/lib/python3")
      .replaceAll(/\bhttps?:\/\/(?!files\.test|127\.|no-such)[^\s/"']+/g, "https://index.test")
      .replaceAll(/\/tmp\/[\w-]+/g, "/tmp/x");
  } finally {
    place.remove();
  }
}

const isChosen = ({ name }: RecordedCase): boolean => !ONLY || ONLY.includes(name);

async function runAndRecord(one: RecordedCase, texts: readonly string[], code: number) {
  const path = new URL(`${one.name}.log`, RECORDED);
  const log = await runCase(one, texts, code);
  if (RECORDS) writeFileSync(path, log);
  return { log, recorded: readFileSync(path, "utf8") };
}

describe.each(FAILURE_CASES.filter(isChosen))("$name", (one) => {
  it("is said as it was recorded", { timeout: 120_000 }, async () => {
    const texts = [one, ...(one.others ?? [])].flatMap(({ text }) => text ?? []);
    const { log, recorded } = await runAndRecord(one, texts, 1);
    const read = (text: string) => reportFailures(text).map(({ cause, part, phase }) => ({ cause, part, phase }));
    expect(read(log)).toEqual(read(recorded));
  });
});

describe.each(WARNING_CASES.filter(isChosen))("$name", (one) => {
  it("is said as it was recorded, by a run that succeeds", { timeout: 120_000 }, async () => {
    const { log, recorded } = await runAndRecord(one, one.texts, 0);
    const read = (text: string) => text.split("\n").flatMap((line) => readWarning(line) ?? []);
    expect(read(log)).toEqual(read(recorded));
    expect(read(log)).not.toEqual([]);
  });
});
