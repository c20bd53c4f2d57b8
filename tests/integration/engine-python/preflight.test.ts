/** What the driver finds out before a build, on the real engine: eggs in turn, second addresses, repositories, profiles. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serveEgg } from "../runs/egg-files";
import { createFileServer, type FileServer, md5Of } from "../runs/file-server";
import { Place, PYTHON, provisionEngine, runAsUser } from "./engine-harness";

let web: FileServer;
let place: Place;
beforeAll(async () => {
  provisionEngine();
  place = new Place();
  web = await createFileServer();
}, 300_000);
afterAll(async () => {
  await web?.close();
  place?.remove();
});

/** The lines of what cannot be had; a profile without parts is built after. */
async function fly(preflight: object): Promise<{ code: number | null; dead: string[]; output: string }> {
  place.write({ "buildout.cfg": "[buildout]\nparts =\n" });
  const spec = {
    directory: place.path("build"),
    profile: place.path("buildout.cfg"),
    options: { "buildout:newest": "false" },
    store: place.path("store"),
    preflight: { index: `${web.url}/simple/`, ...preflight },
  };
  place.write({ "spec.json": JSON.stringify(spec) });
  const words = ["-P", "-m", "webrunner_engine", "buildout", "--spec", place.path("spec.json")];
  const { output, code } = await runAsUser(PYTHON, words);
  const dead = output.split("\n").flatMap((line) => /^webrunner: Cannot download for (.+)$/.exec(line)?.[1] ?? []);
  return { code, dead, output };
}

describe("before a build", { timeout: 60_000 }, () => {
  it("the pinned eggs are had that eggs require in turn, in wheels and source archives", async () => {
    serveEgg(web, "wheel", "preflight-top", [
      "preflight-source>=1",
      "preflight-loose",
      'preflight-windows; sys_platform == "win32"',
      'preflight-extra; extra == "more"',
      'preflight-other; extra == "other"',
    ]);
    serveEgg(web, "source", "preflight-source", ["preflight-top", "preflight-dead", "", "[tests]", "preflight-tests"]);
    const pins = { "preflight-source": "1.0", "preflight-top": "1.0" };
    const gone = ["dead", "windows", "extra", "other", "tests"].map((name) => [`preflight-${name}`, "1.0"]);
    const egg = { part: "a", name: "preflight-top", version: "1.0", requirement: "preflight-top==1.0" };
    const seen = await fly({ eggs: [{ ...egg, extras: ["more"] }], pins: { ...pins, ...Object.fromEntries(gone) } });
    expect(seen.code).toBe(1);
    expect(seen.dead.sort()).toEqual(
      ["dead", "extra"].map(
        (name) => `part a: preflight-${name}==1.0: Couldn't find a distribution for 'preflight-${name}==1.0'.`,
      ),
    );
    expect(seen.output).toContain("Downloads: 2 of 4, ");
    expect(web.asked.filter((line) => line === "GET /files/preflight_top-1.0-py3-none-any.whl")).toHaveLength(1);
    expect(await fly({ eggs: [egg], pins })).toMatchObject({ code: 0, dead: [] });
  });

  it("a file counts that its second address has", async () => {
    const body = Buffer.from("the same at another place");
    web.files.set("/second", { body });
    const file = { part: "a", url: `${web.url}/first`, md5sum: md5Of(body) };
    expect((await fly({ files: [file] })).dead).toEqual([`part a: ${web.url}/first: 404 Not Found`]);
    expect(await fly({ files: [{ ...file, alternateUrl: `${web.url}/second` }] })).toMatchObject({ code: 0, dead: [] });
  });

  it("repositories are asked for their branch or tag, and only for an answer when a commit is named", async () => {
    const repository = place.path("repository");
    const git = (...words: string[]) =>
      execFileSync("git", ["-C", repository, "-c", "user.name=t", "-c", "user.email=t@x.org", ...words]);
    execFileSync("git", ["init", "--quiet", "--initial-branch=main", repository]);
    writeFileSync(join(repository, "file"), "text");
    git("add", ".");
    git("commit", "--quiet", "--message=first");
    git("tag", "v1");
    git("update-server-info");
    const refs = { body: readFileSync(join(repository, ".git/info/refs")) };
    web.files.set("/r.git/info/refs?service=git-upload-pack", refs);
    web.files.set("/r.git/HEAD", { body: Buffer.from("ref: refs/heads/main\n") });
    const url = `${web.url}/r.git`;
    const checkouts = [
      { part: "branch", repository: url, branch: "main" },
      { part: "tag", repository: url, revision: "v1" },
      { part: "origin", repository: url, revision: "origin/main" },
      { part: "commit", repository: url, revision: "0123456789abcdef0123456789abcdef01234567" },
    ];
    expect(await fly({ checkouts })).toMatchObject({ code: 0, dead: [] });
    const none = { part: "none", repository: url, branch: "no-such" };
    const gone = { part: "gone", repository: `${web.url}/gone.git`, branch: "main" };
    const sly = { part: "sly", repository: "ext::sh -c 'touch /tmp/preflight-canary'" };
    const seen = await fly({ checkouts: [...checkouts, none, gone, sly] });
    expect(seen.dead).toEqual(
      [
        `none: ${url}: the repository has no branch or tag no-such`,
        `gone: ${web.url}/gone.git: repository '${web.url}/gone.git/' not found`,
        "sly: ext::sh -c 'touch /tmp/preflight-canary': transport 'ext' not allowed",
      ].map((line) => `part ${line}`),
    );
  });

  it("profiles are asked for that are extended by their address, unless there is a copy", async () => {
    const url = `${web.url}/stack.cfg`;
    const plan = { extends: [{ url }], extendsCache: place.path("extends-cache") };
    expect((await fly(plan)).dead).toEqual([`extends: ${url}: 404 Not Found`]);
    web.files.set("/stack.cfg", { body: Buffer.from("[buildout]\n") });
    expect(await fly(plan)).toMatchObject({ code: 0 });
    web.files.delete("/stack.cfg");
    place.write({ [`extends-cache/${md5Of(Buffer.from(url))}`]: "[buildout]\n" });
    expect(await fly(plan)).toMatchObject({ code: 0, dead: [] });
  });
});
