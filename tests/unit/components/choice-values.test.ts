import { expect, test } from "vitest";
import { hasOwnValues, withConstants } from "@/components/instance/choice-values";

const schema = {
  $defs: {
    none: { properties: { kind: { const: "none" } } },
    number: { properties: { kind: { const: "number" }, number: { type: "integer" } } },
  },
  properties: {
    limit: { oneOf: [{ $ref: "#/$defs/none" }, { $ref: "#/$defs/number" }] },
    inner: { properties: { limit: { $ref: "#/properties/limit" } } },
    name: { type: "string" },
  },
} as never;

test("what tells alternatives apart is filled in where the values say which one it is", () => {
  const limit = { kind: "number", number: 7 };
  expect(withConstants({ limit: { number: 7 }, name: "x" }, schema)).toEqual({ limit, name: "x" });
  expect(withConstants({ inner: { limit: { number: 7 } } }, schema)).toEqual({ inner: { limit } });
});

test("what was chosen stays, and what is open is left open", () => {
  for (const values of [{ limit: { kind: "none" } }, { limit: {} }, { limit: { other: 1 } }, {}, { limit: 3 }]) {
    expect(withConstants(values, schema)).toEqual(values);
  }
});

test("an alternative without anything else to fill in shows what it is told by", () => {
  expect(hasOwnValues({ properties: { kind: { const: "none" } } }, schema)).toBe(false);
  expect(hasOwnValues({ properties: { kind: { const: "x" }, number: {} } }, schema)).toBe(true);
});
