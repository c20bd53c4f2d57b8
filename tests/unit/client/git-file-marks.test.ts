import { expect, test } from "vitest";
import { toFileMarks } from "@/lib/client/git-file-marks";
import type { GitStatusEntry } from "@/lib/protocol/git";

const entry = (path: string, letters: string, conflict = false): GitStatusEntry => ({
  path,
  staged: letters[0] as GitStatusEntry["staged"],
  unstaged: letters[1] as GitStatusEntry["unstaged"],
  conflict,
});

const marks = toFileMarks(
  [
    entry("component/gmp/buildout.cfg", " M"),
    entry("component/gmp/new.cfg", "A "),
    entry("component/new/", "??"),
    entry("stack/a.cfg", "UU", true),
    entry("stack/b.cfg", "MM"),
    entry("README.md", "??"),
  ],
  (path) => `slapos/${path}`,
);

test.each([
  ["component/gmp/buildout.cfg", "M"],
  ["component/gmp/new.cfg", "A"],
  ["component/new", "?"],
  ["component/new/deep/buildout.cfg", "?"],
  ["component/newer/buildout.cfg", undefined],
  ["stack/a.cfg", "U"],
  ["stack/b.cfg", "M"],
  ["README.md", "?"],
  ["component/gmp", undefined],
])("%s is marked %s", (path, letter) => expect(marks.markOf(`slapos/${path}`)).toBe(letter));

test.each([
  ["slapos", "U"],
  ["slapos/component", "M"],
  ["slapos/component/gmp", "M"],
  ["slapos/component/new", undefined],
  ["slapos/stack", "U"],
])("the most urgent in %s is %s", (folder, letter) => expect(marks.insideOf(folder)).toBe(letter));
