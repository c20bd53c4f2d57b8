import { describe, expect, it } from "vitest";
import { applyTextEdits, createLineIndex } from "@/lib/base/text-range";
import { findStatedFix, type StatedFixInput } from "@/server/plan/stated-fixes";

function mend(text: string, record: StatedFixInput["record"], versionsSection = "versions"): string | undefined {
  const fix = findStatedFix({ record, profile: { path: "a.cfg", text }, versionsSection });
  if (!fix) return undefined;
  const index = createLineIndex(text);
  return applyTextEdits(
    text,
    fix.edits.map((edit) => ({
      range: {
        start: index.toOffset({ line: edit.line - 1, column: edit.column - 1 }),
        end: index.toOffset({ line: edit.endLine - 1, column: edit.endColumn - 1 }),
      },
      newText: edit.text,
    })),
  );
}

const picked = { kind: "unpinned", message: "Error: Picked: toolz = 1.2.0" };

describe("a version that was picked and may not be", () => {
  it("is pinned as the last of the versions that the profile has", () => {
    expect(mend("[versions]\nsix = 1\n\n[a]\nx = 1\n", picked)).toBe(
      "[versions]\nsix = 1\ntoolz = 1.2.0\n\n[a]\nx = 1\n",
    );
    expect(mend("[pins]\n", picked, "pins")).toBe("[pins]\ntoolz = 1.2.0\n");
  });

  it("is pinned in a section of its own where there is none", () => {
    expect(mend("[a]\nx = 1\n", picked)).toBe("[a]\nx = 1\n\n[versions]\ntoolz = 1.2.0\n");
    expect(mend("[a]\nx = 1", picked)).toBe("[a]\nx = 1\n\n[versions]\ntoolz = 1.2.0\n");
  });
});

describe("a checksum that a download does not have", () => {
  const [old, now] = ["0".repeat(32), "1".repeat(32)];
  const record = {
    kind: "md5-mismatch",
    message: `Cannot download for part a: http://x.org/a: MD5 checksum mismatch: the file has ${now}, the profile says ${old}`,
    place: { path: "a.cfg", line: 2, column: 1, endLine: 2, endColumn: 42 },
    placeText: `md5sum = ${old}`,
  };

  it("is replaced by the one that it has", () => {
    expect(mend(`[a]\nmd5sum = ${old}\nx = 1\n`, record)).toBe(`[a]\nmd5sum = ${now}\nx = 1\n`);
  });

  it("is left alone when the engine did not say the other", () => {
    expect(
      mend(`[a]\nmd5sum = ${old}\n`, { ...record, message: "MD5 checksum mismatch downloading 'x'" }),
    ).toBeUndefined();
  });
});
