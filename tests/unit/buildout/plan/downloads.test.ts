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

  it("is also what a recipe asks elsewhere, patches by, and what its own code needs", () => {
    const { files, eggs } = list(
      `[buildout]\nparts = a b c\n[a]\nrecipe = slapos.recipe.build:download-unpacked\nurl = https://x.org/a\nalternate-url = https://y.org/a\nmd5sum = ${MD5}\n[b]\nrecipe = zc.recipe.cmmi\nurl = https://x.org/b\npatch = https://x.org/b.patch\npatch-md5sum = ${MD5}\n[c]\nrecipe = slapos.recipe.build\nsetup-eggs =\n  one\n  two[fast, small]==2\n`,
      ["a", "b", "c"],
    );
    expect(files).toEqual([
      { part: "a", url: "https://x.org/a", md5sum: MD5, alternateUrl: "https://y.org/a" },
      { part: "b", url: "https://x.org/b" },
      { part: "b", url: "https://x.org/b.patch", md5sum: MD5 },
    ]);
    expect(eggs.filter(({ part }) => part === "c")).toEqual([
      { part: "c", name: "one", version: undefined, requirement: "one" },
      { part: "c", name: "two", version: "2", requirement: "two==2", extras: ["fast", "small"] },
    ]);
  });

  it("are repositories that git reaches over the network, with the branch or revision", () => {
    const clone = (more: string) =>
      list(`[buildout]\nparts = a\n[a]\nrecipe = slapos.recipe.build:gitclone\n${more}`, ["a"]).checkouts;
    expect(clone("repository = https://x.org/a.git\nbranch = main\n")).toEqual([
      { part: "a", repository: "https://x.org/a.git", branch: "main" },
    ]);
    expect(clone("repository = git@x.org:a/b.git\nrevision = v1\nignore-ssl-certificate = true\n")).toEqual([
      { part: "a", repository: "git@x.org:a/b.git", revision: "v1", ignoresCertificate: true },
    ]);
    for (const none of ["/srv/a.git", "ext::sh -c id", "--upload-pack=x", "file:///srv/a", "${buildout:directory}/a"])
      expect(clone(`repository = ${none}\n`), none).toEqual([]);
  });

  it("is what code of slapos.recipe.build says that it downloads, in literals and options", () => {
    const part = (name: string, install: string): string =>
      `[${name}]\nrecipe = slapos.recipe.build\nurl = https://x.org/${name}\nother = https://x.org/other\nsum = ${MD5}\ninstall =\n  import os\n  ${install}\n`;
    const { files, byOwnCode } = list(
      `[buildout]\nparts =\n${[
        part("own", "self.copyTree(guessworkdir(self.extract(self.download())), location)"),
        part("named", `self.extract(self.download(options['other'], self.options["sum"]))`),
        part("literal", `self.download("https://x.org/literal", '${MD5}')`),
        part("bare", "self.download( 'https://x.org/bare', )"),
        part("commented", "# self.download(name)"),
        part("loop", "for url in options['urls'].split(): self.download(url)"),
        part("opened", "urllib.request.urlopen(options['url'])"),
        "[shell]\nrecipe = plone.recipe.command\ncommand = cd ${buildout:directory} && npm --silent install\n",
        "[quiet]\nrecipe = plone.recipe.command\ncommand = make install && echo curling get; bin/pip install --no-index x\n",
        `[long]\nrecipe = plone.recipe.command\ncommand = ${"go ".repeat(100_000)}\n`,
      ].join("")}`,
      ["own", "named", "literal", "bare", "commented", "loop", "opened", "shell", "quiet", "long"],
    );
    expect(files.map(({ part: name, url, md5sum }) => [name, url.slice(14), md5sum === MD5])).toEqual([
      ["own", "own", false],
      ["named", "other", true],
      ["literal", "literal", true],
      ["bare", "bare", false],
    ]);
    expect(byOwnCode).toEqual(["loop", "opened", "shell"]);
  });

  it("are source archives of eggs that are built with options of their own, and what these need to be built", () => {
    const { eggs } = list(
      "[buildout]\nparts =\n[versions]\nlxml = 5.0\n[a]\nrecipe = zc.recipe.egg:custom\negg = lxml\nsetup-eggs = Cython\n[b]\nrecipe = zc.recipe.egg:develop\nsetup = egg\nsetup-eggs = numpy\n",
      ["a", "b"],
    );
    expect(eggs.map(({ requirement, isSource = false }) => `${requirement} ${isSource}`)).toEqual([
      "zc.recipe.egg false",
      "Cython false",
      "lxml==5.0 true",
      "numpy false",
    ]);
  });
});
