/** Profiles that templates extend by names which only rendering knows, and what is no error for that reason. */
import { describe, expect, it } from "vitest";
import { createFixture } from "./language-fixture";

const SOFTWARE = `#- /s/software.cfg
[buildout]
parts = instance
[monitor]
recipe = slapos.recipe.template:jinja2
url = \${:_profile_base_location_}/monitor.cfg.in
output = \${buildout:directory}/monitor.cfg
[instance]
recipe = slapos.recipe.template:jinja2
url = \${:_profile_base_location_}/instance.cfg.in
output = \${buildout:directory}/instance.cfg
context =
  raw monitor_template \${monitor:output}
  key monitor_too monitor:output
  section monitor monitor
#- /s/monitor.cfg.in
[buildout]
parts = monitor-base
[monitor-base]
recipe = plone.recipe.command
command = echo {{ x }}
[monitor-publish]
url = https://example.org
`;

function problems(source: string): string[] {
  const { service, path, files } = createFixture(source);
  return service
    .diagnostics(path)
    .filter(({ severity }) => severity === "error" || severity === "warning")
    .map(({ code, range }) => `${code} ${files.get(path)!.slice(range.start, range.end)}`);
}

describe("an extends that only rendering knows", () => {
  const instance = (name: string, text: string) =>
    `#- /s/instance.cfg.in\n[buildout]\nextends = ${name}\nparts = p\n[p]\nrecipe = plone.recipe.command\n${text}\n${SOFTWARE}`;

  it.each([
    ["a raw variable", "{{ monitor_template }}"],
    ["a key", "{{ monitor_too }}"],
    ["an item of a section", "{{ monitor['output'] }}"],
    ["an attribute of a section", "{{ monitor.output }}"],
    ["white space before it", "{{ '  ' ~ monitor_template }}"],
  ])("is followed through %s", (_what, name) => {
    const { service, path, offset } = createFixture(instance(name, "command = ${monitor-publish:<|>}"));
    expect(service.complete(path, offset).map(({ label }) => label)).toContain("url");
    expect(problems(instance(name, "command = ${monitor-publish:url} ${monitor-publihs:url}"))).toEqual([
      "reference/unknown-section monitor-publihs",
    ]);
  });

  it("is followed through a reference of a two-level profile", () => {
    const source = `#- /s/instance.cfg.in\n[buildout]\nextends = \${monitor:output}\n[p]\nrecipe = plone.recipe.command\ncommand = $\${monitor-publish:u<|>rl}\n${SOFTWARE.replace("slapos.recipe.template:jinja2\nurl = ${:_profile_base_location_}/instance", "slapos.recipe.template\nurl = ${:_profile_base_location_}/instance")}`;
    const { service, path, offset, place } = createFixture(source);
    expect(service.definition(path, offset).map(place)).toEqual(["/s/monitor.cfg.in:7"]);
    expect(service.links(path).map(({ target }) => target)).toContain("/workspace/s/monitor.cfg.in");
  });

  it("says nothing of names that may come from one that cannot be followed", () =>
    expect(problems(instance("{{ unknown_variable }}", "command = ${monitor-publihs:url}"))).toEqual([]));

  it("makes what extends it known to the extended template", () => {
    const monitor =
      "#- /s/monitor.cfg.in\n[buildout]\nparts = p\n[p]\nrecipe = plone.recipe.command\ncommand = {{ x }} ${ports:base}\n";
    const [software] = SOFTWARE.split("#- /s/monitor.cfg.in");
    const extender = "#- /s/instance.cfg.in\n[buildout]\nextends = {{ monitor_template }}\n[ports]\nbase = 1\n";
    expect(problems(monitor + software + extender)).toEqual([]);
    expect(problems(monitor + software)).toEqual(["reference/unknown-section ports"]);
  });
});

describe("what is no error", () => {
  it("an option of a macro that each heir replaces", () =>
    expect(problems("[base]\nname = ${missing:name}\n[a]\n<= base\nname = 1\n[b]\n<= base\nname = 2\n")).toEqual([]));
  it("but one that an heir takes", () =>
    expect(problems("[base]\nname = ${missing:name}\n[a]\n<= base\n[b]\n<= base\nname = 2\n")).toEqual([
      "reference/unknown-section missing",
    ]));
  it("an option of slap-configuration, handed on to a software type's profile", () =>
    expect(
      problems(
        "#- /instance-x.cfg.in\n[p]\nrecipe = plone.recipe.command\ncommand = {{ x }} ${slap-configuration:anything}\n",
      ),
    ).toEqual([]));
  it("two dollars in a script that a software profile writes", () =>
    expect(
      problems(
        "[buildout]\nparts = p\n[p]\nrecipe = plone.recipe.command\nname = x\ncommand =\n  cat <<EOF\n  egg = $${:name}\n  other = $${cython:egg} ${:name}\n  EOF\n",
      ),
    ).toEqual([]));
  it("a condition on the machine's kernel", () =>
    expect(problems('[a:int(platform.release().split(".")[0]) < 4]\nx = 1\n')).toEqual([]));
  it("a section that a base in a profile above gives its recipe", () =>
    expect(
      problems(
        "#- /base.cfg\n[a]\n<= b\nx = 1\n[b]\ny = 1\n[c]\nz = ${a:location}\n#- /top.cfg\n[buildout]\nextends = base.cfg\n[b]\nrecipe = slapos.recipe.cmmi\n",
      ),
    ).toEqual([]));
});

describe("sections that a node provides", () => {
  it("are a warning in a software profile, where they are not", () =>
    expect(problems("#- /software.cfg\n[a]\nx = ${slap-connection:server-url}\n")).toEqual([
      "reference/unknown-section slap-connection",
    ]));
});
