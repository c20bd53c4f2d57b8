import { describe, expect, it } from "vitest";
import { findProfilePlace } from "@/lib/client/profile-place";

const TEXT = `[buildout]
extends = a.cfg

[php]
recipe = cmmi
# why
configure-options +=
  --with-a

# and b
  --with-b
[other:python]
`;

describe("the place of the cursor in a profile", () => {
  it.each([
    [1, "buildout", undefined],
    [2, "buildout", "extends"],
    [3, "buildout", "extends"],
    [4, "php", undefined],
    [5, "php", "recipe"],
    [7, "php", "configure-options"],
    [11, "php", "configure-options"],
    [12, "other", undefined],
  ])("on line %i", (line, section, option) => {
    expect(findProfilePlace(TEXT, line)).toEqual({ section, option });
  });
});
