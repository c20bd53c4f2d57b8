/** Descriptions of software releases and their schemas, and the parameters that profiles and templates name. */
import { describe, expect, it } from "vitest";
import { parseJson, toValue } from "@/lib/language/json/json-tree";
import { createFixture } from "./language-fixture";

const SCHEMA = `#- /s/instance-input-schema.json
{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "additionalProperties": false,
  "required": ["server-port"],
  "properties": {
    "server-port": { "type": "integer", "title": "Port", "description": "Where it listens.", "default": 8080 },
    "mode": { "$ref": "#/$defs/mode" }
  },
  "$defs": { "mode": { "type": "string", "enum": ["fast", "safe"], "description": "How it works." } }
}
`;
const DESCRIPTION = `#- /s/software.cfg.json
{
  "name": "Server",
  "serialisation": "xml",
  "software-type": {
    "default": { "title": "One server", "request": "instance-input-schema.json", "response": "instance-input-schema.json" }
  }
}
`;
const RELEASE = SCHEMA + DESCRIPTION;
const INSTANCE = "#- /s/instance.cfg\n[buildout]\nparts = p\n[p]\nrecipe = plone.recipe.command\n";

describe("reading JSON", () => {
  it("gives what JSON.parse gives", () => {
    const text = '{"a": [1, -2.5e3, "x\\n\\u00e9", true, null, {}], "b": {"c": []}}';
    const { root, problems } = parseJson(text);
    expect(problems).toEqual([]);
    expect(toValue(root!)).toEqual(JSON.parse(text));
  });

  function check(text: string, message: string, at: number): void {
    const [problem] = parseJson(text).problems;
    expect(problem?.message).toContain(message);
    expect(problem?.range.start).toBe(at);
  }
  it("says where a comma is missing", () => check('{"a": 1 "b": 2}', "comma is missing", 6));
  it("says that a comma is too much", () => check('{"a": 1,}', "no comma after", 7));
  it("says that quotes are wrong", () => check("{'a': 1}", "double quotes", 1));
  it("says that a constant is wrong", () => check("[True]", "true, false and null", 1));
  it("says that a brace is open", () => check('{"a": {', "not closed", 6));
  it("says that a string is open", () => check('["a\n]', "not closed", 1));
  it("says that something follows", () => check("{} {}", "Nothing may follow", 3));
  it("reads on after a slip", () => {
    const { root, problems } = parseJson('{"a": tru, "b": [1,, 2], "c": 3}');
    expect(problems).toHaveLength(2);
    expect(toValue(root!)).toMatchObject({ b: [1, 2], c: 3 });
  });
});

describe("problems of JSON files", () => {
  function check(source: string, expected: readonly string[]): void {
    const { service, path, files } = createFixture(source);
    const text = files.get(path)!;
    const found = service.diagnostics(path);
    expect(
      found.map(({ code, range, severity }) => `${severity} ${code} ${text.slice(range.start, range.end)}`),
    ).toEqual(expected);
  }
  const description = (entry: string, more = "") =>
    `#- /s/software.cfg.json\n{"serialisation": "xml", ${more}"software-type": {"default": ${entry}}}\n${SCHEMA}`;
  const files = '"request": "instance-input-schema.json", "response": "instance-input-schema.json"';

  it("finds nothing wrong with a right description", () => check(DESCRIPTION + SCHEMA, []));
  it("finds nothing wrong with a right schema", () => check(RELEASE, []));
  it("reports syntax", () => check('#- /a.json\n{"a": }\n', ["error json/syntax :"]));
  it("leaves templates of JSON alone", () => check('#- /a.json\n{"a": {{ x }}}\n', []));
  it("reports a name written twice", () =>
    check('#- /a.json\n{"a": 1, "a": 2}\n', ['warning json/duplicate-name "a"']));
  it("reports a missing schema file", () =>
    check(description('{"request": "nowhere.json", "response": "instance-input-schema.json"}'), [
      'error description/missing-file "nowhere.json"',
    ]));
  it("reports a missing key", () =>
    check(description('{"request": "instance-input-schema.json"}'), ['warning description/missing-key "default"']));
  it("reports an unknown key", () =>
    check(description(`{${files}, "tilte": "x"}`), ['warning description/unknown-key "tilte"']));
  it("reports a wrong serialisation", () =>
    check(description(`{${files}, "serialisation": "json"}`), ['error description/wrong-value "json"']));
  it("reports a value of the wrong kind", () =>
    check(description(`{${files}, "shared": "yes"}`), ['error description/wrong-value "yes"']));
  it("reports a software type that no profile answers", () =>
    check(
      `${description(`{${files}}`)}#- /s/instance.cfg\n[switch]\nrecipe = slapos.cookbook:switch-softwaretype\nother = a:b\n`,
      ['information description/unknown-type "default"'],
    ));

  const schema = (text: string) => `#- /s/x-schema.json\n${text}\n`;
  it("reports a wrong type", () => check(schema('{"type": "int"}'), ['error schema/wrong-value "int"']));
  it("reports a required that is no list", () =>
    check(schema('{"properties": {"a": {"required": true}}}'), ["warning schema/wrong-value true"]));
  it("reports a property that is no schema", () =>
    check(schema('{"properties": {"description": "text"}}'), ['error schema/wrong-value "text"']));
  it("reports a reference to a missing place", () =>
    check(schema('{"$ref": "#/$defs/none"}'), ['error schema/missing-reference "#/$defs/none"']));
  it("reports a reference to a missing file", () =>
    check(schema('{"$ref": "none.json"}'), ['error schema/missing-reference "none.json"']));
  it("does not fetch what is on the web", () => check(schema('{"$ref": "https://example.invalid/x.json"}'), []));
  it("reports a default that does not fit", () =>
    check(schema('{"type": "integer", "default": "1"}'), ['warning schema/wrong-default "1"']));
  it("reports a pattern that is none", () => check(schema('{"pattern": "("}'), ['warning schema/wrong-value "("']));
  it("reports an empty range", () => check(schema('{"minimum": 3, "maximum": 2}'), ["warning schema/empty-range 2"]));
  it("hints at a misspelt keyword", () =>
    check(schema('{"decription": "x"}'), ['hint schema/unknown-keyword "decription"']));
  it("takes names of parameters for names", () =>
    check(schema('{"properties": {"type": {"type": "string"}, "required": {}}, "default": {"type": "3"}}'), []));
});

describe("a quick fix in JSON", () => {
  /** What the first file comes to when every fix that is offered is made, one after the other. */
  function check(source: string, expected: string, titles: readonly string[]): void {
    const { service, files, path, apply, change } = createFixture(source);
    const made: string[] = [];
    for (let round = 0; round < 10; round++) {
      const action = service
        .diagnostics(path)
        .flatMap(({ range }) => service.codeActions(path, range))
        .find(({ edits }) => edits);
      if (!action) break;
      made.push(action.title);
      for (const [name, text] of Object.entries(apply(action.edits!))) change(name, text);
    }
    expect(files.get(path)?.trim()).toBe(expected);
    expect(made).toEqual(titles);
  }
  const schema = (text: string, more = ""): string => `#- /a-schema.json\n${text}\n${more}`;

  it("writes the key that was meant", () =>
    check('#- /s/software.cfg.json\n{"nam": "Web", "software-type": {}}\n', '{"name": "Web", "software-type": {}}', [
      "Did you mean `name`?",
    ]));
  it("makes JSON of commas too many and too few", () =>
    check('#- /a.json\n{"a": [1, 2,], "b": 1 "c": {},}\n', '{"a": [1, 2], "b": 1, "c": {}}', [
      "Take the comma out",
      "Insert `,`",
      "Take the comma out",
    ]));
  it("makes JSON of what Python and JavaScript write", () =>
    check("#- /a.json\n{'a': True, b: None, \"c\" 'x'}\n", '{"a": true, "b": null, "c": "x"}', [
      'Write `"a"`',
      "Write `true`",
      'Write `"b"`',
      "Write `null`",
      'Write `"x"`',
      "Insert `:`",
    ]));
  it("names the file that was meant", () =>
    check(
      `#- /s/software.cfg.json\n{"serialisation": "xml", "software-type": {"default": {"title": "A", "description": "B", "request": "input-shema.json", "response": "input-schema.json", "index": 0}}}\n#- /s/input-schema.json\n{}\n`,
      '{"serialisation": "xml", "software-type": {"default": {"title": "A", "description": "B", "request": "input-schema.json", "response": "input-schema.json", "index": 0}}}',
      ["Did you mean `input-schema.json`?"],
    ));
  it("leads a reference to the definition that was meant", () => {
    check(
      schema('{"$ref": "#/$defs/prot", "$defs": {"port": {}}}'),
      '{"$ref": "#/$defs/port", "$defs": {"port": {}}}',
      ["Did you mean `#/$defs/port`?"],
    );
    check(
      schema('{"$ref": "#/definitions/port", "$defs": {"port": {}}}'),
      '{"$ref": "#/$defs/port", "$defs": {"port": {}}}',
      ["Did you mean `#/$defs/port`?"],
    );
    check(schema('{"$ref": "b-shema.json#/x"}', '#- /b-schema.json\n{"x": {}}\n'), '{"$ref": "b-schema.json#/x"}', [
      "Did you mean `b-schema.json#/x`?",
    ]);
  });
  it("writes types and numbers as JSON Schema has them", () =>
    check(
      schema('{"type": "int", "minimum": "3", "uniqueItems": "true", "items": {"type": "strng"}}'),
      '{"type": "integer", "minimum": 3, "uniqueItems": true, "items": {"type": "string"}}',
      ["Did you mean `integer`?", "Write `3`", "Write `true`", "Did you mean `string`?"],
    ));
  it("guesses nothing where nothing is near", () => {
    check(
      schema('{"$ref": "#/$defs/entirely-else", "$defs": {"port": {}}}'),
      '{"$ref": "#/$defs/entirely-else", "$defs": {"port": {}}}',
      [],
    );
    check('#- /a.json\n{"a": [1, 2}\n', '{"a": [1, 2}', []);
  });
});

describe("completion in JSON", () => {
  function check(source: string, labels: readonly string[]): void {
    const { service, path, offset } = createFixture(source);
    const found = service.complete(path, offset).map(({ label }) => label);
    for (const label of labels) expect(found).toContain(label);
    if (labels.length === 0) expect(found).toEqual([]);
  }
  it("gives keys of a description", () =>
    check('#- /software.cfg.json\n{"<|>"}\n', ["name", "serialisation", "software-type"]));
  it("gives keys of a software type", () =>
    check('#- /software.cfg.json\n{"software-type": {"default": {"title": "", "<|>"}}}\n', [
      "request",
      "response",
      "shared",
    ]));
  it("gives files of schemas", () =>
    check(`#- /s/software.cfg.json\n{"software-type": {"default": {"request": "<|>"}}}\n${SCHEMA}`, [
      "instance-input-schema.json",
    ]));
  it("gives serialisations", () => check('#- /software.cfg.json\n{"serialisation": "<|>"}\n', ["xml", "json-in-xml"]));
  it("gives keywords of a schema", () =>
    check('#- /a-schema.json\n{"properties": {"x": {"<|>"}}}\n', ["type", "$ref", "default"]));
  it("gives types", () => check('#- /a-schema.json\n{"type": "<|>"}\n', ["integer", "string"]));
  it("gives places to refer to", () =>
    check('#- /a-schema.json\n{"$ref": "<|>", "$defs": {"one": {}}}\n', ["#/$defs/one"]));
  it("gives no keywords for names of parameters", () => check('#- /a-schema.json\n{"properties": {"<|>"}}\n', []));
  it("keeps the quotes and the colon in one edit", () => {
    const { service, path, offset, apply } = createFixture('#- /software.cfg.json\n{"na<|>"}\n');
    const item = service.complete(path, offset).find(({ label }) => label === "name");
    expect(apply([{ path, edits: [item!.edit] }])).toEqual({ "/software.cfg.json": '{"name": ""}\n' });
  });
});

describe("ways through JSON", () => {
  it("links a description to its schemas", () => {
    const { service, path } = createFixture(DESCRIPTION + SCHEMA);
    expect(service.links(path).map(({ target }) => target)).toEqual(
      Array(2).fill("/workspace/s/instance-input-schema.json"),
    );
  });
  it("goes from a reference to its place", () => {
    const { service, path, offset, place } = createFixture(RELEASE.replace('"#/$defs/mode"', '"#/$defs<|>/mode"'));
    expect(service.definition(path, offset).map(place)).toEqual(["/s/instance-input-schema.json:10"]);
  });
  it("finds who refers to a schema", () => {
    const { service, path, offset, place } = createFixture(RELEASE.replace('"mode": { "type"', '"mo<|>de": { "type"'));
    expect(service.references(path, offset, true).map(place)).toEqual(["/s/instance-input-schema.json:8"]);
  });
  it("has an outline", () => {
    const { service, path } = createFixture(RELEASE);
    const names = service.symbols(path).map(({ name }) => name);
    expect(names).toEqual(["$schema", "type", "additionalProperties", "required", "properties", "$defs"]);
  });
});

describe("parameters of an instance", () => {
  const profile = (text: string) => `${INSTANCE}${text}\n${RELEASE}`;
  const template = (text: string) =>
    `#- /s/instance.cfg.jinja2\n[p]\nrecipe = plone.recipe.command\n${text}\n${RELEASE}`;

  function complete(source: string): string[] {
    const { service, path, offset } = createFixture(source);
    return service.complete(path, offset).map(({ label }) => label);
  }
  function hover(source: string): string {
    const { service, path, offset } = createFixture(source);
    return service.hover(path, offset)?.markdown ?? "";
  }
  function define(source: string): string[] {
    const { service, path, offset, place } = createFixture(source);
    return service.definition(path, offset).map(place);
  }

  it("are completed in a reference", () =>
    expect(complete(profile("command = ${slap-parameter:<|>}"))).toEqual(
      expect.arrayContaining(["server-port", "mode"]),
    ));
  it("are completed as options of slapconfiguration", () =>
    expect(
      complete(profile("command = ${conf:configuration.<|>}\n[conf]\nrecipe = slapos.cookbook:slapconfiguration")),
    ).toContain("configuration.server-port"));
  it("are completed in a template's get", () =>
    expect(complete(template("command = {{ slapparameter_dict.get('<|>') }}"))).toEqual(
      expect.arrayContaining(["server-port", "mode"]),
    ));
  it("are completed in a template's brackets", () =>
    expect(complete(template('command = {{ slapparameter_dict["<|>"] }}'))).toContain("mode"));
  it("are completed as attributes, where they can be", () =>
    expect(complete(template("command = {{ slapparameter_dict.<|> }}"))).toEqual(["mode"]));
  it("are known by another name of the dictionary", () =>
    expect(complete(template("{% set p = slapparameter_dict %}\ncommand = {{ p.get('<|>') }}"))).toContain("mode"));
  it("are completed as defaults", () => expect(complete(profile("[slap-parameter]\n<|>"))).toContain("server-port"));

  it("are explained in a reference", () =>
    expect(hover(profile("command = ${slap-parameter:server-p<|>ort}"))).toMatch(
      /integer; default `8080`[\s\S]*Where it listens/,
    ));
  it("are explained in a template, through a reference of the schema", () =>
    expect(hover(template("command = {{ slapparameter_dict.get('mo<|>de') }}"))).toMatch(
      /one of `fast`, `safe`[\s\S]*How it works/,
    ));
  it("say that they are required", () =>
    expect(hover(template("command = {{ slapparameter_dict['server-<|>port'] }}"))).toContain("(required)"));

  it("lead to the schema", () =>
    expect(define(template("command = {{ slapparameter_dict['mo<|>de'] }}"))).toEqual([
      "/s/instance-input-schema.json:8",
    ]));
  it("lead to the profile's default first", () =>
    expect(define(profile("command = ${slap-parameter:mo<|>de}\n[slap-parameter]\nmode = fast"))).toEqual([
      "/s/instance.cfg:7",
      "/s/instance-input-schema.json:8",
    ]));
  it("are found from the schema", () => {
    const { service, path, offset, place } = createFixture(
      `${SCHEMA.replace('"mode": { "$ref"', '"mo<|>de": { "$ref"')}${DESCRIPTION}#- /s/instance.cfg.jinja2\n[p]\nrecipe = x\na = {{ slapparameter_dict.get("mode") }}\nb = \${slap-parameter:mode}\n`,
    );
    expect(service.references(path, offset, true).map(place)).toEqual([
      "/s/instance.cfg.jinja2:4",
      "/s/instance.cfg.jinja2:3",
    ]);
  });

  function problems(source: string): string[] {
    const { service, path, files } = createFixture(source);
    return service
      .diagnostics(path)
      .map(({ code, range }) => `${code} ${files.get(path)!.slice(range.start, range.end)}`);
  }
  it("are pointed at when no schema describes them", () =>
    expect(problems(template("command = {{ slapparameter_dict.get('prot', 1) }}"))).toEqual([
      "parameters/undescribed prot",
    ]));
  it("are not, when a schema is open", () =>
    expect(
      problems(
        template("command = {{ slapparameter_dict.get('prot', 1) }}").replace(
          '"additionalProperties": false',
          '"patternProperties": {}',
        ),
      ),
    ).toEqual([]));
  it("are no unknown section", () => expect(problems(profile("command = ${slap-parameter:mode}"))).toEqual([]));
  it("have software types to choose from", () =>
    expect(complete(profile("[r]\nrecipe = slapos.cookbook:request\nsoftware-type = <|>"))).toEqual(["default"]));
  it("work on unsaved text of the schema", () => {
    const { service, path, offset, change } = createFixture(template("command = {{ slapparameter_dict.get('<|>') }}"));
    change("/s/instance-input-schema.json", '{"properties": {"new-name": {}}}');
    expect(service.complete(path, offset).map(({ label }) => label)).toEqual(["new-name"]);
  });
});
