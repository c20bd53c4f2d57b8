import { execFileSync } from "node:child_process";
import { chmod, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { io, type Socket } from "socket.io-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Draft, Entry, FileText, Problem, SearchHit } from "@/lib/protocol";
import { toTag } from "@/server/workspace/workspace";
import { createTestServer, TEST_TOKEN, type TestServer } from "../server-harness";
import { until } from "../until";

let server: TestServer;
let root: string;
beforeAll(async () => {
  server = await createTestServer();
  root = join(server.dataDirectory, "projects/sample/workspace");
});
afterAll(() => server.close());

const below = "/projects/sample";
const at = (path: string): string => `?path=${encodeURIComponent(path)}`;
const read = async (path: string): Promise<FileText> =>
  (await server.api<FileText>("GET", `${below}/file${at(path)}`)).body;
const save = (path: string, text: string, tag: string | null) =>
  server.api<{ tag: string } & Problem>("PUT", `${below}/file${at(path)}`, { text, tag });
const listHistory = async (): Promise<{ path: string; reason: string; content: string }[]> => {
  const directory = join(server.dataDirectory, "projects/sample/history");
  const records = (await readdir(directory)).filter((name) => name.endsWith(".json")).sort();
  return Promise.all(
    records.map(async (name) => ({
      ...JSON.parse(await readFile(join(directory, name), "utf8")),
      content: join(directory, name.replace(/\.json$/, "")),
    })),
  );
};

describe("the first project", () => {
  it("is the sample, committed to git, with its software release", async () => {
    const { body } = await server.api<{ projects: { id: string; name: string }[] }>("GET", "/projects");
    expect(body.projects).toMatchObject([{ id: "sample", name: "Sample" }]);
    const project = await server.api<{ releases: unknown[] }>("GET", below);
    expect(project.body.releases).toContainEqual(
      expect.objectContaining({ profile: "software/hello-web/software.cfg", engine: "slapos" }),
    );
    const git = (...args: string[]): string =>
      execFileSync("git", ["-c", `safe.directory=${root}`, "-C", root, ...args], { encoding: "utf8" });
    expect(git("status", "--porcelain")).toBe("");
    expect(git("log", "--format=%an %s")).toBe("webrunner Start with the sample software release\n");
    expect(git("branch", "--show-current")).toBe("main\n");
  });

  it("refuses a project that is not there", async () => {
    expect((await server.api<Problem>("GET", "/projects/other")).body.code).toBe("project/not-found");
  });
});

describe("entries", () => {
  it("lists a folder, directories first, without git's own", async () => {
    const { body } = await server.api<{ entries: Entry[] }>("GET", `${below}/entries${at("")}`);
    const names = body.entries.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["component", "software", "stack"]));
    expect(names).not.toContain(".git");
    expect(body.entries[0]!.kind).toBe("directory");
  });

  it("makes, renames, copies and deletes, and keeps what was deleted", async () => {
    expect((await server.api("POST", `${below}/entries`, { path: "new/deep/a.cfg", kind: "file" })).status).toBe(201);
    const again = await server.api<Problem>("POST", `${below}/entries`, { path: "new/deep/a.cfg", kind: "file" });
    expect(again.body.code).toBe("file/exists");
    const { tag } = await read("new/deep/a.cfg");
    await save("new/deep/a.cfg", "[buildout]\n", tag);
    const moved = await server.api<Entry>("POST", `${below}/entries/move`, { from: "new/deep/a.cfg", to: "new/b.cfg" });
    expect(moved.body).toMatchObject({ path: "new/b.cfg", kind: "file", sizeBytes: 11 });
    await server.api("POST", `${below}/entries/copy`, { from: "new", to: "newer" });
    expect((await read("newer/b.cfg")).text).toBe("[buildout]\n");
    expect((await server.api("DELETE", `${below}/entries${at("newer")}`)).status).toBe(204);
    expect((await server.api<Problem>("GET", `${below}/file${at("newer/b.cfg")}`)).body.code).toBe("file/not-found");
    const kept = (await listHistory()).at(-1)!;
    expect(kept).toMatchObject({ path: "newer", reason: "deleted" });
    expect(await readFile(join(kept.content, "b.cfg"), "utf8")).toBe("[buildout]\n");
  });

  it("never replaces by a move or a copy, and puts no folder into itself", async () => {
    await save("one.txt", "1", null);
    await save("two.txt", "2", null);
    for (const verb of ["move", "copy"]) {
      const onto = await server.api<Problem>("POST", `${below}/entries/${verb}`, { from: "one.txt", to: "two.txt" });
      expect(onto.body.code).toBe("file/exists");
      const into = await server.api<Problem>("POST", `${below}/entries/${verb}`, { from: "stack", to: "stack/inner" });
      expect(into.body.code).toBe("file/refused");
    }
    expect((await read("two.txt")).text).toBe("2");
  });
});

describe("saving", () => {
  it("takes the tag that was read, and keeps the mode and the text from before", async () => {
    const first = await save("script.sh", "echo one\n", null);
    await chmod(join(root, "script.sh"), 0o755);
    const second = await save("script.sh", "echo two\n", first.body.tag);
    expect(second.status).toBe(200);
    expect((await stat(join(root, "script.sh"))).mode & 0o777).toBe(0o755);
    const kept = (await listHistory()).at(-1)!;
    expect(kept).toMatchObject({ path: "script.sh", reason: "overwritten" });
    expect(await readFile(kept.content, "utf8")).toBe("echo one\n");
  });

  it("refuses a stale tag with what is there, and changes nothing", async () => {
    const { tag } = (await save("shared.cfg", "mine", null)).body;
    await writeFile(join(root, "shared.cfg"), "theirs");
    const refused = await save("shared.cfg", "mine, longer", tag);
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({ code: "file/conflict", data: { current: { text: "theirs" } } });
    expect(await readFile(join(root, "shared.cfg"), "utf8")).toBe("theirs");
    const { current } = refused.body.data as { current: { tag: string } };
    expect((await save("shared.cfg", "merged", current.tag)).status).toBe(200);
  });

  it("tells a file that was deleted meanwhile from one that exists already", async () => {
    const { tag } = (await save("gone.cfg", "text", null)).body;
    await server.api("DELETE", `${below}/entries${at("gone.cfg")}`);
    expect((await save("gone.cfg", "new", tag)).body).toMatchObject({ code: "file/conflict", data: { current: null } });
    expect((await save("gone.cfg", "new", null)).status).toBe(200);
    expect((await save("gone.cfg", "newer", null)).body).toMatchObject({ data: { current: { text: "new" } } });
  });

  it("gives new files to whom builds run as", async () => {
    await save("owned.txt", "", null);
    const [file, folder] = await Promise.all([stat(join(root, "owned.txt")), stat(root)]);
    expect([file.uid, file.gid]).toEqual([folder.uid, folder.gid]);
    if (process.getuid?.() === 0) expect(file.uid).not.toBe(0);
  });

  it("opens large files for reading only, and larger ones not at all", async () => {
    await writeFile(join(root, "large.txt"), "x".repeat(6 * 1024 * 1024));
    const large = await read("large.txt");
    expect(large).toMatchObject({ readOnly: true, sizeBytes: 6 * 1024 * 1024 });
    expect((await save("large.txt", "y", large.tag)).body.code).toBe("file/too-large");
    await writeFile(join(root, "huge.txt"), Buffer.alloc(51 * 1024 * 1024, "x"));
    expect((await server.api<Problem>("GET", `${below}/file${at("huge.txt")}`)).body.code).toBe("file/too-large");
  });
});

describe("drafts", () => {
  it("are kept until the text is saved or discarded, and go along with a rename", async () => {
    const { tag } = (await save("drafted.cfg", "a", null)).body;
    const list = async (): Promise<Draft[]> =>
      (await server.api<{ drafts: Draft[] }>("GET", `${below}/drafts`)).body.drafts;
    const keep = (path: string, text: string) => server.api("PUT", `${below}/draft${at(path)}`, { text, baseTag: tag });
    await keep("drafted.cfg", "ab");
    expect(await list()).toMatchObject([{ path: "drafted.cfg", text: "ab", baseTag: tag }]);
    await server.api("POST", `${below}/entries/move`, { from: "drafted.cfg", to: "renamed.cfg" });
    expect(await list()).toMatchObject([{ path: "renamed.cfg", text: "ab" }]);
    const saved = await save("renamed.cfg", "other text", tag);
    expect(await list()).toHaveLength(1);
    await save("renamed.cfg", "ab", saved.body.tag);
    expect(await list()).toEqual([]);
    await keep("renamed.cfg", "abc");
    expect((await server.api("DELETE", `${below}/draft${at("renamed.cfg")}`)).status).toBe(204);
    expect(await list()).toEqual([]);
  });
});

describe("bytes", () => {
  it("uploads and downloads any bytes, and replaces only when told to", async () => {
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7919) % 256));
    const put = (query: string) => server.api<Problem>("PUT", `${below}/upload${at("data/blob.bin")}${query}`, bytes);
    expect((await put("")).status).toBe(201);
    expect((await put("")).body.code).toBe("file/exists");
    expect((await put("&overwrite=true")).status).toBe(201);
    const response = await fetch(`${server.url}/api/v1${below}/download${at("data/blob.bin")}`, {
      headers: { authorization: `Bearer ${TEST_TOKEN}` },
    });
    expect(response.headers.get("content-disposition")).toBe("attachment; filename*=UTF-8''blob.bin");
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
    expect((await server.api<Problem>("GET", `${below}/file${at("data/blob.bin")}`)).body.code).toBe("file/not-text");
  });

  it("downloads a folder as an archive without git's own", async () => {
    const response = await fetch(`${server.url}/api/v1${below}/download${at("")}`, {
      headers: { authorization: `Bearer ${TEST_TOKEN}` },
    });
    const names = execFileSync("tar", ["-tzf", "-"], { input: Buffer.from(await response.arrayBuffer()) })
      .toString()
      .split("\n");
    expect(names).toContain("./software/hello-web/software.cfg");
    expect(names.filter((name) => /(^|\/)\.git(\/|$)/.test(name))).toEqual([]);
  });
});

describe("search", () => {
  const search = (query: Record<string, string>) =>
    server.api<{ hits: SearchHit[]; truncated: boolean } & Problem>(
      "GET",
      `${below}/search?${new URLSearchParams(query)}`,
    );

  it("finds lines by text and by regular expression", async () => {
    await save("search/über.txt", "nothing\nü --needle=1.2\n", null);
    expect((await search({ text: "--needle=1.2" })).body.hits).toEqual([
      {
        path: "search/über.txt",
        line: 2,
        column: 3,
        text: "ü --needle=1.2",
        textColumn: 1,
        matches: [{ column: 3, length: 12 }],
      },
    ]);
    expect((await search({ text: "need.e=\\d", regex: "true" })).body.hits).toHaveLength(1);
    expect((await search({ text: "need.e=\\d" })).body.hits).toEqual([]);
  });

  it("looks for letters, words and paths as it is asked, and says what would take their place", async () => {
    await save("search/one.cfg", "[Stone]\nstone = stones $HOME\n", null);
    await save("search/deep/two.in", "stone\n", null);
    const places = async (query: Record<string, string>): Promise<string[]> =>
      (await search({ text: "stone", exclude: "docs", ...query })).body.hits.map(({ path, line }) => `${path}:${line}`);
    expect(await places({ case: "exact" })).toEqual(["search/deep/two.in:1", "search/one.cfg:2"]);
    expect(await places({ case: "ignored", include: "*.{cfg,md}" })).toEqual(["search/one.cfg:1", "search/one.cfg:2"]);
    expect(await places({ include: "search", exclude: "deep" })).toEqual(["search/one.cfg:1", "search/one.cfg:2"]);
    expect(await places({ include: "!search/deep,**/.git" })).toEqual(["search/deep/two.in:1"]);
    const words = await search({ text: "stone", words: "true", case: "exact", include: "*.cfg" });
    expect(words.body.hits[0]?.matches).toEqual([{ column: 1, length: 5 }]);
    const groups = await search({ text: "s(tone)", regex: "true", replacement: "$1-$0", include: "two.in" });
    expect(groups.body.hits[0]?.matches).toEqual([{ column: 1, length: 5, replacement: "tone-stone" }]);
    const plain = await search({ text: "$HOME", replacement: "$1" });
    expect(plain.body.hits[0]?.matches[0]?.replacement).toBe("$1");
  });

  it("says what is wrong with an expression", async () => {
    const refused = await search({ text: "(", regex: "true" });
    expect(refused.body.code).toBe("request/invalid");
    expect(refused.body.title).not.toContain(server.dataDirectory);
  });

  it("lists all paths for quick open, without directories that programs fill", async () => {
    await mkdir(join(root, "develop-eggs"), { recursive: true });
    await writeFile(join(root, "develop-eggs/x.egg-link"), "");
    const { body } = await server.api<{ paths: string[]; truncated: boolean }>("GET", `${below}/paths`);
    expect(body.paths).toContain("software/hello-web/software.cfg");
    expect(body.paths.filter((path) => /^\.git\/|develop-eggs/.test(path))).toEqual([]);
    expect(body.truncated).toBe(false);
  });
});

describe("watching", () => {
  it("tells pages of changes that others make", async () => {
    const socket: Socket = io(server.url, {
      transports: ["websocket"],
      extraHeaders: { authorization: `Bearer ${TEST_TOKEN}` },
    });
    try {
      const seen: { path: string; change: string }[] = [];
      socket.on("file:changed", (change) => seen.push(change));
      expect(await socket.timeout(10_000).emitWithAck("project:watch", { project: "sample" })).toEqual({});
      await writeFile(join(root, "by-hand.cfg"), "x");
      await until(() => seen.some(({ path, change }) => path === "by-hand.cfg" && change === "changed"), {
        what: "the change",
      });
      execFileSync("rm", [join(root, "by-hand.cfg")]);
      await until(() => seen.some(({ path, change }) => path === "by-hand.cfg" && change === "removed"), {
        what: "the removal",
      });
      expect(seen.filter(({ path }) => path.includes(".tmp") || path.startsWith(".git"))).toEqual([]);
    } finally {
      socket.disconnect();
    }
  });
});

describe("watching repositories", () => {
  it("tells pages what a terminal does in a repository below the workspace, also in one that is new or made again", async () => {
    const socket: Socket = io(server.url, {
      transports: ["websocket"],
      extraHeaders: { authorization: `Bearer ${TEST_TOKEN}` },
    });
    const told: string[] = [];
    const git = (folder: string, ...args: string[]): void => {
      const identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "safe.directory=*"];
      execFileSync("git", [...identity, "-C", join(root, folder), ...args], { stdio: "ignore" });
    };
    const hear = async (repository: string, work: () => void): Promise<void> => {
      told.length = 0;
      work();
      await until(() => told.includes(repository), { what: `a change of ${repository}` });
    };
    try {
      await mkdir(join(root, "below/one"), { recursive: true });
      git("below/one", "init", "-q");
      socket.on("git:changed", ({ repository }) => told.push(repository));
      expect(await socket.timeout(10_000).emitWithAck("project:watch", { project: "sample" })).toEqual({});
      await hear("below/one", () => git("below/one", "commit", "-q", "--allow-empty", "-m", "one"));
      await mkdir(join(root, "below/two"));
      await hear("below/two", () => git("below/two", "init", "-q"));
      await hear("below/two", () => git("below/two", "commit", "-q", "--allow-empty", "-m", "two"));
      await hear("below/two", () => {
        execFileSync("rm", ["-r", join(root, "below/two/.git")]);
        git("below/two", "init", "-q");
      });
      await hear("below/two", () => git("below/two", "commit", "-q", "--allow-empty", "-m", "two, again"));
      await hear("below/one", () => git("below/one", "switch", "-q", "-c", "other"));
      await hear("", () => git("", "tag", "of-the-root"));
    } finally {
      socket.disconnect();
      git("", "tag", "-d", "of-the-root");
      execFileSync("rm", ["-r", join(root, "below")]);
    }
  });
});

describe("two clients", () => {
  it("never overwrite each other silently, in 1,000 interleavings (FT13)", async () => {
    const lost: string[] = [];
    let conflicts = 0;
    let known = (await save("raced.txt", "start", null)).body.tag;
    for (let round = 0; round < 500; round++) {
      const answers = await Promise.all(["a", "b"].map((client) => save("raced.txt", `${client} ${round}`, known)));
      const winners = answers.filter(({ status }) => status === 200);
      conflicts += answers.filter(({ body }) => body.code === "file/conflict").length;
      const text = await readFile(join(root, "raced.txt"), "utf8");
      if (winners.length !== 1 || toTag(Buffer.from(text)) !== winners[0]!.body.tag) lost.push(`round ${round}`);
      known = winners[0]?.body.tag ?? (await read("raced.txt")).tag;
    }
    expect(lost).toEqual([]);
    expect(conflicts).toBe(500);
  }, 120_000);
});
