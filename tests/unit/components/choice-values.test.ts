import { expect, test } from "vitest";
import { withoutUntouched } from "@/components/instance/choice-values";

const schema = {
  $defs: { none: { properties: { kind: { const: "none" } } } },
  properties: {
    limit: { oneOf: [{ $ref: "#/$defs/none" }, { properties: { kind: { const: "number" }, number: {} } }] },
    name: { type: "string" },
  },
} as const;

test("a choice that nobody made is not asked for", () => {
  const limit = { kind: "none" };
  expect(withoutUntouched({ limit, name: "x" }, {}, schema as never)).toEqual({ name: "x" });
});

test("a choice that was made, or asked for before, stays", () => {
  const chosen = { limit: { kind: "number" } };
  expect(withoutUntouched(chosen, {}, schema as never)).toEqual(chosen);
  const asked = { limit: { kind: "none" } };
  expect(withoutUntouched(asked, { limit: { kind: "number", number: 3 } }, schema as never)).toEqual(asked);
});
