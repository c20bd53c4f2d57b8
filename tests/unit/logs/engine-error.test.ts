import { describe, expect, it } from "vitest";
import { findEngineError } from "@/lib/logs/engine-error";

/** Lines as slapgrid prints them. */
function slapgrid(text: string): string {
  return text
    .split("\n")
    .map((line) => `2026-11-23 10:41:42 slapos[701] INFO ${line}\n`)
    .join("");
}

function check(log: string, expected: string | undefined, code = 1): void {
  expect(findEngineError(log, { code })).toBe(expected);
}

const AFTER = "2026-11-23 10:41:44 slapos[701] ERROR Failed to run buildout profile in directory '/srv/soft/a2'\n";

describe("the engine's error line", () => {
  it("is the sentence after While:", () => {
    check(
      slapgrid("Installing a.\nWhile:\n  Installing a.\nError: Couldn't find a distribution for 'waitress==99.99'.") +
        AFTER,
      "Couldn't find a distribution for 'waitress==99.99'.",
    );
  });

  it("is the same without slapgrid", () => {
    check(
      "While:\n  Installing.\nError: The referenced section, 'a', was not defined.\n",
      "The referenced section, 'a', was not defined.",
    );
  });

  it("holds the details below the sentence", () => {
    check(
      slapgrid("Error: Invalid parameters:\n  $.port: 'abc' does not match '^[0-9]+$'") + AFTER,
      "Invalid parameters: $.port: 'abc' does not match '^[0-9]+$'",
    );
  });

  it("holds the lines that the profile's reader stumbled over", () => {
    check(
      slapgrid(
        [
          "Traceback (most recent call last):",
          '  File "/x/configparser.py", line 270, in parse',
          "    raise e",
          "zc.buildout.configparser.ParsingError: File contains parsing errors: /srv/software.cfg",
          "\t[line  3]: 'this line is no option\\n'",
          "\t[line  4]: '[a\\n'",
        ].join("\n"),
      ) + AFTER,
      "ParsingError: File contains parsing errors: /srv/software.cfg, line 3: 'this line is no option', line 4: '[a'",
    );
  });

  it("is a traceback's last line", () => {
    check(
      slapgrid(
        [
          "An internal error occurred due to a bug in either zc.buildout or in a",
          "recipe being used:",
          "Traceback (most recent call last):",
          '  File "/x/buildout.py", line 1962, in _open',
          "    fp = open(filename)",
          "         ^^^^^^^^^^^^^^",
          "FileNotFoundError: [Errno 2] No such file or directory: '/srv/nothere.cfg'",
        ].join("\n"),
      ) + AFTER,
      "FileNotFoundError: [Errno 2] No such file or directory: '/srv/nothere.cfg'",
    );
  });

  it("is found before output that a recipe printed late", () => {
    check(
      slapgrid(
        "Traceback (most recent call last):\n  File \"bad\", line 3\nsubprocess.CalledProcessError: Command 'x' returned 3.\ncompiling...",
      ),
      "CalledProcessError: Command 'x' returned 3.",
    );
  });

  it("takes the last of several", () => {
    check("Error: first\nInstalling b.\nError: second\n", "second");
  });

  it("is the driver's where the engine said none", () => {
    check("Installing a.\nwebrunner: Error: the proxy does not answer\n", "the proxy does not answer");
  });

  it("is the promise after exit code 2", () => {
    check(
      "Error: an old one\nwebrunner: Error: promise http failed: connection refused\n",
      "promise http failed: connection refused",
      2,
    );
  });

  it("is the compiler's line when nothing else tells", () => {
    check(
      "foo.c:3:10: fatal error: zlib.h: No such file or directory\n",
      "foo.c:3:10: fatal error: zlib.h: No such file or directory",
    );
  });

  it("is the last line of a log that tells nothing, as text only", () => {
    check("Installing a.\n\u0000\u0007gar\u001b[31mbage\n", "garbage");
    check("", undefined);
  });

  it("is clipped", () => {
    expect(findEngineError(`Error: ${"x".repeat(5000)}\n`)).toHaveLength(600);
  });
});
