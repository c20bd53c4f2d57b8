import { expect, it } from "vitest";
import { runStatusRounds } from "./status-rounds";

it("shows what git status shows, after random work of every kind", () => {
  const { differences } = runStatusRounds(20261123, 60);
  expect(differences.join("\n")).toBe("");
});
