import { describe, expect, it } from "vitest";
import { checkParameters } from "@/lib/slapos/parameters/parameter-check";
import { bundleSchema, listReferencedFiles, withoutPatterns } from "@/lib/slapos/parameters/schema-bundle";
import { findSoftwareType, parseSoftwareDescription } from "@/lib/slapos/parameters/software-description";

/** Files in one string, `#- /path` begins each. */
function read(fixture: string): Map<string, unknown> {
  const files = fixture.split(/^#- \//m).slice(1);
  return new Map(
    files.map((part) => {
      const end = part.indexOf("\n");
      return [part.slice(0, end).trim(), JSON.parse(part.slice(end + 1)) as unknown];
    }),
  );
}

function check(fixture: string, value: unknown): string[] {
  const documents = read(fixture);
  const { schema } = bundleSchema([...documents.keys()][0]!, documents);
  return checkParameters(schema, value).map(({ pointer, message }) => `${pointer}: ${message}`);
}

describe("the description of a release", () => {
  const text = JSON.stringify({
    name: "Web",
    serialisation: "json-in-xml",
    "software-type": {
      cluster: { title: "Cluster", request: "cluster.json", index: 5, serialisation: "xml" },
      default: { title: "One", request: "one.json", index: 0 },
      "default-slave": { "software-type": "default", shared: true, request: "slave.json", index: 1 },
    },
  });

  it("lists its types in their order", () => {
    const { types, problems } = parseSoftwareDescription(text);
    expect(problems).toEqual([]);
    expect(
      types.map(({ id, softwareType, shared, serialisation }) => [id, softwareType, shared, serialisation]),
    ).toEqual([
      ["default", "default", false, "json-in-xml"],
      ["default-slave", "default", true, "json-in-xml"],
      ["cluster", "cluster", false, "xml"],
    ]);
  });

  it("is found by what is requested", () => {
    const description = parseSoftwareDescription(text);
    expect(findSoftwareType(description, undefined, false)?.id).toBe("default");
    expect(findSoftwareType(description, "RootSoftwareInstance", true)?.id).toBe("default-slave");
    expect(findSoftwareType(description, "cluster", false)?.id).toBe("cluster");
    expect(findSoftwareType(description, "cluster", true)).toBeUndefined();
  });

  it("says what is wrong with it", () => {
    for (const wrong of ["", "{", "[]", '{"software-type": {"a": 1}}', '{"serialisation": "yaml"}']) {
      expect(parseSoftwareDescription(wrong).problems, wrong).toHaveLength(1);
    }
  });
});

describe("schemas of several files", () => {
  const files = `#- /software/web/input.json
{"properties": {"colour": {"$ref": "../common/definitions.json#/$defs/colour"}, "default": {"$ref": "own.json"}}}
#- /software/common/definitions.json
{"$id": "https://example.com/x.json", "$defs": {"colour": {"enum": ["red"]}, "again": {"$ref": "#/$defs/colour"}, "a/b": {"$ref": "../web/own.json#here"}}}
#- /software/web/own.json
{"$defs": {"x": {"$anchor": "here", "type": "integer"}}, "$ref": "../common/definitions.json#/$defs/a~1b"}`;

  it("are found by their references", () => {
    const documents = read(files);
    const path = "software/web/input.json";
    expect(listReferencedFiles(documents.get(path), path)).toEqual([
      "software/common/definitions.json",
      "software/web/own.json",
    ]);
    const outside = { $ref: "../../../etc/passwd", a: { $ref: "https://example.com/a.json" }, b: { $ref: "/etc/x" } };
    expect(listReferencedFiles(outside, path)).toEqual([]);
  });

  it("become one that refers to itself only", () => {
    const { schema, problems } = bundleSchema("software/web/input.json", read(files));
    expect(problems).toEqual([]);
    const references = [...JSON.stringify(schema).matchAll(/"\$ref":"([^"]*)"/g)].map((match) => match[1]!);
    expect(references.length).toBe(5);
    expect(references.every((reference) => reference.startsWith("#"))).toBe(true);
    expect(JSON.stringify(schema)).not.toContain("example.com");
  });

  it("are checked through their references", () => {
    expect(check(files, { colour: "red", default: 1 })).toEqual([]);
    expect(check(files, { colour: "blue" })).toEqual([expect.stringContaining("/colour: ")]);
    expect(check(files, { default: "x" })).toEqual([expect.stringMatching(/^\/default: .*integer/)]);
  });

  it("that are not there, on the web or outside let everything through, and are said", () => {
    const documents = read(`#- /a.json
{"properties": {"x": {"$ref": "https://example.com/s.json"}, "y": {"$ref": "none.json"}, "z": {"$ref": "#/$defs/none"}}}`);
    const { schema, problems } = bundleSchema("a.json", documents);
    expect(problems).toHaveLength(3);
    expect(checkParameters(schema, { x: 1, y: 2, z: 3 })).toEqual([]);
  });

  it("may refer to themselves without end", () => {
    const tree = `#- /a.json
{"type": "object", "properties": {"child": {"$ref": "a.json"}}, "additionalProperties": false}`;
    expect(check(tree, { child: { child: {} } })).toEqual([]);
    expect(check(tree, { child: { child: { other: 1 } } })).toEqual([
      "/child/child/other: There is no such parameter.",
    ]);
  });

  it("lose their regular expressions for the page, and allow what only these allowed", () => {
    const schema = {
      properties: {
        pattern: { pattern: "(a+)+$", type: "string" },
        default: { patternProperties: { "^x": {} }, additionalProperties: false },
      },
      default: { pattern: "kept" },
    };
    expect(withoutPatterns(schema)).toEqual({
      properties: { pattern: { type: "string" }, default: {} },
      default: { pattern: "kept" },
    });
  });
});

describe("values", () => {
  const schema = (body: object) => `#- /a.json\n${JSON.stringify(body)}`;

  it("are pointed at, in the words of the schema's drafts", () => {
    const four = {
      $schema: "http://json-schema.org/draft-04/schema#",
      properties: { n: { minimum: 0, exclusiveMinimum: true } },
    };
    expect(check(schema(four), { n: 0 })).toEqual([expect.stringContaining("/n: ")]);
    const seven = { $schema: "http://json-schema.org/draft-07/schema#", properties: { n: { exclusiveMinimum: 0 } } };
    expect(check(schema(seven), { n: 0 })).toEqual([expect.stringContaining("/n: ")]);
    const newest = {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      properties: { list: { prefixItems: [{ type: "string" }], items: { type: "integer" } } },
      required: ["name"],
    };
    expect(check(schema(newest), { list: ["a", "b"] })).toEqual([
      expect.stringContaining(": "),
      expect.stringMatching(/^\/list\/1: /),
    ]);
    expect(check(schema({ properties: { "a/b~c%": { type: "string" } } }), { "a/b~c%": 1 })[0]).toMatch(
      /^\/a~1b~0c%: /,
    );
  });

  it("that fit none of several choices are said once", () => {
    const choice = { properties: { x: { oneOf: [{ type: "string" }, { type: "object", required: ["a"] }] } } };
    expect(check(schema(choice), { x: 1 })).toEqual([expect.stringContaining("/x: ")]);
  });

  it("may be called like what every object has", () => {
    const closed = { properties: { a: {} }, additionalProperties: false };
    expect(check(schema(closed), JSON.parse('{"__proto__": 1, "constructor": 2}'))).toEqual([
      "/__proto__: There is no such parameter.",
      "/constructor: There is no such parameter.",
    ]);
    const documents = read('#- /a.json\n{"properties": {"__proto__": {"type": "string"}}}');
    const { schema: bundled } = bundleSchema("a.json", documents);
    expect(({} as Record<string, unknown>).type).toBeUndefined();
    expect(Object.keys(bundled.properties as object)).toEqual(["__proto__"]);
  });

  it("of a schema that is none are not thrown at", () => {
    for (const wrong of [{ type: 5 }, { pattern: "(" }, { properties: 3 }, { $ref: "#/x" }]) {
      expect(() => check(schema(wrong), "x")).not.toThrow();
    }
  });
});
