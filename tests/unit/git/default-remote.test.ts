import { expect, test } from "vitest";
import { chooseFetchRemotes, choosePushRemote } from "@/lib/git/default-remote";

test.each([
  ["what the branch follows", "fork", ["origin", "fork"], "fork"],
  ["else origin, as git does", undefined, ["fork", "origin"], "origin"],
  ["else the only one", undefined, ["upstream"], "upstream"],
  ["else all of them", undefined, ["fork", "upstream"], "fork upstream"],
  ["what is followed is gone", "gone", ["fork", "upstream"], "fork upstream"],
  ["nothing without a remote", undefined, [], ""],
])("a plain fetch gets %s", (_, followed, names, expected) => {
  expect(chooseFetchRemotes(followed, names).join(" ")).toBe(expected);
});

test.each([
  ["what the branch follows", "origin", ["origin", "fork"], "origin"],
  ["else the fork", undefined, ["origin", "fork"], "fork"],
  ["else the only one", undefined, ["origin"], "origin"],
  ["never to one of several by a guess", undefined, ["origin", "other"], undefined],
])("a plain push goes to %s", (_, followed, names, expected) => {
  expect(choosePushRemote(followed, names)).toBe(expected);
});
