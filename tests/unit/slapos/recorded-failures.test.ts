/**
 * Every recorded failure and warning of the real engine → what kind it is, in which part, and file:line:column of the guilty
 * text. Among them A10.2, `inline-syntax`: the engine names the section as the file, the place is the line of the profile.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ProfileAnalysis } from "@/lib/buildout";
import { reportFailures } from "@/lib/logs/failure/report-failures";
import { findFailurePlace } from "@/lib/slapos/failure-place";
import type { FailurePlace } from "@/lib/slapos/place-finder";
import { findWarningPlaces } from "@/lib/slapos/warning-place";
import { FAILURE_CASES, WARNING_CASES } from "../../fixtures/failures/cases";
import { readCase } from "../../fixtures/failures/read-case";

const RECORDED = new URL("../../fixtures/failures/recorded/", import.meta.url);
/** As the recordings were normalised. */
const WEB = "http://files.test:8000";
const DIRECTORY = "/srv/failures";

function read(log: string): string {
  return readFileSync(new URL(log, RECORDED), "utf8");
}

function analyse(texts: ReadonlyMap<string, string>): ProfileAnalysis {
  return new ProfileAnalysis({
    dialect: "slapos",
    source: {
      read: (path) => texts.get(path) ?? { problem: "missing", message: `There is no file ${path}.` },
      exists: (path) => texts.has(path),
    },
  });
}

function toTexts(files: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(files).map(([path, text]) => [`${DIRECTORY}/${path}`, text]));
}

/** `path:line:column text` */
function describePlace(found: FailurePlace | undefined, texts: ReadonlyMap<string, string>): string | undefined {
  if (!found) return undefined;
  const text = texts.get(found.path)!;
  const before = text.slice(0, found.range.start);
  const column = found.range.start - before.lastIndexOf("\n");
  const name = found.path.slice(DIRECTORY.length + 1);
  return `${name}:${before.split("\n").length}:${column} ${text.slice(found.range.start, found.range.end)}`;
}

/** What the recorded log's causes are found to be. */
function locate(log: string, texts: ReadonlyMap<string, string>, profile: string) {
  return reportFailures(read(log)).map((report) => ({
    report,
    place: describePlace(findFailurePlace(report, analyse(texts), profile), texts),
  }));
}

describe.each(FAILURE_CASES)("the recorded failure $name", (one) => {
  it(`is ${one.kind}${one.text === undefined ? "" : ` at ${one.text}`}`, () => {
    const causes = [one, ...(one.others ?? [])];
    const { files, expected } = readCase(
      one,
      causes.flatMap(({ text }) => text ?? []),
      WEB,
    );
    const found = locate(`${one.name}.log`, toTexts(files), `${DIRECTORY}/buildout.cfg`);
    expect(found.map(({ report }) => ({ kind: report.cause.kind, part: report.part }))).toEqual(
      causes.map(({ kind, part }) => ({ kind, part })),
    );
    expect(found.flatMap(({ place }) => place ?? [])).toEqual(expected);
  });
});

describe.each(WARNING_CASES)("the recorded $name", (one) => {
  it(`is ${one.kind} at ${one.texts.join(", ")}`, () => {
    const { files, expected } = readCase(one, one.texts, WEB);
    const texts = toTexts(files);
    const found = read(`${one.name}.log`)
      .split("\n")
      .flatMap((line) => findWarningPlaces(line, analyse(texts), `${DIRECTORY}/buildout.cfg`));
    expect(found.map(({ kind, place }) => `${kind} ${describePlace(place, texts)}`)).toEqual(
      expected.map((place) => `${one.kind} ${place}`),
    );
  });
});

/** Of a node, with the partition's rendered profile as it was. */
function checkNode(name: string, expected: { kind: string; partition?: string; place?: string }): void {
  it(`is ${expected.kind} for a node's ${name}`, () => {
    const path = `${DIRECTORY}/buildout.cfg`;
    const rendered = expected.partition ? readFileSync(new URL(`node-${name}.cfg`, RECORDED), "utf8") : "";
    const [found] = locate(`node-${name}.log`, new Map([[path, rendered]]), path);
    const { report, place } = found!;
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
