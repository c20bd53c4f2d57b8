/** After an edit of a file that is far from a template, what is said of the template is what a fresh service says. */
import { expect, it } from "vitest";
import { createFixture } from "./language-fixture";

const SOURCE = `#- /stack/base.cfg
[names]
folder = \${buildout:directory}
[source]
url = \${names:folder}/\${:filename}
mode = 0644
[render]
recipe = slapos.recipe.template
[component]
recipe = slapos.recipe.cmmi
url = https://example.org/\${:version}.tar.gz
version = 1
free = 1
#- /software/software.cfg
[buildout]
extends = ../stack/base.cfg
parts = app
[download]
<= source
recipe = slapos.recipe.build:download
filename = instance.cfg.in
[instance]
<= render
url = \${download:target}
output = x
[app]
<= source
  render
filename = other.in
output = x
#- /software/instance.cfg.in
[buildout]
parts = a
[a]
recipe = slapos.cookbook:wrapper
wrapper-path = \${component:location}/x
command-line = \${component:nothing} $\${:wrapper-path}
#- /software/other.in
\${component:nothing} \${missing:x}
`;

const TEMPLATES = ["/workspace/software/instance.cfg.in", "/workspace/software/other.in"];
const BASE = "/stack/base.cfg";

it.each([
  ["what a reference leads to", "folder = ${buildout:directory}", "folder = /nowhere"],
  ["what a macro gives", "url = ${names:folder}/${:filename}", "url = ${names:folder}/x"],
  ["the recipe of a macro", "recipe = slapos.recipe.template\n", "recipe = slapos.recipe.template:jinja2\n"],
  ["the recipe of a macro, to one that renders nothing", "recipe = slapos.recipe.template\n", "recipe = x\n"],
  ["an option of a part that renders nothing", "free = 1", "free = 2"],
  ["a new option of such a part", "free = 1", "free = 1\nnothing = 2"],
  ["a section less", "[names]", "[other-names]"],
  ["a macro more", "[render]", "[render]\n<= component"],
  ["an option that is added to", "[component]", "[names]\nfolder += /x\n[component]"],
])("says of templates what it would say afresh: %s", (_what, from, to) => {
  const { service, files, change } = createFixture(SOURCE);
  const answers = (of: typeof service): unknown =>
    TEMPLATES.map((path) => [
      of.diagnostics(path),
      of.definition(path, files.get(path)!.indexOf("component:") + 2),
      of.references(path, files.get(path)!.indexOf("component:") + 2, true),
    ]);
  answers(service);
  change(BASE, files.get(`/workspace${BASE}`)!.replace(from, to));
  const edited = answers(service);
  const afresh = createFixture(
    [...files].map(([path, text]) => `#- ${path.replace("/workspace", "")}\n${text}`).join(""),
  );
  expect(edited).toEqual(answers(afresh.service));
  // And back again.
  change(BASE, files.get(`/workspace${BASE}`)!.replace(to, from));
  expect(answers(service)).toEqual(answers(createFixture(SOURCE).service));
});
