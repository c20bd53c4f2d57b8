import { describe, expect, test } from "vitest";
import { findLinks, isWebAddress } from "@/lib/logs/links";

const files = new Set(["software/hello-web/software.cfg", "component/greeting/buildout.cfg", "setup.py"]);
const findPath = (path: string): string | undefined => (files.has(path) ? path : undefined);

/** What is marked with ⟦…⟧ is the link; then its target. */
function check(marked: string, ...targets: string[]): void {
  const text = marked.replaceAll("⟦", "").replaceAll("⟧", "");
  const links = findLinks(text, findPath);
  let shown = "";
  let at = 0;
  for (const link of links) {
    shown += `${text.slice(at, link.start)}⟦${text.slice(link.start, link.end)}⟧`;
    at = link.end;
  }
  expect(shown + text.slice(at)).toBe(marked);
  const place = (parts: (string | number | undefined)[]): string =>
    parts.filter((part) => part !== undefined).join(":");
  expect(links.map((link) => (link.kind === "web" ? link.url : place([link.path, link.line, link.column])))).toEqual(
    targets,
  );
}

describe("web addresses", () => {
  test("in a sentence", () => check("see ⟦https://example.org/a?b=1⟧.", "https://example.org/a?b=1"));
  test("in brackets", () => check("(⟦http://[::1]:8080/⟧)", "http://[::1]:8080/"));
  test("with brackets of its own", () => check("⟦https://x.org/a_(b)⟧", "https://x.org/a_(b)"));
  test("not other schemes", () => check("javascript:alert(1) file:///etc/passwd ftp://x"));
  test("not a bare scheme", () => check("http://"));
});

describe("places in files", () => {
  const profile = "software/hello-web/software.cfg";
  test("workspace path", () => check(`⟦${profile}:12⟧: bad`, `${profile}:12`));
  test("with column", () => check(`⟦${profile}:12:3⟧: bad`, `${profile}:12:3`));
  test("without line", () => check(`While reading '⟦${profile}⟧'`, profile));
  test("absolute path of the machine", () => check(`⟦/srv/data/w/${profile}:3⟧`, `${profile}:3`));
  test("relative path", () => check(`⟦../../${profile}⟧,`, profile));
  test("python's form", () => check(`  ⟦File "/srv/w/${profile}", line 9⟧, in x`, `${profile}:9`));
  test("a file at the root by its name", () => check("⟦setup.py:4⟧", "setup.py:4"));
  test("not a name cut from a longer path", () => check("/usr/lib/python3/setup.py:4"));
  test("not an unknown file", () => check("main.c:12: error"));
});

test("many dots and slashes are read in linear time", () => {
  expect(findLinks("a.".repeat(100_000), findPath)).toEqual([]);
  expect(findLinks("a/".repeat(100_000), findPath)).toEqual([]);
});

test("only web addresses count as addresses", () => {
  expect(["http://x/", "https://[::1]/", "javascript:alert(1)", "http://", " http://x", "x"].map(isWebAddress)).toEqual(
    [true, true, false, false, false, false],
  );
});
