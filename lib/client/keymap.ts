/**
 * Every keyboard shortcut of the page, in one table: the key that editors usually have, and, where a browser
 * keeps that key for itself, one that a page can take.
 *
 * `Ctrl` also stands for the Command key of a Mac. Keys of the text editor itself (find, go to line) are Monaco's.
 */
export interface KeyBinding {
  readonly command: string;
  /** All of them work, the first is shown. */
  readonly keys: readonly string[];
  /** Also while the focus is in a text field other than the editor. Default: yes when Ctrl, Alt or F1 to F12. */
  readonly inFields?: boolean;
}

export const keymap: readonly KeyBinding[] = [
  { command: "palette.show", keys: ["F1", "Ctrl+Shift+P"] },
  { command: "palette.openFile", keys: ["Ctrl+P"] },
  { command: "editor.save", keys: ["Ctrl+S"] },
  { command: "editor.saveAll", keys: ["Ctrl+Alt+S"] },
  { command: "editor.closeTab", keys: ["Alt+W", "Ctrl+W", "Ctrl+F4"] },
  { command: "editor.reopenTab", keys: ["Alt+Shift+T"] },
  { command: "editor.nextTab", keys: ["Ctrl+PageDown", "Alt+PageDown"] },
  { command: "editor.previousTab", keys: ["Ctrl+PageUp", "Alt+PageUp"] },
  { command: "editor.split", keys: ["Ctrl+\\"] },
  { command: "editor.focusGroup1", keys: ["Alt+1"] },
  { command: "editor.focusGroup2", keys: ["Alt+2"] },
  { command: "editor.focusGroup3", keys: ["Alt+3"] },
  { command: "file.new", keys: ["Alt+N"] },
  { command: "view.explorer", keys: ["Ctrl+Shift+E"] },
  { command: "view.search", keys: ["Ctrl+Shift+F"] },
  { command: "search.replace", keys: ["Ctrl+Shift+H"] },
  { command: "view.toggleSideBar", keys: ["Ctrl+B"] },
  { command: "view.togglePanel", keys: ["Ctrl+J"] },
  { command: "terminal.show", keys: ["Ctrl+`"] },
  { command: "view.nextRegion", keys: ["F6"] },
  { command: "view.previousRegion", keys: ["Shift+F6"] },
  { command: "profile.effective", keys: ["Alt+E"] },
  { command: "profile.sectionOfFile", keys: ["Ctrl+Shift+O"] },
  { command: "profile.section", keys: ["Ctrl+T", "Alt+T"] },
  { command: "gesture.customise", keys: ["Ctrl+Alt+C"] },
  { command: "gesture.override", keys: ["Alt+O"] },
  { command: "gesture.promote", keys: ["Alt+Shift+O"] },
  { command: "view.source-control", keys: ["Ctrl+Shift+G"] },
  { command: "git.nextChange", keys: ["Alt+F3"] },
  { command: "git.previousChange", keys: ["Alt+Shift+F3"] },
  { command: "view.problems", keys: ["Ctrl+Shift+M"] },
  { command: "run.software", keys: ["F7", "Ctrl+Shift+B"] },
  { command: "run.instance", keys: ["Shift+F7"] },
  { command: "run.all", keys: ["F8"] },
  { command: "recipe.develop", keys: ["Ctrl+Alt+R"] },
  { command: "recipe.test", keys: ["Ctrl+Alt+T"] },
  { command: "run.stop", keys: ["Ctrl+F2", "Shift+F5"] },
  { command: "view.runs", keys: ["Ctrl+Shift+U"] },
];

export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

/** `Ctrl+Shift+P` of a key press; letters and digits by their place on the keyboard when Alt changes them. */
export function toChord(press: KeyPress): string {
  const parts: string[] = [];
  if (press.ctrlKey || press.metaKey) parts.push("Ctrl");
  if (press.altKey) parts.push("Alt");
  if (press.shiftKey) parts.push("Shift");
  parts.push(keyName(press));
  return parts.join("+");
}

function keyName({ key, code, altKey, shiftKey }: KeyPress): string {
  if ((altKey || shiftKey) && /^Key[A-Z]$/.test(code)) return code.slice(3);
  if ((altKey || shiftKey) && /^Digit\d$/.test(code)) return code.slice(5);
  return key.length === 1 ? key.toUpperCase() : key;
}

/** The command of a key press, if the table has one. */
export function findCommand(press: KeyPress, bindings: readonly KeyBinding[] = keymap): string | undefined {
  const chord = normalizeChord(toChord(press));
  return bindings.find(({ keys }) => keys.some((key) => normalizeChord(key) === chord))?.command;
}

/** Modifiers in one order, so that a table may write them in the order that people say them. */
function normalizeChord(chord: string): string {
  const parts = chord.split("+");
  const key = parts.pop() ?? "";
  return [...parts.sort(), key === "" ? "+" : key].join("+");
}

/** The key to show beside a command, in the words of the machine: `⌘⇧P` on a Mac. */
export function describeKeys(command: string, isMac = false): string | undefined {
  const key = keymap.find((binding) => binding.command === command)?.keys[0];
  if (!key || !isMac) return key;
  return key.replace("Ctrl+", "⌘").replace("Shift+", "⇧").replace("Alt+", "⌥");
}
