import { describe, expect, it } from "vitest";
import {
  findCheckoutPath,
  listEdges,
  type RepositoryFacts,
  type SwitchTarget,
  switchExtends,
} from "@/lib/gestures/extends-source";
import type { GestureOptions } from "@/lib/gestures/gesture";
import { parseRawAddress, toRawAddress, toRepositoryName } from "@/lib/gestures/raw-address";
import { readFixture } from "../buildout/profile-fixture";

const ROOT = "/w";
const TOP = `${ROOT}/software/lamp/software.cfg`;

function open(fixture: string): { options: GestureOptions; repository: RepositoryFacts; files: Map<string, string> } {
  const files = new Map(readFixture(fixture));
  const repository: RepositoryFacts = {
    root: ROOT,
    remotes: [{ name: "fork", url: "https://lab.example/ada/slapos.git" }],
    hasFile: (path) => files.has(`${ROOT}/${path}`),
  };
  const read = (path: string) => files.get(findCheckoutPath(path, repository) ?? path);
  return {
    files,
    repository,
    options: {
      source: {
        read: (path) => read(path) ?? { problem: "missing", message: `There is no ${path}.` },
        exists: (path) => files.has(path),
      },
    },
  };
}

const COMPONENTS = `#- /w/component/php/buildout.cfg
[buildout]
extends = ../xml/buildout.cfg
[php]
recipe = cmmi
patch = \${:_profile_base_location_}/a.patch
#- /w/component/xml/buildout.cfg
[xml]
recipe = cmmi
#- /w/stack/lamp.cfg
[buildout]
extends = ../component/php/buildout.cfg
#- /w/software/lamp/buildout.hash.cfg
[template]
md5sum = 1
`;
const head = (...names: string[]): string =>
  `#- ${TOP}\n[buildout]\nextends =\n${names.map((name) => `  ${name}\n`).join("")}parts = php\n`;
const LOCAL = head("buildout.hash.cfg", "../../stack/lamp.cfg", "../../component/xml/buildout.cfg");
const FORK: SwitchTarget = { kind: "remote", url: "https://lab.example/ada/slapos.git", ref: "feature/gmp" };

function switched(fixture: string, target: SwitchTarget): string[] | string {
  const { options, repository } = open(fixture);
  const gesture = switchExtends(options, TOP, target, repository);
  if (gesture.kind === "refused") return gesture.reason;
  expect(gesture.effects).toEqual([]);
  return gesture.files.map(
    ({ path, after }) =>
      `${path}: ${/extends =\n?([\s\S]*?)(?:parts|\[|$)/.exec(after)![1]!.trim().replace(/\s+/g, " ")}`,
  );
}

describe("addresses of files in repositories", () => {
  const has = (path: string): boolean => path === "stack/lamp.cfg";
  it.each([
    ["http://git.erp5.org/gitweb/slapos.git/blob_plain/refs/heads/lamp:/stack/lamp.cfg", "git.erp5.org/slapos lamp"],
    ["http://git.erp5.org/gitweb/slapos.git/blob_plain/HEAD:/stack/lamp.cfg", "git.erp5.org/slapos HEAD"],
    ["http://git.erp5.org/gitweb/?p=slapos.git;a=blob_plain;f=stack/lamp.cfg;hb=v1", "git.erp5.org/slapos v1"],
    ["https://lab.nexedi.com/nexedi/slapos/raw/1.0.300/stack/lamp.cfg", "lab.nexedi.com/nexedi/slapos 1.0.300"],
    ["https://lab.nexedi.com/nexedi/slapos/-/raw/feature/x/stack/lamp.cfg", "lab.nexedi.com/nexedi/slapos feature/x"],
    ["https://raw.githubusercontent.com/SlapOS/slapos/master/stack/lamp.cfg", "github.com/slapos/slapos master"],
    ["https://github.com/SlapOS/slapos/raw/master/stack/lamp.cfg", "github.com/slapos/slapos master"],
    ["https://git.example/cgit/slapos.git/plain/stack/lamp.cfg?h=x", "git.example/slapos x"],
  ])("reads %s", (url, expected) => {
    const address = parseRawAddress(url, has);
    expect(`${address?.repository} ${address?.ref}`).toBe(expected);
    expect(address?.path).toBe("stack/lamp.cfg");
  });

  it("is read back from what it is written as", () => {
    for (const address of [
      "https://lab.example/ada/slapos.git",
      "git@lab.example:ada/slapos.git",
      "https://github.com/a/b",
    ]) {
      const parsed = parseRawAddress(toRawAddress(address, "feature/x", "stack/lamp.cfg"), has);
      expect(parsed).toEqual({ repository: toRepositoryName(address), ref: "feature/x", path: "stack/lamp.cfg" });
    }
    expect(parseRawAddress("https://example.org/profile.cfg", has)).toBeUndefined();
  });
});

describe("sources of extends", () => {
  it("says of each edge where it comes from", () => {
    const { options, repository } = open(
      head(
        "../../stack/lamp.cfg",
        "https://lab.example/ada/slapos/raw/x/component/xml/buildout.cfg",
        "http://git.erp5.org/gitweb/slapos.git/blob_plain/HEAD:/component/gone.cfg",
        "https://example.org/else.cfg",
      ) + COMPONENTS,
    );
    const edges = listEdges(options, TOP, repository).filter(({ profile }) => profile === TOP);
    expect(edges.map(({ source, missing, checkout }) => [source.kind, missing, checkout])).toEqual([
      ["checkout", false, undefined],
      ["fork", false, "/w/component/xml/buildout.cfg"],
      ["upstream", true, undefined],
      ["url", true, undefined],
    ]);
  });
});

describe("switching the source of extends", () => {
  it("A5.1 rewrites every address whose file the checkout has to its relative path", () => {
    const fixture = head(
      "buildout.hash.cfg",
      "http://git.erp5.org/gitweb/slapos.git/blob_plain/refs/heads/master:/stack/lamp.cfg",
      "https://lab.nexedi.com/nexedi/slapos/raw/1.0/component/xml/buildout.cfg",
    );
    expect(switched(fixture + COMPONENTS, { kind: "checkout" })).toEqual([
      `${TOP}: buildout.hash.cfg ../../stack/lamp.cfg ../../component/xml/buildout.cfg`,
    ]);
  });

  it("goes to a fork and back, byte for byte, and leaves what lies beside the profile", () => {
    const { options, repository, files } = open(LOCAL + COMPONENTS);
    const there = switchExtends(options, TOP, FORK, repository);
    if (there.kind === "refused") throw new Error(there.reason);
    expect(there.files.map(({ path }) => path)).toEqual([TOP]);
    const text = there.files[0]!.after;
    expect(text).toContain("  buildout.hash.cfg\n  https://lab.example/ada/slapos/raw/feature/gmp/stack/lamp.cfg\n");
    const original = files.get(TOP);
    files.set(TOP, text);
    const back = switchExtends(options, TOP, { kind: "checkout" }, repository);
    expect(back.kind === "proposed" && back.files[0]?.after).toBe(original);
  });

  it("refuses to switch half of a profile", () => {
    const lacks: SwitchTarget = { ...FORK, hasFile: (path) => path !== "stack/lamp.cfg" };
    expect(switched(LOCAL + COMPONENTS, lacks)).toContain("Half of the profile would be switched and half not");
    const gone = head("../../stack/lamp.cfg", "https://lab.example/ada/slapos/raw/x/component/gone.cfg");
    expect(switched(gone + COMPONENTS, { kind: "checkout" })).toContain("has no https://lab.example");
  });

  it("says when there is nothing to switch", () => {
    expect(switched(LOCAL + COMPONENTS, { kind: "checkout" })).toEqual([]);
  });
});
