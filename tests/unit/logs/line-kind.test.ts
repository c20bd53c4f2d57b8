import { describe, expect, test } from "vitest";
import { classifyLogLine, type LogLineKind } from "@/lib/logs/line-kind";

function check(kind: LogLineKind, ...lines: string[]): void {
  for (const line of lines) expect([classifyLogLine(line), line]).toEqual([kind, line]);
}

const prefix = "2026-11-23 19:24:55 slapos[4711] INFO ";

describe("a log line is", () => {
  test("the head of a part", () =>
    check("part", "Installing gmp.", `${prefix}Installing apache-php.`, "Updating x.", "Uninstalling x."));
  test("a phase of slapgrid", () =>
    check("phase", `${prefix}Processing Computer Partition slappart0.`, `${prefix}Checking slappart0 promises...`));
  test("an error, whatever level slapgrid prints", () =>
    check(
      "error",
      `${prefix}Error: Referenced option does not exist: b location`,
      "While:",
      "Traceback (most recent call last):",
      "FileNotFoundError: [Errno 2] No such file or directory",
      "zc.buildout.UserError: The specified download checksum mismatched",
      "x.c:12:3: error: unknown type",
      "make[1]: *** [all] Error 2",
      "configure: error: no C compiler",
      "Promise 'hello-listens' failed with output: no",
      "Error with promises for the following partitions:",
    ));
  test("a warning", () =>
    check(
      "warning",
      "x.c:12:3: warning: unused",
      "Section `a` contains unused option(s): 'comand'.",
      "WARNING: x",
      "2026-11-23 20:14:37 slapos[5713] WARNING NotFoundError: http://127.0.0.1:1/x",
    ));
  test("plain otherwise", () =>
    check("plain", "checking for gcc... gcc", "", "no errors", "Installing collected packages: x"));
});
