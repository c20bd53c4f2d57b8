import { expect, test } from "vitest";
import { createStore } from "zustand/vanilla";
import { WebrunnerError } from "@/lib/base/errors";
import type { Api } from "@/lib/client/api";
import { chooseRemote, createGit, groupEntries, selectHunk } from "@/lib/client/git";
import type { ProjectStore } from "@/lib/client/project-store";
import type { GitDiff, GitStatusEntry, GitTask } from "@/lib/protocol/git";

const entry = (path: string, code: string, conflict = false): GitStatusEntry => ({
  path,
  staged: code[0] as GitStatusEntry["staged"],
  unstaged: code[1] as GitStatusEntry["unstaged"],
  conflict,
});

test("a file can be staged and changed at once; conflicts stand apart", () => {
  const groups = groupEntries([entry("a", "MM"), entry("b", "??"), entry("c", "A "), entry("d", "UU", true)]);
  const names = Object.entries(groups).map(([name, entries]) => [name, entries.map(({ path }) => path).join(" ")]);
  expect(Object.fromEntries(names)).toEqual({ conflicts: "d", staged: "a c", changes: "a b" });
});

test.each([
  ["what the branch follows", "origin/main", ["origin", "fork"], "origin"],
  ["a remote whose name begins another's", "fork2/main", ["fork", "fork2"], "fork2"],
  ["else the fork", undefined, ["origin", "fork"], "fork"],
  ["else the only one", undefined, ["origin"], "origin"],
  ["never a guess among several", undefined, ["origin", "other"], undefined],
])("a push goes to %s", (_, upstream, names, expected) => {
  const remotes = names.map((name) => ({ name }));
  expect(chooseRemote({ upstream }, remotes)).toBe(expected);
});

test("a hunk is its removed lines by old number and its added lines by new number, with both ids", () => {
  const ids = { oldId: "a".repeat(40), newId: "b".repeat(40) };
  const hunk = (line: number) => ({
    oldStart: line,
    oldLines: 2,
    newStart: line,
    newLines: 2,
    lines: [
      { kind: "context" as const, text: "same", oldLine: line, newLine: line },
      { kind: "removed" as const, text: "old", oldLine: line + 1 },
      { kind: "added" as const, text: "new", newLine: line + 1 },
    ],
  });
  const diff: GitDiff = { path: "a.cfg", ...ids, binary: false, hunks: [hunk(1), hunk(20)] };
  expect(selectHunk(diff, 1)).toEqual({ path: "a.cfg", ...ids, oldLines: [21], newLines: [21] });
});

test("a change that needs a name for its commit asks for it once, and is made then", async () => {
  const missing = new WebrunnerError("git/identity-missing", { message: "Git does not know who you are." });
  let asked = 0;
  let answer = true;
  const git = createGit({
    storage: { getItem: () => null, setItem: () => undefined, removeItem: () => undefined },
    api: {
      readGitStatus: async () => ({ entries: [] }),
      listGitRemotes: async () => ({ remotes: [] }),
    } as unknown as Api,
    connection: { on: () => ({ dispose: () => undefined }), onOnline: () => ({ dispose: () => undefined }) },
    project: { state: createStore(() => ({ project: { id: "sample" } })) } as unknown as ProjectStore,
    askIdentity: async () => {
      asked += 1;
      return answer;
    },
  });
  const stash = async (): Promise<string> => {
    if (asked === 0) throw missing;
    return "stashed";
  };
  expect(await git.change(stash)).toBe("stashed");
  expect(asked).toBe(1);
  const pull = async (): Promise<GitTask> =>
    (asked < 2
      ? { state: "failed", repository: "", error: { code: "git/identity-missing" } }
      : { state: "succeeded", repository: "" }) as GitTask;
  expect(await git.transfer(pull)).toMatchObject({ state: "succeeded" });
  answer = false;
  await expect(git.change(() => Promise.reject(missing))).rejects.toBe(missing);
  await expect(git.change(() => Promise.reject(new Error("else")))).rejects.toThrow("else");
  expect(asked).toBe(3);
});
