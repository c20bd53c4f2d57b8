/** Who has the focus after the box for files and commands. */
import { expect, test } from "vitest";
import { createPalette, type Palette } from "@/lib/client/palette";

function openPalette(): { palette: Palette; focused: string[]; make: (name: string) => { focus: () => void } } {
  const focused: string[] = [];
  const make = (name: string) => ({ focus: () => void focused.push(name) });
  const palette = createPalette(() => make("before"));
  palette.show(">");
  return { palette, focused, make };
}

test("what had the focus gets it back, also when the box was asked for twice", () => {
  const { palette, focused } = openPalette();
  palette.choose("A list", []);
  palette.close();
  expect(focused).toEqual(["before"]);
  expect(palette.state.getState().open).toBe(false);
});

test("what asked for it meanwhile gets it, unless it is gone from the page by then", () => {
  const late = openPalette();
  late.palette.focusLate(late.make("late"));
  expect(late.focused).toEqual([]);
  late.palette.close();
  expect(late.focused).toEqual(["late"]);
  late.palette.focusLate(late.make("at once"));
  expect(late.focused).toEqual(["late", "at once"]);

  const gone = openPalette();
  gone.palette.focusLate({ ...gone.make("gone"), isConnected: false });
  gone.palette.close();
  expect(gone.focused).toEqual(["before"]);
});

test("who leaves for elsewhere keeps the focus there", () => {
  const { palette, focused, make } = openPalette();
  palette.focusLate(make("late"));
  palette.leave();
  palette.close();
  expect(focused).toEqual([]);
});

test("the key of another command closes the box, that of one which shows something in it does not", () => {
  const { palette } = openPalette();
  const isOpen = () => palette.state.getState().open;
  palette.closeAfter(() => false);
  expect(isOpen()).toBe(true);
  palette.closeAfter(() => {
    palette.show("#");
    return true;
  });
  expect(isOpen()).toBe(true);
  expect(palette.closeAfter(() => true)).toBe(true);
  expect(isOpen()).toBe(false);
});
