import { expect, it } from "vitest";
import { runStatusRounds } from "../integration/git/status-rounds";

it.each([1, 2, 3, 4, 5])(
  "shows what git status shows over 100 rounds, seed %i",
  (seed) => {
    const { differences } = runStatusRounds(seed, 100);
    expect(differences.join("\n")).toBe("");
  },
  600_000,
);
