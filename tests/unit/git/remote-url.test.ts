import { describe, expect, it } from "vitest";
import { isBranchName, isRemoteName, isRevision, parseRevision } from "@/lib/git/ref-name";
import { parseRemoteUrl, redactUrl, toRequestLink } from "@/lib/git/remote-url";

describe("remote URLs", () => {
  it.each([
    "--upload-pack=touch /tmp/canary",
    "-oProxyCommand=touch",
    "-h",
    "ext::sh -c touch% /tmp/canary",
    "EXT::sh -c id",
    "fd::17",
    "file:///etc",
    "FILE:///etc",
    "/srv/repository.git",
    "../other",
    "C:\\repository",
    "git://host/x",
    "ftp://host/x",
    "https://",
    "https://host",
    "https://host/",
    "https://host/x\r\nHost: other",
    "https://host/x%0d%0aHost:%20other",
    "https://host/x\0",
    "https://host/ x",
    "https://host/x?service=git-receive-pack",
    "https://-oProxyCommand=x/y",
    "ssh://-oProxyCommand=x/y",
    "ssh://host/-x",
    "ssh://user:secret@host/x",
    "-user@host:x",
    "user@-host:x",
    "user@host:-x",
    "host:x",
    "",
    "javascript:alert(1)",
  ])("refuses %j", (url) => {
    expect(parseRemoteUrl(url)).toMatchObject({ ok: false });
  });

  it("takes user and password out of a URL", () => {
    expect(parseRemoteUrl("https://me:s%40cret@Host.example:8443/group/project.git")).toMatchObject({
      ok: true,
      url: "https://host.example:8443/group/project.git",
      origin: "https://host.example:8443",
      user: "me",
      password: "s@cret",
    });
    expect(redactUrl("fatal: unable to access 'https://me:secret@host/x'")).toBe(
      "fatal: unable to access 'https://host/x'",
    );
  });

  it("knows the short form of ssh", () => {
    expect(parseRemoteUrl("git@host.example:group/project.git")).toMatchObject({
      ok: true,
      protocol: "ssh",
      host: "host.example",
    });
  });

  it.each([
    [
      "https://gitlab.example.org/me/project.git",
      undefined,
      "https://gitlab.example.org/me/project/-/merge_requests/new?merge_request%5Bsource_branch%5D=fix%2Fone",
    ],
    [
      "https://lab.example.org/me/project",
      undefined,
      "https://lab.example.org/me/project/-/merge_requests/new?merge_request%5Bsource_branch%5D=fix%2Fone",
    ],
    ["git@github.com:me/project.git", undefined, "https://github.com/me/project/pull/new/fix/one"],
    [
      "https://github.com/me/project",
      "https://github.com/them/project.git",
      "https://github.com/them/project/compare/me:fix%2Fone?expand=1",
    ],
    ["https://git.example.org/me/project.git", undefined, undefined],
  ])("links %s to its request form", (fork, upstream, expected) => {
    expect(toRequestLink(fork, "fix/one", upstream)?.url).toBe(expected);
  });
});

describe("names", () => {
  it.each([
    "-x",
    "a..b",
    "a b",
    "a~1",
    "a^",
    "a:b",
    "a?",
    "a*",
    "a[",
    "a\\b",
    ".a",
    "a/.b",
    "a.lock",
    "a/b.lock",
    "a//b",
    "/a",
    "a/",
    "a.",
    "@",
    "a@{1}",
    "",
    "HEAD",
    "refs/heads/x",
    "a\nb",
  ])("refuses the branch %j", (name) => {
    expect(isBranchName(name)).toBe(false);
  });
  it("allows what git allows", () => {
    expect(["main", "feature/one", "ü", "v1.2", "a-b_c"].map(isBranchName)).toEqual([true, true, true, true, true]);
    expect(isRemoteName("-x")).toBe(false);
    expect(isRevision("--upload-pack=x")).toBe(false);
    expect(parseRevision("main~2^2@{1}")).toBeUndefined();
    expect(parseRevision("HEAD@{2}~3^")).toEqual({
      base: "HEAD",
      reflogPosition: 2,
      steps: [
        { kind: "ancestor", count: 3 },
        { kind: "parent", number: 1 },
      ],
    });
  });
});
