/** Conflicts over md5sum values are resolved by computing, never by picking. */
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { listHashConflicts, resolveHashConflicts } from "@/server/git/hash-conflicts";
import { abortOngoing, continueOngoing, mergeInto, rebaseOnto } from "@/server/git/sequencer";
import { stagePaths } from "@/server/git/staging";
import { type Scratch, withScratch } from "./scratch";

const md5 = (text: string): string => createHash("md5").update(text).digest("hex");
const HASHES = "software/a/buildout.hash.cfg";
const TEMPLATE = "software/a/instance.cfg.in";
const lines = (change: Readonly<Record<number, string>>): string =>
  Array.from({ length: 20 }, (_, at) => `${change[at] ?? `line ${at}`}\n`).join("");
const list = (...entries: readonly (readonly [name: string, content: string])[]): string =>
  entries.map(([name, content]) => `[${name}]\nfilename = ${name}\nmd5sum = ${md5(content)}\n`).join("\n");

async function withSides(
  start: Readonly<Record<string, string>>,
  ours: Readonly<Record<string, string>>,
  theirs: Readonly<Record<string, string>>,
  test: (scratch: Scratch) => Promise<void>,
): Promise<void> {
  await withScratch(start, async (scratch) => {
    const { git, write, commit } = scratch;
    git("checkout", "-q", "-b", "side");
    for (const [path, text] of Object.entries(theirs)) write(path, text);
    commit("theirs");
    git("checkout", "-q", "main");
    for (const [path, text] of Object.entries(ours)) write(path, text);
    commit("ours");
    await test(scratch);
  });
}

describe("hash lists", () => {
  const [a, b] = [lines({ 2: "ours" }), lines({ 17: "theirs" })];
  const merged = lines({ 2: "ours", 17: "theirs" });
  const name = "instance.cfg.in";
  const start = { [TEMPLATE]: lines({}), [HASHES]: list([name, lines({})]) };

  it("computes the value of the merged template, in a merge and in a rebase", () =>
    withSides(
      start,
      { [TEMPLATE]: a, [HASHES]: list([name, a]) },
      { [TEMPLATE]: b, [HASHES]: list([name, b]) },
      async ({ repository, tree, git, read, keepCopy, kept, status }) => {
        expect(await mergeInto(repository, tree, "side")).toMatchObject({ conflicts: [HASHES] });
        expect(listHashConflicts(repository)).toEqual([HASHES]);
        expect(await resolveHashConflicts(repository, tree, keepCopy)).toEqual({ resolved: [HASHES], left: [] });
        expect(read(HASHES)).toBe(list([name, merged]));
        expect(kept.get(HASHES)).toContain("<<<<<<<");
        await continueOngoing(repository, tree);
        expect(status()).toBe("");
        expect(git("show", `HEAD:${HASHES}`)).toBe(list([name, merged]));
        git("reset", "-q", "--hard", "HEAD^1");
        expect(await rebaseOnto(repository, tree, "side")).toMatchObject({ result: "conflicts" });
        await resolveHashConflicts(repository, tree, keepCopy);
        expect(await continueOngoing(repository, tree)).toMatchObject({ result: "done" });
        expect(git("show", `HEAD:${HASHES}`)).toBe(list([name, merged]));
      },
    ));

  it("waits for a template that has a conflict itself", () => {
    const [c, d] = [lines({ 5: "ours" }), lines({ 5: "theirs" })];
    return withSides(
      start,
      { [TEMPLATE]: c, [HASHES]: list([name, c]) },
      { [TEMPLATE]: d, [HASHES]: list([name, d]) },
      async ({ repository, tree, write, read, keepCopy }) => {
        await mergeInto(repository, tree, "side");
        const first = await resolveHashConflicts(repository, tree, keepCopy);
        expect(first).toMatchObject({
          resolved: [],
          left: [{ path: HASHES, reason: expect.stringContaining(TEMPLATE) }],
        });
        expect(read(HASHES)).toContain("<<<<<<<");
        write(TEMPLATE, lines({ 5: "both" }));
        await stagePaths(repository, tree, [TEMPLATE]);
        expect(await resolveHashConflicts(repository, tree, keepCopy)).toMatchObject({ resolved: [HASHES] });
        expect(read(HASHES)).toBe(list([name, lines({ 5: "both" })]));
        await continueOngoing(repository, tree);
      },
    );
  });

  it("keeps the sections of both sides, and leaves what else differs as a conflict", () =>
    withSides(
      start,
      { "software/a/x.in": "x\n", [HASHES]: list([name, lines({})], ["x.in", "stale"]) },
      { "software/a/y.in": "y\n", [HASHES]: list([name, lines({})], ["y.in", "y\n"]) },
      async ({ repository, tree, git, read, write, commit, keepCopy }) => {
        await mergeInto(repository, tree, "side");
        expect(await resolveHashConflicts(repository, tree, keepCopy)).toMatchObject({ resolved: [HASHES] });
        expect(read(HASHES)).toBe(list([name, lines({})], ["x.in", "x\n"], ["y.in", "y\n"]));
        await abortOngoing(repository, tree);

        git("checkout", "-q", "side");
        write(HASHES, `# theirs\n${list([name, "1"])}`);
        commit("comment");
        git("checkout", "-q", "main");
        write(HASHES, `# ours\n${list([name, "2"])}`);
        commit("comment");
        await mergeInto(repository, tree, "side");
        const { resolved, left } = await resolveHashConflicts(repository, tree, keepCopy, [HASHES, "other"]);
        expect(resolved).toEqual([]);
        expect(left.map((each) => each.path)).toEqual(["other", HASHES]);
        expect(read(HASHES)).toContain("# ours\n=======\n# theirs\n");
        expect(read(HASHES)).toContain(md5(lines({})));
        await abortOngoing(repository, tree);
      },
    ));

  it("computes the values of other profiles too", () => {
    const profile = (content: string): string =>
      `[part]\nrecipe = r\nurl = \${:_profile_base_location_}/instance.cfg.in\nmd5sum = ${md5(content)}\n`;
    const path = "software/a/software.cfg";
    return withSides(
      { [TEMPLATE]: lines({}), [path]: profile(lines({})) },
      { [TEMPLATE]: a, [path]: profile(a) },
      { [TEMPLATE]: b, [path]: profile(b) },
      async ({ repository, tree, read, keepCopy }) => {
        await mergeInto(repository, tree, "side");
        expect(await resolveHashConflicts(repository, tree, keepCopy)).toMatchObject({ resolved: [path] });
        expect(read(path)).toBe(profile(merged));
        await continueOngoing(repository, tree);
      },
    );
  });
});
