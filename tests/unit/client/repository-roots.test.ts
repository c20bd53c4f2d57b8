import { describe, expect, it } from "vitest";
import { countRoots, findInRoot, parseRootQuery, REPOSITORY_ROOTS } from "@/lib/client/repository-roots";

const PATHS = [
  "component/apache/buildout.cfg",
  "component/apache/apache.patch",
  "component/apache-php/buildout.cfg",
  "component/apache-php/fix.patch",
  "component/php/buildout.cfg",
  "stack/lamp/buildout.cfg",
  "software/lamp-template/software.cfg",
  "software/lamp-template/instance.cfg.in",
  "slapos/recipe/__init__.py",
  "slapos/recipe/wrapper.py",
  "slapos/recipe/certificate_authority/__init__.py",
  "setup.py",
];
const find = (query: string): readonly string[] => {
  const asked = parseRootQuery(query)!;
  return findInRoot(asked.root, asked.text, PATHS, 5);
};

describe("finding in the places of a repository", () => {
  it("A3.1: `c:` and the name of a component has its profile first", () => {
    expect(find("c:apache-php")[0]).toBe("component/apache-php/buildout.cfg");
    expect(find("c:apache")[0]).toBe("component/apache/buildout.cfg");
    expect(find("c:aphp")[0]).toBe("component/apache-php/buildout.cfg");
  });

  it("finds stacks, releases and recipes by their letters", () => {
    expect(find("k:")[0]).toBe("stack/lamp/buildout.cfg");
    expect(find("s:lamp")[0]).toBe("software/lamp-template/software.cfg");
    expect(find("r:wr")[0]).toBe("slapos/recipe/wrapper.py");
    expect(find("r:cert")[0]).toBe("slapos/recipe/certificate_authority/__init__.py");
  });

  it("takes a file named c with a line number for a file", () => {
    expect(parseRootQuery("c:12")).toBeUndefined();
    expect(parseRootQuery("component")).toBeUndefined();
  });

  it("counts what there is, and leaves out what there is none of", () => {
    expect(countRoots(PATHS).map(({ root, count }) => `${root.prefix} ${count}`)).toEqual(["c 3", "k 1", "s 1", "r 2"]);
    expect(countRoots(["setup.py"])).toEqual([]);
    expect(REPOSITORY_ROOTS).toHaveLength(4);
  });
});
