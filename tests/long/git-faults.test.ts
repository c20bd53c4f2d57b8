import { expect, it } from "vitest";
import { runContention } from "../fault/git/contention-rounds";
import { runKillRounds } from "../fault/git/kill-rounds";

it("survives 300 kills in mid-commit", async () => {
  const { complaints, kills } = await runKillRounds(300, 300);
  expect(complaints).toEqual([]);
  expect(kills).toBe(300);
}, 600_000);

it("loses nothing beside 1,000 native git adds", async () => {
  const { missing } = await runContention(1000);
  expect(missing).toEqual([]);
}, 600_000);
