import { describe, expect, it } from "vitest";
import { ProfileAnalysis } from "@/lib/buildout";
import { findPartShell, type PartShell } from "@/server/engine/part-shell";

const PROFILE = `[buildout]
parts = a b
[a]
recipe = slapos.recipe.cmmi
environment =
  PATH=/dep/bin:%(PATH)s
  FLAGS=-I/dep
[b]
recipe = slapos.recipe.cmmi
environment = b-environment
[b-environment]
CC = gcc
`;

/** Paths that end with a slash are directories. */
function shell(part: string | undefined, paths: readonly string[], log = ""): PartShell {
  const analysis = new ProfileAnalysis({
    dialect: "slapos",
    source: { read: () => PROFILE, exists: () => true },
  });
  const known = new Set(paths.map((path) => path.replace(/\/$/, "")));
  return findPartShell({
    disk: {
      exists: (path) => known.has(path),
      list: (directory) =>
        paths
          .filter((path) => path.endsWith("/") && path.startsWith(`${directory}/`) && path !== `${directory}/`)
          .map((path) => ({ name: path.slice(directory.length + 1).split("/")[0]!, isDirectory: true })),
    },
    directory: "/build/x",
    roots: ["/build"],
    part,
    log,
    resolution: analysis.resolve("/p.cfg"),
    baseEnvironment: { PATH: "/bin" },
  });
}

describe("the shell of a part", () => {
  it("begins where the recipe says that it left the sources, with its script", () => {
    const left = "/build/shared/a/.build/a-1.0";
    const log = `a: Compilation error. The package is left as is at ${left} where you can inspect what went wrong.\n`;
    expect(shell("a", ["/build/x/", `${left}/`, `${left}/slapos.recipe.build.env.sh`], log)).toMatchObject({
      directory: left,
      argv: ["bash", "--rcfile", `${left}/slapos.recipe.build.env.sh`, "-i"],
    });
  });

  it("never begins outside of the builds, whatever a log says", () => {
    const log = "a: Compilation error. The package is left as is at /etc where you can inspect what went wrong.\n";
    expect(shell("a", ["/etc/", "/build/x/parts/a/"], log).directory).toBe("/build/x/parts/a");
    expect(shell("../../../etc", ["/etc/", "/build/x/"]).directory).toBe("/build/x");
  });

  it("has the environment of the part, as lines or as a section", () => {
    const paths = ["/build/x/", "/build/x/parts/a/.build/", "/build/x/parts/a/.build/a-1.0/"];
    expect(shell("a", paths)).toEqual({
      directory: "/build/x/parts/a/.build/a-1.0",
      environment: { PATH: "/dep/bin:/bin", FLAGS: "-I/dep" },
    });
    expect(shell("b", ["/build/x/"])).toEqual({ directory: "/build/x", environment: { PATH: "/bin", CC: "gcc" } });
  });
});
