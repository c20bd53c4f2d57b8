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

describe.each(FAILURE_CASES)("the recorded failure $name", (one) => {
  it(`is ${one.kind}${one.text === undefined ? "" : ` at ${one.text}`}`, () => {
    const { files, expected } = readCase(one, WEB);
    const texts = new Map(Object.entries(files).map(([path, text]) => [`${DIRECTORY}/${path}`, text]));
    const analysis = new ProfileAnalysis({
      dialect: "slapos",
      source: {
        read: (path) => texts.get(path) ?? { problem: "missing", message: `There is no file ${path}.` },
        exists: (path) => texts.has(path),
      },
    });
    const report = reportFailure(readFileSync(new URL(`${one.name}.log`, RECORDED), "utf8"));
    const place = findFailurePlace(report, analysis, `${DIRECTORY}/buildout.cfg`);
    let found: string | undefined;
    if (place) {
      const text = texts.get(place.path)!;
      const before = text.slice(0, place.range.start);
      const column = place.range.start - before.lastIndexOf("\n");
      const name = place.path.slice(DIRECTORY.length + 1);
      found = `${name}:${before.split("\n").length}:${column} ${text.slice(place.range.start, place.range.end)}`;
    }
    expect({ kind: report.cause.kind, part: report.part, place: found }).toEqual({
      kind: one.kind,
      part: one.part,
      place: expected,
    });
  });
});
