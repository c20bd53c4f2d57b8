"use client";
import "@xterm/xterm/css/xterm.css";
import type { FitAddon } from "@xterm/addon-fit";
import type { SearchAddon } from "@xterm/addon-search";
import type { ITheme, Terminal } from "@xterm/xterm";
import { useEffect, useRef } from "react";
import { useApp } from "@/components/workbench/app-context";
import { createTerminalLinks } from "./terminal-links";

/** Lines that the screen scrolls back; the server keeps about as much. */
const SCROLLBACK_LINES = 10_000;

export interface TerminalFinder {
  find(text: string, direction: 1 | -1): void;
}

interface ScreenParts {
  readonly terminal: Terminal;
  readonly fit: FitAddon;
  readonly search: SearchAddon;
}

/** One terminal on the page. Mounted, it draws what is kept and follows; unmounted, the program goes on. */
export function TerminalScreen({
  id,
  label,
  isSelected,
  onReady,
}: {
  readonly id: string;
  readonly label: string;
  /** Its keys are typed into this one, of those that stand side by side. */
  readonly isSelected: boolean;
  readonly onReady: (id: string, finder: TerminalFinder | undefined) => void;
}) {
  const app = useApp();
  const host = useRef<HTMLDivElement>(null);
  const screen = useRef<Terminal>(undefined);
  const selected = useRef(isSelected);

  useEffect(() => {
    selected.current = isSelected;
    const element = host.current;
    // What is selected by a key or in the list is typed into; who is in it already stays where they are.
    if (isSelected && element && !element.contains(document.activeElement)) screen.current?.focus();
  }, [isSelected]);
  useEffect(() => {
    screen.current?.textarea?.setAttribute("aria-label", label);
  }, [label]);

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    let disposed = false;
    let dispose = (): void => {
      disposed = true;
    };
    void createScreen(element).then((parts) => {
      if (disposed) {
        parts.terminal.dispose();
        return;
      }
      dispose = connectScreen(app, id, element, parts);
      screen.current = parts.terminal;
      parts.terminal.textarea?.setAttribute("aria-label", element.dataset.label ?? "Terminal");
      onReady(id, {
        find: (text, direction) => void (direction > 0 ? parts.search.findNext(text) : parts.search.findPrevious(text)),
      });
      if (selected.current) app.palette.focusLate(parts.terminal);
    }, app.showError);
    return () => {
      onReady(id, undefined);
      screen.current = undefined;
      dispose();
    };
  }, [app, id, onReady]);

  return <div ref={host} data-label={label} className="h-full min-h-0 w-full overflow-hidden bg-bg px-2 pt-1" />;
}

/** xterm is loaded when the first terminal is shown. */
async function createScreen(element: HTMLElement): Promise<ScreenParts> {
  const [xterm, fitting, searching] = await Promise.all([
    import("@xterm/xterm"),
    import("@xterm/addon-fit"),
    import("@xterm/addon-search"),
  ]);
  const terminal = new xterm.Terminal({
    scrollback: SCROLLBACK_LINES,
    fontFamily: getComputedStyle(element).getPropertyValue("--font-code"),
    fontSize: 12.5,
    theme: readTheme(element),
    allowProposedApi: false,
    screenReaderMode: false,
  });
  const fit = new fitting.FitAddon();
  const search = new searching.SearchAddon();
  terminal.loadAddon(fit);
  terminal.loadAddon(search);
  terminal.open(element);
  return { terminal, fit, search };
}

function connectScreen(
  app: ReturnType<typeof useApp>,
  id: string,
  element: HTMLElement,
  { terminal, fit, search }: ScreenParts,
): () => void {
  const { terminals } = app;
  const links = terminal.registerLinkProvider(
    createTerminalLinks(terminal, {
      findPath: (printed) => (app.runControl.paths.getState().has(printed) ? printed : undefined),
      openPlace: (path, line, column) => app.editors.openFile({ path, line, column }),
    }),
  );
  const typing = terminal.onData((data) => terminals.type(id, data));
  const sizing = terminal.onResize(({ cols, rows }) => terminals.resize(id, cols, rows));
  // As a paste, which a shell tells from typing: what has several lines is not run line by line.
  terminal.attachCustomKeyEventHandler((event) => handleKey(event, terminal, (text) => terminal.paste(text)));

  const adjust = (): void => {
    if (element.clientWidth > 0 && element.clientHeight > 0) fit.fit();
  };
  const observer = new ResizeObserver(adjust);
  observer.observe(element);
  const themes = new MutationObserver(() => {
    terminal.options.theme = readTheme(element);
  });
  themes.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  adjust();
  terminals.resize(id, terminal.cols, terminal.rows);

  const shown = terminals.show(id, {
    write: (bytes, drawn) => terminal.write(bytes, drawn),
    skipped: () => terminal.write("\r\n\x1b[7m some output was skipped \x1b[0m\r\n"),
  });
  return () => {
    for (const part of [shown, links, typing, sizing]) part.dispose();
    observer.disconnect();
    themes.disconnect();
    search.dispose();
    terminal.dispose();
  };
}

/** Copy and paste as terminals do it; keys of the workbench are left to the workbench. False: xterm does nothing. */
function handleKey(event: KeyboardEvent, terminal: Terminal, paste: (text: string) => void): boolean {
  if (event.type !== "keydown") return true;
  const chord = event.ctrlKey || event.metaKey;
  if (chord && event.shiftKey && event.code === "KeyC") {
    void navigator.clipboard.writeText(terminal.getSelection());
    event.preventDefault();
    return false;
  }
  if (chord && event.shiftKey && event.code === "KeyV") {
    void navigator.clipboard.readText().then(paste, () => undefined);
    event.preventDefault();
    return false;
  }
  const forWorkbench =
    event.key === "F1" || event.key === "F6" || (chord && (event.code === "Backquote" || event.code === "KeyJ"));
  return !forWorkbench;
}

/** The page's own colours, as far as a terminal has a place for them. */
function readTheme(element: HTMLElement): ITheme {
  const probe = document.createElement("span");
  element.append(probe);
  const read = (token: string): string => {
    probe.style.color = `var(${token})`;
    return getComputedStyle(probe).color;
  };
  const theme: ITheme = {
    background: read("--bg"),
    foreground: read("--text"),
    cursor: read("--accent"),
    selectionBackground: read("--selected"),
    red: read("--bad"),
    green: read("--good"),
    yellow: read("--warn"),
    blue: read("--accent"),
    magenta: read("--syntax-reference"),
    cyan: read("--syntax-number"),
    white: read("--muted"),
    brightBlack: read("--faint"),
    brightWhite: read("--text"),
  };
  probe.remove();
  return theme;
}
