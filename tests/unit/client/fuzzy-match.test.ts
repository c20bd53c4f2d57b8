import { expect, test } from "vitest";
import { findBestMatches, findFuzzyMatch } from "@/lib/client/fuzzy-match";

const PATHS = [
  "component/apache-php/buildout.cfg",
  "component/apache/buildout.cfg",
  "software/lamp-template/software.cfg",
  "software/hello-web/software.cfg",
  "software/hello-web/software.cfg.json",
  "stack/hello/buildout.cfg",
];

function check(pattern: string, first: string): void {
  expect(findBestMatches(pattern, PATHS, (path) => path, 10)[0]?.item).toBe(first);
}

test("the best file comes first", () => {
  check("apache-php", "component/apache-php/buildout.cfg");
  check("apache build", "component/apache/buildout.cfg");
  check("hello software.cfg", "software/hello-web/software.cfg");
  check("software.cfg.j", "software/hello-web/software.cfg.json");
  check("stackhello", "stack/hello/buildout.cfg");
  check("swhellosoft", "software/hello-web/software.cfg");
});

test.each([
  ["Instance: Open instance", "Instance: Open instance"],
  ["open instance", "Instance: Open instance"],
  ["Instance: Open service", "Instance: Open service"],
  ["service", "Instance: Open service"],
])("of titles %s means %s", (pattern, first) => {
  const titles = ["Instance: Open service", "Instance: Open instance", "Instance: Open instances of service"];
  expect(findBestMatches(pattern, titles, (title) => title, 10)[0]?.item).toBe(first);
});

test("letters must all be there, in order", () => {
  expect(findFuzzyMatch("gfc", "software.cfg")).toBeUndefined();
  expect(findFuzzyMatch("sz", "software.cfg")).toBeUndefined();
});

test("the matched letters are told", () => {
  expect(findFuzzyMatch("soft", "x/software.cfg")?.letters).toEqual([2, 3, 4, 5]);
});
