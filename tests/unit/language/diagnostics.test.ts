import { describe, expect, it } from "vitest";
import { createFixture } from "./language-fixture";

/** Expected as `line severity code`, hints left out. */
function check(source: string, expected: readonly string[]): void {
  const { service, files, path } = createFixture(source);
  const text = files.get(path)!;
  const found = service
    .diagnostics(path)
    .filter(({ severity }) => severity !== "hint")
    .map(({ range, severity, code }) => `${text.slice(0, range.start).split("\n").length} ${severity} ${code}`);
  expect(found).toEqual(expected);
}

describe("diagnostics", () => {
  it("tells references to nowhere", () =>
    check("[a]\nx = ${no:y} ${a:no} ${a:z}\nz = 1\n", [
      "2 error reference/unknown-section",
      "2 warning reference/unknown-option",
    ]));

  it("knows what recipes generate", () =>
    check("[a]\nrecipe = slapos.recipe.build:gitclone\nrepository = .\n[b]\nx = ${a:location} ${a:nothing}\n", [
      "5 warning reference/unknown-option",
    ]));

  it("does not judge what a recipe of unknown name sets", () => check("[a]\nrecipe = other\n[b]\nx = ${a:y}\n", []));

  it("tells what a brace that is missing makes of the rest", () => {
    check("[a]\nx = ${b:${c:d}}\n[b]\nq = 1\n[c]\nd = q\n", ["2 error reference/syntax"]);
    check("[a]\nx = ${b:\n  c}\n[b]\nc = 1\n", ["2 error reference/syntax"]);
    check("[a]\nx = ${b:\n# }\n[b]\nc = 1\n", []);
    check("[a]\nx = ${b:\n[b]\nc = 1\n", []);
  });

  it("does not read what a condition leaves out, and tells one that fails", () => {
    check("[a]\nx = 1\n[a: windows]\nx = ${no:y}\n[a: linux]\nx = ${no:y}\n", ["6 error reference/unknown-section"]);
    check("[a: sys.]\nx = 1\n", ["1 error load/condition-failed"]);
  });

  it("tells that nothing is substituted in macros", () =>
    check("[c]\nm = m\n[m]\nx = 1\n[a]\n<= ${c:m}\n", ["6 error macro/reference"]));

  it("tells what buildout stops at when it starts", () => {
    check("[buildout]\nversions = v\nparts =\n", ["2 error load/versions-section"]);
    check("#- /top.cfg\n[buildout]\nextends = base.cfg\nnewest = yes\n#- /base.cfg\n[a]\nx = 1\n", [
      "3 error load/invalid-option",
    ]);
    check("[buildout]\nparts =\nverbosity = much\nnewest = yes\n", ["4 error start/failed"]);
    check("[buildout]\nversions =\nparts =\n", []);
  });

  it("does not read comments", () => check("[a]\nx =\n  1\n# ${no:y}\n  2\n", []));

  it("reads what follows a hash in a value", () =>
    check("[a]\nx = 1 # ${no:y}\n", ["2 error reference/unknown-section"]));

  it("tells broken lines", () => check("[a]\nx = 1\noops\n", ["3 error syntax/not-an-option"]));

  it("tells options before any section", () => check("x = 1\n", ["1 error syntax/no-section-header"]));

  it("tells missing files to extend", () => check("[buildout]\nextends = no.cfg\n", ["2 error extends/missing-file"]));

  it("tells parts without section and without recipe", () =>
    check("[buildout]\nparts = a b c\n[a]\nrecipe = x\n[b]\ny = 1\n", [
      "2 error parts/no-recipe",
      "2 error parts/unknown-section",
    ]));

  it("tells required options of parts alone", () =>
    check("[buildout]\nparts = a\n[a]\nrecipe = plone.recipe.command\n[b]\nrecipe = plone.recipe.command\n", [
      "3 error recipe/missing-option",
    ]));

  it("accepts either of two options", () =>
    check("[buildout]\nparts = a\n[a]\nrecipe = slapos.recipe.template\ninline = x\noutput = y\n", []));

  it("tells macros that are nowhere or go round", () =>
    check("[a]\n<= no\n[b]\n<= c\n[c]\n<= b\n", [
      "2 error macro/unknown-section",
      "4 error macro/cycle",
      "6 error macro/cycle",
    ]));

  it("tells values made of themselves", () =>
    check("[a]\nx = ${:y}\ny = ${a:x}\nz = 1\n", ["2 error reference/cycle", "3 error reference/cycle"]));

  it("does not demand of a macro what its users define", () =>
    check("[buildout]\nparts = user\n[macro]\nrecipe = x\nc = ${:d}\n[user]\n<= macro\nd = 1\n", []));

  it("says less of what an extending profile defines", () =>
    check(
      "#- /base.cfg\n[a]\nx = ${gmp:location}\n#- /top.cfg\n[buildout]\nextends = base.cfg\n[gmp]\nlocation = 1\n",
      ["2 information reference/unknown-section"],
    ));

  it("tells options written twice", () => check("[a]\nx = 1\nx = 2\n", ["3 warning option/duplicate"]));

  it("tells repeated values", () =>
    check("#- /top.cfg\n[buildout]\nextends = base.cfg\n[a]\nx = 1\n#- /base.cfg\n[a]\nx = 1\n", [
      "4 information option/redundant",
    ]));

  it("tells an override whose text is the same and whose directory is another", () => {
    const value = "url = ${:_profile_base_location_}/x";
    const { service, path } = createFixture(
      `#- /sr/software.cfg\n[buildout]\nextends = ../base.cfg\n[a]\n${value}\n#- /base.cfg\n[a]\n${value}\n`,
    );
    expect(service.diagnostics(path).map(({ severity, code }) => `${severity} ${code}`)).toEqual([
      "hint option/overrides",
    ]);
  });

  it("tells substitutions that buildout refuses", () =>
    check("[a]\nx = ${a} ${a:b:c}\n", ["2 error reference/syntax", "2 error reference/syntax"]));

  it("checks templates around what only rendering knows", () =>
    check(
      "#- /instance.cfg.in\n[buildout]\nparts = {{ part }}\n{% if x %}\n[b-{{ n }}]\ny = 1\n{% endif %}\n[a]\nx = ${b-1:y} ${a:no} {{ z }}\n",
      ["8 warning reference/unknown-option"],
    ));

  it("knows what the node gives an instance", () =>
    check(
      "#- /instance.cfg\n[a]\nx = ${slap-connection:computer-id} ${slap-connection:computer_id} ${slap-parameter:any}\ny = ${slap-network-information:global-ipv6}\n",
      ["2 warning reference/unknown-option"],
    ));

  it("does not know what a template takes from others", () => {
    const rest = "[buildout]\nparts = {{ part }}\n[a]\nx = ${made:y}\n";
    check(`#- /instance.cfg.in\n${rest}`, ["4 error reference/unknown-section"]);
    for (const tag of ["{% include 'more.cfg' %}", "{% extends 'base.cfg' %}", "{% call m() %}{% endcall %}"])
      check(`#- /instance.cfg.in\n${tag}\n${rest}`, []);
  });

  it("looks into the profile that renders a template", () =>
    check(
      "#- /t.in\n${a:x} ${a:no} ${no:x}\n#- /main.cfg\n[a]\nx = 1\n[t]\nrecipe = slapos.recipe.template\nurl = t.in\noutput = o\n",
      ["1 warning reference/unknown-option", "1 error reference/unknown-section"],
    ));

  it("keeps the two levels of an instance's profile apart", () =>
    check(
      "#- /instance.cfg.in\n[buildout]\nparts = a\n[a]\nrecipe = slapos.cookbook:publish\nx = ${soft:v} $${:recipe} $${slap-connection:computer-id} $${soft:v}\n#- /software.cfg\n[soft]\nv = 1\n[i]\nrecipe = slapos.recipe.template\nurl = ${:_profile_base_location_}/instance.cfg.in\noutput = o\n",
      ["5 error reference/unknown-section"],
    ));

  it("checks hashes of local files", () =>
    check(
      "#- /buildout.hash.cfg\n[t]\n_update_hash_filename_ = t.in\nmd5sum = 00000000000000000000000000000000\n#- /t.in\nx\n",
      ["3 warning hash/mismatch"],
    ));

  it("takes no other program's configuration for a profile", () =>
    check("#- /haproxy.cfg.in\nglobal\n  maxconn 4096\n", []));

  it("follows unsaved text across files", () => {
    const fixture = createFixture(
      "#- /top.cfg\n[buildout]\nextends = base.cfg\n[b]\nx = ${a:y}\n#- /base.cfg\n[a]\ny = 1\n",
    );
    expect(fixture.service.diagnostics(fixture.path)).toEqual([]);
    fixture.change("/base.cfg", "[a]\nz = 1\n");
    expect(fixture.service.diagnostics(fixture.path).map(({ code }) => code)).toEqual(["reference/unknown-option"]);
  });

  it("takes linear time on text made to be slow", () => {
    const hostile = `[buildout]\nparts =\n${"  \n\n".repeat(20_000)}extends =\n${"  a\n".repeat(2_000)}{{`;
    const { service, path } = createFixture(`#- /x.cfg.in\n${hostile}`);
    expect(service.diagnostics(path).length).toBeGreaterThan(0);
  });
});

describe("versions", () => {
  const release = { exists: true, latest: "2.0", versions: ["1.0", "2.0"], vulnerabilities: [] };

  async function checkVersions(version: string, expected: readonly string[]): Promise<void> {
    const { service, path } = createFixture(`[versions]\nproject = ${version}\n`, { project: release });
    expect((await service.versionDiagnostics(path)).map(({ code }) => code)).toEqual(expected);
  }

  it("tells a newer one", () => checkVersions("1.0", ["versions/newer"]));
  it("tells one that is not published", () => checkVersions("3.0", ["versions/unknown-version"]));
  it("is content with the latest", () => checkVersions("2.0", []));
  it("knows SlapOS's marks", () => checkVersions("2.0+SlapOSPatched001", []));
});
