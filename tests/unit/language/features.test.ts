import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { createFixture } from "./language-fixture";

const BASE = "#- /base.cfg\n[server]\nrecipe = plone.recipe.command\ncommand = run ${:port}\nport = 80\n";

describe("completion", () => {
  function check(source: string, labels: readonly string[]): void {
    const { service, path, offset } = createFixture(source);
    const found = service.complete(path, offset).map(({ label }) => label);
    for (const label of labels) expect(found).toContain(label);
    if (labels.length === 0) expect(found).toEqual([]);
  }

  it("gives sections after the brace", () => check("[a]\nx = ${<|>\n[b]\ny = 1\n", ["a", "b", "buildout"]));
  it("gives options after the colon", () => check("[a]\nx = ${b:<|>\n[b]\ny = 1\n", ["y"]));
  it("gives inherited options", () => check("[a]\n<= b\nx = ${:<|>}\n[b]\ny = 1\n", ["y"]));
  it("gives what the recipe sets", () =>
    check("[a]\nx = ${b:<|>\n[b]\nrecipe = slapos.recipe.cmmi\n", ["location", "recipe"]));
  it("gives the recipe's options at the start of a line", () =>
    check("[a]\nrecipe = slapos.recipe.cmmi\n<|>\n", ["url", "configure-options", "environment"]));
  it("gives recipes", () => check("[a]\nrecipe = slapos.cook<|>\n", ["slapos.cookbook:wrapper", "zc.recipe.egg"]));
  it("gives parts", () => check("[buildout]\nparts =\n  <|>\n[a]\nrecipe = x\n", ["a"]));
  it("gives files to extend", () => check("#- /d/a.cfg\n[buildout]\nextends = <|>\n#- /d/b.cfg\n\n", ["b.cfg"]));
  it("gives values of a recipe's option", () =>
    check("[a]\nrecipe = plone.recipe.command\nstop-on-error = <|>\n", ["true", "false"]));
  it("gives sections in a header being typed", () => check("[a]\nx = 1\n[<|>\n", ["a", "buildout"]));
  it("gives sections of extended profiles in a header", () =>
    check("#- /top.cfg\n[buildout]\nextends = base.cfg\n[se<|>]\n#- /base.cfg\n[server]\nx = 1\n", ["server"]));
  it("gives nothing in comments", () => check("[a]\n# ${<|>\n", []));
  it("gives a template's names", () => check("#- /t.cfg.in\n[buildout]\n{% set one = 1 %}\nx = {{ <|> }}\n", ["one"]));
});

describe("hover", () => {
  function check(source: string, text: string): void {
    const { service, path, offset } = createFixture(source);
    expect(service.hover(path, offset)?.markdown).toContain(text);
  }

  it("names what only rendering tells", () =>
    check("#- /t.cfg.in\n[buildout]\n{% if x %}\n[part-{{ name }}]\na = 1\nb = ${<|>\n{% endif %}\n", "[part-…]"));
  it("shows the resolved value", () => check("[a]\nx = ${b:y<|>}\n[b]\nz = 1\ny = ${:z}2\n", "12"));
  it("shows a section with what it inherits", () => check("[a<|>]\n<= b\n[b]\ny = 42\n", "y = 42"));
  it("explains a recipe's option", () =>
    check("[a]\nrecipe = plone.recipe.command\ncomm<|>and = x\n", "when the part is installed"));
  it("explains a recipe", () => check("[a]\nrecipe = slapos.cookbook:wrap<|>per\n", "command-line"));
  it("shows the pinned version", () => check("[a]\neggs = pro<|>ject\n[versions]\nproject = 1.2\n", "1.2"));
});

describe("what is meant at the edge of a word", () => {
  it.each(["${<|>b:y}", "$<|>{b:y}", "<|>${b:y}"])("the section, in %s", (reference) => {
    const { service, path, offset, place } = createFixture(`[a]\nx = ${reference}\n[b]\ny = 1\n`);
    expect(service.definition(path, offset).map(place)).toEqual(["/main.cfg:3"]);
  });
  it("the first word, in an indent", () => {
    const { service, path, offset, place } = createFixture("[buildout]\nparts =\n <|>  a\n[a]\n");
    expect(service.definition(path, offset).map(place)).toEqual(["/main.cfg:4"]);
  });
});

describe("definition", () => {
  function check(source: string, expected: readonly string[]): void {
    const { service, path, offset, place } = createFixture(source);
    expect(service.definition(path, offset).map(place)).toEqual(expected);
  }

  it("follows extends", () =>
    check(`#- /top.cfg\n[buildout]\nextends = base.cfg\n[x]\ny = \${server:po<|>rt}\n${BASE}`, ["/base.cfg:4"]));
  it("finds a part", () => check("[buildout]\nparts = a<|>\n[a]\n", ["/main.cfg:3"]));
  it("opens the extended file", () =>
    check(`#- /top.cfg\n[buildout]\nextends = ba<|>se.cfg\n${BASE}`, ["/base.cfg:1"]));
  it("A2.3: leads from every extends, reference, macro and recipe of the sample to a file and line", () => {
    const sample = new URL("../../../server/engine/sample/", import.meta.url);
    const names = readdirSync(sample, { recursive: true, withFileTypes: true })
      .filter(({ name }) => /\.(?:cfg|py)$/.test(name))
      .map((entry) => join(entry.parentPath, entry.name));
    const folder = fileURLToPath(sample);
    const { service, files } = createFixture(
      names.map((name) => `#- /${name.slice(folder.length)}\n${readFileSync(name, "utf8")}`).join(""),
    );
    const words =
      /(?<=^extends *=(?:\n? +\S+\n)*\n? *)[^\s=]+\.cfg|(?<=\$\{)[\w-]+:[\w-]+(?=\})|(?<=^<= *)\S+|(?<=^recipe = hello\.recipe:)\S+/gm;
    const seen: string[] = [];
    const lost: string[] = [];
    for (const [path, text] of files)
      if (/\.cfg$/.test(path))
        for (const { 0: word, index } of text.matchAll(words)) {
          if (word.startsWith("buildout:")) continue;
          seen.push(word);
          if (service.definition(path, index + word.length - 1).length === 0) lost.push(`${path} ${word}`);
        }
    expect(lost).toEqual([]);
    expect(seen).toEqual(
      expect.arrayContaining([
        "../../component/waitress/buildout.cfg",
        "hello:greeting",
        "download-base",
        "greeting-card",
      ]),
    );
  });
  it("A2.3: finds a recipe of the workspace", () =>
    check(
      "#- /s.cfg\n[a]\nrecipe = egg:one<|>\n#- /setup.py\nsetup(name='egg', entry_points={'zc.buildout': ['one = m:R']})\n#- /m.py\n\nclass R:\n  pass\n",
      ["/m.py:2"],
    ));
});

describe("references", () => {
  function check(source: string, expected: readonly string[]): void {
    const { service, path, offset, place } = createFixture(source);
    expect(service.references(path, offset, false).map(place).sort()).toEqual(expected);
  }
  const files = `#- /top.cfg\n[buildout]\nextends = base.cfg\nparts = server\n[x]\n<= server\ny = \${server:port} \${:port}\n#- /other.cfg\n[server]\nz = \${server:port}\n`;

  it("follows extends, not names", () =>
    check(`${files}${BASE.replace("[server", "[ser<|>ver")}`, ["/top.cfg:3", "/top.cfg:5", "/top.cfg:6"]));
  it("follows options through macros", () =>
    check(`${files}${BASE.replace("port = 80", "po<|>rt = 80")}`, ["/base.cfg:3", "/top.cfg:6", "/top.cfg:6"]));
  it("looks into templates", () =>
    check(
      `#- /a.cfg\n[a<|>]\nx = 1\n[t]\nrecipe = slapos.recipe.template\nurl = t.in\noutput = o\n#- /t.in\n\${a:x}\n`,
      ["/t.in:1"],
    ));
});

describe("rename", () => {
  it("changes every file as one edit", () => {
    const { service, path, offset, apply } = createFixture(
      `#- /top.cfg\n[buildout]\nextends = base.cfg\n[x]\n<= server\ny = \${server:port}\n${BASE.replace("[server", "[ser<|>ver")}`,
    );
    const answer = service.rename(path, offset, "web");
    if (answer.refused !== undefined) throw new Error(answer.refused);
    const texts = apply(answer.edits);
    expect(texts["/top.cfg"]).toBe("[buildout]\nextends = base.cfg\n[x]\n<= web\ny = ${web:port}\n");
    expect(texts["/base.cfg"]).toContain("[web]");
  });

  function checkRefused(source: string, name: string): void {
    const { service, path, offset } = createFixture(source);
    expect(service.rename(path, offset, name).refused).toBeTypeOf("string");
  }
  it("refuses to capture another section", () => checkRefused("[a<|>]\n[b]\n", "b"));
  it("refuses a name that an heir has", () => checkRefused("[a]\nx<|> = 1\n[b]\n<= a\ny = 2\n", "y"));
  it("refuses a name with a meaning of its own", () => {
    checkRefused("[a<|>]\n", "buildout");
    checkRefused("[a<|>]\n", "slap-connection");
  });
  it("refuses the section of buildout", () => checkRefused("[buildout<|>]\n", "b"));
  it("refuses names that no reference could hold", () => checkRefused("[a<|>]\n", "x:y"));
  it("refuses options that the recipe reads by name", () =>
    checkRefused("[a]\nrecipe = plone.recipe.command\ncom<|>mand = x\n", "other"));
});

describe("code actions", () => {
  function check(source: string, title: string, expected: string): void {
    const { service, path, offset, apply } = createFixture(source);
    const actions = service.codeActions(path, { start: offset, end: offset });
    const action = actions.find((candidate) => candidate.title.includes(title));
    expect(actions.map((candidate) => candidate.title)).toContainEqual(expect.stringContaining(title));
    expect(apply(action?.edits ?? [])[path.replace("/workspace", "")]).toBe(expected);
  }

  it("mends typing errors", () =>
    check("[a]\nx = ${a:port<|>t}\nport = 1\n", "`port`", "[a]\nx = ${a:port}\nport = 1\n"));
  it("extends the profile that defines a section", () =>
    check(
      "#- /x/a.cfg\n[buildout]\nextends =\n  b.cfg\n[a]\nx = ${gm<|>p:location}\n#- /x/b.cfg\n[b]\n#- /component/gmp/buildout.cfg\n[gmp]\nrecipe = slapos.recipe.cmmi\n",
      "extend it",
      "[buildout]\nextends =\n  b.cfg\n  ../component/gmp/buildout.cfg\n[a]\nx = ${gmp:location}\n",
    ));
  it("removes a duplicate", () => check("[a]\nx = 1\nx<|> = 2\n", "no effect", "[a]\nx = 2\n"));
  it("adds required options", () =>
    check(
      "[buildout]\nparts = a\n[a<|>]\nrecipe = plone.recipe.command\n",
      "Add",
      "[buildout]\nparts = a\n[a]\nrecipe = plone.recipe.command\ncommand = \n",
    ));
  it("updates the hash of a local file", () =>
    check(
      "#- /buildout.hash.cfg\n[t]\nfilename = t.in\nmd5sum = <|>00000000000000000000000000000000\n#- /t.in\nx\n",
      "md5sum",
      "[t]\nfilename = t.in\nmd5sum = 401b30e3b8b5d629635a5c613cdb7919\n",
    ));
  it("reduces a copied section to what it changes", () =>
    check(
      "#- /top.cfg\n[buildout]\nextends = base.cfg\n[a<|>]\nx = 1\ny = 2\nz = 4\n#- /base.cfg\n[a]\nx = 1\ny = 2\nz = 3\n",
      "Reduce",
      "[buildout]\nextends = base.cfg\n[a]\nz = 4\n",
    ));
  it("pins an egg where the versions are", async () => {
    const release = { exists: true, latest: "2.0", versions: ["2.0"], vulnerabilities: [] };
    const { service, path, offset, apply } = createFixture("[a]\neggs = pro<|>ject\n[versions]\nother = 1\n", {
      project: release,
    });
    const action = service
      .codeActions(path, { start: offset, end: offset })
      .find(({ title }) => title.startsWith("Pin"));
    expect(apply(await service.laterEdits(action?.later ?? {}))["/main.cfg"]).toBe(
      "[a]\neggs = project\n[versions]\nother = 1\nproject = 2.0\n",
    );
  });
});

describe("reducing a copied section", () => {
  function reduce(source: string): Record<string, string> | undefined {
    const { service, path, offset, apply } = createFixture(source);
    const action = service
      .codeActions(path, { start: offset, end: offset })
      .find(({ title }) => title.startsWith("Reduce"));
    return action && apply(action.edits!);
  }
  const PART = "recipe = slapos.recipe.cmmi\nurl = https://example.org/x\nmd5sum = 1\n";

  it("needs more in common than two options", () =>
    expect(reduce(`[a]\n${PART}\n[b<|>]\n${PART.replace("= 1", "= 2")}`)).toEqual(undefined));
  it("takes what is common from the other section", () =>
    expect(reduce(`[a]\n${PART}shared = true\n\n[b<|>]\n${PART.replace("= 1", "= 2")}shared = true\n`)).toEqual({
      "/main.cfg": `[a]\n${PART}shared = true\n\n[b]\n<= a\nmd5sum = 2\n`,
    }));
  it("leaves the override of an extended profile", () =>
    expect(
      reduce(
        `#- /top.cfg\n[buildout]\nextends = base.cfg\n[a<|>]\n${PART.replace("= 1", "= 2")}#- /base.cfg\n[a]\n${PART}`,
      ),
    ).toEqual({ "/top.cfg": "[buildout]\nextends = base.cfg\n[a]\nmd5sum = 2\n" }));
  it("does not touch a section that lacks something of the other", () =>
    expect(reduce(`[a]\n${PART}shared = true\nmore = 1\n\n[b<|>]\n${PART}shared = true\n`)).toEqual(undefined));
});

describe("eggs", () => {
  it("lead to their pin", () => {
    const { service, path, offset, place } = createFixture("[a]\neggs =\n  Foo_<|>bar[x]\n[versions]\nfoo-bar = 1\n");
    expect(service.definition(path, offset).map(place)).toEqual(["/main.cfg:5"]);
  });
  it("are found from their pin", () => {
    const { service, path, offset, place } = createFixture("[a]\neggs =\n  foo\n[versions]\nfo<|>o = 1\n");
    expect(service.references(path, offset, false).map(place)).toEqual(["/main.cfg:3"]);
  });
  it("are completed from the pins", () => {
    const { service, path, offset } = createFixture("[a]\neggs =\n  <|>\n[versions]\nfoo = 1\n");
    expect(service.complete(path, offset).map(({ label }) => label)).toEqual(["foo"]);
  });

  it("offers profiles to extend by name and by relative path, whatever of it is typed", () => {
    const labels = (typed: string): string[] => {
      const { service, path, offset } = createFixture(
        `#- /sr/software.cfg\n[buildout]\nextends = ${typed}<|>\n#- /sr/more.cfg\n#- /base.cfg\n#- /stack/x.cfg\n`,
      );
      return service.complete(path, offset).map(({ label }) => label);
    };
    expect(labels("")).toEqual(expect.arrayContaining(["more.cfg", "../base.cfg", "../stack/x.cfg"]));
    expect(labels("./")).toEqual(expect.arrayContaining(["more.cfg", "../base.cfg", "../stack/x.cfg"]));
    expect(labels("../st")).toEqual(expect.arrayContaining(["base.cfg", "../base.cfg", "../stack/x.cfg"]));
    expect(labels("../stack/")).toEqual(["x.cfg", "../stack/x.cfg"]);
  });
});

describe("hash autopilot", () => {
  it("updates the entry of a saved file and no other", () => {
    const { service, apply } = createFixture(
      "#- /buildout.hash.cfg\n[t]\nfilename = t.in\nmd5sum = 00000000000000000000000000000000\n[u]\nfilename = u.in\nmd5sum = 1\n#- /t.in\nx\n#- /u.in\ny\n",
    );
    expect(apply(service.updateHashes("/workspace/t.in"))["/buildout.hash.cfg"]).toBe(
      "[t]\nfilename = t.in\nmd5sum = 401b30e3b8b5d629635a5c613cdb7919\n[u]\nfilename = u.in\nmd5sum = 1\n",
    );
  });
});

describe("formatting", () => {
  function check(source: string, expected: string): void {
    const first = createFixture(source);
    const once = first.apply([{ path: first.path, edits: first.service.format(first.path) }])["/main.cfg"];
    expect(once).toBe(expected);
    const second = createFixture(expected);
    expect(second.service.format(second.path)).toEqual([]);
  }

  it("spaces names, signs and values evenly", () =>
    check("[a]\nx=1  \ny   +=   2\n<=b\n", "[a]\nx = 1\ny += 2\n<= b\n"));
  it("indents lists and leaves one blank line", () =>
    check("[a]\nx =\n      1\n      2\n\n\n\n# about b\n[b]\n", "[a]\nx =\n  1\n  2\n\n# about b\n[b]\n"));
  it("leaves what a template puts after the sign", () =>
    check(
      "[a]\nx = {% for one in list %}\n{{ one }}\n{% endfor %}\ny  =  {{ z }}\n",
      "[a]\nx = {% for one in list %}\n{{ one }}\n{% endfor %}\ny = {{ z }}\n",
    ));
  it("takes white space for nothing between sections", () =>
    check("[a]\nx = \n  \n[b]\ny = 1\n", "[a]\nx =\n\n[b]\ny = 1\n"));
  it("leaves Python alone", () =>
    check(
      "[a]\nrecipe = slapos.recipe.build\ninit =\n    import os\n    if os: pass\n",
      "[a]\nrecipe = slapos.recipe.build\ninit =\n    import os\n    if os: pass\n",
    ));
});

describe("structure", () => {
  it("maps Python inside options to its lines", () => {
    const { service, path, files } = createFixture(
      "[a]\nrecipe = slapos.recipe.build\ninit =\n  import os\n  x = ${a:y}\n",
    );
    const [snippet] = service.pythonSnippets(path);
    expect(snippet?.source).toContain("import os\nx = 00000\n".replace("00000", "0".repeat("${a:y}".length)));
    const at = snippet!.lines[snippet!.source.split("\n").indexOf("import os")]!.offset;
    expect(files.get(path)!.slice(at, at + 9)).toBe("import os");
  });

  it("orders tokens and keeps them apart", () => {
    const { service, path } = createFixture(
      "[a]\nrecipe = plone.recipe.command\n# c\ncommand = if true; then echo ${a:x} 'q'; fi\nx = 1\n",
    );
    let end = 0;
    for (const token of service.tokens(path)) {
      expect(token.start).toBeGreaterThanOrEqual(end);
      end = token.start + token.length;
    }
    expect(end).toBeGreaterThan(0);
  });

  it("shows what a part needs and what needs it", () => {
    const { service, path, offset } = createFixture("[a<|>]\nx = ${b:y}\n[b]\ny = ${c:z}\n[c]\nz = ${a:x}\n");
    const [item] = service.prepareCalls(path, offset);
    expect(service.needs(item!).map((call) => call.item.name)).toEqual(["b"]);
    expect(service.neededBy(item!).map((call) => call.item.name)).toEqual(["c"]);
  });

  it("says what a section overrides and where it is overridden", () => {
    const source = `#- /software.cfg\n[buildout]\nextends = base.cfg\n[server]\nport = 81\n${BASE}`;
    const titles = (path: string): string[] =>
      createFixture(source)
        .service.lenses(`/workspace${path}`)
        .map(({ title }) => title);
    expect(titles("/software.cfg")).toContain("overrides base.cfg:4");
    const between = `#- /software.cfg\n[buildout]\nextends = middle.cfg\n[server]\nport = 81\nhost = h\n#- /middle.cfg\n[buildout]\nextends = base.cfg\n[server]\nhost = m\n${BASE}`;
    const through = createFixture(between).service.lenses("/workspace/software.cfg");
    expect(through.map(({ title }) => title)).toContain("overrides base.cfg:4 and 1 more");
    expect(titles("/base.cfg")).toContain("overridden in 1 profile");
    expect(titles("/base.cfg")).toContain("reaches 1 software release");
  });

  it("says what a name in a list of completions stands for", () => {
    const { service, path, offset } = createFixture(
      "[a]\nrecipe = plone.recipe.command\ncommand = true\n[b]\nx = 1\n  2\ny = ${<|>}\n[c]\n<= b\nz = ${b:x}\n",
    );
    const items = service.complete(path, offset);
    const describe = (label: string): string => {
      const { described } = items.find((item) => item.label === label)!;
      return service.describe(described!)!;
    };
    expect(describe("a")).toContain("recipe = plone.recipe.command\ncommand = true");
    expect(describe("a")).toContain("Runs a shell command");
    expect(describe("c")).toContain("<= b\nx =\n  1\n  2\n");
    expect(service.describe({ path, section: "b", option: "x" })).toContain("1\n2");
    expect(service.describe({ path, section: "a", option: "location" })).toContain("separated by white space");
    expect(service.describe({ path, section: "gone" })).toBeUndefined();
    expect(service.describe({ path: "/gone.cfg", section: "a" })).toBeUndefined();
  });

  it("offers the sections of the node in a template of an instance's profile", () => {
    const { service, path, offset } = createFixture(`#- /instance.cfg
[buildout]
parts = file
[file]
recipe = slapos.recipe.template
url = file.in
output = file
x = $\${slap-connection:computer-id}
#- /file.in
listen \${<|>}
`);
    const labels = service.complete(path, offset).map(({ label }) => label);
    expect(labels).toEqual(expect.arrayContaining(["file", "slap-connection"]));
  });

  it("offers to run each part that the plan has, also those that a template brings in", () => {
    const source = `#- /software.cfg
[buildout]
parts = template
[template]
recipe = slapos.recipe.template
url = \${:_profile_base_location_}/instance.cfg.in
output = \${buildout:directory}/instance.cfg
[apache]
recipe = slapos.recipe.cmmi
environment = flags
[flags]
recipe = slapos.recipe.build
[values]
x = \${unused:location}
[unused]
recipe = slapos.recipe.cmmi
#- /instance.cfg.in
[buildout]
parts =
[run]
command = \${apache:location}/bin $\${:home}
`;
    const lenses = createFixture(source).service.lenses("/workspace/software.cfg");
    const parts = lenses.flatMap(({ command }) => (command.name === "run-part" ? [command.part] : []));
    expect(parts).toEqual(["template", "apache", "flags"]);
  });

  it("shows the words of a line with the values of their references", () => {
    const labels = (line: string): string[] => {
      const source = `[a]\ndir = /srv\nport = 80\nmany =\n  1\n  2\n[b]\nx =\n  ${line}\n`;
      const { service, path } = createFixture(source);
      return service.inlayHints(path, { start: 0, end: source.length }).map(({ label }) => label);
    };
    expect(labels("--with=${a:dir}/bin:$PATH y")).toEqual([" = --with=/srv/bin:$PATH"]);
    expect(labels("${a:dir}/${a:port} ${a:port}")).toEqual([" = /srv/80, 80"]);
    expect(labels("${a:dir}/${a:many}")).toEqual([" = /srv"]);
    expect(labels("${a:dir}/${a:none}")).toEqual([" = /srv"]);
  });

  it("finds the defining section first in the workspace", () => {
    const { service, place } = createFixture(`#- /a.cfg\n[server]\nport = 1\n${BASE}`);
    expect(service.workspaceSymbols("#server").map((symbol) => place(symbol.location))).toEqual([
      "/base.cfg:1",
      "/a.cfg:1",
    ]);
  });
});
