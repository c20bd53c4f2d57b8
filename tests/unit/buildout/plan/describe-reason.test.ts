import { expect, test } from "vitest";
import type { PlanReason } from "@/lib/buildout";
import { describeReason } from "@/lib/buildout/plan/describe-reason";

const option = (before?: string, after?: string): PlanReason => ({
  kind: "option",
  section: "hello",
  option: "greeting",
  before,
  after,
});

function check(title: string, reason: PlanReason, text: string): void {
  test(title, () => expect(describeReason(reason).text).toBe(text));
}

check("an option that changed", option("Hello", "Bonjour"), "hello:greeting changed from “Hello” to “Bonjour”");
check("an option that is new", option(undefined, "Hello"), "hello:greeting is new: “Hello”");
check("an option that is gone", option("Hello"), "hello:greeting is gone; it was “Hello”");
check("lines in a value", option("a\nb", "a\n  c"), "hello:greeting changed from “a ⏎ b” to “a ⏎ c”");
check(
  "the way from a part to the option that changed",
  {
    kind: "dependency",
    section: "card",
    because: [{ kind: "dependency", section: "hello", because: [option("a", "b")] }],
  },
  "uses card → hello: hello:greeting changed from “a” to “b”",
);
check(
  "sources of a recipe",
  { kind: "recipe-code", egg: "hello.recipe", files: ["a.py", "b.py", "c.py"] },
  "the sources of hello.recipe changed: a.py and 2 more",
);

test("a chain tells the option at its root, for its place", () => {
  const reason: PlanReason = { kind: "dependency", section: "hello", because: [option("a", "b")] };
  expect(describeReason(reason).option).toEqual({ section: "hello", option: "greeting" });
});

test("a long value is cut", () => {
  expect(describeReason(option("x", "y".repeat(500))).text.length).toBeLessThan(120);
});
