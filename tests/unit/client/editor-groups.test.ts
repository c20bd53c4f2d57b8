import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  closeTab,
  type EditorGroupsState,
  emptyEditorGroups,
  fromStored,
  keepTab,
  moveTab,
  openTab,
  renamePath,
  reopenTab,
  splitGroup,
  toFileTab,
  toStored,
} from "@/lib/client/editor-groups";

/** `a *b(c) | d`: groups by `|`, `*` the active tab, parentheses the preview, `!` before the active group. */
function draw(state: EditorGroupsState): string {
  return state.groups
    .map((group) => {
      const tabs = group.tabs.map(({ id }) => {
        const name = id.replace("file:", "");
        const shown = group.preview === id ? `(${name})` : name;
        return group.active === id ? `*${shown}` : shown;
      });
      return (group.id === state.activeGroup && state.groups.length > 1 ? "!" : "") + tabs.join(" ");
    })
    .join(" | ");
}

const open = (state: EditorGroupsState, path: string, preview = false): EditorGroupsState =>
  openTab(state, toFileTab(path), { preview });
const abc = open(open(open(emptyEditorGroups, "a"), "b"), "c");

describe("opening", () => {
  test("goes beside the active tab", () => {
    const atB = open(abc, "b");
    expect(draw(atB)).toBe("a *b c");
    expect(draw(open(atB, "x"))).toBe("a b *x c");
  });
  test("a preview takes the place of the one before", () => {
    const one = open(open(emptyEditorGroups, "a"), "p", true);
    expect(draw(one)).toBe("a *(p)");
    expect(draw(open(one, "q", true))).toBe("a *(q)");
  });
  test("a preview that is kept stays", () => {
    const kept = keepTab(open(emptyEditorGroups, "p", true), "file:p");
    expect(draw(open(kept, "q", true))).toBe("p *(q)");
  });
  test("a preview opened for good stays", () => {
    expect(draw(open(open(emptyEditorGroups, "p", true), "p"))).toBe("*p");
  });
});

describe("closing", () => {
  test("shows the tab that was active before", () => {
    expect(draw(closeTab(open(abc, "a"), "file:a"))).toBe("b *c");
  });
  test("of a tab that is not active changes nothing else", () => {
    expect(draw(closeTab(abc, "file:a"))).toBe("b *c");
  });
  test("can be taken back", () => {
    expect(draw(reopenTab(closeTab(abc, "file:b")))).toBe("a c *b");
    expect(draw(reopenTab(abc))).toBe("a b *c");
  });
  test("of the last tab of a group closes the group", () => {
    const split = splitGroup(abc);
    expect(draw(split)).toBe("a b *c | !*c");
    expect(draw(closeTab(split, "file:c"))).toBe("a b *c");
  });
});

describe("moving", () => {
  test("within a group", () => {
    expect(draw(moveTab(abc, "file:c", 1, 1, 0))).toBe("*c a b");
    expect(draw(moveTab(abc, "file:a", 1, 1, 2))).toBe("b a *c");
  });
  test("to another group, where it becomes active", () => {
    expect(draw(moveTab(splitGroup(abc), "file:a", 1, 2, 0))).toBe("b *c | !*a c");
  });
  test("of the only tab of a group closes the group", () => {
    const split = splitGroup(abc);
    expect(draw(moveTab(split, "file:c", 2, 1, 0))).toBe("*c a b");
  });
});

test("a moved folder takes the tabs below it along", () => {
  const state = open(open(emptyEditorGroups, "dir/x"), "directory/y");
  expect(draw(renamePath(state, "dir", "new/place"))).toBe("new/place/x *directory/y");
});

test("a file moved onto one that is open becomes one tab with it", () => {
  const state = open(open(open(emptyEditorGroups, "new/x"), "b"), "old/x");
  expect(draw(renamePath(state, "old", "new"))).toBe("*new/x b");
});

test("what is stored is restored, except texts from elsewhere", () => {
  const withDiff = openTab(abc, {
    id: "diff:1",
    kind: "diff",
    title: "x",
    original: { kind: "text", title: "old", text: "..." },
    modified: { kind: "file", path: "a" },
  });
  const restored = fromStored(JSON.parse(JSON.stringify(toStored(withDiff))));
  expect(draw(restored)).toBe("a b *c");
});

test.each([[{}], [{ groups: 3 }], [{ groups: [] }], [{ groups: [{ id: 1, tabs: [null], recent: [] }] }], [undefined]])(
  "a broken store gives an empty or clean state: %j",
  (stored) => {
    const state = fromStored(stored as never);
    expect(state.groups.length).toBeGreaterThan(0);
    expect(draw(state)).toBe("");
  },
);

test("the invariants hold after any steps", () => {
  const path = fc.constantFrom("a", "b", "c", "d/e", "d/f");
  const step = fc.oneof(
    fc.tuple(path, fc.boolean()).map(
      ([p, preview]) =>
        (s: EditorGroupsState) =>
          open(s, p, preview),
    ),
    path.map((p) => (s: EditorGroupsState) => closeTab(s, `file:${p}`)),
    path.map((p) => (s: EditorGroupsState) => keepTab(s, `file:${p}`)),
    fc.constant(splitGroup),
    fc.constant(reopenTab),
    fc.tuple(path, fc.nat(2), fc.nat(2), fc.nat(4)).map(([p, from, to, index]) => (s: EditorGroupsState) => {
      const pick = (at: number): number => s.groups[at % s.groups.length]!.id;
      return moveTab(s, `file:${p}`, pick(from), pick(to), index);
    }),
    fc.constant((s: EditorGroupsState) => renamePath(s, "d", "z")),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let state = emptyEditorGroups;
      for (const apply of steps) state = apply(state);
      expect(state.groups.map(({ id }) => id)).toContain(state.activeGroup);
      for (const group of state.groups) {
        const ids = group.tabs.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids.length === 0 ? [undefined] : ids).toContain(group.active);
        if (group.preview !== undefined) expect(ids).toContain(group.preview);
        expect(group.recent.every((id) => ids.includes(id))).toBe(true);
      }
    }),
  );
});
