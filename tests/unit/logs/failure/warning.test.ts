import { expect, it } from "vitest";
import { readWarning } from "@/lib/logs/failure/warning";

it("reads what buildout warns of, and nothing else", () => {
  expect(readWarning("Section `a` contains unused option(s): 'comand'.")).toEqual({
    kind: "unused-options",
    section: "a",
    options: ["comand"],
  });
  expect(readWarning("Section `a-b.c` contains unused option(s): 'one' \"it's\" 'two'.")).toEqual({
    kind: "unused-options",
    section: "a-b.c",
    options: ["one", "it's", "two"],
  });
  expect(readWarning("Couldn't develop '/srv/own egg' (not found)")).toEqual({
    kind: "undeveloped",
    path: "/srv/own egg",
  });
  expect(
    readWarning("This may be an indication for either a typo in the option's name or a bug in the used recipe."),
  ).toBe(undefined);
});
