import { describe, expect, test } from "vitest";
import {
  compareParameters,
  findServiceUrl,
  isSecretName,
  listConnectionValues,
  parseParameters,
  toPartitionTree,
  toProgramName,
  toProgramTone,
} from "@/lib/client/instance-words";

describe("connection parameters", () => {
  test("web addresses come first and are links", () => {
    const values = listConnectionValues({ port: 8080, url: "http://[::1]:8080/", script: "javascript:alert(1)" });
    expect(values).toEqual([
      { name: "url", text: "http://[::1]:8080/", url: "http://[::1]:8080/" },
      { name: "port", text: "8080", url: undefined },
      { name: "script", text: "javascript:alert(1)", url: undefined },
    ]);
  });
  test("published as one JSON object are shown one by one", () => {
    expect(findServiceUrl({ connection: { _: '{"url": "https://x.org/", "n": 1}' } })).toBe("https://x.org/");
  });
  test("that are no JSON are shown as they are", () => {
    expect(listConnectionValues({ _: "{" })).toEqual([{ name: "_", text: "{", url: undefined }]);
  });
  test("`url` is what opens the service", () => {
    expect(findServiceUrl({ connection: { admin: "http://a/", url: "http://b/" } })).toBe("http://b/");
    expect(findServiceUrl({ connection: { admin: "http://a/" } })).toBe("http://a/");
    expect(findServiceUrl({ connection: {} })).toBeUndefined();
  });
});

test("secrets are known by their names", () => {
  const names = ["password", "admin-passwd", "api-token", "private-key", "url", "keyboard"];
  expect(names.filter(isSecretName)).toEqual(["password", "admin-passwd", "api-token", "private-key"]);
});

test("a program that ended well is no fault", () => {
  expect(toProgramTone({ name: "web", state: "EXITED", exitStatus: 0 })).toBe("neutral");
  expect(toProgramTone({ name: "web", state: "EXITED", exitStatus: 3 })).toBe("bad");
  expect(toProgramTone({ name: "web", state: "FATAL" })).toBe("bad");
  expect(toProgramTone({ name: "web-on-watch", state: "EXITED", exitStatus: 0 })).toBe("bad");
});

test("programs are called what the profile calls them", () => {
  expect(toProgramName("web-0123456789abcdef0123456789abcdef-on-watch")).toBe("web");
  expect(toProgramName("setup")).toBe("setup");
});

test("partitions stand below the one that requested them", () => {
  const partition = (id: string, parent?: string) => ({
    id,
    parent,
    state: "started",
    parameters: {},
    connection: {},
    programs: [],
    promises: [],
  });
  const tree = toPartitionTree([
    partition("a"),
    partition("b", "c"),
    partition("c", "a"),
    partition("x", "y"),
    partition("y", "x"),
  ]);
  expect(tree.map((each) => [each.partition.id, each.depth])).toEqual([
    ["a", 0],
    ["c", 1],
    ["b", 2],
    ["x", 0],
    ["y", 1],
  ]);
});

test("parameters are compared by what they say", () => {
  expect(compareParameters({ a: "1", b: { x: 1, y: 2 }, c: 1 }, { a: 1, b: { y: 2, x: 1 }, d: "new" })).toEqual([
    { name: "c", before: "1", after: undefined },
    { name: "d", before: undefined, after: "new" },
  ]);
});

test("parameters are one JSON object", () => {
  expect(parseParameters('{"a": 1}')).toEqual({ value: { a: 1 } });
  expect(parseParameters(" ")).toEqual({ value: {} });
  expect(parseParameters("[1]").problem).toContain("one JSON object");
  expect(parseParameters("{").problem).toBeDefined();
});
