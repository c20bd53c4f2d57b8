import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FailureCause } from "@/lib/logs/failure/cause";
import type { FailureReport } from "@/lib/logs/failure/failure-report";
import { reportFailures } from "@/lib/logs/failure/report-failures";

/** Recorded outputs of the real engine; the profiles that made them are beside them. */
function checkRecorded(name: string, expected: { phase: string; part?: string; cause: FailureCause }): void {
  it(`reads the recorded failure ${name}`, () => {
    const log = readFileSync(new URL(`../../../fixtures/failures/fail-${name}.log`, import.meta.url), "utf8");
    const { phase, part, cause } = reportFailures(log)[0];
    expect({ phase, part, cause }).toEqual({ part: undefined, ...expected });
  });
}

function check(title: string, log: string, expected: Partial<FailureReport>): void {
  it(title, () => expect(reportFailures(log)[0]).toMatchObject(expected));
}

describe("the build of an egg, recorded from the engine", () => {
  it.each([
    ["egg-setup-fails", "ModuleNotFoundError: No module named 'no_such_helper'"],
    ["egg-extension-fails", "broken.c:1:10: fatal error: no_such_header.h: No such file or directory"],
  ])("%s says why: %s", (name, reason) => {
    const log = readFileSync(new URL(`../../../fixtures/failures/recorded/${name}.log`, import.meta.url), "utf8");
    const { message, start, end } = reportFailures(log)[0];
    expect(message).toBe(`The egg 'broken' 1.0 could not be built: ${reason}`);
    expect(log.split("\n").slice(start, end).join("\n")).toContain(reason);
  });
});

describe("failures recorded from the engine", () => {
  checkRecorded("bad-md5", { phase: "installing", part: "a", cause: { kind: "md5-mismatch", url: "/etc/hostname" } });
  checkRecorded("circular", {
    phase: "reading",
    cause: {
      kind: "circular-substitution",
      options: [
        { section: "a", option: "inline" },
        { section: "b", option: "x" },
        { section: "a", option: "inline" },
        { section: "b", option: "x" },
      ],
    },
  });
  checkRecorded("failing-recipe", {
    phase: "installing",
    part: "bad",
    cause: {
      kind: "inline-code",
      section: "bad",
      line: 3,
      error: `subprocess.CalledProcessError: Command '['sh', '-c', 'echo "cc: error: foo.c" >&2; exit 3']' returned non-zero exit status 3.`,
    },
  });
  checkRecorded("missing-egg", {
    phase: "installing",
    part: "a",
    cause: { kind: "missing-distribution", requirement: "waitress==99.99", recipe: undefined },
  });
  checkRecorded("missing-extends", {
    phase: "reading",
    cause: { kind: "missing-profile", file: "/srv/engine/fail/missing-extends/nothere.cfg" },
  });
  checkRecorded("missing-option", {
    phase: "reading",
    cause: {
      kind: "unknown-option",
      section: "buildout",
      option: "nooption",
      readBy: { section: "a", option: "output" },
    },
  });
  checkRecorded("missing-part", {
    phase: "reading",
    cause: { kind: "unknown-section", section: "a", readBy: undefined },
  });
  checkRecorded("missing-section", {
    phase: "reading",
    cause: { kind: "unknown-section", section: "nowhere", readBy: { section: "a", option: "output" } },
  });
  checkRecorded("syntax", {
    phase: "reading",
    cause: {
      kind: "syntax",
      file: "/srv/engine/fail/syntax/software.cfg",
      lines: [
        { line: 3, text: "this line is no option" },
        { line: 4, text: "[a" },
      ],
    },
  });
  checkRecorded("syntax2", {
    phase: "reading",
    cause: {
      kind: "syntax",
      file: "/srv/engine/fail/syntax2/software.cfg",
      lines: [{ line: 5, text: "recipe zc.recipe.egg" }],
    },
  });
  checkRecorded("unknown-entry", {
    phase: "reading",
    cause: { kind: "unknown-entry-point", name: "slapos.cookbook:nosuchentry" },
  });
  checkRecorded("unknown-recipe", {
    phase: "reading",
    cause: {
      kind: "missing-distribution",
      requirement: "slapos.recipe.doesnotexist12345",
      recipe: "slapos.recipe.doesnotexist12345",
    },
  });
  checkRecorded("unreachable-download", {
    phase: "installing",
    part: "a",
    cause: {
      kind: "download",
      url: "http://127.0.0.1:1/foo.tar.gz",
      reason: "<urlopen error [Errno 111] Connection refused>",
    },
  });
  checkRecorded("unreachable-extends", {
    phase: "reading",
    cause: {
      kind: "download",
      url: "http://127.0.0.1:1/stack/slapos.cfg",
      reason: "<urlopen error [Errno 111] Connection refused>",
    },
  });

  const sessions = readFileSync(new URL("../../../fixtures/failures/inst-fail.log", import.meta.url), "utf8").split(
    /^\$ /m,
  );
  const instances = sessions.filter((text) => text.startsWith("slapos node instance"));

  it("reads parameters that the schema refuses", () => {
    const { phase, partition, cause } = reportFailures(instances[0]!)[0];
    expect({ phase, partition }).toEqual({ phase: "reading", partition: "slappart0" });
    expect(cause).toEqual({
      kind: "parameters",
      errors: [{ pointer: "$.port", text: "'abc' does not match '^[0-9]+$'" }],
    });
  });

  it("reads a promise that fails", () => {
    const { phase, partition, cause } = reportFailures(instances[1]!)[0];
    expect({ phase, partition }).toEqual({ phase: "promises", partition: "slappart0" });
    expect(cause).toEqual({
      kind: "promise",
      promise: "http",
      text: "http://127.0.0.1:8091/ is not available (server not reachable).",
    });
  });
});

describe("other messages", () => {
  check(
    "takes the compiler's first error in the failing part, not buildout's last line",
    [
      "Installing zlib.",
      "zlib.c:1:2: error: of a part that was built before",
      "Installing hello.",
      "hello: [ENV] PATH = /usr/bin",
      "hello.c:12:3: error: 'foo' undeclared",
      "hello.c:40:1: error: follows from it",
      "make: *** [Makefile:3: hello] Error 1",
      "While:",
      "  Installing hello.",
      "Error: System error",
    ].join("\n"),
    {
      phase: "installing",
      part: "hello",
      cause: { kind: "compiler", file: "hello.c", line: 12, column: 3, text: "'foo' undeclared" },
      start: 4,
    },
  );
  check(
    "takes configure's own sentence",
    "Installing php.\nchecking for gmp... no\nconfigure: error: Package requirements (gmp) were not met\nWhile:\n  Installing php.\nError: System error",
    { part: "php", cause: { kind: "configure", text: "Package requirements (gmp) were not met" } },
  );
  check(
    "takes a make target that failed without a compiler",
    "Installing x.\nmake: *** No rule to make target 'all'.  Stop.\nWhile:\n  Installing x.\nError: System error",
    { cause: { kind: "command", text: "make: No rule to make target 'all'.  Stop." } },
  );
  check(
    "knows an egg that has no pin",
    "While:\n  Installing a.\nError: Picked: six = 1.17.0\n\nThe `six` egg does not have",
    {
      part: "a",
      cause: { kind: "unpinned", egg: "six", version: "1.17.0" },
    },
  );
  check(
    "knows a pin that excludes a requirement",
    "While:\n  Installing a.\nError: The requirement ('six>=1.16') is not allowed by your [versions] constraint (1.10.0)",
    {
      cause: { kind: "pin-conflict", requirement: "six>=1.16", version: "1.10.0" },
    },
  );
  check(
    "knows a loop of macros",
    "While:\n  Installing.\n  Getting section a.\n  Loading input sections for 'a'\n  Loading input sections for 'b'\nError: Infinite extending loop 'a'",
    {
      cause: { kind: "circular-macro", sections: ["a", "b"] },
    },
  );
  check(
    "knows a loop of extends",
    "While:\n  Initializing.\nError: Recursive file include ['/p/a.cfg', '/p/b.cfg'] /p/a.cfg",
    {
      cause: { kind: "circular-extends", files: ["/p/a.cfg", "/p/b.cfg", "/p/a.cfg"] },
    },
  );
  check(
    "knows a macro that nobody defines",
    "While:\n  Installing.\n  Getting section a.\n  Loading input sections for 'a'\nError: No section named 'nope'",
    {
      cause: { kind: "unknown-macro", section: "nope", readBy: "a" },
    },
  );
  check(
    "knows a substitution without a colon",
    "While:\n  Getting option a:x.\nError: The substitution, ${nothing},\ndoesn't contain a colon.",
    {
      cause: {
        kind: "bad-substitution",
        reference: "${nothing}",
        text: "doesn't contain a colon.",
        readBy: { section: "a", option: "x" },
      },
    },
  );
  check(
    "knows an option before any section",
    "Traceback (most recent call last):\n  File \"/x/zc/buildout/configparser.py\", line 221, in parse\n    raise e\nzc.buildout.configparser.MissingSectionHeaderError: File contains no section headers.\nfile: /p/software.cfg, line: 1\n'parts = a\\n'",
    { cause: { kind: "syntax", file: "/p/software.cfg", lines: [{ line: 1, text: "parts = a" }] } },
  );
  check("knows a full disk", "While:\n  Installing a.\nOSError: [Errno 28] No space left on device: '/x'", {
    cause: { kind: "disk-full" },
  });
  check(
    "knows a syntax error in the code of an option",
    'While:\n  Installing bad.\n\nAn internal error occurred due to a bug\nTraceback (most recent call last):\n  File "/v/lib/python3.11/site-packages/slapos/recipe/build/__init__.py", line 306, in _exec\n    code = compile(s, n, \'exec\')\n  File "bad", line 2\n    x = = 1\n        ^\nSyntaxError: invalid syntax',
    { part: "bad", cause: { kind: "inline-code", section: "bad", line: 2, error: "SyntaxError: invalid syntax" } },
  );
  check(
    "points into a recipe that is developed, not into its callers",
    'While:\n  Installing x.\nTraceback (most recent call last):\n  File "/v/lib/python3.11/site-packages/zc/buildout/buildout.py", line 1, in f\n    g()\n  File "/home/me/slapos/recipe/greet.py", line 7, in install\n    open(None)\nTypeError: bad argument',
    {
      cause: {
        kind: "recipe-error",
        file: "/home/me/slapos/recipe/greet.py",
        line: 7,
        error: "TypeError: bad argument",
      },
    },
  );

  it("never throws, and always names a line that is there", () => {
    const words = fc.constantFrom(
      "While:",
      "  Installing a.",
      "Error: x",
      "Traceback (most recent call last):",
      '  File "a", line 3',
      "",
      "x",
    );
    const log = fc.array(fc.oneof(words, fc.string()), { maxLength: 30 }).map((lines) => lines.join("\n"));
    fc.assert(
      fc.property(log, (text) => {
        const report = reportFailures(text)[0];
        expect(report.start).toBeGreaterThanOrEqual(0);
        expect(report.end).toBeLessThanOrEqual(text.split("\n").length + 1);
      }),
    );
  });
});
