import { describe, expect, test } from "vitest";
import { findSectionLine, findTemplateLine } from "@/lib/slapos/source/template-line";

function check(template: string, rendered: string, line: number | undefined): void {
  expect(findTemplateLine(template, rendered)).toBe(line);
}

describe("a rendered line's template line", () => {
  test("is the same text", () => check("a\n  b = 1\n", "b = 1", 2));
  test("is the one whose variables could be the rest", () =>
    check("x = {{ x }}\nport = {{ port }}\n", "port = 8080", 2));
  test("may have references of either level", () => check("a = ${b:c}/bin\nb = $${d:e}\n", "a = /soft/bin", 1));
  test("is the one with most text of its own", () => check("{{ a }} name\n{{ a }} long name\n", "the long name", 2));
  test("is nothing without text of its own", () => check("{{ everything }}\n", "anything", undefined));
  test("is nothing for an empty line", () => check("\n\n", "", undefined));
  test("takes brackets and stars as they are", () => check("x[*] = ({{ y }})\n", "x[*] = (1)", 1));
});

describe("a section's line", () => {
  test("is its header", () => expect(findSectionLine("[a]\n[b]\n", "b")).toBe(2));
  test("may have variables in its name", () =>
    expect(findSectionLine("[a]\n[page-{{ name }}]\n", "page-first")).toBe(2));
  test("may have a condition", () => expect(findSectionLine("[a:python3]\n", "a")).toBe(1));
  test("is nothing when it is not there", () =>
    expect(findSectionLine("[page-{{ name }}]\n", "other")).toBe(undefined));
});
