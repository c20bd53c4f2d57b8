import { describe, expect, it } from "vitest";
import { reportFailures } from "@/lib/logs/failure/report-failures";

const trace = (part: string, error: string) => [
  `Installing ${part}.`,
  "While:",
  `  Installing ${part}.`,
  "",
  "An internal error occurred due to a bug in either zc.buildout or in a",
  "recipe being used:",
  "Traceback (most recent call last):",
  `  File "${part}", line 2, in <module>`,
  `ValueError: ${error}`,
];
const KEPT = ["webrunner_engine: Kept going to the end. Failed: a, c; skipped: d", "webrunner: Error: Buildout failed"];

function check(lines: readonly string[], expected: readonly { part?: string; kind: string; line: string }[]): void {
  const found = reportFailures(lines.join("\n"));
  expect(
    found.map(({ part, cause, start, end }) => ({ part, kind: cause.kind, line: lines[end - 1 || start] })),
  ).toEqual(expected);
}

describe("what a run failed of", () => {
  it("is each part of a run that kept going, with its own cause and lines", () => {
    const md5 = ["Installing c.", "While:", "  Installing c.", "Error: MD5 checksum mismatch downloading 'http://x/y'"];
    const skipped = "webrunner_engine: Skipping d: it uses c, which is not installed.";
    check(
      [...trace("a", "not today"), "Installing b.", "make: *** [all] Error 2", ...md5, skipped, ...KEPT],
      [
        { part: "a", kind: "inline-code", line: "ValueError: not today" },
        { part: "c", kind: "md5-mismatch", line: "Error: MD5 checksum mismatch downloading 'http://x/y'" },
      ],
    );
  });

  it("is found behind the prefix of slapgrid", () => {
    const lines = [...trace("a", "one"), ...trace("c", "two"), ...KEPT];
    const prefixed = lines.map((line) => `2026-11-23 10:41:50 slapos[766] INFO ${line}`);
    check(prefixed, [
      { part: "a", kind: "inline-code", line: prefixed[8]! },
      { part: "c", kind: "inline-code", line: prefixed[17]! },
    ]);
  });

  it("is each download that cannot be had", () => {
    const downloads = ["a: http://x/a: 404 Not Found", "b: webrunner-has-none: Couldn't find a distribution"];
    const lines = downloads.map((words) => `webrunner: Cannot download for part ${words}`);
    check(
      [
        "webrunner: Downloads: 0 of 2",
        ...lines,
        "webrunner: Cannot download: 3 more",
        "webrunner: Error: 5 of the downloads",
      ],
      [
        { part: "a", kind: "download", line: lines[0]! },
        { part: "b", kind: "missing-distribution", line: lines[1]! },
      ],
    );
  });

  it("is one thing else, and what can be read where the log begins in the middle", () => {
    check(
      ["Installing a.", "While:", "  Installing a.", "Error: Circular reference in substitutions."],
      [{ part: "a", kind: "circular-substitution", line: "Error: Circular reference in substitutions." }],
    );
    check([...trace("c", "two"), ...KEPT], [{ part: "c", kind: "inline-code", line: "ValueError: two" }]);
  });
});
