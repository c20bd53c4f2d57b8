import { describe, expect, it } from "vitest";
import { findReleases, toReleaseTitle } from "@/server/workspace/releases";

const check = (paths: string[], expected: string[]): void =>
  expect(findReleases(paths).map(({ profile, engine }) => `${engine} ${profile}`)).toEqual(expected);

describe("what can be run", () => {
  it("is a software release of SlapOS, by its place or by what lies beside it", () => {
    check(["software/hello/software.cfg", "software/hello/instance.cfg"], ["slapos software/hello/software.cfg"]);
    check(["mine/software.cfg", "mine/instance.cfg.in"], ["slapos mine/software.cfg"]);
    check(["software.cfg", "software.cfg.json"], ["slapos software.cfg"]);
  });

  it("is a plain buildout otherwise", () => {
    check(["software.cfg"], ["buildout software.cfg"]);
    check(["buildout.cfg", "demo/buildout.cfg"], ["buildout buildout.cfg", "buildout demo/buildout.cfg"]);
    check(["software/x/buildout.cfg"], ["buildout software/x/buildout.cfg"]);
  });

  it("is no component and no stack", () => {
    check(["component/zlib/buildout.cfg", "stack/lamp/buildout.cfg", "stack/x/software.cfg", "a/my-software.cfg"], []);
  });

  it("is named by its descriptor, else by its folder, else by itself", () => {
    expect(toReleaseTitle("software/hello/software.cfg", '{"name": " Hello "}')).toBe("Hello");
    expect(toReleaseTitle("software/hello/software.cfg", '{"name": 1}')).toBe("hello");
    expect(toReleaseTitle("software/hello/software.cfg", "{")).toBe("hello");
    expect(toReleaseTitle("buildout.cfg", undefined)).toBe("buildout.cfg");
  });
});
