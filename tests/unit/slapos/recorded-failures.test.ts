/** Every recorded failure of the real engine → what kind it is, in which part, and file:line:column of the guilty text. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ProfileAnalysis } from "@/lib/buildout";
import { reportFailure } from "@/lib/logs/failure/failure-report";
import { findFailurePlace } from "@/lib/slapos/failure-place";
import { FAILURE_CASES } from "../../fixtures/failures/cases";
import { readCase } from "../../fixtures/failures/read-case";

const RECORDED = new URL("../../fixtures/failures/recorded/", import.meta.url);
/** As the recordings were normalised. */
const WEB = "http://files.test:8000";
const DIRECTORY = "/srv/failures";

/** `path:line:column text` of what the recorded log's cause is found to be. */
function locate(log: string, texts: ReadonlyMap<string, string>, profile: string) {
  const analysis = new ProfileAnalysis({
    dialect: "slapos",
    source: {
      read: (path) => texts.get(path) ?? { problem: "missing", message: `There is no file ${path}.` },
      exists: (path) => texts.has(path),
    },
  });
  const report = reportFailure(readFileSync(new URL(log, RECORDED), "utf8"));
  const found = findFailurePlace(report, analysis, profile);
  if (!found) return { report, place: undefined };
  const text = texts.get(found.path)!;
  const before = text.slice(0, found.range.start);
  const column = found.range.start - before.lastIndexOf("\n");
  const name = found.path.slice(DIRECTORY.length + 1);
  const place = `${name}:${before.split("\n").length}:${column} ${text.slice(found.range.start, found.range.end)}`;
  return { report, place };
}

describe.each(FAILURE_CASES)("the recorded failure $name", (one) => {
  it(`is ${one.kind}${one.text === undefined ? "" : ` at ${one.text}`}`, () => {
    const { files, expected } = readCase(one, WEB);
    const texts = new Map(Object.entries(files).map(([path, text]) => [`${DIRECTORY}/${path}`, text]));
    const { report, place } = locate(`${one.name}.log`, texts, `${DIRECTORY}/buildout.cfg`);
    expect({ kind: report.cause.kind, part: report.part, place }).toEqual({
      kind: one.kind,
      part: one.part,
      place: expected,
    });
  });
});

/** Of a node, with the partition's rendered profile as it was. */
function checkNode(name: string, expected: { kind: string; partition?: string; place?: string }): void {
  it(`is ${expected.kind} for a node's ${name}`, () => {
    const path = `${DIRECTORY}/buildout.cfg`;
    const rendered = expected.partition ? readFileSync(new URL(`node-${name}.cfg`, RECORDED), "utf8") : "";
    const { report, place } = locate(`node-${name}.log`, new Map([[path, rendered]]), path);
    expect({ kind: report.cause.kind, partition: report.partition, place }).toEqual({
      partition: undefined,
      place: undefined,
      ...expected,
    });
  });
}

describe("the recorded failure of a node", () => {
  checkNode("lock", { kind: "busy" });
  checkNode("promise", { kind: "promise", partition: "slappart0", place: "buildout.cfg:10:2 page" });
  checkNode("section", { kind: "unknown-section", partition: "slappart1", place: "buildout.cfg:16:7 ${nowhere:url}" });
});
