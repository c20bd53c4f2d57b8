import { describe, expect, test } from "vitest";
import { describeKeys, findCommand, type KeyPress, keymap } from "@/lib/client/keymap";

/** `Ctrl+Shift+P` as the browser reports it. */
function press(chord: string, code = ""): KeyPress {
  const parts = chord.split("+");
  const key = parts.pop() ?? "";
  const has = (name: string): boolean => parts.includes(name);
  return { key, code, ctrlKey: has("Ctrl"), metaKey: has("Meta"), shiftKey: has("Shift"), altKey: has("Alt") };
}

describe("a key press finds its command", () => {
  test.each([
    ["Ctrl+s", "KeyS", "editor.save"],
    ["Meta+s", "KeyS", "editor.save"],
    ["Ctrl+Shift+P", "KeyP", "palette.show"],
    ["Ctrl+Shift+p", "KeyP", "palette.show"],
    ["F1", "F1", "palette.show"],
    ["Ctrl+\\", "Backslash", "editor.split"],
    ["Alt+∑", "KeyW", "editor.closeTab"],
    ["Alt+Shift+Ê", "KeyT", "editor.reopenTab"],
    ["Alt+1", "Digit1", "editor.focusGroup1"],
    ["Shift+F6", "F6", "view.previousRegion"],
  ])("%s", (chord, code, command) => {
    expect(findCommand(press(chord, code))).toBe(command);
  });

  test("other keys have none", () => {
    for (const chord of ["s", "Shift+S", "Ctrl+Alt+Shift+S", "Ctrl+c", "Ctrl+v", "Ctrl+z", "Ctrl+f"])
      expect(findCommand(press(chord, "KeyS"))).toBeUndefined();
  });
});

test("no key stands for two commands", () => {
  const keys = keymap.flatMap((binding) => binding.keys);
  expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
});

test("every command has a key that a browser leaves to a page", () => {
  const kept = /^Ctrl\+(Shift\+)?[WNT]$|^Ctrl\+F4$/;
  for (const { command, keys } of keymap)
    expect(
      keys.some((key) => !kept.test(key)),
      command,
    ).toBe(true);
});

test("the shown key is the first of the table", () => {
  expect(describeKeys("editor.save")).toBe("Ctrl+S");
  expect(describeKeys("palette.show", true)).toBe("F1");
  expect(describeKeys("editor.save", true)).toBe("⌘S");
  expect(describeKeys("no.such")).toBeUndefined();
});
