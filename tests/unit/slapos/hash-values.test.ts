import { expect, it } from "vitest";
import { findHashOptions, replaceHashes } from "@/lib/slapos/hash-values";

const check = (path: string, text: string, expected: readonly (readonly [string, string, string])[]): void =>
  expect(findHashOptions(text, path).map(({ section, file, value }) => [section, file, value])).toEqual(expected);

it("finds the files of a hash list beside it, by either name", () =>
  check(
    "software/a/buildout.hash.cfg",
    "[x]\nfilename = x.in\nmd5sum = 1\n\n[y]\n_update_hash_filename_ = sub/y.in\nmd5sum =  2 \n[z]\nmd5sum = 3\n",
    [
      ["x", "software/a/x.in", "1"],
      ["y", "software/a/sub/y.in", "2"],
    ],
  ));

it("finds local files elsewhere by their profile's place, and nothing that is fetched", () =>
  check(
    "stack/b/buildout.cfg",
    [
      "[a]",
      "url = ${:_profile_base_location_}/${:filename}",
      "filename = a.in",
      "md5sum = 1",
      "[b]",
      "url = https://example.org/b.tar.gz",
      "md5sum = 2",
      "[c]",
      "template = ${:_profile_base_location_}/../c.in",
      "md5sum = 3",
      "[d]",
      "url = ${other:url}",
      "md5sum = 4",
      "[e]",
      "url = ${:_profile_base_location_}/../../../e",
      "md5sum = 5",
      "",
    ].join("\n"),
    [
      ["a", "stack/b/a.in", "1"],
      ["c", "stack/c.in", "3"],
    ],
  ));

it("replaces values and nothing else, whatever the line ends are", () => {
  const text = "# md5sum = comment\r\n[x]\r\nfilename = x\r\nmd5sum = 0\r\nmd5sum-old = 0\r\n";
  expect(replaceHashes(text, "a.hash.cfg", () => "new")).toBe(text.replace("md5sum = 0", "md5sum = new"));
  expect(replaceHashes(text, "a.hash.cfg", () => undefined)).toBe(text);
});
