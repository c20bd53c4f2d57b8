import { describe, expect, it } from "vitest";
import { findEggName } from "@/lib/slapos/egg-name";

describe("the name of the egg that a source directory makes", () => {
  it("is what setup.py says literally", () => {
    expect(findEggName("setup.py", 'setup(\n  name="hello.recipe",\n  version="1.0")')).toBe("hello.recipe");
    expect(findEggName("setup.py", "version = '1.0'\nname = 'slapos.cookbook'\nsetup(name=name)")).toBe(
      "slapos.cookbook",
    );
  });

  it("is no other option that ends in name, and nothing that is computed", () => {
    expect(findEggName("setup.py", 'setup(author_name="Ada", name=read("NAME"))')).toBeUndefined();
  });

  it("is that of setup.cfg and pyproject.toml", () => {
    expect(findEggName("setup.cfg", "[metadata]\nversion = 1\nname = my.recipe\n")).toBe("my.recipe");
    expect(findEggName("setup.cfg", "[options]\nname = other\n")).toBeUndefined();
    expect(findEggName("pyproject.toml", '[build-system]\nrequires = []\n[project]\nname = "my.recipe"\n')).toBe(
      "my.recipe",
    );
  });
});
