import { describe, expect, it } from "vitest";
import { listDownloads, type PlannedDownloads, ProfileAnalysis } from "@/lib/buildout";

/** Of a profile all of whose parts are installed. */
function list(text: string, parts: readonly string[]): PlannedDownloads {
  const analysis = new ProfileAnalysis({ dialect: "slapos", source: { read: () => text, exists: () => true } });
  const resolution = analysis.resolve("/p.cfg");
  return listDownloads(
    resolution,
    parts.map((part) => ({
      part,
      action: "install" as const,
      recipe: resolution.option(part, "recipe")?.value,
      reasons: [],
    })),
  );
}

const MD5 = "0123456789abcdef0123456789abcdef";

describe("what parts download", () => {
  it("is what recipes that download are given, with what their options refer to", () => {
    const { files } = list(
      `[buildout]\nparts = a\n[v]\nversion = 2\n[a]\nrecipe = slapos.recipe.cmmi\nurl = https://x.org/a-\${v:version}.tar.gz\nmd5sum = ${MD5}\npatches =\n  https://x.org/fix.patch#${MD5}\n  /local.patch\n`,
      ["a"],
    );
    expect(files).toEqual([
      { part: "a", url: "https://x.org/a-2.tar.gz", md5sum: MD5 },
      { part: "a", url: "https://x.org/fix.patch", md5sum: MD5 },
    ]);
  });

  it("is no address that another recipe has for its own purposes, unless a checksum goes with it", () => {
    const profile = (more: string): string =>
      `[buildout]\nparts = a\n[a]\nrecipe = own\nurl = https://x.org/a\n${more}`;
    expect(list(profile(""), ["a"]).files).toEqual([]);
    expect(list(profile(`md5sum = ${MD5}\n`), ["a"]).files).toHaveLength(1);
  });

  it("is nothing of the disk, and nothing that is no address", () => {
    const profile = (url: string): string =>
      `[buildout]\nparts = a\n[a]\nrecipe = slapos.recipe.build:download\nurl = ${url}\nmd5sum = ${MD5}\n`;
    for (const url of ["/etc/passwd", "file:///etc/passwd", "http://", "http://[", "gopher://x.org/a"])
      expect(list(profile(url), ["a"]).files, url).toEqual([]);
  });

  it("are the eggs that parts and recipes name, as the pins say", () => {
    const { eggs, hasDevelopEggs } = list(
      "[buildout]\nparts = a\n[versions]\nZope.Interface = 5.4:whl\nown.recipe = 1.0\n[a]\nrecipe = zc.recipe.egg:scripts\neggs =\n  zope_interface[test]\n  other >= 2, < 3\n  exact==1.5\n[b]\nrecipe = own.recipe:thing\n",
      ["a", "b"],
    );
    expect(eggs.map(({ part, requirement }) => `${part} ${requirement}`)).toEqual([
      "a zc.recipe.egg",
      "a zope_interface==5.4",
      "a other>=2,<3",
      "a exact==1.5",
      "b own.recipe==1.0",
    ]);
    expect(hasDevelopEggs).toBe(false);
    expect(list("[buildout]\nparts =\ndevelop = egg\n", []).hasDevelopEggs).toBe(true);
  });
});
