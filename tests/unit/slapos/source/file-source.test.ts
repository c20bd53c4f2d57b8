import { describe, expect, test } from "vitest";
import { createFileSourceFinder, type FileStep } from "@/lib/slapos/source/file-source";

/** A node after a run, one string: `#- /path` begins each file. */
const NODE = `#- /ws/software/web/software.cfg
[buildout]
parts = instance-profile

[app-template]
recipe = slapos.recipe.build:download
url = \${:_profile_base_location_}/app.conf.in

[instance-profile]
recipe = slapos.recipe.template
url = \${:_profile_base_location_}/instance.cfg.in
output = \${buildout:directory}/instance.cfg
#- /ws/software/web/instance.cfg.in
[buildout]
parts = app

{% for name in names %}
[app-{{ name }}]
recipe = slapos.recipe.template:jinja2
{% endfor %}
#- /ws/software/web/app.conf.in
name = {{ name }}
port = {{ port }}
#- /soft/.installed.cfg
[buildout]
parts = app-template instance-profile

[app-template]
__buildout_installed__ = /soft/parts/app-template
recipe = slapos.recipe.build:download
url = /ws/software/web/app.conf.in

[instance-profile]
__buildout_installed__ = /soft/instance.cfg
recipe = slapos.recipe.template
url = /ws/software/web/instance.cfg.in
output = /soft/instance.cfg
#- /soft/instance.cfg
[buildout]
parts = app-one
[app-one]
recipe = slapos.recipe.template:jinja2
#- /soft/parts/app-template/app-template
name = {{ name }}
port = {{ port }}
#- /part/buildout.cfg
[buildout]
parts = app-one
[app-one]
recipe = slapos.recipe.template:jinja2
#- /part/.installed.cfg
[buildout]
parts = app-one

[app-one]
__buildout_installed__ = /part/etc/one.conf
recipe = slapos.recipe.template:jinja2
url = /soft/parts/app-template/app-template
output = /part/etc/one.conf
#- /part/etc/one.conf
name = one
port = 80
#- /part/var/data
x
`;

function openFinder(fixture = NODE) {
  const files = new Map(
    fixture
      .split(/^#- /m)
      .slice(1)
      .map((part): [string, string] => [part.slice(0, part.indexOf("\n")), part.slice(part.indexOf("\n") + 1)]),
  );
  const disk = {
    readText: (path: string) => files.get(path),
    exists: (path: string) => files.has(path),
    profiles: {
      read: (path: string) => files.get(path) ?? { problem: "missing" as const, message: `no ${path}` },
      exists: (path: string) => files.has(path),
    },
  };
  const finder = createFileSourceFinder(disk, {
    workspace: "/ws",
    profile: "/ws/software/web/software.cfg",
    softwareDirectory: "/soft",
    partition: "/part",
  });
  const lineOf = ({ place }: FileStep): number | undefined =>
    place && files.get(place.path)!.slice(0, place.range.start).split("\n").length;
  return { finder, lineOf };
}

describe("a file of a partition", () => {
  test("leads over a copy of the template to the line of its source", () => {
    const { finder, lineOf } = openFinder();
    const steps = finder.trace("/part/etc/one.conf", 2);
    expect(steps.map((step) => [step.kind, step.path, step.part, lineOf(step)])).toEqual([
      ["part", "/part/etc/one.conf", "app-one", 5],
      ["part", "/soft/parts/app-template/app-template", "app-template", 4],
      ["source", "/ws/software/web/app.conf.in", undefined, 2],
    ]);
    expect(steps[0]).toMatchObject({
      profile: "/part/buildout.cfg",
      place: { path: "/ws/software/web/instance.cfg.in" },
    });
  });

  test("that slapgrid copied leads to the release's profile", () => {
    const { finder } = openFinder();
    expect(finder.trace("/part/buildout.cfg").map(({ kind, path }) => [kind, path])).toEqual([
      ["copy", "/part/buildout.cfg"],
      ["part", "/soft/instance.cfg"],
      ["source", "/ws/software/web/instance.cfg.in"],
    ]);
  });

  test("that nobody installed is a program's, and buildout's notes are its own", () => {
    const { finder } = openFinder();
    expect(finder.trace("/part/var/data")).toEqual([{ path: "/part/var/data", kind: "written" }]);
    expect(finder.trace("/part/.installed.cfg")).toMatchObject([{ kind: "state" }]);
  });

  test("is found from its template, and a mere copy is not", () => {
    const { finder } = openFinder();
    expect(finder.listOutputs("/ws/software/web/app.conf.in")).toEqual([
      { path: "/part/etc/one.conf", part: "app-one" },
    ]);
  });

  test("of a node that was never run, or is written in circles, is no error", () => {
    const { finder } = openFinder("#- /part/x\nx\n");
    expect(finder.trace("/part/x")).toMatchObject([{ kind: "written" }]);
    const circle = NODE.replace("url = /soft/parts/app-template/app-template", "url = /part/etc/one.conf").replace(
      "url = /ws/software/web/app.conf.in\n\n[instance-profile]",
      "url = /soft/parts/app-template/app-template\n\n[instance-profile]",
    );
    expect(
      openFinder(circle)
        .finder.trace("/part/etc/one.conf")
        .map(({ kind }) => kind),
    ).toEqual(["part"]);
  });
});
