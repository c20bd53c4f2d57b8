/**
 * Monaco's colours from the page's design tokens, read from the computed style, so that there is one list of
 * colours. Defined anew when the theme changes.
 */
import type { editor } from "monaco-editor/editor";

export const THEME_NAME = "webrunner";

/** `#rrggbb` or `#rrggbbaa` of a custom property as the browser computes it now. */
function readToken(probe: HTMLElement, name: string): string {
  probe.style.color = `var(--${name})`;
  const parts = getComputedStyle(probe)
    .color.match(/[\d.]+/g)
    ?.map(Number) ?? [0, 0, 0];
  const [red = 0, green = 0, blue = 0, alpha = 1] = parts;
  const hex = (value: number): string => Math.round(value).toString(16).padStart(2, "0");
  return `#${hex(red)}${hex(green)}${hex(blue)}${alpha < 1 ? hex(alpha * 255) : ""}`;
}

export function readTheme(): editor.IStandaloneThemeData {
  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);
  const token = (name: string): string => readToken(probe, name);
  const bare = (name: string): string => token(name).slice(1, 7);
  const isDark = Number.parseInt(token("bg").slice(1, 3), 16) < 128;
  const isHighContrast = document.documentElement.dataset.theme === "high-contrast";
  const rule = (name: string, color: string, fontStyle?: string): editor.ITokenThemeRule => ({
    token: name,
    foreground: bare(color),
    ...(fontStyle ? { fontStyle } : {}),
  });
  const theme: editor.IStandaloneThemeData = {
    base: isHighContrast ? "hc-black" : isDark ? "vs-dark" : "vs",
    inherit: true,
    rules: [
      { token: "", foreground: bare("text") },
      rule("section", "syntax-section", "bold"),
      rule("section.bracket", "muted"),
      rule("section.condition", "syntax-keyword"),
      rule("option", "syntax-option"),
      rule("option.known", "syntax-option", "bold"),
      rule("option.macro", "syntax-keyword", "bold"),
      rule("operator", "muted"),
      rule("delimiter", "muted"),
      rule("reference", "syntax-reference"),
      rule("reference.bracket", "faint"),
      rule("reference.escaped", "faint"),
      rule("template", "syntax-template"),
      rule("template.delimiter", "syntax-keyword"),
      rule("keyword", "syntax-keyword"),
      rule("string", "syntax-string"),
      rule("number", "syntax-number"),
      rule("constant", "syntax-number"),
      rule("url", "syntax-string"),
      rule("comment", "syntax-comment", "italic"),
      rule("value", "text"),
      // What the language service calls them.
      rule("namespace", "syntax-section"),
      rule("class", "syntax-section", "bold"),
      rule("property", "syntax-option"),
      rule("variable", "syntax-reference"),
      rule("parameter", "syntax-reference"),
      rule("function", "syntax-section"),
      rule("decorator", "syntax-keyword"),
      rule("macro", "syntax-template"),
      rule("type", "syntax-section"),
    ],
    colors: {
      "editor.background": token("bg"),
      "editor.foreground": token("text"),
      "editorLineNumber.foreground": token("faint"),
      "editorLineNumber.activeForeground": token("text"),
      "editor.lineHighlightBackground": token("hover"),
      "editor.lineHighlightBorder": "#00000000",
      "editor.selectionBackground": token("selected"),
      "editorCursor.foreground": token("accent"),
      "editorIndentGuide.background1": token("line"),
      "editorIndentGuide.activeBackground1": token("line"),
      "editorWhitespace.foreground": token("line"),
      ...Object.fromEntries(
        [1, 2, 3, 4, 5, 6].map((depth) => [`editorBracketHighlight.foreground${depth}`, token("muted")]),
      ),
      // A profile's values are any text: a lone bracket in one is no fault.
      "editorBracketHighlight.unexpectedBracket.foreground": token("muted"),
      "editorWidget.background": token("overlay"),
      "editorWidget.foreground": token("text"),
      "editorWidget.border": token("line"),
      "editorHoverWidget.background": token("overlay"),
      "editorHoverWidget.border": token("line"),
      "editorSuggestWidget.background": token("overlay"),
      "editorSuggestWidget.border": token("line"),
      "editorSuggestWidget.selectedBackground": token("selected"),
      "editorStickyScroll.background": token("raised"),
      "editorStickyScroll.border": token("line"),
      "editorStickyScrollHover.background": token("overlay"),
      "editorGutter.background": token("bg"),
      "editorOverviewRuler.border": "#00000000",
      "minimap.background": token("bg"),
      "scrollbar.shadow": "#00000000",
      "scrollbarSlider.background": `${token("line-strong")}55`,
      "scrollbarSlider.hoverBackground": `${token("line-strong")}88`,
      "scrollbarSlider.activeBackground": `${token("line-strong")}aa`,
      "input.background": token("bg"),
      "input.border": token("line-strong"),
      "input.foreground": token("text"),
      "inputOption.activeBackground": token("selected"),
      "inputOption.activeBorder": token("accent"),
      "menu.background": token("overlay"),
      "menu.foreground": token("text"),
      "menu.selectionBackground": token("selected"),
      "menu.selectionForeground": token("text"),
      "menu.separatorBackground": token("line"),
      "menu.border": token("line"),
      "quickInput.background": token("overlay"),
      "quickInputList.focusBackground": token("selected"),
      "list.hoverBackground": token("hover"),
      "editorInlayHint.background": "#00000000",
      "editorInlayHint.foreground": token("faint"),
      "editorCodeLens.foreground": token("faint"),
      "editorError.foreground": token("bad"),
      "editorWarning.foreground": token("warn"),
      "editorInfo.foreground": token("accent"),
      "widget.shadow": token("shadow"),
      focusBorder: token("accent"),
    },
  };
  probe.remove();
  return theme;
}
